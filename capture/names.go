package capture

import (
	"encoding/binary"

	"netsim/wire"
)

// Name is what an address is called.
type Name struct {
	Addr wire.Addr
	Name string
}

// A name resolution block and its records (draft-ietf-opsawg-pcapng section 4.4).
const (
	blockNames  = 4
	recordIPv4  = 1
	recordIPv6  = 2
	longestName = 1<<16 - 1 - 16 - 1 // bytes, with the address and the zero behind
)

// names is the block of all names of addresses.
func (w *Writer) names() []byte {
	b := binary.LittleEndian.AppendUint32(nil, blockNames)
	b = append(b, 0, 0, 0, 0) // the length, once it is known
	for _, n := range w.options.Names {
		kind, ip := uint16(recordIPv4), w.book.IP(n.Addr)
		if ip.Is6() {
			kind = recordIPv6
		}
		address, name := ip.AsSlice(), n.Name[:min(len(n.Name), longestName)]
		b = binary.LittleEndian.AppendUint16(b, kind)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(address)+len(name)+1))
		b = append(append(append(b, address...), name...), 0)
		b = wire.AppendZeros(b, -len(b)&3)
	}
	b = append(b, 0, 0, 0, 0) // the end of the records
	length := uint32(len(b) + 4)
	binary.LittleEndian.PutUint32(b[4:], length)
	return binary.LittleEndian.AppendUint32(b, length)
}

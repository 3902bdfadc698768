package capture

import (
	"encoding/binary"

	"netsim/wire"
)

// An Ethernet header is two addresses and the type of what follows.
const (
	ethernetLen = 14
	typeIPv4    = 0x0800
	typeIPv6    = 0x86dd
)

// appendFrame writes the first kept bytes of the frame of p.
func appendFrame(buf []byte, book *wire.Book, p *wire.Packet, kept int) []byte {
	end := len(buf) + kept
	kind := uint16(typeIPv4)
	if p.Dst.Is6() {
		kind = typeIPv6
	}
	buf = appendMAC(buf, p.Dst)
	buf = appendMAC(buf, p.Src)
	buf = binary.BigEndian.AppendUint16(buf, kind)
	buf = wire.AppendHeaders(buf, book, p)
	return wire.AppendZeros(buf, max(0, end-len(buf)))[:end]
}

// appendMAC writes a locally administered address, a different one for every
// address of the book.
func appendMAC(buf []byte, a wire.Addr) []byte {
	return binary.BigEndian.AppendUint32(append(buf, 2, 0), a.Index())
}

package capture

import "encoding/binary"

// The blocks and options of pcapng that are written (draft-ietf-opsawg-pcapng,
// sections 4.1, 4.2, 4.3 and 4.6), in little-endian order on every machine.
const (
	blockSection    = 0x0a0d0d0a
	blockInterface  = 1
	blockStatistics = 5
	blockPacket     = 6

	byteOrderMagic = 0x1a2b3c4d
	linkEthernet   = 1

	optionEnd         = 0
	optionComment     = 1
	optionApplication = 4 // of a section
	optionName        = 2 // of an interface
	optionResolution  = 9
	optionReceived    = 4 // of statistics
	optionDropped     = 5
)

// packetBlockLen is what a packet's block takes besides the frame.
const packetBlockLen = 32

// maxOptionLen is the longest option that its length can tell.
const maxOptionLen = 0xffff

var little = binary.LittleEndian

// beginBlock starts a block of its own in buf, which endBlock completes.
func beginBlock(buf []byte, kind uint32) []byte {
	return append(little.AppendUint32(buf[:0], kind), 0, 0, 0, 0)
}

// endBlock writes the length, which stands at both ends.
func endBlock(buf []byte) []byte {
	length := uint32(len(buf) + 4)
	little.PutUint32(buf[4:], length)
	return little.AppendUint32(buf, length)
}

func appendOption[T string | []byte](buf []byte, code uint16, value T) []byte {
	buf = little.AppendUint16(buf, code)
	buf = little.AppendUint16(buf, uint16(len(value)))
	return pad(append(buf, value...))
}

func appendCount(buf []byte, code uint16, n uint64) []byte {
	var value [8]byte
	little.PutUint64(value[:], n)
	return appendOption(buf, code, value[:])
}

// appendTime writes a time in the resolution of the interfaces, high half first.
func appendTime(buf []byte, ns uint64) []byte {
	return little.AppendUint32(little.AppendUint32(buf, uint32(ns>>32)), uint32(ns))
}

// pad fills a block up to a multiple of four bytes.
func pad(buf []byte) []byte {
	return append(buf, 0, 0, 0)[:(len(buf)+3)&^3]
}

func sectionBlock(buf []byte, comment string) []byte {
	buf = beginBlock(buf, blockSection)
	buf = little.AppendUint32(buf, byteOrderMagic)
	buf = append(buf, 1, 0, 0, 0)           // version 1.0
	buf = little.AppendUint64(buf, 1<<64-1) // as long as the file
	buf = appendOption(buf, optionApplication, "netsim")
	if comment != "" {
		buf = appendOption(buf, optionComment, comment)
	}
	return endBlock(appendOption(buf, optionEnd, ""))
}

func interfaceBlock(buf []byte, name string, snap int) []byte {
	buf = beginBlock(buf, blockInterface)
	buf = append(buf, linkEthernet, 0, 0, 0)
	buf = little.AppendUint32(buf, uint32(snap))
	buf = appendOption(buf, optionName, name)
	buf = appendOption(buf, optionResolution, "\x09") // 10^-9 s
	return endBlock(appendOption(buf, optionEnd, ""))
}

// beginPacket starts the block of a packet; kept bytes of its frame and padding
// follow.
func beginPacket(buf []byte, iface int, ns uint64, kept, length int) []byte {
	buf = beginBlock(buf, blockPacket)
	buf = little.AppendUint32(buf, uint32(iface))
	buf = appendTime(buf, ns)
	buf = little.AppendUint32(buf, uint32(kept))
	return little.AppendUint32(buf, uint32(length))
}

func statisticsBlock(buf []byte, iface int, c counts) []byte {
	buf = beginBlock(buf, blockStatistics)
	buf = little.AppendUint32(buf, uint32(iface))
	buf = appendTime(buf, uint64(c.last))
	buf = appendCount(buf, optionReceived, c.seen)
	buf = appendCount(buf, optionDropped, c.leftOut)
	return endBlock(appendOption(buf, optionEnd, ""))
}

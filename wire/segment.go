package wire

// Flags are the control bits of a segment, as RFC 9293 section 3.1 places them
// in the header.
type Flags uint8

const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Has reports whether all of the bits are set.
func (f Flags) Has(bits Flags) bool { return f&bits == bits }

// Options says which options a segment carries. The fields of an option that is
// not carried are stale.
type Options uint8

const (
	HasMSS        Options = 1 << iota // RFC 9293 section 3.7.1
	HasScale                          // window scale, RFC 7323 section 2
	HasTimestamps                     // RFC 7323 section 3
	SACKPermitted                     // RFC 2018 section 2
	HasSACK                           // RFC 2018 section 3
	HasCookie                         // Fast Open, RFC 7413 section 4.1.1
	HasTimeout                        // user timeout, RFC 5482 section 3
)

// Block is one block of a selective acknowledgment: Left up to, not including,
// Right.
type Block struct{ Left, Right Seq }

// MaxBlocks is how many SACK blocks fit into a header.
const MaxBlocks = 4

// Incarnation names one connection of a run: the flow it belongs to, the slot
// of its record, and how often that slot was used. It is an oracle for
// observers; zero is none.
type Incarnation uint64

// The most flows, slots and generations an Incarnation can tell apart.
const (
	MaxFlows       = 1 << 12
	MaxSlots       = 1 << 28
	MaxGenerations = 1 << 24
)

// IncarnationOf makes an Incarnation. Generations count from 1 and wrap.
func IncarnationOf(flow, slot, generation uint32) Incarnation {
	return Incarnation(uint64(flow)<<52 | uint64(generation&(MaxGenerations-1))<<28 | uint64(slot))
}

// Flow returns the number of the flow.
func (i Incarnation) Flow() uint32 { return uint32(i >> 52) }

// Slot returns the slot of the connection's record.
func (i Incarnation) Slot() uint32 { return uint32(i & (MaxSlots - 1)) }

// Marks are oracles that the sender of a segment sets for observers: rules of
// links, ladders and counters.
type Marks uint16

const (
	AckOfSYN  Marks = 1 << iota // acknowledges the other end's SYN and nothing after it
	AckOfFIN                    // acknowledges the other end's FIN
	FirstAck                    // with AckOfFIN: the first segment to do so
	Again                       // sent before: a retransmission
	Duplicate                   // a copy that the network made
	Challenge                   // a challenge ACK of RFC 5961
	Probe                       // a zero-window or keepalive probe
	Datagram                    // no segment of TCP: bytes that load the network, of UDP in a capture
	Damaged                     // the network changed bits of it
	Expired                     // with Again: because a timer rang (RFC 6298)
	Tail                        // with Again: as a tail loss probe (RFC 8985)
	Fast                        // with Again: in fast recovery (RFC 5681)
)

// Segment is a TCP segment: the header's fields, the options by value, and the
// number of bytes of its text.
type Segment struct {
	SrcPort, DstPort uint16
	Seq, Ack         Seq
	Len              uint32 // bytes of text, not carried
	Window           uint16 // as in the header, before scaling
	Flags            Flags
	Options          Options
	Urgent           uint16

	MSS       uint16
	Scale     uint8
	Blocks    uint8 // how many of SACK are valid
	CookieLen uint8 // bytes of Cookie; 0 asks for one
	ECN       uint8 // that its packet is to have, or had when it came
	Order     OptionOrder
	CookieExp bool   // of the experimental option, RFC 6994
	Timeout   uint16 // of its user: seconds, or with the highest bit minutes, see TimeoutOf
	TSVal     uint32
	TSEcr     uint32

	// The oracles. Incarnation names the connection that sent the segment,
	// Offset the place of its first byte of text in that connection's stream.
	Marks       Marks
	Incarnation Incarnation
	Offset      uint64

	SACK   [MaxBlocks]Block
	Cookie [16]byte
}

// SeqLen is SEG.LEN: the sequence numbers the segment occupies, counting SYN and
// FIN (RFC 9293 section 3.4).
func (s *Segment) SeqLen() uint32 {
	return s.Len + uint32(s.Flags>>1&1) + uint32(s.Flags&1)
}

// End is the sequence number just past the segment.
func (s *Segment) End() Seq { return s.Seq.Add(s.SeqLen()) }

// Clear makes s an empty segment. The fields of options are left: Options says
// that they mean nothing.
func (s *Segment) Clear() {
	s.SrcPort, s.DstPort = 0, 0
	s.Seq, s.Ack = Seq{}, Seq{}
	s.Len, s.Window, s.Flags, s.Options, s.Urgent, s.ECN = 0, 0, 0, 0, 0, 0
	s.Marks, s.Incarnation, s.Offset, s.Order = 0, 0, 0, LinuxOrder
}

package wire

import "netsim/des"

// Packet is an IP packet with its TCP segment, or an ICMP report on one. Packets
// are pooled: whoever receives a packet passes it on or puts it back, and touches
// it no more.
type Packet struct {
	Next *Packet  // chains packets for whoever holds this one
	Time des.Time // for whoever holds this one: when it has left, when it arrives

	Src, Dst Addr
	Size     int32 // bytes of the IP packet, headers and text
	TTL      uint8
	ECN      uint8  // the two bits of RFC 3168
	MTU      uint16 // of a report of TooBig: what would fit
	About    Addr   // of a report: where the packet was to go that it is about
	Report   Report // the segment was not delivered: the packet tells its sender
	DSCP     uint8  // differentiated services, six bits (RFC 2474)
	ID       uint64 // numbers what hosts send, for observers; a duplicate keeps it
	Segment  Segment
}

// The codepoints of ECN (RFC 3168 section 5); 0 is of a sender that does not know
// them.
const (
	ECT1 = 1 + iota // capable
	ECT0            // capable, as all senders say it
	CE              // congestion experienced
)

// DefaultTTL is the TTL that hosts send with (RFC 9293 MUST-49 makes it
// configurable; 64 is the IANA's recommended default).
const DefaultTTL = 64

// HeaderLen is the length of the packet's headers in bytes, up to the text: IP's
// and TCP's, and with a report those of ICMP, too.
func (p *Packet) HeaderLen() int {
	ip := headerLen4
	if p.Dst.Is6() {
		ip = headerLen6
	}
	if p.Report != NoReport {
		ip += headerLenICMP + ip
	}
	if p.Segment.Marks&Datagram != 0 {
		return ip + headerLenUDP
	}
	return ip + p.Segment.HeaderLen()
}

// Measure sets Size from the headers and the text.
func (p *Packet) Measure() {
	p.Size = int32(p.HeaderLen()) + int32(p.Segment.Len)
	if p.Report != NoReport {
		p.Size = min(p.Size, int32(p.reportLimit()))
	}
}

// Pool is the free list of packets of one world.
type Pool struct {
	free *Packet
	made int // packets ever made
	out  int // packets taken and not yet put back
}

// poolChunk is how many packets are made at once.
const poolChunk = 64

// Get takes a packet. Its fields are those of its last use, but for Report and DSCP.
func (pool *Pool) Get() *Packet {
	if pool.free == nil {
		chunk := make([]Packet, poolChunk)
		pool.made += poolChunk
		for i := range chunk {
			chunk[i].Next = pool.free
			pool.free = &chunk[i]
		}
	}
	p := pool.free
	pool.free = p.Next
	p.Next, p.Report, p.DSCP = nil, NoReport, 0
	pool.out++
	return p
}

// Put gives a packet back.
func (pool *Pool) Put(p *Packet) {
	p.Next = pool.free
	pool.free = p
	pool.out--
}

// Out counts the packets that are somewhere in the world.
func (pool *Pool) Out() int { return pool.out }

// Made counts the packets ever made: the most that were out at once, rounded up.
func (pool *Pool) Made() int { return pool.made }

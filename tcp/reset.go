package tcp

import "netsim/wire"

// pendingReset is a RST that Emit sends first.
type pendingReset struct {
	due, hasAck bool
	stamped     bool // of our own accord: with timestamps, if they are used (RFC 7323 section 3.2)
	seq, ack    wire.Seq
}

// parting is the RST of an end that gives the connection up by itself.
func (c *Conn) parting() pendingReset {
	return pendingReset{due: true, seq: c.bare(), ack: c.rcvNxt, hasAck: c.profile.ResetWithAck, stamped: true}
}

// Reset makes the answer of a host without a connection for s (RFC 9293 section
// 3.10.7.1) and reports whether there is one: a RST is never answered.
func Reset(s, reply *wire.Segment) bool {
	if s.Flags.Has(wire.RST) {
		return false
	}
	reply.Clear()
	reply.SrcPort, reply.DstPort = s.DstPort, s.SrcPort
	reply.Incarnation = s.Incarnation
	if s.Flags.Has(wire.ACK) {
		reply.Flags, reply.Seq = wire.RST, s.Ack
		return true
	}
	reply.Flags = wire.RST | wire.ACK
	reply.Ack = s.End()
	return true
}

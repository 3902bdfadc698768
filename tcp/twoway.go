package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// Handshake is how many segments open a connection.
type Handshake uint8

const (
	ThreeWay Handshake = iota // RFC 9293 section 3.5
	// TwoWay has the server believe a SYN as it comes: it is ESTABLISHED when it has
	// answered, and nobody acknowledges the answer or refuses it. What is lost comes
	// again with the SYN. No system has it: it is what the third segment is for.
	TwoWay
)

func (h Handshake) String() string { return [...]string{"three-way", "two-way"}[h] }

// believes reports that a connection was opened by a SYN alone.
func (c *Conn) believes() bool { return c.profile.Handshake == TwoWay && !c.has(active) }

// believe opens the connection as soon as its SYN has come, as if our own, which is
// still to be sent, were acknowledged.
func (c *Conn) believe(now des.Time) {
	c.nxt, c.next = c.base, c.base
	c.moveBase(c.base)
	c.establish(now)
}

// unsure recognises the SYN that has opened a connection when it comes again before
// anything was acknowledged: our answer is lost.
func (c *Conn) unsure(s *wire.Segment) bool {
	return c.believes() && c.una == c.iss.Add(1) && s.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN && s.Seq == c.irs
}

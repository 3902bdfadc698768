package middlebox

import (
	"netsim/des"
	"netsim/wire"
)

// Answer is what a firewall says to a packet that it refuses.
type Answer uint8

const (
	Silent     Answer = iota // nothing
	Reset                    // a RST, as if from the destination
	Prohibited               // ICMP: communication administratively prohibited (RFC 1812 section 5.2.7.1)
)

// Firewall lets connections pass that it has seen opening, from whichever side,
// and nothing else of TCP.
type Firewall struct {
	box
	answer Answer
}

// NewFirewall puts a firewall in front of its router.
func NewFirewall(c Config, answer Answer) *Firewall {
	f := &Firewall{answer: answer}
	f.begin(c, f)
	return f
}

// Receive takes a packet that came over a link: a [topo.Sink].
func (f *Firewall) Receive(now des.Time, p *wire.Packet) {
	f.in++
	switch {
	case p.Segment.Marks&wire.Datagram != 0:
		f.pass(now, p)
		return
	case p.Report != wire.NoReport:
		if !f.restore(p) {
			f.refuse(now, p, Unknown, wire.NoReport)
			return
		}
		f.pass(now, p)
		return
	}
	t := tupleOf(p)
	ref := f.find(t)
	if ref == 0 {
		switch {
		case !opens(&p.Segment):
			f.reject(now, p, Unknown)
			return
		case f.full():
			f.reject(now, p, Limit)
			return
		}
		ref = f.open(now, t, t.reverse())
	}
	f.follow(now, p, ref)
	f.pass(now, p)
}

// reject refuses a packet as the firewall answers.
func (f *Firewall) reject(now des.Time, p *wire.Packet, why Cause) {
	switch f.answer {
	case Reset:
		f.reset(now, p, why)
	case Prohibited:
		f.refuse(now, p, why, wire.Prohibited)
	default:
		f.refuse(now, p, why, wire.NoReport)
	}
}

package topo

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Reporting is how a router tells senders of packets that it could not deliver
// (RFC 1812 section 4.3). Gap and Burst bound the rate, as RFC 1812 section
// 4.3.2.8 asks: a report for each Gap, of which Burst may come at once.
// A Gap of 0 bounds nothing. Reports of TooBig are never held back, since a path
// whose MTU is not found carries nothing (Linux: net/ipv4/icmp.c,
// icmpv4_mask_allow).
type Reporting struct {
	Gap   time.Duration
	Burst int64
}

// DefaultReporting is that of Linux: icmp_msgs_per_sec and icmp_msgs_burst.
var DefaultReporting = Reporting{Gap: time.Millisecond, Burst: 50}

// reporter is a router's voice.
type reporter struct {
	Reporting
	from4, from6 wire.Addr
	due          des.Time // when the reports so far would have been made at the even rate
	made, held   uint64   // reports that went out, and that the rate forbade
}

// Report makes a router of the finished network report, from the first of these
// addresses that is of the packet's family; if none is, it says nothing.
func (n *Network) Report(id NodeID, how Reporting, from ...wire.Addr) {
	r := n.nodes[id].core
	if r == nil || !n.nodes[id].forwards {
		panic("topo: only a router of a finished network reports")
	}
	v := &reporter{Reporting: how}
	for _, a := range from {
		if into := v.voice(a); into.IsZero() {
			*into = a
		}
	}
	r.voice = v
}

// Reports counts the reports that a router has sent, and those it was not allowed
// to send.
func (n *Network) Reports(id NodeID) (sent, held uint64) {
	if r := n.nodes[id].core; r != nil && r.voice != nil {
		return r.voice.made, r.voice.held
	}
	return 0, 0
}

// voice is the address that answers what is addressed like to.
func (v *reporter) voice(to wire.Addr) *wire.Addr {
	if to.Is6() {
		return &v.from6
	}
	return &v.from4
}

// allows spends a report, if there is one left: the virtual scheduling algorithm
// (ITU-T I.371 annex A), a token bucket in one number.
func (v *reporter) allows(now des.Time, why wire.Report) bool {
	if why == wire.TooBig || v.Gap == 0 {
		return true
	}
	due := max(v.due, now)
	if due.Sub(now) > time.Duration(v.Burst-1)*v.Gap {
		v.held++
		return false
	}
	v.due = due.Add(v.Gap)
	return true
}

// report turns a packet that the node could not deliver into the report on it,
// for the router it returns to send; nil if nothing is to be said. Nobody is told
// of reports, nor of datagrams, which want no answer (RFC 1122 section 3.2.2).
func (n *Network) report(now des.Time, node NodeID, p *wire.Packet, why wire.Report, mtu int32) *router {
	r := n.nodes[node].core
	if r == nil || r.voice == nil || why == wire.NoReport || p.Report != wire.NoReport || p.Segment.Marks&wire.Datagram != 0 {
		return nil
	}
	from := *r.voice.voice(p.Dst)
	if from.IsZero() || !r.voice.allows(now, why) {
		return nil
	}
	r.voice.made++
	p.Return(why, from, uint16(min(mtu, 65535)))
	return r
}

// tell sends the report on a packet that the node could not deliver, or puts the
// packet back. A box that has translated the packet translates the report, too.
func (n *Network) tell(now des.Time, node NodeID, p *wire.Packet, why wire.Report, mtu int32) {
	switch r := n.report(now, node, p, why, mtu); {
	case r == nil:
		n.pool.Put(p)
	case r.box != nil:
		r.box.Receive(now, p)
	default:
		(*origin)(r).Receive(now, p)
	}
}

// reportOn is what is said of a packet that was dropped at a half.
func reportOn(cause Cause) wire.Report {
	switch cause {
	case DropMTU:
		return wire.TooBig
	case DropTTL:
		return wire.TimeExceeded
	}
	return wire.NoReport
}

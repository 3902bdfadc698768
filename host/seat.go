package host

import (
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// Seat puts a connection into TIME-WAIT as if it had come there before the run began
// and had so long to go, at its host and at the time 0. Of the same length of TIME-WAIT,
// those with less to go must be seated first. A local port of 0 takes an ephemeral one;
// the port is returned, and false if the host has none or no room. What waits with the
// same four-tuple is reopened by it.
func (h *Host) Seat(from wire.Addr, to Remote, local uint16, left time.Duration) (uint16, bool) {
	st, g := h.stack, h.group
	if left <= 0 || left > g.room.length || g.profile.TimeWaitMax > 0 && h.buckets >= uint32(g.profile.TimeWaitMax) {
		return 0, false
	}
	t, pair := tuple{from, to.Address, local, to.Port}, uint32(0)
	if local == 0 {
		var free bool
		pair = h.pairTo(t)
		if t.localPort, free = h.pickPort(to, pair); !free {
			return 0, false
		}
	}
	if ref := st.find(t); ref&inRoom != 0 {
		st.room.leave(0, ref&^inRoom, Reopened)
	}
	i := st.room.take()
	r := st.room.At(i)
	since := des.Time(left - g.room.length)
	*r = record{tuple: t, group: g.number, pair: pair, since: since}
	r.tcp = tcp.TimeWait{SndNxt: h.iss(0, t.key()), RcvNxt: h.iss(0, t.key()), RcvWnd: 65535, Window: 65535, Timestamps: g.profile.Timestamps, TSOffset: h.tsOffset()}
	if peer, ok := st.net.NodeOf(to.Address); ok && st.hosts[peer] != nil {
		r.tcp.TSRecent = st.hosts[peer].tsOffset()
	}
	st.table.Add(t.hash(), i|inRoom)
	if pair != 0 {
		st.holdPort(0, g, pair, t.localPort)
		st.keepPort(0, g, pair)
	}
	if g.profile.TimeWaitMax > 0 {
		h.buckets++
	}
	g.room.Append(i, des.Time(left))
	st.room.held++
	g.tally.move(0, tcp.Closed, tcp.TimeWaiting, since)
	if g.limits != nil {
		h.rest.holdings.move(g.tally, tcp.Closed, tcp.TimeWaiting)
	}
	return t.localPort, true
}

// Source is the address from which the host connects to a destination.
func (h *Host) Source(to wire.Addr) wire.Addr { return h.source(to) }

// FreePort is an ephemeral port that connect() would take now.
func (h *Host) FreePort(from wire.Addr, to Remote) (uint16, bool) {
	return h.pickPort(to, h.pairTo(tuple{from, to.Address, 0, to.Port}))
}

// Ports is how many ephemeral ports a host has, and whether they are of one destination.
func (h *Host) Ports() (n int, perTuple bool) {
	p := h.group.profile
	return int(p.PortHigh) - int(p.PortLow) + 1, p.PortsPer == tcp.PerTuple
}

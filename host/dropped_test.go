package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// A SYN with a FIN, which Linux drops, takes no place at the listener; FreeBSD leaves
// the FIN to come again. A SYN from an address that is not of one host is dropped by
// every system (MUST-57, MUST-63).
func TestDroppedByPolicy(t *testing.T) {
	for _, c := range []struct {
		profile        *tcp.Profile
		policy, opened uint64
	}{{tcp.Linux(), 2, 1}, {tcp.FreeBSD(), 1, 2}} {
		w := newWorld(t, 1, line(), tcp.Linux(), c.profile)
		y := w.listen(1, 80, 8, w.callees())
		syn := wire.Segment{SrcPort: 7, DstPort: 80, Flags: wire.SYN, Seq: wire.SeqOf(1)}
		w.deliver(w.hosts[1], w.hosts[0], syn)
		syn.SrcPort, syn.Flags = 8, wire.SYN|wire.FIN
		w.deliver(w.hosts[1], w.hosts[0], syn)
		p := w.pool.Get()
		p.Dst, p.Segment = w.hosts[1].address, syn
		p.Measure()
		w.hosts[1].Receive(0, p)
		if got := y.HalfOpen.Value(); y.SYNs != 3 || y.DroppedPolicy != c.policy || y.Dropped() != c.policy || uint64(got) != c.opened {
			t.Errorf("%s: %d SYNs, %d dropped by policy, %d half open", c.profile.Name, y.SYNs, y.DroppedPolicy, got)
		}
		w.finish()
	}
}

// A SYN beyond the sequence numbers of a connection in TIME-WAIT reopens it, unless its
// timestamp is older than the last that came (RFC 7323 section 5): it is answered from
// there, and the listener counts it as dropped.
func TestDroppedByPAWS(t *testing.T) {
	for _, back := range []int32{-1, 0, 1} { // ticks from the last timestamp
		w := newWorld(t, 1, line(), linux(func(p *tcp.Profile) { p.TimeWait = 0 }), tcp.Linux())
		y := w.listen(1, 80, 8, each(func() App { return w.caller() }))
		w.at(0, func(now des.Time) {
			w.must(w.hosts[0].Connect(now, Remote{w.hosts[1].address, 80}, 5000, wire.IncarnationOf(1, 1, 1), w.callee()))
		})
		w.at(time.Second, func(now des.Time) {
			i := w.stack.find(tuple{w.hosts[1].address, w.hosts[0].address, 80, 5000}) &^ inRoom
			r := &w.stack.room.At(i).tcp
			w.deliver(w.hosts[1], w.hosts[0], wire.Segment{SrcPort: 5000, DstPort: 80, Flags: wire.SYN, Seq: r.RcvNxt.Add(1000),
				Options: wire.HasTimestamps, TSVal: r.TSRecent + uint32(back)})
		})
		w.finish()
		want := ListenerCounters{SYNs: 2, Accepted: 1}
		if back < 0 {
			want.DroppedPAWS = 1
		}
		if y.ListenerCounters != want || w.tallies[1].Left[Reopened] != 1-want.DroppedPAWS {
			t.Errorf("%+d: %+v, left %v", back, y.ListenerCounters, w.tallies[1].Left)
		}
	}
}

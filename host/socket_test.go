package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// What an App does while it is told joins what is sent next: here one segment with
// all that was written, and the FIN.
func TestWritesJoin(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	u := w.idle()
	u.do = func(now des.Time, s *Socket, n tcp.News) {
		if n&tcp.Connected == 0 {
			return
		}
		sent := w.stack.Packets()
		if s.Write(now, 100) != 100 || s.Write(now, 200) != 200 {
			t.Error("the connection did not take 300 bytes")
		}
		s.Close(now)
		if w.stack.Packets() != sent {
			t.Error("something was sent while the App was told")
		}
	}
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.finish()
	client := w.by(0)
	if len(client) != 4 { // SYN, ACK, text, and the ACK of the FIN
		t.Fatalf("the client sent %d segments", len(client))
	}
	if s := client[2]; s.seg.Len != 300 || !s.seg.Flags.Has(wire.FIN) || s.at != client[1].at {
		t.Errorf("sent %d bytes, flags %v, %v after the ACK", s.seg.Len, s.seg.Flags, s.at-client[1].at)
	}
}

// What an App wrote before it aborts goes before the reset, though it is told
// meanwhile.
func TestWriteThenAbort(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	server := w.idle()
	w.listen(1, 80, 128, each(func() App { return server }))
	u := w.idle()
	u.do = func(now des.Time, s *Socket, n tcp.News) {
		if n&tcp.Connected != 0 {
			s.Write(now, 100)
			s.Abort(now)
		}
	}
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.finish()
	client := w.by(0)
	if client[2].seg.Len != 100 || !client[3].seg.Flags.Has(wire.RST) || client[3].at != client[2].at {
		t.Errorf("the client sent %+v", client)
	}
	if server.over != 1 || server.heard[1].what != tcp.Readable {
		t.Errorf("the server was told %v", server.heard)
	}
}

// A close in answer to a FIN rides on its ACK.
func TestReplyJoins(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	w.finish()
	server := w.by(1)
	if len(server) != 2 || !server[1].seg.Flags.Has(wire.FIN|wire.ACK) || server[1].seg.Marks&wire.FirstAck == 0 {
		t.Errorf("the server sent %d segments, the last %+v", len(server), server[len(server)-1].seg)
	}
}

// An established connection that nobody uses costs one event an end: the alarm of
// its SYN, which was put off, rings once for nothing.
func TestIdleCostsNothing(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.listen(1, 80, 128, each(func() App { return w.idle() }))
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.idle())) })
	w.run(100 * time.Millisecond)
	before := w.sim.Events()
	if w.sim.Pending() != 2 {
		t.Errorf("%d events pending", w.sim.Pending())
	}
	w.run(time.Hour)
	if rang := w.sim.Events() - before; rang != 2 || w.sim.Pending() != 0 {
		t.Errorf("%d events in an hour, %d pending", rang, w.sim.Pending())
	}
}

// An alarm that is put off again and again rings at most once in the time that it
// is put off by: 1000 writes in 10 s, each ACKed after 20 ms, and an RTO of 220.
func TestAlarmIsLazy(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.listen(1, 80, 128, w.callees())
	var s *Socket
	w.at(0, func(now des.Time) { s = w.must(w.connect(now, 0, 1, w.idle())) })
	w.run(2 * time.Second)
	rang, writes := 0, 0
	for i := range 1000 {
		w.at(2*time.Second+time.Duration(i)*10*time.Millisecond, func(now des.Time) {
			s.Write(now, 10)
			writes++
		})
	}
	last := w.sim.When(&s.alarm)
	for w.sim.Step(des.Time(12 * time.Second)) {
		if at := w.sim.When(&s.alarm); at != last {
			if last == w.sim.Now() {
				rang++
			}
			last = at
		}
	}
	if rang == 0 || rang > 10_000/200 || writes != 1000 {
		t.Errorf("%d writes, the alarm rang %d times in 10 s", writes, rang)
	}
	w.at(13*time.Second, func(now des.Time) { s.Close(now) })
	w.finish()
}

// drops is a link that drops some segments.
func drops(rules ...topo.RuleSpec) topo.HalfSpec {
	h := line()
	for _, r := range rules {
		r.Do, r.Flow = topo.DoDrop, topo.AnyFlow
		h.Rules = append(h.Rules, topo.NewRule(r))
	}
	return h
}

// However a connection ends, each App is told once, of the right end, at the right
// time, and nothing is left of it.
// Proves MUST-12, MUST-47.
func TestToldOnceOfTheEnd(t *testing.T) {
	everything := topo.RuleSpec{Name: "all", Match: topo.MatchAny}
	late := func(match topo.Match, first uint64) topo.RuleSpec {
		return topo.RuleSpec{Name: "late", Match: match, Nth: []topo.Range{{First: first, Last: 1 << 62}}}
	}
	write := func(w *world) *user {
		u := w.idle()
		u.do = func(now des.Time, s *Socket, n tcp.News) {
			if n&tcp.Connected != 0 {
				s.Write(now, 10)
			}
		}
		return u
	}
	abort := func(w *world) *user {
		u := w.idle()
		u.do = func(now des.Time, s *Socket, n tcp.News) {
			if n&tcp.Connected != 0 {
				s.Abort(now)
			}
		}
		return u
	}
	caller := func(w *world) *user { return w.caller() }
	callee := func(w *world) *user { return w.callee() }
	idle := func(w *world) *user { return w.idle() }
	for _, c := range []struct {
		name           string
		out            topo.HalfSpec // from the client
		client, server func(w *world) *user
		told           tcp.News // the client, at last
		after          time.Duration
		toldServer     tcp.News // 0: there is no server's end
		afterServer    time.Duration
	}{
		{"in order", line(), caller, callee, tcp.Ended, 8 * hop, tcp.Ended, 10 * hop},
		{"refused", line(), caller, nil, tcp.Refused, 4 * hop, 0, 0},
		{"no answer", drops(everything), caller, callee, tcp.TimedOut, 131 * time.Second, 0, 0},
		{"own abort", line(), abort, callee, tcp.Ended, 4 * hop, tcp.WasReset, 6 * hop},
		{"the other's abort", line(), idle, abort, tcp.WasReset, 8 * hop, tcp.Ended, 6 * hop},
		// FIN-WAIT-2 of an orphan: 60 s from the ACK of the FIN, which is delayed by 4 ms.
		{"nobody replies", line(), caller, idle, tcp.TimedOut, 8*hop + 4*time.Millisecond + time.Minute, tcp.EndOfData, 6 * hop},
		// The time rule of Linux: the first timeout at least 924.6 s after the first
		// transmission. RTTVAR is bounded: RTO = 20 ms + 200 ms; 0.22*(2^10-1) + 6*120 s,
		// after the RTO of a tail loss probe.
		{"data unanswered", drops(late(topo.MatchData, 1)), write, idle, tcp.TimedOut, 4*hop + 945280*time.Millisecond, tcp.Connected, 6 * hop},
		// and of an orphan 102.2 s: 0.22*(2^9-1), and the same.
		{"FIN unanswered", drops(late(topo.MatchFIN, 1)), caller, callee, tcp.TimedOut, 4*hop + 112640*time.Millisecond, tcp.Connected, 6 * hop},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorldOf(t, 1, des.PacketsFirst, func(i int) (from, to topo.HalfSpec) {
				if i == 0 {
					return c.out, line()
				}
				return line(), line()
			}, tcp.Linux(), tcp.Linux())
			var server *user
			if c.server != nil {
				w.listen(1, 80, 128, each(func() App { server = c.server(w); return server }))
			}
			client := c.client(w)
			w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, client)) })
			w.sim.Run(des.Never)
			if got := client.end(); client.over != 1 || got.what&c.told == 0 || got.at != des.Time(c.after) {
				t.Errorf("the client was told %b at %v, %d ends; want %b at %v", got.what, got.at, client.over, c.told, c.after)
			}
			switch {
			case c.toldServer == 0:
				if server != nil {
					t.Errorf("the server was told %v", server.heard)
				}
			case server.end().what&c.toldServer == 0 || server.end().at != des.Time(c.afterServer):
				t.Errorf("the server was told %b at %v; want %b at %v", server.end().what, server.end().at, c.toldServer, c.afterServer)
			}
			if c.toldServer&(tcp.EndOfData|tcp.Connected) != 0 { // the server's end stays for ever
				if w.stack.table.Len() != 1 || server.over != 0 {
					t.Errorf("%d connections are left", w.stack.table.Len())
				}
				return
			}
			w.empty()
		})
	}
}

// An App that is told of a reset may close as if it did not know.
func TestClosingTheClosed(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	u := w.idle()
	u.do = func(now des.Time, s *Socket, n tcp.News) {
		s.Close(now)
		s.Abort(now)
		if s.Write(now, 1) != 0 || s.Read(now) != 0 {
			t.Error("a connection that is gone took or gave bytes")
		}
	}
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.finish()
	if u.over != 1 || u.end().what != tcp.Refused {
		t.Errorf("told %v", u.heard)
	}
}

// A host whose TIME-WAIT is 0 goes through it in no time.
func TestNoTimeWait(t *testing.T) {
	w := newWorld(t, 1, line(), waiting(0, time.Minute)...)
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	u := w.caller()
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.finish()
	y := w.tallies[0]
	if s := &y.Stay[tcp.TimeWaiting]; u.over != 1 || y.Entered[tcp.TimeWaiting] != 1 || s.N() != 1 || s.Max() != 0 || y.Left[Expired] != 1 {
		t.Errorf("told %v; %d entered TIME-WAIT, %d stayed", u.heard, y.Entered[tcp.TimeWaiting], s.N())
	}
	var last change
	for _, c := range w.changes {
		if c.node == w.hosts[0].node {
			last = c
		}
	}
	if want := (change{des.Time(8 * hop), w.hosts[0].node, last.who, tcp.TimeWaiting, tcp.Closed}); last != want {
		t.Errorf("the last change is %+v, want %+v", last, want)
	}
}

// The trail of states is told as it was gone, each for its time.
func TestStatesAreTold(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	w.finish()
	for i, want := range [][]change{
		{
			{at: 0, from: tcp.Closed, to: tcp.SynSent},
			{at: 4, from: tcp.SynSent, to: tcp.Established},
			{at: 4, from: tcp.Established, to: tcp.FinWait1},
			{at: 8, from: tcp.FinWait1, to: tcp.TimeWaiting},
			{at: 8 + 12_000, from: tcp.TimeWaiting, to: tcp.Closed},
		},
		{
			{at: 2, from: tcp.Listen, to: tcp.SynReceived},
			{at: 6, from: tcp.SynReceived, to: tcp.Established},
			{at: 6, from: tcp.Established, to: tcp.CloseWait},
			{at: 6, from: tcp.CloseWait, to: tcp.LastAck},
			{at: 10, from: tcp.LastAck, to: tcp.Closed},
		},
	} {
		n := 0
		for _, c := range w.changes {
			if c.node != w.hosts[i].node {
				continue
			}
			if n >= len(want) || c.from != want[n].from || c.to != want[n].to || c.at != want[n].at*des.Time(hop) {
				t.Errorf("host %d, change %d: %v to %v at %v", i, n, c.from, c.to, c.at)
			}
			n++
		}
		if n != len(want) {
			t.Errorf("host %d: %d changes, want %d", i, n, len(want))
		}
	}
}

// Initial sequence numbers follow the profile's rule; by the one of RFC 6528 they
// grow with the clock for one four-tuple, and differ between tuples.
func TestInitialSequenceNumbers(t *testing.T) {
	const tick = time.Microsecond
	first := func(rule tcp.ISNRule, at time.Duration, port uint16) uint32 {
		w := newWorld(t, 1, line(), linux(func(p *tcp.Profile) { p.ISN, p.ISNTick = rule, tick }), tcp.Linux())
		w.keep = true
		w.at(at, func(now des.Time) {
			_, err := w.hosts[0].Connect(now, Remote{w.hosts[1].address, 80}, port, 1, w.caller())
			if err != nil {
				t.Error(err)
			}
		})
		w.finish()
		return w.sent[0].seg.Seq.Uint32()
	}
	hashed := first(tcp.HashedClock, 0, 1)
	if got := first(tcp.HashedClock, 5*tick, 1) - hashed; got != 5 {
		t.Errorf("RFC 6528: %d more after 5 ticks", got)
	}
	if first(tcp.HashedClock, 0, 2) == hashed {
		t.Error("RFC 6528: two ports begin with one number")
	}
	if got := first(tcp.ClockISN, 7*tick, 1); got != 7 {
		t.Errorf("the clock alone: %d after 7 ticks", got)
	}
	if got := first(tcp.ZeroISN, 7*tick, 1); got != 0 {
		t.Errorf("zero: %d", got)
	}
	if a := first(tcp.RandomISN, 0, 1); a == hashed || a == 0 {
		t.Errorf("random: %d", a)
	}
}

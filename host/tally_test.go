package host

import (
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Fullest is the highest of many counts, at every time.
func TestFullestAgainstMaximum(t *testing.T) {
	for seed := range uint64(50) {
		draws := des.Stream(seed, 1, "fullest")
		counts := make([]int32, 1+des.Below(draws, 12))
		var f Fullest
		var naive metrics.Level
		for step := range 2000 {
			now := des.Time(step / 3 * 10)
			i := des.Below(draws, uint64(len(counts)))
			d := int32(1)
			if counts[i] > 0 && des.Below(draws, 20) < 9+uint64(step/1000)*2 {
				d = -1
			}
			f.change(now, counts[i], counts[i]+d)
			counts[i] += d
			naive.Set(now, int64(slices.Max(counts)))
			if f.Value() != naive.Value() {
				t.Fatalf("seed %d, step %d: %d, the highest of %v", seed, step, f.Value(), counts)
			}
		}
		f.Close(1e5)
		naive.Close(1e5)
		if a, b := f.Result(), naive.Result(); a.Integral() != b.Integral() || a.Max() != b.Max() {
			t.Errorf("seed %d: integral %v, want %v", seed, a.Integral(), b.Integral())
		}
	}
}

// Memory is the sum over states of count and size, from SYN-SENT to the end of
// TIME-WAIT: LISTEN is the listener's.
func TestMemory(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	for _, y := range w.tallies {
		y.Memory = new(metrics.Level)
	}
	w.listen(1, 80, 128, w.callees())
	want := []struct {
		at             time.Duration
		client, server int64
	}{
		{0, 3584, 0},                      // SYN-SENT
		{2 * hop, 3584, 320},              // SYN-RECEIVED
		{6 * hop, 3584, 3584},             // ESTABLISHED, FIN-WAIT-1
		{8 * hop, 256, 3584},              // TIME-WAIT, LAST-ACK
		{10 * hop, 256, 0},                //
		{8*hop + time.Minute - 1, 256, 0}, //
		{8*hop + time.Minute, 0, 0},       //
	}
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	for _, m := range want {
		w.at(m.at, func(now des.Time) {
			if c, s := w.tallies[0].Memory.Value(), w.tallies[1].Memory.Value(); c != m.client || s != m.server {
				t.Errorf("at %v: client %d B, server %d B; want %d and %d", now, c, s, m.client, m.server)
			}
		})
	}
	w.finish()
}

// Check tells when the books do not balance.
func TestTallyCheck(t *testing.T) {
	y := NewTally(tcp.Linux(), 0, des.Never)
	y.move(0, tcp.Closed, tcp.SynSent, 0)
	y.Close(10)
	if y.Check() == nil {
		t.Error("a connection that nobody settled was not missed")
	}
	y.sojourn(tcp.SynSent, 0, 10)
	if err := y.Check(); err != nil {
		t.Error(err)
	}
	y.SYNsReceived++
	if y.Check() == nil {
		t.Error("a SYN that nobody accounts for was not missed")
	}
}

// A window forgets what was before and sees nothing of what is after.
func TestWindow(t *testing.T) {
	y := NewTally(tcp.Linux(), 100, 200)
	in := func(now des.Time) { y.move(now, tcp.Closed, tcp.TimeWaiting, now) }
	out := func(now, since des.Time) { y.move(now, tcp.TimeWaiting, tcp.Closed, since) }
	in(10)
	y.Open(100)
	in(150)
	out(160, 10)
	y.Close(200)
	in(210)
	out(250, 150)
	out(260, 210)
	if err := y.Check(); err != nil {
		t.Error(err)
	}
	stay := &y.Stay[tcp.TimeWaiting]
	if n, s := stay.N(), stay.Max(); n != 1 || s != 100 || y.Window().Entered[tcp.TimeWaiting] != 1 {
		t.Errorf("%d stays, the longest %v, %d entered; want the one of [150, 250)", n, s, y.Window().Entered[tcp.TimeWaiting])
	}
	if got := y.Sojourn[tcp.TimeWaiting].String(); got != "110" {
		t.Errorf("%s ns spent, want 60 of [10, 160) and 50 of [150, 250)", got)
	}
}

// Connections that are open when the measured time ends, and TIME-WAITs, are
// settled for what they have stayed.
func TestSettle(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.listen(1, 80, 128, w.callees())
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	w.at(time.Second, func(now des.Time) { w.must(w.connect(now, 0, 1, w.idle())) })
	w.run(30 * time.Second)
	end := des.Time(30 * time.Second)
	w.stack.Settle(end)
	for _, y := range w.tallies {
		y.Close(end)
		if err := y.Check(); err != nil {
			t.Error(err)
		}
	}
	want := map[tcp.State]time.Duration{tcp.Established: 29*time.Second - 4*hop, tcp.TimeWaiting: 30*time.Second - 8*hop}
	for s, d := range want {
		if got := w.tallies[0].Sojourn[s].Float64(); got != float64(d) {
			t.Errorf("%v in %v, want %v", time.Duration(got), s, d)
		}
	}
}

// What is sent is numbered and counted: again, as a challenge, as a reset.
func TestSegmentsAreCounted(t *testing.T) {
	half := drops(topo.RuleSpec{Name: "first two", Match: topo.MatchSYN, Nth: []topo.Range{{First: 1, Last: 2}}})
	w := newWorldOf(t, 1, des.PacketsFirst, func(i int) (from, to topo.HalfSpec) {
		if i == 0 {
			return half, line()
		}
		return line(), line()
	}, tcp.Linux(), tcp.Linux())
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	var s *Socket
	w.at(0, func(now des.Time) { s = w.must(w.connect(now, 0, 1, w.idle())) })
	w.at(3*time.Second, func(now des.Time) { // a RST in the window, and not exact (RFC 5961 section 3.2)
		_, irs := s.Conn.Sequence()
		local, remote := s.Ports()
		w.deliver(w.hosts[0], w.hosts[1], wire.Segment{SrcPort: remote, DstPort: local, Flags: wire.RST, Seq: irs.Add(100)})
	})
	w.at(4*time.Second, func(now des.Time) { s.Abort(now) })
	w.finish()
	want := Counters{Sent: 6, Resent: 2, Challenges: 1, ResetsSent: 1, Received: 2, ResetsReceived: 1} // 3 SYNs, ACK, challenge, RST
	got := w.tallies[0].Counters
	if got.Sent != want.Sent || got.Resent != want.Resent || got.Challenges != want.Challenges || got.ResetsSent != want.ResetsSent || got.Received != want.Received || got.ResetsReceived != want.ResetsReceived {
		t.Errorf("%+v, want %+v", got, want)
	}
	if y := w.tallies[1]; y.Sent != 1 || y.Received != 4 || y.ResetsReceived != 1 {
		t.Errorf("the server sent %d, received %d, %d of them resets", y.Sent, y.Received, y.ResetsReceived)
	}
	for i, p := range w.sent {
		if p.id != uint64(i+1) {
			t.Errorf("packet %d is numbered %d", i+1, p.id)
		}
	}
}

// Timestamps and hashed ports of two hosts have nothing to do with each other.
func TestSecretsDiffer(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	w.at(0, func(now des.Time) {
		w.must(w.connect(now, 0, 1, w.idle()))
		w.must(w.connect(now, 1, 0, w.idle()))
	})
	w.finish()
	if a, b := w.sent[0].seg.TSVal, w.sent[1].seg.TSVal; a == b {
		t.Errorf("both begin with timestamp %d", a)
	}
}

package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
)

// Hosts crash and come back each by itself: that another is still off is nothing to
// one that is back, and its quiet time is its own.
func TestCrashesAreTheHostsOwn(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.at(time.Second, w.hosts[0].Crash)
	w.at(1500*time.Millisecond, w.hosts[1].Crash)
	w.at(2*time.Second, func(now des.Time) { w.hosts[0].Restart(now, 0) })
	w.at(3*time.Second, func(now des.Time) { w.hosts[1].Restart(now, time.Minute) })
	silent := func(at time.Duration, want [2]bool) {
		w.at(at, func(now des.Time) {
			for i, h := range w.hosts {
				if got := h.off && h.silent(now); got != want[i] {
					t.Errorf("%v: host %d is silent: %v, want %v", now, i, got, want[i])
				}
			}
		})
	}
	silent(1200*time.Millisecond, [2]bool{true, false})
	silent(1800*time.Millisecond, [2]bool{true, true})
	silent(2500*time.Millisecond, [2]bool{false, true})
	silent(4*time.Second, [2]bool{false, true})
	silent(70*time.Second, [2]bool{false, false})
	w.finish()
	if err := w.stack.Audit(); err != nil {
		t.Error(err)
	}
}

// Clocks that stand still for a while leave TIME-WAITs of several lengths overdue at
// once, those that are recycled among them, and several alarms of one connection: of
// loss, where a segment is late first and its whole timeout is over next.
func TestOverdue(t *testing.T) {
	for _, recycles := range []bool{false, true} {
		lossy := topo.HalfSpec{Delay: hop, Loss: 0.1}
		profile := linux(func(p *tcp.Profile) { p.TWRecycle = recycles })
		w := newWorld(t, 5, lossy, profile, profile)
		w.listen(1, 80, -1, w.callees())
		for i := range 200 {
			w.at(time.Duration(i)*50*time.Millisecond, func(now des.Time) { w.must(w.connect(now, 0, 1, w.writer(50_000, true))) })
		}
		for _, at := range []time.Duration{2, 4, 6} {
			w.at(at*time.Second, func(now des.Time) { w.hosts[0].StopTimers(now, true); w.hosts[1].StopTimers(now, true) })
			w.at((at+1)*time.Second, func(now des.Time) { w.hosts[0].StopTimers(now, false); w.hosts[1].StopTimers(now, false) })
		}
		w.run(time.Hour)
		if err := w.stack.Audit(); err != nil || w.stack.room.held != 0 {
			t.Errorf("recycles %v: %d in TIME-WAIT, %v", recycles, w.stack.room.held, err)
		}
	}
}

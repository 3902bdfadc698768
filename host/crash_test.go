package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
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

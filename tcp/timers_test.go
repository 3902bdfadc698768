package tcp

import (
	"testing"
	"time"

	"netsim/des"
)

// The levels of the wheel as kernel/time/timer.c lists them for HZ = 250 and 1000: what
// waits at least so long stands in buckets of that width.
var wheelTable = []struct{ from250, width250, from1000, width1000 time.Duration }{
	{0, 4 * ms, 0, 1 * ms},
	{256 * ms, 32 * ms, 64 * ms, 8 * ms},
	{2048 * ms, 256 * ms, 512 * ms, 64 * ms},
	{16384 * ms, 2048 * ms, 4096 * ms, 512 * ms},
	{131072 * ms, 16384 * ms, 32768 * ms, 4096 * ms},
	{1048576 * ms, 131072 * ms, 262144 * ms, 32768 * ms},
}

// A timer rings at the end of a bucket, never early, and at most a bucket and a tick
// late, which from a bucket's width on is 12.5 % of the wait and two ticks.
func TestWheel(t *testing.T) {
	for i, level := range wheelTable {
		for _, c := range []struct{ tick, from, width time.Duration }{{4 * ms, level.from250, level.width250}, {ms, level.from1000, level.width1000}} {
			latest := time.Duration(0)
			for _, wait := range []time.Duration{c.from + 1, c.from + c.width, c.from*2 + 7*c.tick, c.from*7 + 3*c.tick/2} {
				for n := range des.Time(5000) {
					now := n * 7919 * des.Time(c.tick) / 13
					at := After(now, wait, c.tick)
					late := at.Sub(now) - wait
					latest = max(latest, late)
					if late <= 0 || late > c.width+c.tick || time.Duration(at)%c.width != 0 || i > 0 && late > wait/8+2*c.tick {
						t.Fatalf("tick %v: %v set at %v rings %v late; its buckets have %v", c.tick, wait, now, late, c.width)
					}
				}
			}
			if latest < c.width-c.tick {
				t.Errorf("tick %v, from %v: at most %v late, the buckets have %v", c.tick, c.from, latest, c.width)
			}
		}
	}
	if got := After(5*des.Time(ms), 7*time.Second, 0); got != at(7.005) {
		t.Errorf("without a wheel it rings at %v", got)
	}
}

// With HZ = 250 a SYN is sent again within 32 ms and a tick of its second; an exact
// timer rings at it.
func TestTimersOfConnection(t *testing.T) {
	for _, kind := range []Timers{ExactTimers, LinuxWheel} {
		profile := plain(Linux())
		profile.Timers = kind
		late := func(at, wait time.Duration) bool {
			if kind == ExactTimers {
				return at == wait
			}
			return at > wait && at <= wait+32*ms+4*ms
		}
		p := newPair(t, profile, 1*ms)
		p.now = p.now.Add(1234567)
		began := p.now
		p.client.open()
		if got := p.client.conn.Deadline().Sub(began); !late(got, time.Second) {
			t.Errorf("%v: the SYN's timer rings after %v", kind, got)
		}
	}
}

package tcp

import (
	"time"

	"netsim/des"
)

// Timers is how exactly timers ring.
type Timers uint8

const (
	ExactTimers Timers = iota
	// LinuxWheel is Linux since 4.8 (kernel/time/timer.c): a timer stands in a bucket of
	// the wheel, the wider the longer it waits, and rings at its end.
	LinuxWheel
)

func (t Timers) String() string { return [...]string{"exact", "linux-wheel"}[t] }

// Granule is the tick by which waits are rounded up, 0 if they are exact.
func (p *Profile) Granule() time.Duration {
	if p.Timers == LinuxWheel {
		return p.Tick
	}
	return 0
}

// after is when a timer of the connection rings that is set now.
func (c *Conn) after(now des.Time, wait time.Duration) des.Time {
	if c.profile.Timers == ExactTimers {
		return now.Add(wait)
	}
	return After(now, wait, c.profile.Granule())
}

// The wheel has levels of 64 buckets, of which the last is for what is due now. Those
// of a level are 8 times as wide as those of the one below it.
const (
	wheelLevels = 9
	wheelShift  = 3
	wheelSpan   = 63
)

// After is when a timer rings that is set now to wait so long, on a wheel whose clock
// has that tick; 0 is no wheel. It is never early, and late by at most a bucket, an
// eighth of the wait, and a tick.
func After(now des.Time, wait, tick time.Duration) des.Time {
	if tick <= 0 || wait >= 1<<62 {
		return now.Add(wait)
	}
	ticks := max(wait+tick-1, 0) / tick
	shift := 0
	for level := 1; level < wheelLevels && ticks >= wheelSpan<<shift; level++ {
		shift += wheelShift
	}
	bucket := (time.Duration(now)/tick+ticks)>>shift + 1
	return des.Time(bucket << shift * tick)
}

package experiments

import (
	"time"

	"netsim/des"
)

// outage is a crash of a group of hosts, or of their timers alone.
type outage struct {
	closing
	timers bool
	quiet  time.Duration // after the crash
}

// set begins the outage, or ends it. Who comes back listens again.
func (o *outage) set(now des.Time, out bool) {
	for _, h := range o.touched() {
		switch {
		case o.timers:
			h.StopTimers(now, out)
		case out:
			h.Crash(now)
		default:
			h.Restart(now, o.quiet)
		}
	}
	if !o.timers {
		o.closing.set(now, out)
	}
}

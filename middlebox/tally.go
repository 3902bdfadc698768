package middlebox

import (
	"netsim/des"
	"netsim/metrics"
)

// Cause is why a box refuses a packet.
type Cause uint8

const (
	Unknown Cause = iota // it belongs to no session and opens none
	NoPort               // a NAT has no port left towards the destination
	Limit                // there are as many sessions as there may be
	Causes               // how many
)

// reasons are what an observer is told of the causes.
var reasons = [Causes]string{
	Unknown: "it belongs to no session",
	NoPort:  "no port is left",
	Limit:   "there are as many sessions as it can have",
}

// Tally is what the boxes of a group record, all together.
type Tally struct {
	Sessions metrics.Level
	Ports    metrics.Level // of NATs: mapped to, each counted once however many destinations it is used for
	Counters
	window Counters
}

// Counters is what a Tally counts.
type Counters struct {
	Opened  uint64         // sessions
	Expired uint64         // sessions whose life ended without packets
	Refused [Causes]uint64 // packets
	Resets  uint64         // refused packets that were answered by a RST
}

// Open begins the measured time: what was before is forgotten.
func (t *Tally) Open(now des.Time) {
	t.Counters = Counters{}
	t.Sessions.Open(now)
	t.Ports.Open(now)
}

// Hold accounts for what was until now, as if the time was over, and goes on.
func (t *Tally) Hold(now des.Time) {
	t.window = t.Counters
	t.Sessions.Hold(now)
	t.Ports.Hold(now)
}

// Close ends it.
func (t *Tally) Close(now des.Time) {
	t.window = t.Counters
	t.Sessions.Close(now)
	t.Ports.Close(now)
}

// Window returns the counters of the closed window.
func (t *Tally) Window() *Counters { return &t.window }

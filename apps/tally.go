package apps

import (
	"netsim/des"
	"netsim/metrics"
)

// Cause is why an attempt to connect failed.
type Cause uint8

const (
	NoPort Cause = iota
	Refused
	Timeout
	Reset
	Unreachable
	GaveUp     // the user lost patience
	LocalLimit // the client's own: ENOBUFS
	Causes     // how many
)

// Style is how a connection was closed.
type Style uint8

const (
	Four         Style = iota // FIN, ACK, FIN, ACK
	Three                     // the first ACK of a FIN was a FIN itself
	Simultaneous              // the FINs crossed
	ByReset                   // a reset ended it at one end or both
	ByTimeout                 // an end gave up
	Styles                    // how many
)

// Tally is what a flow counts: jobs that arrive in the window [From, Until),
// whenever they end. Times are in ns.
type Tally struct {
	Jobs, JobsDone   uint64
	Retries          uint64 // of jobs that failed
	Attempts, Opened uint64
	Failed           [Causes]uint64
	Bytes            uint64 // delivered to users at both ends
	Numbers          uint64 // taken at both ends: of bytes, SYNs and FINs

	SetupTime, SetupTimeAll metrics.Sample // connect() to ESTABLISHED; All: or to giving up
	HandshakeTime           metrics.Sample // first SYN in to ESTABLISHED
	AcceptWait              metrics.Sample // ESTABLISHED to accept()
	ServerSetupTime         metrics.Sample // both
	FirstByteTime           metrics.Sample
	JobTime, Lifetime       metrics.Sample
	CloseTime               metrics.Sample // close() to TIME-WAIT
	CloseTimePassive        metrics.Sample // FIN in to CLOSED

	SetupSegments, SYNSent, SYNACKSent, CloseSegments metrics.Sample

	Closed       [Styles]uint64
	Clean, Dirty uint64

	StaleArrived      uint64 // segments of an earlier incarnation at a later one
	StaleAcknowledged uint64 // of these, answered by an ACK
	StaleAccepted     uint64 // of these, with text that was taken
	Misplaced         uint64 // our mistake; must be 0

	Open        metrics.Level  // connections open, all of them
	Phantoms    metrics.Level  // connections that were opened by a forged SYN, at the server alone
	Backscatter metrics.Sample // answers to each forged segment
	PoolTally
	Packets Packets // of a background flow

	// Undecided attempts are neither opened nor failed; unclosed connections have
	// not come to their end.
	Undecided, Unclosed uint64
	CutOff              uint64 // of the unclosed, those that were about to be

	From, Until des.Time
}

// PoolTally is the connections of a flow's pools, with a job and at rest, and the
// jobs that wait for one.
type PoolTally struct{ Busy, Idle, Waiting metrics.Level }

// measures reports whether a job that arrives now counts.
func (t *Tally) measures(now des.Time) bool { return now >= t.From && now < t.Until }

// ClosedSum counts the connections that were closed, in any style.
func (t *Tally) ClosedSum() uint64 {
	var n uint64
	for _, c := range t.Closed {
		n += c
	}
	return n
}

// FailedSum counts the attempts that failed, of any cause.
func (t *Tally) FailedSum() uint64 {
	var n uint64
	for _, c := range t.Failed {
		n += c
	}
	return n
}

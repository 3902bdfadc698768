package theory

import (
	"math"
	"time"
)

// Closing is the end of a connection as its passive closer lives it: in LAST-ACK,
// it sends its FIN until it is acknowledged, while the other side is in
// TIME-WAIT, which each FIN that arrives restarts (RFC 9293, 3.10.7.4). After
// TIME-WAIT a FIN is answered by a reset.
type Closing struct {
	FIN            Schedule // waits after each FIN
	TimeWait       time.Duration
	Loss, LossBack float64 // of a FIN, of what answers it
	TimersFirst    bool    // of a timer and a packet at one time; else packets
}

// Outcomes returns the probabilities that the passive closer ends with the
// acknowledgment, with a reset, and with nothing. It is exact, by the time of
// the last FIN that arrived. A round trip is below the first wait.
func (c Closing) Outcomes() (clean, reset, nothing float64) {
	type state struct {
		expiry  time.Duration
		waiting bool    // in TIME-WAIT, or was
		p       float64 // to be here, with no answer having arrived
	}
	states := []state{{p: 1}}
	for _, sent := range c.FIN.Times() {
		arrived := state{expiry: sent + c.TimeWait, waiting: true}
		for i := range states {
			s := &states[i]
			answered := s.p * (1 - c.Loss) * (1 - c.LossBack)
			unanswered := s.p * (1 - c.Loss) * c.LossBack
			if !s.waiting || sent < s.expiry || sent == s.expiry && !c.TimersFirst {
				clean += answered
				arrived.p += unanswered
				s.p *= c.Loss
			} else {
				reset += answered
				s.p = s.p*c.Loss + unanswered
			}
		}
		states = append(states, arrived)
	}
	for _, s := range states {
		nothing += s.p
	}
	return clean, reset, nothing
}

// UncleanClose returns the probability that the passive closer sees a reset after
// its FIN because TIME-WAIT, of timeWait seconds, was over when the FIN came
// again: loss p each way, timeout 1 s doubling up to 120 s, that many retries.
// With no TIME-WAIT at all it is p, less those that get no answer at all.
func UncleanClose(p, timeWait float64, retries int) float64 {
	_, reset, _ := Closing{
		FIN:      Backoff(time.Second, 120*time.Second, 0, retries),
		TimeWait: time.Duration(math.Round(timeWait * 1e9)),
		Loss:     p,
		LossBack: p,
	}.Outcomes()
	return reset
}

// MergedClose returns the probability that the passive closer's ACK and FIN
// travel as one segment, so that the close takes three and not four: that an
// application which closes after an exponential delay does so before the
// delayed-ACK timer (RFC 1122, 4.2.3.2): 1 - exp(-ackDelay/mean), both in one
// unit. The expected number of segments is 4 less that.
func MergedClose(ackDelay, mean float64) float64 { return -math.Expm1(-ackDelay / mean) }

package theory

import "time"

// GilbertElliott is loss by a Markov chain of two states, good and bad, that makes
// a step after each packet: with probability P from good to bad, R from bad to
// good. In a state each packet is lost with its probability (Gilbert 1960; Elliott
// 1963).
type GilbertElliott struct{ P, R, Good, Bad float64 }

// Loss returns the share of packets that are lost in the long run:
// (R·Good + P·Bad)/(P + R).
func (g GilbertElliott) Loss() float64 {
	good, bad := g.stationary()
	return good*g.Good + bad*g.Bad
}

// AllLost returns the probability that k packets in a row are lost, from the
// stationary state: π (D M)^k 1, D the losses of the states and M the steps.
func (g GilbertElliott) AllLost(k int) float64 {
	good, bad := g.stationary()
	for range k {
		good, bad = good*g.Good, bad*g.Bad
		good, bad = good*(1-g.P)+bad*g.R, good*g.P+bad*(1-g.R)
	}
	return good + bad
}

// SetupTime returns the distribution of the time from the first SYN to
// ESTABLISHED at the client, where the chain is that of SYNs, nothing else passes
// it, and every SYN that arrives is answered by a SYN-ACK that does. The chain
// steps with packets, not with time: how long the waits are does not matter to the
// losses.
func (g GilbertElliott) SetupTime(client Schedule, rtt time.Duration) Distribution {
	mass := map[time.Duration]float64{}
	for k, sent := range client.Times() {
		mass[sent+rtt] += g.AllLost(k) - g.AllLost(k+1)
	}
	return newDistribution(mass, g.AllLost(len(client)))
}

func (g GilbertElliott) stationary() (good, bad float64) {
	if g.P == 0 {
		return 1, 0
	}
	return g.R / (g.P + g.R), g.P / (g.P + g.R)
}

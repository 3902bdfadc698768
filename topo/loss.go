package topo

import (
	"netsim/des"
	"netsim/wire"
)

// loss drops each packet with the same probability, by itself.
type loss struct {
	station
	probability float64
}

func (l *loss) Receive(now des.Time, p *wire.Packet) {
	l.in++
	if l.chance(l.probability) {
		l.lose(now, p)
		return
	}
	l.pass(now, p)
}

// GilbertElliott is loss in bursts: a Markov chain of two states that makes a
// step after each packet (Gilbert 1960; Elliott 1963). It starts in its
// stationary distribution.
type GilbertElliott struct {
	P, R      float64 // from good to bad, and back: at each packet
	Good, Bad float64 // probabilities of loss in the two states
}

// Mean returns the long-run share of packets that are lost.
func (g *GilbertElliott) Mean() float64 {
	bad := g.stationary()
	return float64((1-bad)*g.Good) + float64(bad*g.Bad)
}

// stationary is the probability of the bad state.
func (g *GilbertElliott) stationary() float64 {
	if g.P == 0 {
		return 0
	}
	return g.P / (g.P + g.R)
}

func (g *GilbertElliott) ok() bool {
	for _, p := range []float64{g.P, g.R, g.Good, g.Bad} {
		if !(p >= 0 && p <= 1) {
			return false
		}
	}
	return true
}

// bursts is a GilbertElliott at work.
type bursts struct {
	station
	GilbertElliott
	begun, bad bool
}

func (b *bursts) Receive(now des.Time, p *wire.Packet) {
	b.in++
	if !b.begun {
		b.begun, b.bad = true, b.chance(b.stationary())
	}
	risk, turn := b.Good, b.P
	if b.bad {
		risk, turn = b.Bad, b.R
	}
	lost := b.chance(risk)
	if b.chance(turn) {
		b.bad = !b.bad
	}
	if lost {
		b.lose(now, p)
		return
	}
	b.pass(now, p)
}

// Script is loss by a list. The zero Script loses nothing.
type Script struct {
	Lost   []int64 // numbers of the packets that are lost, from 1, ascending
	Period int64   // packets after which the list begins anew, 0 is never
}

func (s *Script) ok() bool {
	last := int64(0)
	for _, n := range s.Lost {
		if n <= last {
			return false
		}
		last = n
	}
	return s.Period == 0 || s.Period >= max(1, last)
}

// script is a Script at work.
type script struct {
	station
	Script
	number int64 // of the last packet in this round
	next   int   // in Lost
}

func (s *script) Receive(now des.Time, p *wire.Packet) {
	s.in++
	s.number++
	lost := s.next < len(s.Lost) && s.Lost[s.next] == s.number
	if lost {
		s.next++
	}
	if s.number == s.Period {
		s.number, s.next = 0, 0
	}
	if lost {
		s.lose(now, p)
		return
	}
	s.pass(now, p)
}

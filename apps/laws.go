package apps

import (
	"math/rand/v2"

	"netsim/des"
	"netsim/dist"
)

// subject is what a draw is for.
type subject uint64

const (
	ofRequest subject = iota
	ofResponse
	ofService
	ofThink
	ofExchanges
	ofAfter
	ofReply
	ofBackoff
	ofFanOut
)

// draws are the draws of a flow by job, subject and exchange.
type draws struct {
	pcg    rand.PCG
	rand   *rand.Rand // of pcg; nil until first drawn from
	s1, s2 uint64
}

// draw is what a law gives for the exchange of that number of a job, however often
// and by whichever end it is asked: both know how long a message is, and a job that
// is tried again asks for the same.
func (f *Flow) draw(law *dist.Dist, of subject, job uint64, exchange int) int64 {
	if v, fixed := law.Fixed(); fixed {
		return v
	}
	return f.vary(law, of, job, exchange)
}

func (f *Flow) vary(law *dist.Dist, of subject, job uint64, exchange int) int64 {
	d := &f.draws
	if d.rand == nil {
		d.rand = rand.New(&d.pcg)
		key := des.PCG(f.world.seed, f.world.rep, "flow."+f.Name+".jobs")
		d.s1, d.s2 = key.Uint64(), key.Uint64()
	}
	d.pcg.Seed(mix(d.s1+job), mix(d.s2+uint64(of)<<32+uint64(exchange)))
	return law.Draw(d.rand)
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood 2014): it makes of
// numbers in a row keys that have nothing in common.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// speaks tells whether a law of message lengths has messages at all.
func speaks(law *dist.Dist) bool {
	v, fixed := law.Fixed()
	return !fixed || v > 0
}

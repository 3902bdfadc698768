package tcp

import (
	"math"
	"time"

	"netsim/des"
)

// Cubic is RFC 9438, whose window is a cubic function of the time since the last
// congestion: flat about the window at which that was met, then ever steeper.
var Cubic = &Algorithm{Name: "cubic", New: func() Congestion { return new(cubic) }}

// The constants of RFC 9438 sections 4.1 and 4.6, and alpha of section 4.3, by
// which the Reno-friendly window has the average of Reno's.
const (
	cubicC     = 0.4
	cubicBeta  = 0.7
	cubicAlpha = 3 * (1 - cubicBeta) / (1 + cubicBeta)
)

// cubic holds windows in segments and times in seconds. Every product is rounded
// by itself, so that all machines agree.
type cubic struct {
	max, prior float64 // W_max; cwnd_prior, the window when congestion was last met
	k          float64 // until the window is W_max
	estimate   float64 // W_est
	part       float64 // of a byte, by which the window is larger than its whole bytes
	epoch      des.Time
	idle       time.Duration // of the path when the epoch began
	running    bool          // an epoch
	before     *cubic        // as it was when congestion was last met
}

func (u *cubic) Begin() {
	before := u.before
	if before != nil {
		*before = cubic{}
	}
	*u = cubic{before: before}
}

func (u *cubic) Acked(p *Path, n uint32) {
	n = p.SlowStart(n)
	if n == 0 {
		return
	}
	mss := float64(p.MSS)
	window := (float64(p.Window) + u.part) / mss
	if !u.running {
		u.start(p, window)
	}
	segments := float64(n) / mss
	u.estimate += float64(u.alpha()*segments) / window // section 4.3
	t := (p.Now.Sub(u.epoch) - (p.Idle - u.idle)).Seconds()
	if u.at(t) < u.estimate {
		window = max(window, u.estimate)
	} else { // sections 4.4 and 4.5
		target := min(max(u.at(t+p.SRTT.Seconds()), window), float64(1.5*window))
		window += float64((target-window)/window) * segments
	}
	bytes := min(float64(window*mss), 1<<30)
	p.Window = uint32(bytes)
	u.part = bytes - float64(p.Window)
}

// start begins an epoch with congestion avoidance (section 4.2).
func (u *cubic) start(p *Path, window float64) {
	u.running, u.epoch, u.idle = true, p.Now, p.Idle
	u.estimate, u.k = window, 0
	if window < u.max {
		u.k = cubeRoot((u.max - window) / cubicC)
	} else {
		u.max = window
	}
}

// at is W_cubic(t), equation 1.
func (u *cubic) at(t float64) float64 {
	d := t - u.k
	return float64(cubicC*float64(float64(d*d)*d)) + u.max
}

// alpha is the Reno-friendly increase a round trip: less than Reno's one until
// what the smaller decrease has gained is made up (section 4.3).
func (u *cubic) alpha() float64 {
	if u.estimate >= u.prior {
		return 1
	}
	return cubicAlpha
}

// Congested is sections 4.6 to 4.8.
func (u *cubic) Congested(p *Path, sign Sign) {
	before := u.before
	if before == nil {
		before = new(cubic)
	}
	*before = *u
	window := (float64(p.Window) + u.part) / float64(p.MSS)
	*u = cubic{max: window, prior: window, before: before}
	if window < before.max { // fast convergence, section 4.7
		u.max = float64(window * ((1 + cubicBeta) / 2))
	}
	if sign == Timeout {
		u.max = 0 // that at which congestion avoidance begins, section 4.8
	}
	p.Threshold = max(uint32(float64(p.Flight)*cubicBeta), 2*p.MSS)
}

// Undone is section 4.9.
func (u *cubic) Undone(*Path) {
	before := u.before
	*u = *before
	u.before = before
}

// cubeRoot is by Newton's method, which the same operations round alike
// everywhere, as those of package math need not.
func cubeRoot(a float64) float64 {
	if a <= 0 {
		return 0
	}
	_, exp := math.Frexp(a)
	x := math.Ldexp(1, (exp+2)/3) // above the root, but by no more than four times
	for range 60 {
		next := (float64(2*x) + a/float64(x*x)) / 3
		if next >= x { // it comes down from above
			break
		}
		x = next
	}
	return x
}

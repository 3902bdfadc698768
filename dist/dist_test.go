package dist

import (
	"math"
	"testing"

	"netsim/des"
)

var laws = []struct {
	name string
	d    Dist
	mean float64 // closed form
	sd   float64 // NaN: infinite, and the mean is not held
}{
	{"constant", Constant(7), 7, 0},
	{"uniform", Uniform(10, 20), 15, math.Sqrt(10)}, // (11^2-1)/12
	{"exponential", Exponential(1e6), 1e6, 1e6},
	{"pareto", ParetoMean(3e6, 3), 3e6, 2e6 * math.Sqrt(3./4)},
	{"heavy pareto", ParetoMean(3e6, 1.5), 3e6, math.NaN()},
	{"lognormal", LognormalMean(1e6, .5), 1e6, 1e6 * math.Sqrt(math.Exp(.25)-1)},
	{"weibull", WeibullMean(1e6, .7), 1e6, 1e6 * math.Sqrt(math.Gamma(1+2/.7)/math.Pow(math.Gamma(1+1/.7), 2)-1)},
	{"gamma", Gamma(1e6, 4), 1e6, 5e5},
	{"flat gamma", Gamma(1e6, .25), 1e6, 2e6},
	{"choice", Choice([]int64{1, 10, 100}, []float64{5, 4, 1}), 14.5, math.Sqrt(.5*1 + .4*100 + .1*10000 - 14.5*14.5)},
	{"empirical", Choice([]int64{2, 4, 9}, nil), 5, math.Sqrt(26. / 3)},
	{"bounded exponential", Exponential(1e6).Within(1e6, math.MaxInt64), 2e6, 1e6}, // memory it has none
	{"bounded uniform", Uniform(0, 100).Within(40, 60), 50, math.Sqrt(440. / 12)},
	{"bounded choice", Choice([]int64{1, 10, 100}, []float64{5, 4, 1}).Within(5, 200), 28, 36},
}

// TestMoments holds the draws of each law against its mean, within 4 standard
// errors, and Mean against the closed form.
func TestMoments(t *testing.T) {
	const n = 400_000
	for _, c := range laws {
		if err := c.d.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := c.d.Mean(); math.Abs(got/c.mean-1) > 1e-9 {
			t.Errorf("%s: Mean() = %v, want %v", c.name, got, c.mean)
		}
		r := des.Stream(1, 1, c.name)
		sum, squares := 0.0, 0.0
		for range n {
			x := float64(c.d.Draw(r)) - c.mean
			sum += x
			squares += x * x
		}
		if math.IsNaN(c.sd) {
			continue
		}
		if err := sum / n; math.Abs(err) > 4*c.sd/math.Sqrt(n)+1e-12 {
			t.Errorf("seed 1: %s: the mean of %d draws is %v off: z = %.2f", c.name, n, err, err/(c.sd/math.Sqrt(n)))
		}
		if sd := math.Sqrt(squares / n); c.name != "pareto" && math.Abs(sd-c.sd) > .02*c.sd {
			t.Errorf("seed 1: %s: a standard deviation of %v, want %v", c.name, sd, c.sd)
		}
	}
}

// TestTails holds the share above some quantiles against the survival function.
func TestTails(t *testing.T) {
	const n = 400_000
	for _, c := range laws {
		if c.d.kind < exponential || c.d.kind == choice {
			continue
		}
		r := des.Stream(2, 1, c.name)
		draws := make([]float64, n)
		for i := range draws {
			draws[i] = float64(c.d.Draw(r))
		}
		all, _ := c.d.inside()
		low, _ := c.d.below(float64(c.d.lo))
		for _, x := range []float64{.3, 1, 2, 5} {
			p, _ := c.d.below(x * c.mean)
			p = max(0, p-low) / all
			above := 0
			for _, v := range draws {
				if v > x*c.mean {
					above++
				}
			}
			want := n * (1 - p)
			if sd := math.Sqrt(n * p * (1 - p)); math.Abs(float64(above)-want) > 4*sd+1 {
				t.Errorf("seed 2: %s: %d of %d above %v means, want %v: z = %.2f", c.name, above, n, x, want, (float64(above)-want)/sd)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for name, d := range map[string]Dist{
		"negative": Constant(-1), "reversed": Uniform(5, 4), "no mean": Exponential(0), "alpha": Pareto(1, 0), "no mean of alpha 1": ParetoMean(5, 1),
		"empty": Choice(nil, nil), "no weight": Choice([]int64{1}, []float64{0}), "below zero": Choice([]int64{-1}, nil), "negative weight": Choice([]int64{1, 2}, []float64{1, -1}),
		"nothing left": Exponential(1000).Within(1e6, 2e6), "outside": Uniform(1, 5).Within(7, 9), "sigma": Lognormal(5, math.Inf(1)),
	} {
		if d.Check() == nil {
			t.Errorf("%s: %+v was taken", name, d)
		}
	}
	if (&Dist{}).Check() != nil {
		t.Error("the zero Dist is constant 0")
	}
}

// TestSameEverywhere pins draws: on every machine they are these.
func TestSameEverywhere(t *testing.T) {
	h := uint64(0)
	for _, c := range laws {
		r := des.Stream(3, 1, c.name)
		if c.name == "weibull" {
			c.d = Weibull(1e6, .7) // its scale by the mean uses math.Gamma
		}
		for range 1000 {
			h = h*0x9e3779b97f4a7c15 + uint64(c.d.Draw(r))
		}
	}
	if want := uint64(0xc4477943ec20079); h != want {
		t.Errorf("other draws: %#x, want %#x", h, want)
	}
}

func TestNoAllocation(t *testing.T) {
	r := des.Stream(1, 1, "x")
	for _, c := range laws {
		if n := testing.AllocsPerRun(100, func() { c.d.Draw(r) }); n != 0 {
			t.Errorf("%s: %v allocations a draw", c.name, n)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	r := des.Stream(1, 1, "x")
	for _, c := range laws {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.d.Draw(r)
			}
		})
	}
}

package experiments

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/mathext"

	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/theory"
)

// law is the distribution of a slot that is one: that of a flow's openings, over its
// path as the network was built.
func (p *Point) law(flow language.Slot) (any, error) {
	o, err := p.Spec.Opening(flow.Path[len("flow."):])
	if err != nil {
		return nil, err
	}
	for name, set := range map[string]func(float64){ // order-free: each has its own field
		"setup": func(v float64) { o.RTT = time.Duration(math.Round(v * 1e9)) },
		"loss":  func(v float64) { o.Loss = v }, "loss_back": func(v float64) { o.LossBack = v },
	} {
		v, ok := p.Derived[flow.Path+".path."+name]
		if !ok {
			v = math.NaN() // the paths differ: there is no law for all
		}
		set(v)
	}
	return language.NewDistribution(o.SetupTime()), nil
}

// judgeLaw wants a sample to be drawn from a distribution.
func (p *Point) judgeLaw(e *language.Expect, r *Result) error {
	d, err := e.Follows.Distribution(p.without(-1))
	if err != nil {
		return err
	}
	subject := e.Whole.Subject
	all, err := Pooled(p.Outcomes, subject)
	if err != nil {
		return err
	}
	steps := d.Law.Steps()
	if all.Empty() || len(steps) == 0 {
		r.decideNot("nothing was measured")
		return nil
	}
	cells := cellsOf(steps)
	each := make([][]float64, len(p.Outcomes))
	for i, o := range p.Outcomes {
		each[i] = cells.count(o.Measures[subject])
	}
	var of string
	if e.Test == "chi-square" {
		of, r.P = "chi-square", cells.chiSquare(each)
	} else {
		of, r.P = "Kolmogorov and Smirnov", cells.smirnov(each)
	}
	if math.IsNaN(r.P) {
		r.decideNot("%d cases are too few to tell one distribution from another", all.Sample.N())
		return nil
	}
	r.alone, r.off = falseAlarms, "it follows another distribution ("+of+")"
	return nil
}

// cells are the steps of a discrete law, each with the times around it, and the gaps
// between them, in which no case should be.
type cells struct {
	ends   []float64 // the upper end of each, in s; the last is infinite
	shares []float64
}

// apart is how far from a step a case may be to belong to it, if that is not half-way
// to the next.
const apart = time.Millisecond

func cellsOf(law []theory.Step) *cells {
	c := &cells{}
	add := func(end time.Duration, share float64) {
		c.ends, c.shares = append(c.ends, end.Seconds()), append(c.shares, share)
	}
	before := time.Duration(0)
	for i, s := range law {
		below, above := apart, apart
		if i > 0 {
			below = min(apart, (s.At-law[i-1].At)/2)
		}
		if i+1 < len(law) {
			above = min(apart, (law[i+1].At-s.At)/2)
		}
		if s.At-below > before {
			add(s.At-below, 0)
		}
		before = s.At + above
		add(before, s.P)
	}
	c.ends, c.shares = append(c.ends, math.Inf(1)), append(c.shares, 0)
	return c
}

// count is how many cases of a sample are in each cell.
func (c *cells) count(m *Measure) []float64 {
	counts := make([]float64, len(c.ends))
	var before float64
	for v, below := range m.Sample.Steps() {
		i, _ := slices.BinarySearch(c.ends, float64(v)*m.Each/m.Unit)
		counts[i] += float64(below) - before
		before = float64(below)
	}
	return counts
}

// total sums replications, and returns the number of all cases.
func total(each [][]float64) (sum []float64, n float64) {
	sum = make([]float64, len(each[0]))
	for _, counts := range each {
		for i, k := range counts {
			sum[i] += k
			n += k
		}
	}
	return sum, n
}

// design is by how much the shares of the cells vary more between replications than
// those of as many independent cases would, in the mean, and at least 1: cases of one
// replication may be alike (Rao and Scott 1981, The analysis of categorical data from
// complex sample surveys).
func design(each [][]float64, sum []float64, n float64) float64 {
	if len(each) < 2 {
		return 1
	}
	var effect, weight float64
	for i, k := range sum {
		share := k / n
		if share == 0 || share == 1 {
			continue
		}
		_, se := metrics.Jackknife(len(each), func(out int) float64 {
			if out < 0 {
				return share
			}
			var all float64
			for _, k := range each[out] {
				all += k
			}
			return (k - each[out][i]) / (n - all)
		})
		effect += (1 - share) * se * se / (share * (1 - share) / n)
		weight += 1 - share
	}
	if weight == 0 || math.IsNaN(effect) {
		return 1
	}
	return max(1, effect/weight)
}

// smirnov is the probability by chance of the greatest distance between the two
// distribution functions; steps in the law make it an upper bound.
func (c *cells) smirnov(each [][]float64) float64 {
	sum, n := total(each)
	var distance, have, want float64
	for i := range sum {
		have, want = have+sum[i]/n, want+c.shares[i]
		distance = max(distance, math.Abs(have-want))
	}
	if n /= design(each, sum, n); n < fewest {
		return math.NaN()
	}
	root := math.Sqrt(n)
	x := (root + 0.12 + 0.11/root) * distance // Stephens 1970
	var p float64
	for k := 1.; k <= 100; k++ {
		p += math.Copysign(2*math.Exp(-2*k*k*x*x), math.Cos(math.Pi*(k-1)))
	}
	if x < 0.3 {
		return 1 // where the series has not converged
	}
	return max(0, min(1, p))
}

// fewest cases are to be expected in a cell, or in all.
const fewest = 5

// chiSquare is the probability by chance of Pearson's sum, over cells together until
// five cases are expected. What can not be of the law at all, and is there, has none.
func (c *cells) chiSquare(each [][]float64) float64 {
	sum, n := total(each)
	effect := design(each, sum, n)
	var square, cells, have, want, lastHave, lastWant float64
	for i := range sum {
		if have, want = have+sum[i], want+n*c.shares[i]; want < fewest*effect {
			continue
		}
		square += (have - want) * (have - want) / want
		lastHave, lastWant = have, want
		cells, have, want = cells+1, 0, 0
	}
	if cells == 0 {
		return math.NaN()
	}
	if have > 0 || want > 0 { // the rest joins the last cell
		square -= (lastHave - lastWant) * (lastHave - lastWant) / lastWant
		square += (lastHave + have - lastWant - want) * (lastHave + have - lastWant - want) / (lastWant + want)
	}
	if cells < 2 {
		return math.NaN()
	}
	return mathext.GammaIncRegComp((cells-1)/2, square/effect/2)
}

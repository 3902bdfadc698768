package experiments

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/tcp"
)

// Transient is what a run says of its own warm-up, by how many connections there are:
// those open of all flows and those in TIME-WAIT at all nodes, together.
type Transient struct {
	Cut   des.Time `json:"cut"`             // until then it is a warm-up
	Short bool     `json:"short,omitempty"` // the run is too short to tell: it does not settle in its first half, or nothing varies
}

// looks is how often the levels of a run are looked at.
const looks = 500

// settling watches levels settle.
type settling struct {
	every  time.Duration
	levels []*metrics.Level
	values []int64 // their sums
}

// settling is that of a run which has an end and whose beginning is measured, nil of
// another.
func (w *World) settling() *settling {
	r := &w.Spec.Run
	every := r.Duration / looks
	if every <= 0 || r.Warmup > 0 {
		return nil
	}
	s := &settling{every: every}
	for _, f := range w.flows {
		s.levels = append(s.levels, &f.tally.Open)
	}
	for i := range w.Spec.Nodes {
		if g := w.nodes[w.Spec.Nodes[i].Name]; g.tally != nil {
			s.levels = append(s.levels, &g.tally.Count[tcp.TimeWaiting])
		}
	}
	return s
}

// settle handles all events before the end and looks at levels in between: no event
// of the run is one of looking.
func (w *World) settle(ctx context.Context, until des.Time) error {
	s := w.settles
	for i := 1; s != nil && i < looks; i++ {
		if err := w.proceed(ctx, des.Time(i)*des.Time(s.every)); err != nil {
			return err
		}
		sum := int64(0)
		for _, l := range s.levels {
			sum += l.Value()
		}
		s.values = append(s.values, sum)
	}
	return w.proceed(ctx, until)
}

// found is what they say.
func (s *settling) found() *Transient {
	if s == nil {
		return nil
	}
	cut, ok := metrics.MSER5(s.values)
	if !ok {
		return &Transient{Short: true}
	}
	return &Transient{Cut: des.Time(cut) * des.Time(s.every)}
}

// measure runs the world a second time, with what the first run found to be its
// warm-up left out: the same events, since its random numbers are the same.
func (w *World) measure(ctx context.Context, first *Outcome) (*Outcome, error) {
	t := first.Transient
	if t == nil || t.Short {
		return first, nil
	}
	spec := *w.Spec
	spec.Run.Warmup, spec.Run.Common = time.Duration(t.Cut), true // its seed is the point's already
	again, err := Build(&spec, w.seed, w.Replication, w.needs)
	if err != nil {
		return nil, err
	}
	outcome, err := again.run(ctx)
	if err != nil {
		return nil, err
	}
	outcome.Transient = t
	return outcome, nil
}

// most is the share of a run whose warm-up may be measured without a word.
const most = 0.05

// warnings say of every point whose beginning is measured that it seems to be a
// warm-up, or that a run is too short to cut one.
func (s *Study) warnings() (lines []string) {
	for _, p := range s.Points {
		r := &p.Spec.Run
		var cuts []des.Time
		short := 0
		for _, o := range p.Outcomes {
			if o.Transient == nil {
				continue
			}
			if o.Transient.Short {
				short++
			} else {
				cuts = append(cuts, o.Transient.Cut)
			}
		}
		slices.Sort(cuts)
		switch {
		case r.Warmup == language.Auto && short > 0:
			lines = append(lines, fmt.Sprintf("run.warmup%s: %d of %d runs are too short to find their warm-up (MSER-5); make run.duration longer", p.at(), short, len(p.Outcomes)))
		case r.Warmup == language.Auto && len(cuts) > 0:
			lines = append(lines, fmt.Sprintf("run.warmup%s: the first %s are cut (MSER-5)", p.at(), between(cuts)))
		case r.WarmupSaid || len(cuts) == 0 || float64(cuts[len(cuts)/2]) <= most*float64(r.Duration):
		default:
			cut := cuts[len(cuts)/2]
			lines = append(lines, fmt.Sprintf("run.warmup%s: the first %s of %s look like a warm-up (MSER-5), and are measured; set warmup = %q under [run], or \"0 s\"",
				p.at(), inTime(cut), language.Format(r.Duration), inTime(cut)))
		}
	}
	return lines
}

// between says what the least and the greatest of some times are.
func between(sorted []des.Time) string {
	first, last := inTime(sorted[0]), inTime(sorted[len(sorted)-1])
	if first == last {
		return first
	}
	return strings.Join([]string{first, last}, " to ")
}

// short tells in how many replications a warm-up was to be cut and could not be.
func (p *Point) short() (n int) {
	for _, o := range p.Outcomes {
		if p.Spec.Run.Warmup == language.Auto && o.Transient != nil && o.Transient.Short {
			n++
		}
	}
	return n
}

// cell is the cut in a table, empty where there is none.
func (t *Transient) cell() string {
	if t == nil || t.Short {
		return ""
	}
	return decimals(t.Cut.Seconds())
}

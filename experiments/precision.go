package experiments

import (
	"context"
	"fmt"
	"math"
	"slices"

	"netsim/experiments/language"
)

// Enough tells how many of a point's replications count, and how many more are to be
// made before that can be told: the replications are looked at in the order of their
// numbers, after [run] replications and then after every fourth part more, and those
// up to the first look at which all that the file wants to know is known well enough
// count, at most max_replications. How many are made in advance, and by whom, changes
// nothing; those beyond the stop are to be left out.
//
// p.Outcomes are those finished, without gaps.
func (s *Study) Enough(p *Point) (count, more int, err error) {
	r := &p.Spec.Run
	have := len(p.Outcomes)
	for n := r.Replications; ; n = min(n+max(1, n/4), r.AtMost()) {
		if n > have {
			return have, n - have, nil
		}
		if len(s.File.Until) == 0 {
			return n, 0, nil
		}
		shares, err := p.shortfall(s.File.Until, n)
		if err != nil || shares <= 1 || n == r.AtMost() {
			return n, 0, err
		}
		if n == have { // beyond the next look, where it is far to go
			next := min(n+max(1, n/4), r.AtMost())
			likely := float64(n) * math.Min(.7*shares*shares, 4)
			for next < r.AtMost() && float64(next+max(1, next/4)) <= likely {
				next = min(next+max(1, next/4), r.AtMost())
			}
			return n, next - n, nil
		}
	}
}

// Advance takes what the archive has and plans the replications that are to be made
// next, if there are any: a round of a plan that is carried out by several, too.
func (s *Study) Advance(ctx context.Context, o Options) (more bool, err error) {
	for {
		if err := s.Collect(ctx, o); err != nil {
			return false, err
		}
		grown, err := s.grow()
		if err != nil || !grown {
			return more, err
		}
		if more = true; o.Archive == nil {
			return true, nil
		}
	}
}

// grow makes room for the replications that are wanted beside those there are, and
// leaves out those that were too many. A point of which runs are missing waits.
func (s *Study) grow() (grown bool, err error) {
	s.tabled = nil
	for _, p := range s.Points {
		if slices.Contains(p.Outcomes, nil) {
			continue
		}
		count, more, err := s.Enough(p)
		if err != nil {
			return false, err
		}
		if more == 0 {
			p.Outcomes = p.Outcomes[:count]
		}
		p.Outcomes = append(p.Outcomes, make([]*Outcome, more)...)
		grown = grown || more > 0
	}
	return grown, nil
}

// shortfall is how many times as wide as wanted the widest interval of the first n
// replications is.
func (p *Point) shortfall(until []*language.Until, n int) (most float64, err error) {
	first := p.first(n)
	for _, u := range until {
		share, _, err := first.share(u)
		if err != nil {
			return 0, err
		}
		most = max(most, share)
	}
	return most, nil
}

// share is how many times as wide as wanted the interval of a number is; 0 where it is
// not wanted.
func (p *Point) share(u *language.Until) (share float64, e estimate, err error) {
	wanted, err := u.Wants(p.Point)
	if err == nil && wanted {
		if e, err = p.estimate(u.Metric); err == nil {
			share = e.share(u)
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", u.Path, err)
	}
	return share, e, err
}

// share is the half-width as a share of what is wanted; of what is not known at all it
// is without bound.
func (e *estimate) share(u *language.Until) float64 {
	share := e.half() / bound(u.Half, e.value)
	if e.half() == 0 {
		return 0
	}
	if math.IsNaN(share) {
		return math.Inf(1)
	}
	return share
}

// Unreached says of every point and number that the replications were not enough for
// what the file wants to know.
func (s *Study) Unreached() (lines []string, err error) {
	for _, p := range s.Points {
		for _, u := range s.File.Until {
			share, e, err := p.share(u)
			if err != nil {
				return nil, err
			}
			if share > 1 {
				lines = append(lines, fmt.Sprintf("%s%s: the half-width is %s after %d replications, wanted were %v", u.Path, p.at(), inWords(e.half(), 3), len(p.Outcomes), u.Half))
			}
		}
	}
	return lines, nil
}

// at is the point in a message: " at style=four".
func (p *Point) at() string {
	if name := p.Name(); name != "" {
		return " at " + name
	}
	return ""
}

// repeated is how many replications the points have.
func (s *Study) repeated() (least, most int) {
	least = len(s.Points[0].Outcomes)
	for _, p := range s.Points {
		least, most = min(least, len(p.Outcomes)), max(most, len(p.Outcomes))
	}
	return least, most
}

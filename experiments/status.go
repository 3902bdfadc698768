package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Plan names all runs of the study: it is another one when any of them is.
func (s *Study) Plan() string {
	h := sha256.New()
	fmt.Fprintln(h, ModelVersion, s.Seed, s.Replications)
	for _, p := range s.Points {
		fmt.Fprintf(h, "%x\n", p.identity)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// planned are all runs of the study, those whose outcome is here included.
func (s *Study) planned() iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for i, p := range s.Points {
			for r := range p.Outcomes {
				if !yield(Task{i, r + 1}) {
					return
				}
			}
		}
	}
}

// Wanting names the points of which runs are missing, and how many.
func (s *Study) Wanting() (points []string) {
	for _, p := range s.Points {
		n := 0
		for _, o := range p.Outcomes {
			if o == nil {
				n++
			}
		}
		if n > 0 {
			points = append(points, strings.TrimSpace(fmt.Sprintf("%s (%d)", p.Name(), n)))
		}
	}
	return points
}

// PointStatus is how far the runs of a point are.
type PointStatus struct {
	Point                *Point
	Runs, Stored, Failed int
	Why                  string        // one failed
	Left                 time.Duration // of one core, for those that are missing
	Longest              time.Duration // one of those
}

// Status says how far the runs of each point are. What the rest takes is known from
// what runs of the point took or, where there are none, of others; where there are
// none at all, from what their flows are to send.
func (s *Study) Status(a *Archive) ([]PointStatus, error) {
	all := make([]PointStatus, len(s.Points))
	costs := make([]cost, len(s.Points))
	var any cost
	for t := range s.planned() {
		p := &all[t.Point]
		p.Point = s.Points[t.Point]
		p.Runs++
		id := s.ID(t)
		if e := a.find(id, &Recorded{}); e != nil {
			p.Stored++
			costs[t.Point].add(e.Seconds)
			any.add(e.Seconds)
		} else if why := a.failure(id); why != "" {
			p.Failed++
			p.Why = s.failure(t, why)
		}
	}
	reckoned, err := Costs(s.File)
	if err != nil {
		return nil, err
	}
	for i := range all {
		each := reckoned[i].Time().Seconds()
		if any.runs > 0 {
			each = costs[i].mean(any.mean(0))
		}
		if missing := all[i].Runs - all[i].Stored; missing > 0 {
			all[i].Longest = time.Duration(each * 1e9)
			all[i].Left = time.Duration(each * float64(missing) * 1e9)
		}
	}
	return all, nil
}

// Missing counts the runs whose outcome is not here, and says why one failed.
func (s *Study) Missing(a *Archive) (n int, why string) {
	for i, p := range s.Points {
		for r, o := range p.Outcomes {
			if o != nil {
				continue
			}
			n++
			t := Task{i, r + 1}
			if failed := a.failure(s.ID(t)); failed != "" && why == "" {
				why = s.failure(t, failed)
			}
		}
	}
	return n, why
}

// failure says which run failed, and why.
func (s *Study) failure(t Task, why string) string {
	e := RunError{s.File.Name, s.Points[t.Point].Name(), t.Replication, s.Seed, errors.New(why)}
	return e.Error()
}

// LeaveOut goes on without the runs that are missing. It fails if there are none.
func (s *Study) LeaveOut() error {
	s.tabled = nil
	for _, p := range s.Points {
		p.Outcomes = slices.DeleteFunc(p.Outcomes, func(o *Outcome) bool { return o == nil })
	}
	s.Points = slices.DeleteFunc(s.Points, func(p *Point) bool { return len(p.Outcomes) == 0 })
	if len(s.Points) == 0 {
		return fmt.Errorf("there are no results of %s", s.File.Name)
	}
	return nil
}

// Kept is a run that an archive keeps: what it was of, and what it took.
type Kept struct {
	ID          RunID
	Model       int
	Seconds     float64
	File        string
	Sets, Cases []string // "link.wire.loss=1 %"
	Seed        uint64
	Replication int
}

// Find is the run whose ID begins so, and an error if there is none or several.
func (a *Archive) Find(prefix string) (*Kept, error) {
	a.mu.Lock()
	var ids []RunID
	for _, id := range slices.Sorted(maps.Keys(a.runs)) {
		if strings.HasPrefix(string(id), prefix) {
			ids = append(ids, id)
		}
	}
	a.mu.Unlock()
	switch len(ids) {
	case 0:
		return nil, fmt.Errorf("no run %q in %s, which keeps %d%s", prefix, a.Path, a.Len(), a.but())
	case 1:
		r, _, err := a.read(a.runs[ids[0]][0])
		if err != nil {
			return nil, err
		}
		return &Kept{r.ID, r.Model, r.Seconds, r.File, r.Sets, r.Cases, r.Seed, r.Replication}, nil
	}
	return nil, fmt.Errorf("%d runs of %s begin with %q, %s and %s among them", len(ids), a.Path, prefix, ids[0], ids[1])
}

// Repeat is the command that makes the run again and holds it against what it has
// found.
func (r *Kept) Repeat(folder string) string {
	words := []string{"netsim", "sweep", "exec", r.File}
	if name, ok := strings.CutSuffix(r.File, ".toml"); ok && slices.Contains(Catalog(), name) {
		words[3] = name
	}
	for _, set := range r.Sets {
		words = append(words, "--set", set)
	}
	words = append(words, "--run", string(r.ID), "--again", "--out", folder)
	for i, w := range words {
		words[i] = Quote(w)
	}
	return strings.Join(words, " ")
}

// Quote writes a word as a shell reads it.
func Quote(word string) string {
	plain := func(c rune) bool {
		return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.ContainsRune("-_./=:,%@+", c)
	}
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !plain(c) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

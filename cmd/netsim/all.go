package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

// ran is an experiment of the catalogue and how it came out.
type ran struct {
	name    string
	runs    int
	took    time.Duration
	results []*experiments.Result
	missed  []string // what is not known as well as it was to be
	err     error    // of a run
}

// catalogue runs the experiments of those names, or every one that comes with netsim,
// one after the other, and settles what they expect together: that one fails by chance
// is held at once in a thousand times for all of them.
func (f *runFlags) catalogue(cmd *cobra.Command, names []string) error {
	switch {
	case f.all && len(names) > 0:
		return fmt.Errorf("--all is the whole catalogue; leave out %s", names[0])
	case f.all:
		names = experiments.Catalog()
	}
	if f.jobs < 0 {
		return errJobs(f.jobs)
	}
	if f.out == "" && !f.fast && !f.thorough {
		f.out = "out"
	}
	var all []*ran
	var results []*experiments.Result
	for i, name := range names {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d: %s\n", i+1, len(names), name)
		r, err := f.one(cmd, name)
		if err != nil {
			return err
		}
		all, results = append(all, r), append(results, r.results...)
	}
	experiments.Settle(results)
	return f.summary(cmd, all)
}

// one runs an experiment of the catalogue. A run that fails is a result of it; other
// errors end all.
func (f *runFlags) one(cmd *cobra.Command, name string) (*ran, error) {
	r := &ran{name: name}
	file, err := f.read(name)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	study, err := f.judged(cmd, file, r)
	r.took = time.Since(begun)
	var failed *experiments.RunError
	switch {
	case errors.As(err, &failed):
		r.err = err
	case err != nil:
		return nil, err
	default:
		for _, p := range study.Points {
			r.runs += len(p.Outcomes)
		}
		r.missed, err = study.Unreached()
		return r, err
	}
	return r, nil
}

// judged runs an experiment and judges it; where there is no folder nothing is written.
func (f *runFlags) judged(cmd *cobra.Command, file *language.File, r *ran) (study *experiments.Study, err error) {
	if f.out == "" {
		if study, err = experiments.Run(cmd.Context(), file, experiments.Options{Jobs: f.jobs}); err == nil {
			r.results, err = study.Judge()
		}
		return study, err
	}
	study, folder, m, err := f.study(cmd, file, filepath.Join(f.out, r.name))
	if folder != nil {
		defer folder.Abandon() // what is not empty stays
	}
	if err != nil {
		return study, err
	}
	m.End = time.Now().UTC()
	if r.results, err = study.Judge(); err != nil {
		return study, err
	}
	notes, err := study.Notes()
	if err != nil {
		return study, err
	}
	folder.Page = pageOf(folder.Path, study, r.results, notes)
	return study, save(cmd, study, folder, r.results, m)
}

// fewest are the replications of a fast run: with two there is an error, with three
// one that is not all chance. A thorough one has as many as the part takes of each
// number to which it is to be known, and no more than most.
const (
	fewest = 3
	part   = 0.01
	most   = 1000
)

// read reads an experiment, with as many replications as a fast or a thorough run has.
func (f *runFlags) read(name string) (*language.File, error) {
	file, err := f.load(name)
	if err != nil {
		return nil, err
	}
	if f.thorough {
		file.Thorough(part, most)
	}
	if !f.fast || file.Points[0].Spec.Run.AtMost() <= fewest {
		return file, nil
	}
	fast := *f
	for _, key := range []string{"replications", "max_replications"} {
		fast.sets = append(fast.sets[:len(fast.sets):len(fast.sets)], fmt.Sprintf("run.%s=%d", key, fewest))
	}
	return fast.load(name)
}

// summary prints how the catalogue came out: an experiment a line, then whatever did
// not pass.
func (f *runFlags) summary(cmd *cobra.Command, all []*ran) error {
	out := cmd.OutOrStdout()
	t := table{{"", "runs", "s", "pass", "FAIL", "undecided"}}
	var total verdictError
	var failed error
	for _, r := range all {
		count := [3]int{}
		for _, result := range r.results {
			count[result.Verdict]++
		}
		total.failed += count[experiments.Fail]
		total.undecided += count[experiments.Undecided]
		row := []string{r.name, fmt.Sprint(r.runs), fmt.Sprintf("%.1f", r.took.Seconds())}
		for _, n := range count {
			row = append(row, fmt.Sprint(n))
		}
		if t = append(t, row); r.err != nil {
			failed = r.err
		}
	}
	t.print(out)
	for _, r := range all {
		for _, result := range r.results {
			if result.Verdict != experiments.Pass && !(f.fast && result.Verdict == experiments.Undecided) {
				fmt.Fprintf(out, "%s: %s: %s\n", result.Verdict, r.name, where(result))
			}
		}
		for _, line := range r.missed {
			fmt.Fprintf(out, "%s: %s\n", r.name, line)
		}
		if r.err != nil {
			fmt.Fprintf(out, "failed: %s: %v\n", r.name, r.err)
		}
	}
	if f.fast {
		total.undecided = 0 // which three replications leave some
	}
	if failed == nil && total != (verdictError{}) {
		return total
	}
	return failed
}

// where says of a result what it is about, and why it is so.
func where(r *experiments.Result) string {
	at := r.Point.Name()
	if at != "" {
		at = " at " + at
	}
	return r.Name + at + ": " + r.Why
}

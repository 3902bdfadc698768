package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

// verdictError says that the results are there and not what was expected.
type verdictError struct{ failed, undecided int }

func (v verdictError) Error() string {
	return fmt.Sprintf("%d expectations failed, %d are undecided", v.failed, v.undecided)
}

// runFlags are the options of netsim run.
type runFlags struct {
	pick
	out      string
	jobs     int
	capture  bool
	again    bool
	progress string
	all      bool
	fast     bool
	thorough bool
}

// some reports whether the arguments are experiments of the catalogue, which are
// settled together.
func (f *runFlags) some() bool { return f.all || f.fast || f.thorough }

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE-or-NAME",
		Short: "Run an experiment: every case and replication, verdicts, figures, tables",
		Long: `Run an experiment: every case in every replication on all cores. What it expects is
judged, its figures are drawn, and the results are written:

  results.csv      a row a run; results.parquet the same
  summary.csv      a row a number: mean, confidence interval, theory
  figures/         png, svg and pdf, each with its table and the command that draws it
  effective.toml   what was really simulated
  manifest.json    where all this comes from
  shards/          what each run found

Runs that the folder has the results of are not made again: an interrupted command
goes on where it was when it is given again, more replications make those that are
new, another figure none. The same file and seed give the same bytes, whatever --jobs.

` + problemsHelp,
		Example: `  netsim run time-wait-under-load
  netsim run handshake --set link.wire.delay="50 ms" --out far
  netsim run mine.toml --seed 7 --replications 20 --jobs 4
  netsim run four-way-close --capture            # pcapng files for Wireshark
  netsim run --all --fast                        # does everything still come out as expected?
  netsim run --fast port-rate os-compare         # do these?
  netsim run --thorough setup-under-loss         # to 1 %`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.fast && f.thorough:
				return errors.New("--fast and --thorough are opposites; leave out one")
			case f.some() && len(args) == 0 && !f.all:
				return errors.New("which experiments? name some of the catalogue, or write --all")
			case f.some():
				return nil
			}
			return one("FILE or NAME", "netsim run handshake")(cmd, args)
		},
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.some() {
				return f.catalogue(cmd, args)
			}
			return f.run(cmd, args[0])
		},
	}
	c.Flags().StringVar(&f.out, "out", "", "folder for the results (default out/NAME)")
	f.flags(c)
	c.Flags().IntVar(&f.jobs, "jobs", 0, "runs at the same time (default: one for each CPU)")
	c.Flags().BoolVar(&f.again, "again", false, "make all runs again, and hold them against the results that are there")
	c.Flags().StringVar(&f.progress, "progress", "auto", progressHelp)
	c.Flags().BoolVar(&f.all, "all", false, "run the whole catalogue, and settle all its expectations together")
	c.Flags().BoolVar(&f.fast, "fast", false, "with --all or names: three replications at most, verdicts alone if there is no --out, and only FAIL counts")
	c.Flags().BoolVar(&f.thorough, "thorough", false, "with --all or names: replications until every number that is held against theory is known to 1 %, at most 1,000 at a point; verdicts alone if there is no --out")
	c.Flags().BoolVar(&f.capture, "capture", false, "write all packets of the first replication as pcapng, a file a group of hosts, whatever [capture] says")
	return c
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	file, err := f.load(name)
	if err != nil {
		return err
	}
	f.out = folderOf(f.out, file)
	study, folder, m, err := f.study(cmd, file, f.out)
	if folder != nil {
		defer folder.Abandon() // what is not empty stays
	}
	if err != nil {
		return err
	}
	return conclude(cmd, study, folder, m)
}

// conclude judges what a study found, saves it and reports.
func conclude(cmd *cobra.Command, study *experiments.Study, folder *experiments.Folder, m experiments.Manifest) error {
	m.End = time.Now().UTC()
	results, err := study.Judge()
	if err != nil {
		return err
	}
	notes, err := study.Notes()
	if err != nil {
		return err
	}
	differences, err := study.Differences()
	if err != nil {
		return err
	}
	folder.Page = pageOf(folder.Path, study, results, notes)
	if err := save(cmd, study, folder, results, m); err != nil {
		return err
	}
	report(cmd.OutOrStdout(), study, results, differences, notes, folder)
	return outcome(results)
}

// save writes tables and figures. When that is interrupted the runs are kept.
func save(cmd *cobra.Command, study *experiments.Study, folder *experiments.Folder, results []*experiments.Result, m experiments.Manifest) error {
	err := folder.Save(cmd.Context(), study, results, m)
	if errors.Is(err, context.Canceled) {
		err = stoppedError{err, fmt.Sprintf("the runs are in %s, and the same command goes on from there", filepath.Join(folder.Path, "shards"))}
	}
	return err
}

func errJobs(n int) error {
	return fmt.Errorf("--jobs %d: want the number of runs at the same time, or 0 for one for each CPU", n)
}

// study runs a file. Its results belong into the folder, which is to be saved or
// abandoned.
func (f *runFlags) study(cmd *cobra.Command, file *language.File, out string) (study *experiments.Study, folder *experiments.Folder, m experiments.Manifest, err error) {
	if f.jobs < 0 {
		return nil, nil, m, errJobs(f.jobs)
	}
	progress, err := newProgress(cmd.ErrOrStderr(), f.progress)
	if err != nil {
		return nil, nil, m, err
	}
	if folder, err = experiments.OpenFolder(out); err != nil {
		return nil, nil, m, err
	}
	archive, err := openArchive(cmd, out)
	if err != nil {
		return nil, folder, m, err
	}
	options := experiments.Options{Jobs: f.jobs, Connections: experiments.Traced(file), Progress: progress.show, Archive: archive, Again: f.again}
	if f.capture {
		file.Output.Capture = "all"
	}
	if file.Captures() {
		options.Capture, options.Captured = folder.Capture, folder.Captured
	}
	m = experiments.Manifest{Command: os.Args, Start: time.Now().UTC()}
	study, err = experiments.Run(cmd.Context(), file, options)
	progress.end()
	if err != nil {
		err = stopped(err, study, archive)
	}
	return study, folder, m, err
}

// outcome is nil if every expectation passed.
func outcome(results []*experiments.Result) error {
	var v verdictError
	for _, r := range results {
		switch r.Verdict {
		case experiments.Fail:
			v.failed++
		case experiments.Undecided:
			v.undecided++
		}
	}
	if v != (verdictError{}) {
		return v
	}
	return nil
}

// openArchive reads the runs that a folder keeps, and says what of it is not used.
func openArchive(cmd *cobra.Command, folder string) (*experiments.Archive, error) {
	archive, err := experiments.OpenArchive(folder)
	if err != nil {
		return nil, err
	}
	for _, line := range archive.Notes() {
		fmt.Fprintln(cmd.ErrOrStderr(), "netsim:", line)
	}
	return archive, nil
}

// stoppedError is an interruption, and says what is left behind.
type stoppedError struct {
	error
	left string
}

func (s stoppedError) Error() string { return "interrupted; " + s.left }

func (s stoppedError) Unwrap() error { return s.error }

// stopped says of an interruption what it leaves.
func stopped(err error, s *experiments.Study, a *experiments.Archive) error {
	if kept, runs := s.Stored(a); kept > 0 && errors.Is(err, context.Canceled) {
		return stoppedError{err, fmt.Sprintf("%d of %d runs are in %s, and the same command goes on from there", kept, runs, a.Path)}
	}
	return err
}

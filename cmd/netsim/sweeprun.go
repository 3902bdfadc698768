package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

// hoard is where the runs of a sweep are kept, and what they are of.
type hoard struct {
	pick
	out string
}

func (p *hoard) flags(c *cobra.Command) {
	p.pick.flags(c)
	c.Flags().StringVar(&p.out, "out", "", "folder for the results (default out/NAME)")
}

// open reads the file, and the runs that the folder keeps.
func (p *hoard) open(cmd *cobra.Command, name string) (*language.File, *experiments.Archive, error) {
	file, err := p.load(name)
	if err != nil {
		return nil, nil, err
	}
	p.out = folderOf(p.out, file)
	archive, err := openArchive(cmd, p.out)
	return file, archive, err
}

// folderOf is where results go by default.
func folderOf(out string, file *language.File) string {
	if out == "" {
		out = filepath.Join("out", strings.TrimSuffix(filepath.Base(file.Name), ".toml"))
	}
	return out
}

func execCommand() *cobra.Command {
	var p hoard
	var chunk, sum, run, how string
	var jobs int
	var again bool
	c := &cobra.Command{
		Use:   "exec FILE-or-NAME",
		Short: "Make the runs of an experiment, or a chunk of them, and keep what they find",
		Long: `Make the runs of an experiment that its folder does not have, and keep what they find
there; netsim sweep collect makes tables and figures of it. With --chunk i/n only every
n-th run is made, beginning with the i-th, from 0: several processes, on one machine
or on many with the folder in common, make one chunk each, in any order and again
after they were interrupted.

` + problemsHelp,
		Example: `  netsim sweep exec mine.toml --chunk 0/4 & netsim sweep exec mine.toml --chunk 1/4 &
  netsim sweep exec mine.toml --chunk 2/4 & netsim sweep exec mine.toml --chunk 3/4 &
  wait; netsim sweep collect mine.toml`,
		Args:              one("FILE or NAME", "netsim sweep exec mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			stripe, err := parseChunk(chunk)
			if err != nil {
				return err
			}
			if jobs < 0 {
				return fmt.Errorf("--jobs %d: want the number of runs at the same time, or 0 for one for each CPU", jobs)
			}
			progress, err := newProgress(cmd.ErrOrStderr(), how)
			if err != nil {
				return err
			}
			file, archive, err := p.open(cmd, args[0])
			if err != nil {
				return err
			}
			o := experiments.Options{Jobs: jobs, Connections: experiments.Traced(file), Archive: archive, Chunk: stripe, Only: experiments.RunID(run), Again: again}
			var last experiments.Progress
			o.Progress = func(now experiments.Progress) {
				last = now
				progress.show(now)
			}
			study := experiments.NewStudy(file, o)
			if sum != "" && sum != study.Plan() {
				return fmt.Errorf("%s is not what was submitted: its plan is %s, not %s; submit it again", file.Name, study.Plan(), sum)
			}
			if err := rounds(cmd, study, o); err != nil {
				return err
			}
			err = study.Execute(cmd.Context(), o)
			progress.end()
			if err != nil {
				return stopped(err, study, archive)
			}
			if run != "" && last.Runs == 0 {
				return fmt.Errorf("%s has no run %s", file.Name, run)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s made, %d there already, in %s\n", plural(last.Done-last.Cached, "run"), last.Cached, archive.Path)
			return nil
		},
	}
	p.flags(c)
	c.Flags().StringVar(&chunk, "chunk", "", "i/n: every n-th run alone, from the i-th, i from 0 to n-1")
	c.Flags().StringVar(&run, "run", "", "RUN-ID: this run alone")
	c.Flags().BoolVar(&again, "again", false, "make all runs again, and hold them against the results that are there")
	c.Flags().StringVar(&sum, "plan", "", "refuse to run if the runs are not those of this plan (written by submit)")
	c.Flags().IntVar(&jobs, "jobs", 0, "runs at the same time (default: one for each CPU)")
	c.Flags().StringVar(&how, "progress", "auto", progressHelp)
	return c
}

// rounds plans as many replications as what the file wants to know takes, by what
// the folder has: in rounds, of which collect names the next.
func rounds(cmd *cobra.Command, study *experiments.Study, o experiments.Options) error {
	if len(study.File.Until) == 0 {
		return nil
	}
	_, err := study.Advance(cmd.Context(), o)
	return err
}

// parseChunk reads "2/8".
func parseChunk(text string) (c experiments.Chunk, err error) {
	if text == "" {
		return c, nil
	}
	i, n, ok := strings.Cut(text, "/")
	if c.Index, err = strconv.Atoi(i); err == nil {
		c.Of, err = strconv.Atoi(n)
	}
	if !ok || err != nil || c.Index < 0 || c.Of < 1 || c.Index >= c.Of {
		return c, fmt.Errorf("--chunk %s: want i/n with i from 0 to n-1, as in 0/4", text)
	}
	return c, nil
}

func statusCommand() *cobra.Command {
	var p hoard
	c := &cobra.Command{
		Use:   "status FILE-or-NAME",
		Short: "Say which runs of an experiment are there, which failed, and what the rest takes",
		Long: `Say of every point of an experiment how many of its runs the folder has, how many
failed, and how long one core takes for those that are missing, by the time that
runs took or, where none has been made, by what they are to send. Nothing is run.`,
		Example:           "  netsim sweep status mine.toml --out out/mine",
		Args:              one("FILE or NAME", "netsim sweep status mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, archive, err := p.open(cmd, args[0])
			if err != nil {
				return err
			}
			o := experiments.Options{Archive: archive, Connections: experiments.Traced(file)}
			study := experiments.NewStudy(file, o)
			if err := rounds(cmd, study, o); err != nil {
				return err
			}
			points, err := study.Status(archive)
			if err != nil {
				return err
			}
			status(cmd.OutOrStdout(), points)
			return nil
		},
	}
	p.flags(c)
	return c
}

// status prints a row a point, and the sum.
func status(out io.Writer, points []experiments.PointStatus) {
	t := table{{"point", "runs", "there", "failed", "time of one core for the rest"}}
	var all experiments.PointStatus
	for _, p := range points {
		all.Runs += p.Runs
		all.Stored += p.Stored
		all.Failed += p.Failed
		all.Left += p.Left
		t = append(t, []string{p.Point.Name(), fmt.Sprint(p.Runs), fmt.Sprint(p.Stored), fmt.Sprint(p.Failed), rest(p)})
	}
	t.print(out)
	for _, p := range points {
		if p.Why != "" {
			fmt.Fprintf(out, "failed: %s\n", p.Why)
		}
	}
	fmt.Fprintf(out, "\n%d of %s there, %d failed; the rest takes %s of one core\n", all.Stored, plural(all.Runs, "run"), all.Failed, rest(all))
}

func rest(p experiments.PointStatus) string {
	if p.Stored == p.Runs {
		return "0 s"
	}
	return about(p.Left)
}

func collectCommand() *cobra.Command {
	var p hoard
	var partial bool
	c := &cobra.Command{
		Use:   "collect FILE-or-NAME",
		Short: "Make verdicts, figures and tables of the runs that a folder has",
		Long: `Make verdicts, figures and tables of the runs that netsim sweep exec has made, as
netsim run does of its own: the same bytes. Nothing is run. Runs that are missing are
an error, unless --partial takes what is there.

` + problemsHelp,
		Example:           "  netsim sweep collect mine.toml",
		Args:              one("FILE or NAME", "netsim sweep collect mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			m := experiments.Manifest{Command: os.Args, Start: time.Now().UTC()}
			file, archive, err := p.open(cmd, args[0])
			if err != nil {
				return err
			}
			o := experiments.Options{Archive: archive, Connections: experiments.Traced(file)}
			study := experiments.NewStudy(file, o)
			if _, err := study.Advance(cmd.Context(), o); err != nil {
				return err
			}
			if missing, why := study.Missing(archive); missing > 0 && !partial {
				return &incomplete{missing, study.Wanting(), why, fmt.Sprintf("netsim sweep exec %s --out %s", args[0], p.out)}
			}
			if err := study.LeaveOut(); err != nil {
				return err
			}
			folder, err := experiments.OpenFolder(p.out)
			if err != nil {
				return err
			}
			defer folder.Abandon()
			return conclude(cmd, study, folder, m)
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&partial, "partial", false, "make them of the runs that are there")
	return c
}

// incomplete says that runs are missing.
type incomplete struct {
	missing int
	points  []string
	why     string // one failed; "" if none did
	right   string
}

func (i *incomplete) Error() string {
	text := fmt.Sprintf("%d runs are missing", i.missing)
	if i.missing == 1 {
		text = "1 run is missing"
	}
	const shown = 5
	if names := i.points; len(names) > 1 {
		text += ": " + strings.Join(names[:min(shown, len(names))], ", ")
		if len(names) > shown {
			text += fmt.Sprintf(" and those of %s", plural(len(names)-shown, "more point"))
		}
	}
	if i.why != "" {
		text += ", and some failed: " + i.why
	}
	return text + "; make them: " + i.right + "; or take what is there: --partial"
}

func explainCommand() *cobra.Command {
	var in []string
	c := &cobra.Command{
		Use:   "explain RUN-ID",
		Short: "Print the command that repeats one run",
		Long: `Print what a run was of, and the command that makes it again and holds it against what
it found. IDs are in the column run of results.csv; the first digits are enough.`,
		Example: `  netsim explain 3fa9c1 --in out/mine`,
		Args:    one("RUN-ID", "netsim explain 3fa9c1 --in out/mine"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(in) == 0 {
				found, err := filepath.Glob(filepath.Join("out", "*", "shards"))
				if err != nil {
					return err
				}
				for _, shards := range found {
					in = append(in, filepath.Dir(shards))
				}
			}
			return explain(cmd, args[0], in)
		},
	}
	c.Flags().StringArrayVar(&in, "in", nil, "folder of results to look in (default: every one in out)")
	return c
}

// explain looks for the run in folders.
func explain(cmd *cobra.Command, id string, folders []string) error {
	var last error = fmt.Errorf("there are no results in out; say where: --in FOLDER")
	for _, folder := range folders {
		archive, err := experiments.OpenArchive(folder)
		if err != nil {
			return err
		}
		run, err := archive.Find(id)
		if err != nil {
			last = err
			continue
		}
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "run %s, model %d, took %.3g s\n", run.ID, run.Model, run.Seconds)
		point := strings.Join(run.Cases, " ")
		if point == "" {
			point = "the only point"
		}
		fmt.Fprintf(out, "%s: %s, seed %d, replication %d\n\n", run.File, point, run.Seed, run.Replication)
		fmt.Fprintln(out, run.Repeat(folder))
		return nil
	}
	return last
}

package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

func sweepCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "sweep",
		Short:   "Plan, make and collect the runs of an experiment, on one machine or many",
		Example: "  netsim sweep plan pooling\n  netsim sweep run pooling",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(planCommand(), runCommand(), execCommand(), statusCommand(), collectCommand(), submitCommand())
	return c
}

func planCommand() *cobra.Command {
	var p pick
	c := &cobra.Command{
		Use:   "plan FILE-or-NAME",
		Short: "List points, replications and what they are expected to cost, without running",
		Long: `List the points of an experiment, how often each is run, and what that is expected to
take: jobs, events, and the time of one core, reckoned from what flows are to send.
Nothing is run or written.`,
		Example: `  netsim sweep plan mine.toml
  netsim sweep plan mine.toml --where "link.wire.loss < 0.1"`,
		Args:              one("FILE or NAME", "netsim sweep plan mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := p.load(args[0])
			if err != nil {
				return err
			}
			costs, err := experiments.Costs(file)
			if err != nil {
				return err
			}
			plan(cmd.OutOrStdout(), file, costs)
			return nil
		},
	}
	p.flags(c)
	return c
}

// plan prints a row a point and the sum of all.
func plan(out io.Writer, file *language.File, costs []experiments.Cost) {
	t := table{{"point", "replications", "jobs", "events", "time of one core"}}
	var all experiments.Cost
	runs := 0
	for i, p := range file.Points {
		n := p.Spec.Run.Replications
		runs += n
		of := func(c experiments.Cost) experiments.Cost {
			return experiments.Cost{Jobs: c.Jobs * float64(n), Events: c.Events * float64(n)}
		}
		c := of(costs[i])
		all.Jobs += c.Jobs
		all.Events += c.Events
		t = append(t, []string{p.Name(), fmt.Sprint(n), short(c.Jobs), short(c.Events), about(c.Time())})
	}
	t.print(out)
	jobs := runtime.GOMAXPROCS(0)
	fmt.Fprintf(out, "\n%s, %s, %s events: %s of one core, %s on %s\n", plural(len(file.Points), "point"), plural(runs, "run"), short(all.Events),
		about(all.Time()), about(all.Time()/time.Duration(jobs)), plural(jobs, "core"))
}

// about rounds a time to what an estimate is worth.
func about(d time.Duration) string {
	switch {
	case d < time.Second:
		return "below 1 s"
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// pick are the flags that choose what is run of a file.
type pick struct {
	sets         []string
	where        string
	seed         uint64
	replications int
	cmd          *cobra.Command
}

func (p *pick) flags(c *cobra.Command) {
	p.cmd = c
	c.Flags().StringArrayVar(&p.sets, "set", nil, setHelp)
	c.Flags().StringVar(&p.where, "where", "", "EXPR: only the points where this condition on parameters holds")
	c.Flags().Uint64Var(&p.seed, "seed", 1, "the one seed of all random numbers")
	c.Flags().IntVar(&p.replications, "replications", 1, "runs of each point, with independent random numbers")
	completeSets(c)
}

// load reads the file and leaves what the flags choose.
func (p *pick) load(name string) (*language.File, error) {
	if p.cmd.Flags().Changed("seed") {
		p.sets = append(p.sets, fmt.Sprint("run.seed=", p.seed))
	}
	if p.cmd.Flags().Changed("replications") {
		p.sets = append(p.sets, fmt.Sprint("run.replications=", p.replications))
	}
	file, err := experiments.Load(name, p.sets...)
	if err == nil && p.where != "" {
		if err = file.Restrict(p.where); err != nil {
			err = fmt.Errorf("--where: %w", err)
		}
	}
	return file, err
}

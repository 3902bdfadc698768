package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"netsim/experiments"
	"netsim/experiments/language"
	"netsim/tcp"
)

// answer is what a closed form says: the number in a sentence, how it comes about,
// what must be so for it to hold, and what would change it.
type answer struct {
	says    string
	how     table
	assumes []string
	raises  []string // what makes it better
	checked string   // the experiment of the catalogue that holds it against simulation
}

// print writes it out.
func (a *answer) print(out io.Writer) {
	fmt.Fprintln(out, a.says)
	fmt.Fprintln(out)
	for i := range a.how {
		a.how[i][0] = "  " + a.how[i][0]
	}
	a.how.print(out)
	list := func(head string, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(out, "\n%s\n", head)
		for _, line := range lines {
			fmt.Fprintln(out, "  "+line)
		}
	}
	list("What changes it", a.raises)
	list("What it assumes", a.assumes)
	fmt.Fprintf(out, "\nHeld against simulation by: netsim run %s\n", a.checked)
}

func calcCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "calc",
		Short: "Answer from the closed forms, without simulating",
		Long: `Answer at once what theory can: how many connections a second ports allow, how many
wait in TIME_WAIT, what a backlog bears, what a SYN flood takes, how long connect()
takes where packets are lost. Each answer says its formula, what it assumes, and
which experiment of the catalogue holds it against simulation.

Quantities have units, as in files: "60 s", "400/s", "64 MiB", "5 %".`,
		Example: `  netsim calc ports                                # how many connections a second to one destination
  netsim calc ports --rate 500/s --profile freebsd
  netsim calc time-wait --rate 1000/s --budget "64 MiB"
  netsim calc backlog --rate 120/s --service "10 ms" --backlog 4
  netsim calc flood --rate 10/s --backlog 128
  netsim calc setup --loss "10 %" --rtt "20 ms"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(calcPorts(), calcTimeWait(), calcBacklog(), calcFlood(), calcSetup())
	return c
}

// calculation makes a command of a closed form. Its flags have a system's values
// where they are not given.
func calculation(use, short, example string, flags func(*pflag.FlagSet), solve func(*tcp.Profile) (*answer, error)) *cobra.Command {
	profile := "linux"
	c := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := tcp.ProfileByName(profile)
			if p == nil {
				return noProfile(profile)
			}
			a, err := solve(p)
			if err != nil {
				return err
			}
			a.print(cmd.OutOrStdout())
			return nil
		},
	}
	flags(c.Flags())
	c.Flags().StringVar(&profile, "profile", profile, "the system whose values hold where nothing else is said: "+strings.Join(tcp.ProfileNames(), ", "))
	return c
}

// quantity is a flag with a unit; nothing is said until it is set.
type quantity struct {
	unit, text string
	value      float64
	given      bool
}

func (q *quantity) String() string { return q.text }
func (q *quantity) Type() string {
	return map[string]string{"s": "duration", "1/s": "frequency", "B": "size", "": "probability"}[q.unit]
}

func (q *quantity) Set(text string) (err error) {
	q.text, q.given = text, true
	q.value, err = language.Quantity(q.unit, text)
	return err
}

// or is the value, or another where none was given.
func (q *quantity) or(other float64) float64 {
	if q.given {
		return q.value
	}
	return other
}

// inUnit makes a flag of that base unit.
func inUnit(f *pflag.FlagSet, unit, name, usage string) *quantity {
	q := &quantity{unit: unit}
	f.Var(q, name, usage)
	return q
}

// digits shows a number with four that count.
func digits(x float64) string {
	if x >= 1e4 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.4g", x)
}

// percent shows a share.
func percent(p float64) string { return fmt.Sprintf("%.4g %%", 100*p) }

// inSeconds and inBytes show quantities in the unit that suits them.
func inSeconds(x float64) string { return shown("s", x) }
func inBytes(x float64) string   { return shown("B", x) }

func shown(unit string, x float64) string {
	u := experiments.UnitFor(unit, x)
	return fmt.Sprintf("%.4g %s", x/u.Size, u.Name)
}

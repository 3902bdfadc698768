// Command netsim runs experiments on what TCP connections cost to open and to
// close.
//
//	netsim list                        the experiments that come with it
//	netsim show NAME                   one of them, as a start
//	netsim new [NAME]                  a small one with comments
//	netsim validate FILE...            every mistake, without running
//	netsim names FILE [WORD]           what can be set and measured
//	netsim eval FILE EXPR              an expression at every point
//	netsim config show FILE            every value and where it comes from
//	netsim sweep plan FILE             the points and what they will cost
//	netsim import FILE...              captures and samples as columns for figures
//	netsim schema                      a JSON Schema for editors
//	netsim run FILE-or-NAME            verdicts, figures, tables
//	netsim plot RESULTS                figures again, otherwise drawn
//	netsim report RESULTS...           one page of HTML, of one or several
//	netsim profile [NAME [NAME]]       how systems speak TCP, value by value
//	netsim trace FILE-or-NAME          one connection as a ladder
//	netsim packetdrill FILE-or-DIR     scripts that kernels are tested with
//
// It exits with 0 when all is done and as expected, 1 when an expectation failed
// or is undecided, 2 when the input is wrong, 3 when a run failed and 130 when it
// was interrupted. See netsim --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

// Exit codes.
const (
	exitOK       = 0
	exitVerdict  = 1 // an expectation failed or is undecided
	exitUsage    = 2 // the command line, the experiment or the folder is wrong
	exitFault    = 3 // a run failed
	exitStopped  = 130
	problemsHelp = "Exit status: 0 done, 1 an expectation failed or is undecided, 2 bad input, 3 a run failed, 130 interrupted."
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: it takes the arguments and returns the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	root := command()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	return code(root.ExecuteContext(ctx), errs)
}

// code prints what went wrong and says what it amounts to.
func code(err error, errs io.Writer) int {
	var faults language.Faults
	var verdict verdictError
	var failed *experiments.RunError
	var differ *experiments.DisagreeError
	var stopped stoppedError
	var missing *incomplete
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &verdict):
		return exitVerdict
	case errors.As(err, &stopped):
		fmt.Fprintln(errs, "netsim:", stopped)
		return exitStopped
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(errs, "netsim: interrupted; nothing was written")
		return exitStopped
	case errors.Is(err, errPrinted):
		return exitUsage
	case errors.As(err, &faults):
		fmt.Fprintln(errs, strings.TrimRight(faults.Error(), "\n"))
		return exitUsage
	case errors.As(err, &failed), errors.As(err, &differ), errors.As(err, &missing):
		fmt.Fprintln(errs, "netsim:", err)
		return exitFault
	}
	fmt.Fprintln(errs, "netsim:", err)
	return exitUsage
}

// command is the tree of commands.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "netsim",
		Short: "What TCP connections cost to open and to close",
		Long: `netsim simulates hosts with a full TCP over links and networks that you describe in
a TOML file, measures what connections cost to open and to close, holds the answer
against theory, and draws it.

` + problemsHelp,
		Example: `  netsim list                                      # the experiments that come with netsim
  netsim run time-wait-under-load                  # run one: figures and tables in out/
  netsim show handshake > mine.toml                # take one as a start
  netsim validate mine.toml                        # every mistake at once
  netsim run mine.toml --set link.wire.loss="1 %" --replications 20
  netsim profile linux freebsd                     # where two systems differ
  netsim trace mine.toml                           # one connection as a ladder`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       experiments.Version(),
	}
	root.AddCommand(runCommand(), listCommand(), showCommand(), newCommand(), validateCommand(), profileCommand(), traceCommand(), topologyCommand(),
		importCommand(), configCommand(), namesCommand(), evalCommand(), schemaCommand(), sweepCommand(), packetdrillCommand(), plotCommand(), reportCommand())
	root.AddCommand(exportCommand(), explainCommand())
	root.AddCommand(calcCommand())
	return root
}

// one wants one argument, several at least one, and both show how.
func one(what, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s takes one %s, not %d arguments; write: %s", cmd.Name(), what, len(args), example)
		}
		return nil
	}
}

func several(what, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s takes at least one %s; write: %s", cmd.Name(), what, example)
		}
		return nil
	}
}

// plural counts things: "1 point", "2 points".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// experimentArg completes the names of the catalogue and of files.
func experimentArg(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return experiments.Catalog(), cobra.ShellCompDirectiveDefault
}

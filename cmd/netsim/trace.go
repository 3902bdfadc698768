package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"netsim/experiments"
)

// plain is the width of a ladder that does not go to a terminal.
const plain = 100

func traceCommand() *cobra.Command {
	var sets []string
	var flow string
	var connection int
	c := &cobra.Command{
		Use:   "trace FILE-or-NAME",
		Short: "Print one connection as a ladder",
		Long: `Print one connection of an experiment as a ladder, in every case, from the first
replication. Nothing is written.

` + problemsHelp,
		Example: `  netsim trace handshake
  netsim trace four-way-close --set case.style=three
  netsim trace mine.toml --flow web --connection 3`,
		Args:              one("FILE or NAME", "netsim trace handshake"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if connection < 1 || connection > experiments.MostTraced {
				return fmt.Errorf("--connection %d: want one from 1 to %d", connection, experiments.MostTraced)
			}
			file, err := experiments.Load(args[0], append(sets, "run.replications=1")...)
			if err != nil {
				return err
			}
			progress, err := newProgress(cmd.ErrOrStderr(), "auto")
			if err != nil {
				return err
			}
			study, err := experiments.Run(cmd.Context(), file, experiments.Options{Connections: connection, Progress: progress.show})
			progress.end()
			if err != nil {
				return err
			}
			ladder, err := study.Ladder(flow, connection)
			if err != nil {
				return err
			}
			return ladder.Text(cmd.OutOrStdout(), width())
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	completeSets(c)
	c.Flags().StringVar(&flow, "flow", "", "the flow (default: the first)")
	c.Flags().IntVar(&connection, "connection", 1, fmt.Sprintf("which of its connections, from 1 to %d", experiments.MostTraced))
	return c
}

func width() int {
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 0 {
		return w
	}
	return plain
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"netsim/experiments"
)

func importCommand() *cobra.Command {
	var out string
	var wait time.Duration
	c := &cobra.Command{
		Use:   "import FILE...",
		Short: "Turn captures and samples of ss or nstat into columns that figures can show",
		Long: `Turn what real systems say into the columns source, metric, time_s, value, by the names
that netsim has for them. A figure shows them beside the simulated by its key overlay.

Of a capture (pcap, pcapng): setup_time, handshake_time, time_wait.count. Of ss -tan or
ss -s: the connections in each state. Of nstat -a: counters. Samples stand below lines
with their times:

  while sleep 1; do date +%s.%N; ss -tan; done > samples.txt`,
		Example: `  netsim import client.pcap > measured.csv
  netsim import samples.txt --out measured.csv`,
		Args: several("FILE", "netsim import client.pcap"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var rows []experiments.Measured
			for _, name := range args {
				f, err := os.Open(name)
				if err != nil {
					return err
				}
				read, err := experiments.Import(filepath.Base(name), f, experiments.ImportOptions{TimeWait: wait.Seconds()})
				_ = f.Close() // of what was only read
				if err != nil {
					return err
				}
				rows = append(rows, read...)
			}
			var b bytes.Buffer
			if err := experiments.WriteMeasured(&b, rows); err != nil {
				return err
			}
			if out == "" {
				_, err := cmd.OutOrStdout().Write(b.Bytes())
				return err
			}
			if err := maybe.WriteFile(out, b.Bytes(), 0o644); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", out, plural(len(rows), "row"))
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "the file that is written (default: the standard output)")
	c.Flags().DurationVar(&wait, "time-wait", time.Minute, "how long who closes first in a capture stays in TIME_WAIT")
	return c
}

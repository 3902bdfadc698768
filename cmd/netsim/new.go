package main

import (
	_ "embed" // the starter
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed starter.toml
var starter []byte

func newCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new [NAME]",
		Short: "Begin an experiment: a small one with comments",
		Long: `Write a small experiment with comments to NAME.toml, or print it without a NAME.
A file that is there stays as it is.`,
		Example: `  netsim new mine
  netsim run mine.toml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("new takes at most one NAME, not %d arguments; write: netsim new mine", len(args))
			}
			if len(args) == 0 {
				_, err := cmd.OutOrStdout().Write(starter)
				return err
			}
			name := strings.TrimSuffix(args[0], ".toml") + ".toml"
			f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return err
			}
			_, err = f.Write(starter)
			if closed := f.Close(); err == nil {
				err = closed
			}
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: netsim run %s\n", name, name)
			}
			return err
		},
	}
}

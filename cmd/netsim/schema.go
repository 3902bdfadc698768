package main

import (
	"github.com/spf13/cobra"

	"netsim/experiments/language"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON Schema of experiment files, for editors",
		Long: `Print a JSON Schema of experiment files, as Taplo and Even Better TOML read it: keys,
meanings, defaults, units, words. A first line in an experiment tells the editor:

  #:schema ./netsim.schema.json`,
		Example: "  netsim schema > netsim.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(language.JSONSchema())
			return err
		},
	}
}

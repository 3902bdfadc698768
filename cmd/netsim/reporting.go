package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"netsim/experiments"
	html "netsim/report"
)

func reportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "report RESULTS...",
		Short: "Write results as one page of HTML; several beside each other",
		Long: `Write what results say as one page of HTML that needs nothing else: what was asked,
verdicts, figures, tables that sort, what failed and why, ladders that can be stepped
through, and how to repeat it. Of several folders, it says what differs between them.

netsim run writes this page for its own results.

` + problemsHelp,
		Example: `  netsim report out/handshake
  netsim report out/before out/after --out compared.html`,
		Args: several("folder of results", "netsim report out/handshake"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var results []*html.Result
			for _, folder := range args {
				study, m, err := experiments.Results(cmd.Context(), folder)
				if err != nil {
					return err
				}
				r := &html.Result{Folder: folder, Study: study, Manifest: m}
				if err := html.Read(r); err != nil {
					return err
				}
				results = append(results, r)
			}
			if out == "" {
				if out = "report.html"; len(args) == 1 {
					out = filepath.Join(args[0], "report.html")
				}
			}
			var page bytes.Buffer
			if err := html.Write(&page, results...); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
				return fmt.Errorf("the report cannot be written: %w", err)
			}
			if err := maybe.WriteFile(out, page.Bytes(), 0o644); err != nil {
				return fmt.Errorf("the report cannot be written: %w", err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), out)
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "the page (default RESULTS/report.html; report.html for several)")
	return c
}

// pageOf writes the report of a study that was just made.
func pageOf(folder string, s *experiments.Study, verdicts []*experiments.Result, notes []string) func(io.Writer, experiments.Manifest) error {
	return func(w io.Writer, m experiments.Manifest) error {
		return html.Write(w, &html.Result{Folder: folder, Study: s, Verdicts: verdicts, Notes: notes, Manifest: m})
	}
}

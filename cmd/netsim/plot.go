package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
	"netsim/plots"
)

// plotFlags are the options of netsim plot.
type plotFlags struct {
	figures []string
	formats []string
	width   string
	style   string
	from    string
	out     string
}

func plotCommand() *cobra.Command {
	var f plotFlags
	c := &cobra.Command{
		Use:   "plot RESULTS",
		Short: "Draw the figures of results again, without running anything",
		Long: `Draw figures from a folder of results: those of the experiment it was made from, or,
with --from, those of a file that has the same runs and other figures. Each comes with
the table it was drawn from, NAME.csv, and with NAME.txt: its caption, what it rests on,
and the command that draws it again.

` + problemsHelp,
		Example: `  netsim plot out/time-wait-under-load
  netsim plot out/mine --figure refused --format pdf --width 174mm
  netsim plot out/mine --style dark --format png --out slides
  netsim plot out/mine --from mine-with-more-figures.toml`,
		Args: one("folder of results", "netsim plot out/handshake"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.plot(cmd, args[0]) },
	}
	c.Flags().StringArrayVar(&f.figures, "figure", nil, "NAME of a figure (default: all); may be repeated")
	c.Flags().StringSliceVar(&f.formats, "format", nil, strings.Join(plots.Formats, ", ")+" (default: as the file says)")
	c.Flags().StringVar(&f.width, "width", "", "width on paper, such as 84mm or 174mm (default: as the file says)")
	c.Flags().StringVar(&f.style, "style", "print", "print, screen or dark")
	c.Flags().StringVar(&f.from, "from", "", "FILE that says what to draw, of the same runs")
	c.Flags().StringVar(&f.out, "out", "", "folder for the figures (default RESULTS/figures)")
	return c
}

func (f *plotFlags) plot(cmd *cobra.Command, folder string) error {
	look, err := f.look()
	if err != nil {
		return err
	}
	study, err := f.study(cmd, folder)
	if err != nil {
		return err
	}
	wanted, err := f.wanted(study.File)
	if err != nil {
		return err
	}
	if f.out == "" {
		f.out = filepath.Join(folder, "figures")
	} else if look.Results, err = filepath.Rel(f.out, folder); err != nil {
		look.Results = folder
	}
	if look.From != "" {
		if from, err := filepath.Rel(f.out, f.from); err == nil {
			look.From = from
		}
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return fmt.Errorf("figures cannot be written: %w", err)
	}
	for i, figure := range wanted {
		if err := cmd.Context().Err(); err != nil {
			return stoppedError{err, fmt.Sprintf("%d of %s are drawn", i, plural(len(wanted), "figure"))}
		}
		paths, err := study.DrawFigure(figure, f.out, look)
		if err != nil {
			return err
		}
		if len(paths) == 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "figure.%s shows no point of these results\n", figure.Name)
		}
		for _, path := range paths {
			fmt.Fprintln(cmd.OutOrStdout(), path)
		}
		line, err := study.Unprinted(figure)
		if err != nil {
			return err
		}
		if line != "" {
			fmt.Fprintln(cmd.ErrOrStderr(), "netsim:", line)
		}
	}
	return nil
}

// study reads the results.
func (f *plotFlags) study(cmd *cobra.Command, folder string) (*experiments.Study, error) {
	if f.from == "" {
		study, _, err := experiments.Results(cmd.Context(), folder)
		return study, err
	}
	m, err := experiments.ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	file, err := experiments.Load(f.from, m.Sets...)
	if err == nil && m.Where != "" {
		err = file.Restrict(m.Where)
	}
	if err != nil {
		return nil, err
	}
	return experiments.Stored(cmd.Context(), folder, file)
}

func (f *plotFlags) look() (look experiments.Look, err error) {
	for _, format := range f.formats {
		if !slices.Contains(plots.Formats, format) {
			return look, fmt.Errorf("--format %s: want some of %s", format, strings.Join(plots.Formats, ", "))
		}
	}
	if !slices.Contains(plots.Styles, plots.Style(f.style)) || f.style == "" {
		return look, fmt.Errorf("--style %s: want print, screen or dark", f.style)
	}
	look = experiments.Look{Formats: f.formats, Style: plots.Style(f.style), From: f.from}
	if f.width != "" {
		look.Width, err = strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(f.width, "mm")), 64)
		if err != nil || !strings.HasSuffix(f.width, "mm") || !(look.Width >= 40 && look.Width <= 400) {
			return look, fmt.Errorf("--width %s: want 40mm to 400mm; 84mm is one column of a paper, 174mm two", f.width)
		}
	}
	return look, nil
}

// wanted are the figures that the command names.
func (f *plotFlags) wanted(file *language.File) (wanted []*language.Figure, err error) {
	if len(f.figures) == 0 {
		return file.Figures, nil
	}
	var names []string
	for _, g := range file.Figures {
		names = append(names, g.Name)
	}
	for _, name := range f.figures {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, fmt.Errorf("--figure %s: there is none of that name; the experiment has %s", name, cmp.Or(strings.Join(names, ", "), "no figures"))
		}
		wanted = append(wanted, file.Figures[i])
	}
	return wanted, nil
}

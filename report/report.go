package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/yuin/goldmark"

	"netsim/experiments"
	"netsim/plots"
)

// Result is the results of one experiment, as a page has them.
type Result struct {
	Folder   string
	Study    *experiments.Study
	Verdicts []*experiments.Result
	Notes    []string
	Manifest experiments.Manifest
}

// Read takes the results of a folder and judges them.
func Read(r *Result) (err error) {
	if r.Verdicts, err = r.Study.Judge(); err == nil {
		r.Notes, err = r.Study.Notes()
	}
	return err
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"css": func() template.CSS { return template.CSS(pageCSS) },
	"js":  func() template.JS { return template.JS(pageJS) },
	"add": func(a, b int) int { return a + b },
}).Parse(pageHTML))

// document is what the template shows.
type document struct {
	Title      string
	Sections   []*section
	Comparison *comparison // nil for one result
}

// section is one experiment.
type section struct {
	ID         string
	Folder     string
	Title      string
	About      template.HTML
	Facts      []fact
	Passed     int
	Failed     int
	Undecided  int
	Verdicts   []verdict
	Notes      []string
	Compared   []paired
	Figures    []figure
	Failures   []count
	Numbers    []number
	Left       int // numbers that are not shown
	Ladders    []ladder
	Effective  string
	Repeat     []string
	Provenance []fact
}

type fact struct{ Name, Value string }

type verdict struct {
	Name, That, At, Measured, Expected, Z, Verdict, Why string
	Class                                               string
}

type figure struct {
	Name, Alt string
	Light     template.URL
	Dark      template.Srcset // of one picture; a URL would lose its comma
	Table     template.URL
	Wide      bool // of both columns of a paper
	Redraw    string
}

type count struct {
	At, Flow, Cause string
	N               int64
	Share           string
}

type number struct{ At, Metric, Unit, Mean, Half, N, Theory string }

// mostNumbers is how many rows of a table a browser still sorts at once.
const mostNumbers = 3000

// Write writes the page. Figures are drawn for it in light and dark.
func Write(w io.Writer, results ...*Result) error {
	d := document{}
	for i, r := range results {
		// By itself a page stands among its results.
		at := "."
		if len(results) > 1 {
			at = r.Folder
		}
		s, err := r.section(fmt.Sprintf("r%d", i+1), at)
		if err != nil {
			return err
		}
		d.Sections = append(d.Sections, s)
	}
	d.Title = d.Sections[0].Title
	if len(results) > 1 {
		d.Title = fmt.Sprintf("%d results compared", len(results))
		d.Comparison = compare(results)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// section is the results as the page shows them; at is their folder, from it.
func (r *Result) section(id, at string) (*section, error) {
	file := r.Study.File
	s := &section{ID: id, Folder: r.Folder, Title: cmp.Or(file.Title, file.Name), Notes: r.Notes, Effective: r.Study.Effective()}
	var about bytes.Buffer
	if err := goldmark.Convert([]byte(file.About), &about); err != nil {
		return nil, err
	}
	s.About = template.HTML(about.String()) // goldmark leaves out the HTML that a text has
	s.Facts = r.facts()
	s.Provenance, s.Repeat = r.provenance(), r.repeat()
	s.verdicts(r.Verdicts)
	s.failures(r.Study)
	s.numbers(r)
	s.Ladders = ladders(r.Study)
	return s, errors.Join(s.differences(r.Study), s.figures(r, at))
}

// facts are what stands below the title.
func (r *Result) facts() []fact {
	runs, events := 0, uint64(0)
	for _, p := range r.Study.Points {
		for _, o := range p.Outcomes {
			runs, events = runs+1, events+o.Events
		}
	}
	return []fact{
		{"points", fmt.Sprint(len(r.Study.Points))}, {"runs", fmt.Sprint(runs)},
		{"", fmt.Sprintf("seed %d", r.Study.Seed)}, {"events", grouped(events)},
	}
}

func (s *section) verdicts(results []*experiments.Result) {
	for _, r := range results {
		v := verdict{Name: r.Name, That: strings.Join(strings.Fields(r.That), " "), At: r.Point.Label(), Verdict: r.Verdict.String(), Why: r.Why}
		switch r.Verdict {
		case experiments.Pass:
			s.Passed++
			v.Class = "pass"
		case experiments.Fail:
			s.Failed++
			v.Class = "fail"
		default:
			s.Undecided++
			v.Class = "undecided"
		}
		v.Measured, v.Expected, v.Z = r.Shown()
		s.Verdicts = append(s.Verdicts, v)
	}
}

// failures lists what went wrong with attempts, by cause.
func (s *section) failures(study *experiments.Study) {
	for _, p := range study.Points {
		for i := range p.Spec.Flows {
			flow := p.Spec.Flows[i].Name
			prefix := "flow." + flow + ".failed."
			for _, path := range study.Paths() {
				cause, ok := strings.CutPrefix(path, prefix)
				if !ok {
					continue
				}
				m, err := experiments.Pooled(p.Outcomes, path)
				if err != nil || m.Count == 0 {
					continue
				}
				s.Failures = append(s.Failures, count{p.Label(), flow, strings.ReplaceAll(cause, "_", " "), int64(m.Count), fmt.Sprintf("%.3g %%", 100*m.Statistic("fraction"))})
			}
		}
	}
}

func (s *section) numbers(r *Result) {
	for row := range r.Study.Summary(r.Verdicts) {
		if len(s.Numbers) == mostNumbers {
			s.Left++
			continue
		}
		s.Numbers = append(s.Numbers, number{row.Point.Label(), row.Metric, row.Unit, short(row.Mean), short(row.Half), fmt.Sprint(row.N), row.Theory})
	}
}

// figures draws what the file asks for.
func (s *section) figures(r *Result, at string) error {
	for _, f := range r.Study.File.Figures {
		g := figure{Name: f.Name, Redraw: fmt.Sprintf("netsim plot %s --figure %s --format pdf", experiments.Quoted(at), f.Name)}
		light, err := r.Study.Picture(f, experiments.Look{})
		if err != nil {
			return err
		}
		if light == nil { // of points that were left out
			continue
		}
		dark, err := r.Study.Picture(f, experiments.Look{Style: plots.Dark})
		if err == nil {
			err = errors.Join(embed(&g.Light, light, "svg"), embed(&g.Table, light, "csv"), embed(&g.Dark, dark, "svg"))
			g.Wide = f.Width > 120
		}
		if err != nil {
			return fmt.Errorf("figure.%s: %w", f.Name, err)
		}
		g.Alt = strings.TrimSuffix(f.Title, ".") + ". " + alt(f.Kind, f.XLabel, f.YLabel) + " Its numbers are in the table below it."
		s.Figures = append(s.Figures, g)
	}
	return nil
}

// kinds are those of data, by format.
var kinds = map[string]string{"svg": "image/svg+xml", "csv": "text/csv"}

// alt says what a figure is to who does not see it.
func alt(kind, x, y string) string {
	switch {
	case kind == "states":
		return "The state diagram of RFC 9293 with how often connections went each way."
	case kind == "ladder":
		return "A ladder of segments; the same connection can be stepped through below."
	case y == "":
		return fmt.Sprintf("A figure of kind %s, against %s.", kind, x)
	}
	return fmt.Sprintf("A figure of kind %s: %s against %s.", kind, y, x)
}

// embed makes a picture part of the page.
func embed[T template.URL | template.Srcset](to *T, p plots.Picture, format string) error {
	var b bytes.Buffer
	err := p.Encode(&b, format)
	*to = T("data:" + kinds[format] + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes()))
	return err
}

func (r *Result) provenance() []fact {
	m := r.Manifest
	facts := []fact{
		{"file", m.File}, {"SHA-256", m.FileSHA256}, {"program", strings.TrimSpace(m.Program + " " + m.Version)},
		{"model", fmt.Sprint(m.Model)}, {"Go", strings.TrimSpace(m.Go + " " + m.Platform)}, {"host", m.Host},
		{"command", strings.Join(m.Command, " ")},
	}
	if !m.Start.IsZero() {
		facts = append(facts, fact{"made", m.Start.Format("2006-01-02 15:04:05 MST") + ", in " + m.End.Sub(m.Start).Round(time.Millisecond).String()})
	}
	return facts
}

// repeat are the commands that make all this again.
func (r *Result) repeat() []string {
	run := "netsim run " + experiments.Quoted(cmp.Or(r.Manifest.File, r.Study.File.Name))
	for _, set := range r.Manifest.Sets {
		run += " --set " + experiments.Quoted(set)
	}
	if r.Manifest.Where != "" {
		run += " --where " + experiments.Quoted(r.Manifest.Where)
	}
	return []string{run + " --out " + experiments.Quoted(r.Folder), "netsim report " + experiments.Quoted(r.Folder)}
}

// grouped writes a count with a thin space before every three digits.
func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// short writes a number with four digits.
func short(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

package report_test

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"netsim/experiments"
	"netsim/experiments/language"
	"netsim/report"
)

// asked is an experiment with everything that a page shows: Markdown, axes,
// verdicts of each kind, a ladder, failures and a figure.
const asked = `
title = "Ports & <b>people</b>"
about = "What *few ports* do. <script>alert(1)</script>"
[run]
duration = "30 s"
replications = 3
[node.client]
ports.range = "40000-40019"
tcp.time_wait = "10 s"
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "5/s" }
[case.loss.none]
label = "no loss"
[case.loss.some]
label = "5 % lost"
link.wire.loss = "5 %"
[figure.ladder]
kind = "ladder"
flow = "web"
facet = "case.loss"
[figure.refused]
kind = "line"
x = "link.wire.loss"
y = "flow.web.failed.no_port.fraction"
[compare.lossier]
metric = "flow.web.setup_time.p50"
base = { case.loss = "none" }
other = { case.loss = "some" }
[expect.refused]
that = "flow.web.failed.no_port.fraction"
equals = "0.5"
within = "50 %"
[expect.wrong]
that = "flow.web.attempts.total < 3"
where = "case.loss == 'none'"
`

// made is the results of the experiment.
func made(t testing.TB, folder string, sets ...string) *report.Result {
	t.Helper()
	file, err := language.Parse("asked.toml", []byte(asked), sets...)
	if err != nil {
		t.Fatal(err)
	}
	study, err := experiments.Run(t.Context(), file, experiments.Options{Connections: experiments.Traced(file)})
	if err != nil {
		t.Fatal(err)
	}
	r := &report.Result{Folder: folder, Study: study, Manifest: experiments.Manifest{Program: "netsim", File: "asked.toml", Sets: sets}}
	if err := report.Read(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t testing.TB, results ...*report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, results...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPageSaysItAll also holds that text of the file stays text.
func TestPageSaysItAll(t *testing.T) {
	page := written(t, made(t, "out/my results"))
	for _, want := range []string{
		"Ports &amp; &lt;b&gt;people&lt;/b&gt;", "<em>few ports</em>", ">no loss<", ">5 % lost<", ">FAIL<", ">pass<", "no port",
		"flow.web.setup_time.mean", "<th scope=\"row\">lossier<br>", "<td>no loss</td><td>5 % lost</td><td class=\"n\">20 ms</td>", "data:image/svg&#43;xml;base64,", `srcset="data:image/svg`, "download=\"refused.csv\"",
		"netsim run asked.toml --out &#39;out/my results&#39;", "netsim plot . --figure ladder",
		`"label":"SYN"`, "40000-40019",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "base64%2c") {
		t.Error("a picture in dark colours has lost the comma of its data, and is not shown")
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "<b>people") {
		t.Error("HTML of the file is HTML of the page")
	}
}

// TestPageStandsAlone: nothing is fetched, so nothing can be missing.
func TestPageStandsAlone(t *testing.T) {
	page := written(t, made(t, "out"))
	for _, m := range regexp.MustCompile(`(?:src|srcset|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "data:") && !strings.HasPrefix(m[1], "#") {
			t.Errorf("the page refers to %.80s", m[1])
		}
	}
	if strings.Contains(page, "@import") || strings.Contains(page, "url(") {
		t.Error("the style refers to something")
	}
}

func TestPageIsTheSameTwice(t *testing.T) {
	first := written(t, made(t, "out"))
	if again := written(t, made(t, "out")); again != first {
		t.Error("the page differs between two runs of the same")
	}
}

func TestCompared(t *testing.T) {
	page := written(t, made(t, "before"), made(t, "after", "node.client.tcp.time_wait=0 s"))
	if first, same := strings.Index(page, "<strong>-100 %"), strings.Index(page, "numbers are the same in all"); first < 0 || same < first {
		t.Error("clear changes do not come first, or equal numbers are not counted")
	}
	for _, want := range []string{"2 results compared", "<code>before</code>", "What differs", "<th scope=\"col\">before</th><th scope=\"col\">after</th>", "-100 %"} {
		if !strings.Contains(page, want) {
			t.Errorf("the comparison does not say %q", want)
		}
	}
}

// Example writes the report of an experiment that was just run.
func Example() {
	file, err := experiments.Load("handshake")
	if err != nil {
		panic(err)
	}
	dir, _ := os.MkdirTemp("", "report")
	defer os.RemoveAll(dir)
	study, err := experiments.Run(exampleContext, file, experiments.Options{Connections: 1})
	if err != nil {
		panic(err)
	}
	r := &report.Result{Folder: dir, Study: study}
	if err := report.Read(r); err != nil {
		panic(err)
	}
	if err := report.Write(io.Discard, r); err != nil {
		panic(err)
	}
	// Output:
}

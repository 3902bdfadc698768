package report_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var exampleContext = context.Background()

// browser opens a page in a real Chromium and returns what its console says.
func browser(t *testing.T, page string) (ctx context.Context, said *[]string) {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no chromium is installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	said = new([]string)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			*said = append(*said, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			for _, a := range e.Args {
				*said = append(*said, string(a.Value))
			}
		}
	})
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Run(ctx, chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal(err)
	}
	return ctx, said
}

// TestInBrowser opens the page, sorts a table, steps a ladder and asks axe-core,
// where that is at hand, for faults of accessibility.
func TestInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ctx, said := browser(t, written(t, made(t, "out")))
	do := func(what string, actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	var cells []string
	column := `[...document.querySelector("#r1-verdicts").closest("section").querySelectorAll("tbody tr")].map(r => r.cells[0].textContent)`
	do("sort", chromedp.Click(`#r1-verdicts + div thead th:first-child button`), chromedp.Evaluate(column, &cells))
	if len(cells) < 3 || cells[0] != "FAIL" {
		t.Errorf("sorted by verdict the column is %q", cells)
	}
	var sorted string
	do("sort down", chromedp.Click(`#r1-verdicts + div thead th:first-child button`), chromedp.Evaluate(column, &cells),
		chromedp.Evaluate(`document.querySelector("#r1-verdicts + div thead th").getAttribute("aria-sort")`, &sorted))
	if cells[0] != "pass" || sorted != "descending" {
		t.Errorf("sorted the other way, %s, the column is %q", sorted, cells)
	}

	var before, after, text string
	first := `document.querySelector(".ladder .said").textContent`
	do("step", chromedp.Click(`.ladder .tools button:nth-of-type(1)`), chromedp.Evaluate(first, &before),
		chromedp.Click(`.ladder .tools button:nth-of-type(3)`), chromedp.Evaluate(first, &after))
	if before != "Nothing is sent yet." || !strings.Contains(after, "client to server: SYN") {
		t.Errorf("the ladder says %q, and after a step %q", before, after)
	}
	do("keys", chromedp.Focus(`.ladder .drawn`), chromedp.KeyEvent(kb.ArrowRight), chromedp.Evaluate(first, &text))
	if text == after || !strings.Contains(text, "server to client: SYN, ACK") {
		t.Errorf("after the right arrow key the ladder says %q", text)
	}

	// What answers to the pointer beside an arrow covers nothing, of a lost segment either.
	var clear bool
	do("lost", chromedp.Evaluate(`document.querySelectorAll(".ladder .arrow").forEach(a => a.classList.add("lost"));
		[...document.querySelectorAll(".ladder .hit")].every(p => getComputedStyle(p).stroke === "rgba(0, 0, 0, 0)")`, &clear))
	if !clear {
		t.Error("what answers to the pointer beside a lost segment's arrow can be seen")
	}

	var wide bool
	do("phone", emulation.SetDeviceMetricsOverride(360, 740, 2, true),
		chromedp.Evaluate(`document.documentElement.scrollWidth <= window.innerWidth + 1`, &wide))
	if !wide {
		t.Error("on a phone the page is wider than the screen")
	}
	do("wide again", emulation.ClearDeviceMetricsOverride())
	figure := `document.querySelector("figure img").currentSrc`
	do("figures", chromedp.Evaluate(`document.querySelectorAll("figure img").forEach(i => i.loading = "eager"); window.shown = ""`, nil))
	for _, scheme := range []string{"light", "dark"} {
		do(scheme, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
		// The browser chooses another picture when it comes to it.
		do("figures in "+scheme+" as another than before", chromedp.Poll(figure+` !== window.shown`, nil, chromedp.WithPollingTimeout(20*time.Second)),
			chromedp.Evaluate(`window.shown = `+figure, nil))
		accessible(t, ctx, scheme)
	}
	if len(*said) > 0 {
		t.Errorf("the console says %q", *said)
	}
}

// accessible asks axe-core, whose file NETSIM_AXE names, for serious faults.
func accessible(t *testing.T, ctx context.Context, scheme string) {
	axe, err := os.ReadFile(os.Getenv("NETSIM_AXE"))
	if err != nil {
		t.Log("axe-core is not at hand: NETSIM_AXE does not name its axe.min.js")
		return
	}
	var found string
	err = chromedp.Run(ctx, chromedp.Evaluate(string(axe)+`; 0`, nil),
		chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true);
			axe.run().then(r => JSON.stringify(r.violations.filter(v => v.impact === "serious" || v.impact === "critical")
				.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | "))))`,
			&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	var faults []string
	if err == nil {
		err = json.Unmarshal([]byte(found), &faults)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s: %s", scheme, f)
	}
}

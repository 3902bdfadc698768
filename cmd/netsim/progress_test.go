package main

import (
	"strings"
	"testing"
	"time"

	"netsim/experiments"
)

// TestProgress holds what is shown while a study runs: on a terminal one line,
// ten times a second at most, that is gone at the end; elsewhere lines that
// become rarer.
func TestProgress(t *testing.T) {
	report := func(p *progress, at time.Duration) {
		p.show(experiments.Progress{Done: 3, Cached: 2, Runs: 8, Running: 2, Share: at.Seconds() / 400, Events: uint64(at.Seconds() * 1.5e6), Spent: at, Left: 400*time.Second - at})
	}
	var lines strings.Builder
	plain := func() *progress {
		p, err := newProgress(&lines, "auto")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	sparse := plain()
	for at := time.Duration(0); at <= 100*time.Second; at += 50 * time.Millisecond {
		report(sparse, at)
	}
	sparse.end()
	want := `3 of 8 runs (2 there already), 2 running, 2 %, 15M events, 1.5M/s, 6m30s left
3 of 8 runs (2 there already), 2 running, 6 %, 37.5M events, 1.5M/s, 6m15s left
3 of 8 runs (2 there already), 2 running, 12 %, 71.2M events, 1.5M/s, 5m52s left
`
	if got := lines.String(); !strings.HasPrefix(got, strings.SplitAfter(want, "\n")[0]) || strings.Count(got, "\n") != 4 || strings.Contains(got, "\r") {
		t.Errorf("lines are\n%swant four that begin as\n%s", got, want)
	}

	var terminal strings.Builder
	p := &progress{out: &terminal, terminal: true, wait: 100 * time.Millisecond, growth: 1}
	for at := 10 * time.Millisecond; at <= time.Second; at += 10 * time.Millisecond {
		report(p, at)
	}
	if got := terminal.String(); strings.Count(got, "\r\x1b[K3 of 8 runs (2") != 10 || strings.Contains(got, "\n") {
		t.Errorf("a second on a terminal shows %q", got)
	}
	p.end()
	if !strings.HasSuffix(terminal.String(), "\r\x1b[K") {
		t.Error("the line is not cleared")
	}

	lines.Reset()
	plain().show(experiments.Progress{Runs: 8, Spent: time.Minute, Left: -1, Failed: 1})
	if got := lines.String(); got != "1 of 8 runs (1 failed), 0 running, 0 %, 0 events, 0/s, ? left\n" {
		t.Errorf("before anything is done nobody knows what is left: %q", got)
	}
}

// TestProgressJSON holds what programs are told: a line a second, and the last.
func TestProgressJSON(t *testing.T) {
	var lines strings.Builder
	p, err := newProgress(&lines, "json")
	if err != nil {
		t.Fatal(err)
	}
	p.show(experiments.Progress{Runs: 8, Running: 2, Spent: 500 * time.Millisecond, Left: -1})
	p.show(experiments.Progress{Runs: 8, Running: 2, Spent: 2 * time.Second, Left: -1, Events: 10})
	p.show(experiments.Progress{Runs: 8, Done: 7, Failed: 1, Cached: 3, Share: 1, Spent: 2100 * time.Millisecond})
	want := `{"runs":8,"done":0,"cached":0,"failed":0,"running":2,"share":0,"events":10,"events_per_s":5,"spent_s":2,"left_s":null}
{"runs":8,"done":7,"cached":3,"failed":1,"running":0,"share":1,"events":0,"events_per_s":0,"spent_s":2.1,"left_s":0}
`
	if lines.String() != want {
		t.Errorf("programs are told\n%swant\n%s", &lines, want)
	}
	if _, err := newProgress(&lines, "yaml"); err == nil || err.Error() != "--progress yaml: want one of auto, plain, json, none" {
		t.Error(err)
	}
}

// TestShort writes numbers with three digits.
func TestShort(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 12: "12", 999.4: "999", 999.6: "1k", 1234: "1.23k", 999_600: "1M", 1_234_567: "1.23M", 5e9: "5G"} {
		if got := short(f); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}

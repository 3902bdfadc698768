package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"netsim/experiments"
)

// progress shows how far a study is: one line that changes on a terminal, else a
// line now and then, at growing intervals.
type progress struct {
	out      io.Writer
	kind     string
	terminal bool
	growth   float64       // of wait
	next     time.Duration // of the time spent, before which nothing is shown
	wait     time.Duration
	shown    bool
}

// Ways to show it; auto is a line that changes on a terminal, plain elsewhere.
var progressKinds = []string{"auto", "plain", "json", "none"}

const progressHelp = "auto, plain, json or none: how it is told how far it is"

func newProgress(out io.Writer, kind string) (*progress, error) {
	if !slices.Contains(progressKinds, kind) {
		return nil, fmt.Errorf("--progress %s: want one of %s", kind, strings.Join(progressKinds, ", "))
	}
	p := &progress{out: out, kind: kind, wait: 10 * time.Second, growth: 1.5}
	if f, ok := out.(*os.File); ok && kind == "auto" && term.IsTerminal(int(f.Fd())) {
		p.terminal, p.wait, p.growth = true, 100*time.Millisecond, 1
	}
	if kind == "json" {
		p.wait, p.growth = time.Second, 1
	}
	p.next = p.wait
	return p, nil
}

// show takes a report, and shows it when it is time to; as JSON the last one, too.
func (p *progress) show(now experiments.Progress) {
	over := now.Done+now.Failed == now.Runs && p.kind == "json"
	if p.kind == "none" || now.Spent < p.next && !over {
		return
	}
	switch {
	case p.kind == "json":
		_ = json.NewEncoder(p.out).Encode(told(now)) // who reads it is gone
	case p.terminal:
		fmt.Fprint(p.out, "\r\x1b[K"+sentence(now))
		p.shown = true
	default:
		fmt.Fprintln(p.out, sentence(now))
	}
	p.wait = time.Duration(float64(p.wait) * p.growth)
	p.next = now.Spent + p.wait
}

// sentence is "40 of 80 runs (10 there already, 2 failed), 4 running, 53 %, ...".
func sentence(now experiments.Progress) string {
	var aside []string
	if now.Cached > 0 {
		aside = append(aside, fmt.Sprintf("%d there already", now.Cached))
	}
	if now.Failed > 0 {
		aside = append(aside, fmt.Sprintf("%d failed", now.Failed))
	}
	s := fmt.Sprintf("%d of %d runs", now.Done+now.Failed, now.Runs)
	if len(aside) > 0 {
		s += " (" + strings.Join(aside, ", ") + ")"
	}
	left := "?"
	if now.Left >= 0 {
		left = now.Left.Round(time.Second).String()
	}
	return fmt.Sprintf("%s, %d running, %.0f %%, %s events, %s/s, %s left", s, now.Running, 100*now.Share,
		short(float64(now.Events)), short(rate(now)), left)
}

func rate(now experiments.Progress) float64 {
	if now.Spent <= 0 {
		return 0
	}
	return float64(now.Events) / now.Spent.Seconds()
}

// toldJSON is a line of --progress json.
type toldJSON struct {
	Runs      int      `json:"runs"`
	Done      int      `json:"done"`
	Cached    int      `json:"cached"`
	Failed    int      `json:"failed"`
	Running   int      `json:"running"`
	Share     float64  `json:"share"`
	Events    uint64   `json:"events"`
	PerSecond float64  `json:"events_per_s"`
	Spent     float64  `json:"spent_s"`
	Left      *float64 `json:"left_s"` // null: nobody knows
}

func told(now experiments.Progress) toldJSON {
	t := toldJSON{now.Runs, now.Done, now.Cached, now.Failed, now.Running, now.Share, now.Events, rate(now), now.Spent.Seconds(), nil}
	if left := now.Left.Seconds(); left >= 0 {
		t.Left = &left
	}
	return t
}

// end clears the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// short writes a number with three digits and an SI prefix: "1.23M".
func short(f float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if f >= 0.9995*unit.size { // where three digits round up to it
			return fmt.Sprintf("%.3g%s", f/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.3g", f)
}

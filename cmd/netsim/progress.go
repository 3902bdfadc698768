package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"netsim/experiments"
)

// progress shows how far a study is: one line that changes on a terminal, else a
// line now and then, at growing intervals.
type progress struct {
	out      io.Writer
	terminal bool
	next     time.Duration // of the time spent, before which nothing is shown
	wait     time.Duration
	shown    bool
}

func newProgress(out io.Writer) *progress {
	f, ok := out.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		return &progress{out: out, terminal: true, wait: 100 * time.Millisecond, next: 100 * time.Millisecond}
	}
	return &progress{out: out, wait: 10 * time.Second, next: 10 * time.Second}
}

// show takes a report, and shows it when it is time to.
func (p *progress) show(now experiments.Progress) {
	if now.Spent < p.next {
		return
	}
	left := "?"
	if now.Share > 0 {
		left = now.Left().Round(time.Second).String()
	}
	line := fmt.Sprintf("%d of %d runs, %.0f %%, %s events, %s/s, %s left", now.Done, now.Runs, 100*now.Share,
		short(float64(now.Events)), short(float64(now.Events)/now.Spent.Seconds()), left)
	if p.terminal {
		line = "\r\x1b[K" + line
		p.shown = true
	} else {
		line += "\n"
		p.wait += p.wait / 2
	}
	fmt.Fprint(p.out, line)
	p.next = now.Spent + p.wait
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

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
	last     time.Time
	wait     time.Duration
	shown    bool
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, last: time.Now(), wait: 10 * time.Second}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.terminal, p.wait = true, 100*time.Millisecond
	}
	return p
}

func (p *progress) show(now experiments.Progress) {
	if time.Since(p.last) < p.wait {
		return
	}
	p.last = time.Now()
	rate := float64(now.Events) / now.Spent.Seconds()
	line := fmt.Sprintf("%d of %d runs, %.0f %%, %s events, %s/s, %s left",
		now.Done, now.Runs, 100*now.Share, short(float64(now.Events)), short(rate), now.Left().Round(time.Second))
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(p.out, line)
	p.wait += p.wait / 2
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
		if f >= unit.size {
			return fmt.Sprintf("%.3g%s", f/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.3g", f)
}

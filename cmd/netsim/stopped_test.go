package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fourfold is an experiment whose runs are over at once, and whose figures are not.
func fourfold() string {
	text := small + "arrivals = { process = \"poisson\", rate = \"50/s\", count = 400 }\n[output]\nfigures = \"svg\"\n"
	for _, name := range []string{"a", "b", "c", "d"} {
		text += "[figure." + name + "]\nkind = \"ccdf\"\nof = \"flow.web.setup_time\"\n"
	}
	return text
}

// afterwards is a context that ends when it has been asked so many times whether it has.
type afterwards struct {
	context.Context
	left *int
}

func (a afterwards) Err() error {
	if *a.left--; *a.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestStoppedWhileSaving interrupts a command at every place of its saving where it
// looks: nothing of it is there, what an earlier one saved stays as it was, the runs
// are kept, and the same command goes on from them.
func TestStoppedWhileSaving(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", fourfold())
	n.ok("run", "x.toml")
	before := n.tables("out/x")
	places := 0
	for left := 0; ; left++ {
		ask := left
		var errs strings.Builder
		code := run(afterwards{t.Context(), &ask}, []string{"sweep", "collect", "x.toml", "--set", "figure.a.title=later"}, &strings.Builder{}, &errs)
		if code == exitOK {
			break
		}
		if places++; code != exitStopped || !maps.Equal(n.tables("out/x"), before) {
			t.Fatalf("stopped at place %d: exit code %d, %s", left, code, &errs)
		}
		if strings.Contains(errs.String(), "interrupted; the runs are in "+filepath.Join("out", "x", "shards")+", and the same command goes on from there") {
			places += 100
		}
	}
	if places < 800 || maps.Equal(n.tables("out/x"), before) {
		t.Errorf("%d places to stop at", places)
	}
	drawn := map[int]bool{}
	for left := range 12 {
		var errs strings.Builder
		run(afterwards{t.Context(), &left}, []string{"plot", "out/x", "--out", "p"}, &strings.Builder{}, &errs)
		var some int
		if _, err := fmt.Sscanf(errs.String(), "netsim: interrupted; %d of 4 figures are drawn", &some); err == nil {
			drawn[some] = true
		}
	}
	if len(drawn) != 4 {
		t.Errorf("a plot can be stopped behind %v figures", drawn)
	}
}

// TestTwoSignals sends the program one signal while it saves, or two: both end it; the
// next command clears away what the second left.
func TestTwoSignals(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", strings.Replace(fourfold(), "count = 400", "count = 20_000", 1))
	n.ok("sweep", "exec", "x.toml")
	for _, signals := range [][]os.Signal{{syscall.SIGTERM}, {os.Interrupt, os.Interrupt}} {
		c := process("sweep", "collect", "x.toml")
		var errs strings.Builder
		c.Stderr = &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if drawn, _ := filepath.Glob("out/x/.netsim-*/figures/*"); len(drawn) > 0 {
				break
			}
		}
		for _, s := range signals {
			if err := c.Process.Signal(s); err != nil {
				t.Skip("no signals here:", err)
			}
			time.Sleep(5 * time.Millisecond)
		}
		var exit *exec.ExitError
		if err := c.Wait(); !errors.As(err, &exit) || len(signals) == 1 && exit.ExitCode() != exitStopped {
			t.Errorf("after %v the program ended with %v: %s", signals, err, &errs)
		}
		if _, err := os.Stat("out/x/results.csv"); err == nil {
			t.Errorf("after %v there are results", signals)
		}
	}
	n.ok("sweep", "collect", "x.toml")
	if stages, _ := filepath.Glob("out/x/.netsim-*"); len(stages) > 0 {
		t.Errorf("left are %q", stages)
	}
}

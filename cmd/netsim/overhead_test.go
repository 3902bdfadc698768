//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"netsim/experiments"
)

// BenchmarkOverhead is what a run of about a millisecond costs beside its simulation:
// the CPU time of a whole command, user's and system's of all threads, that makes, keeps,
// reads, tabulates, draws and reports so many of them, less that of building and running
// their worlds alone.
//
//	go test ./cmd/netsim -run '^$' -bench Overhead -benchtime 10000x
func BenchmarkOverhead(b *testing.B) {
	b.Chdir(b.TempDir())
	const source = small + `arrivals = { process = "poisson", rate = "50/s", count = 40 }
request = "200 B"
response = "2 kB"
[output]
figures = "svg"
`
	if err := os.WriteFile("x.toml", []byte(source), 0o644); err != nil {
		b.Fatal(err)
	}
	file, err := experiments.Load("x.toml")
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	worlds := cpuOf(b, func() {
		for r := range b.N {
			w, err := experiments.Build(file.Points[0].Spec, 1, r+1, experiments.Needs{})
			if err == nil {
				_, err = w.Run(b.Context())
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	whole := cpuOf(b, func() {
		if code := run(b.Context(), []string{"run", "x.toml", "--replications", fmt.Sprint(b.N), "--progress", "none"}, io.Discard, os.Stderr); code != exitOK {
			b.Fatal("exit code", code)
		}
	})
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N) }
	b.ReportMetric(each(worlds), "µs-simulated/run")
	b.ReportMetric(each(whole-worlds), "µs-beside/run")
}

// cpuOf is the CPU time that the process takes for something.
func cpuOf(b *testing.B, do func()) time.Duration {
	begun := cpuTime(b)
	do()
	return cpuTime(b) - begun
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

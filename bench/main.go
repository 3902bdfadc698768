// Command bench measures how fast whole worlds run, through the same World that
// experiments use.
//
//	go run ./bench churn -clients 100 -conns 100000 -rate 5000 -closer client -time-wait 1s
//	go run ./bench bulk -flows 10 -mbps 1000 -secs 10
//
// Each ends with a line "RESULT key=value ...". CPU seconds are those of the
// process while the world ran: user and system time, the garbage collector's
// included.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"netsim/experiments"
	"netsim/experiments/language"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	var err error
	switch os.Args[1] {
	case "churn":
		err = churn(os.Args[2:])
	case "bulk":
		err = bulk(os.Args[2:])
	default:
		usage()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: bench churn|bulk [flags]; bench churn -h shows them")
	os.Exit(2)
}

// flags are those of every scenario.
type flags struct {
	*flag.FlagSet
	profile *string
	seed    *uint64
}

func newFlags(name string) flags {
	f := flag.NewFlagSet(name, flag.ExitOnError)
	return flags{f, f.String("cpuprofile", "", "write a CPU profile of the run"), f.Uint64("seed", 1, "seed")}
}

// churn is S1: n clients, a router, a server; short connections by Poisson
// arrivals: connect, 200 B, 1000 B, close, TIME-WAIT at the closer. 10 packets
// and 20 hops each.
func churn(args []string) error {
	f := newFlags("churn")
	clients := f.Int("clients", 100, "client hosts")
	conns := f.Int("conns", 100_000, "connections")
	rate := f.Float64("rate", 5000, "connections per second")
	closer := f.String("closer", "client", "who closes first: client or server")
	wait := f.Duration("time-wait", time.Second, "2 MSL")
	if err := f.Parse(args); err != nil {
		return err
	}
	m, err := measure(f, fmt.Sprintf(`
[default.node]
tcp.time_wait = "%d ns"
[node.client]
count = %d
[node.router]
kind = "router"
[node.server]
listen.web = { port = 80, backlog = 4096 }
[link.access]
ends  = ["client", "router"]
rate  = "1 Gbps"
delay = "4 ms"
[link.rack]
ends  = ["router", "server"]
rate  = "1 Gbps"
delay = "1 ms"
[flow.web]
from     = "client"
to       = "server:web"
arrivals = { process = "poisson", rate = "%g/s", count = %d }
request  = "200 B"
response = "1000 B"
close    = { by = "%s" }
`, wait.Nanoseconds(), *clients, *rate, *conns, *closer))
	if err != nil {
		return err
	}
	fmt.Printf("RESULT scenario=churn clients=%d rate=%g closer=%s time_wait=%v %s\n", *clients, *rate, *closer, *wait, m.line("web"))
	return nil
}

// bulk is S2: a dumbbell with access links at ten times the bottleneck, one-way
// delays 1 + 3 + 1 ms, a drop-tail queue of max(100, one bandwidth-delay product)
// packets, NewReno, one unending transfer a flow.
func bulk(args []string) error {
	f := newFlags("bulk")
	flows := f.Int("flows", 10, "transfers at the same time")
	mbps := f.Int("mbps", 1000, "rate of the bottleneck")
	secs := f.Float64("secs", 10, "simulated time")
	if err := f.Parse(args); err != nil {
		return err
	}
	queue := max(100, *mbps*1_000_000/100/8/1500)
	m, err := measure(f, fmt.Sprintf(`
[run]
duration = "%g s"
drain    = "0 s"
[node.sender]
count = %[2]d
tcp.send_buffer = "16 MiB"
tcp.receive_window = "16 MiB"
[node.receiver]
count = %[2]d
tcp.receive_window = "16 MiB"
tcp.send_buffer = "16 MiB"
[node.left]
kind = "router"
[node.right]
kind = "router"
[link.source]
ends  = ["sender", "left"]
rate  = "%[3]d Mbps"
delay = "1 ms"
queue.limit = "100000 packets"
[link.bottleneck]
ends  = ["left", "right"]
rate  = "%[4]d Mbps"
delay = "3 ms"
queue.limit = "%[5]d packets"
[link.sink]
ends  = ["right", "receiver"]
rate  = "%[3]d Mbps"
delay = "1 ms"
queue.limit = "100000 packets"
[flow.bulk]
from     = "receiver"
to       = "sender:80"
spread   = "round-robin"
pick     = "round-robin"
arrivals = { process = "even", rate = "1000/s", count = %[2]d }
request  = "1 B"
response = "1000 GB"
`, *secs, *flows, 10**mbps, *mbps, queue))
	if err != nil {
		return err
	}
	goodput := float64(m.count("flow.bulk.bytes")) * 8e-6 / *secs
	fmt.Printf("RESULT scenario=bulk flows=%d mbps=%d secs=%g goodput_mbps=%.1f drops=%d resent=%d %s\n",
		*flows, *mbps, *secs, goodput, m.count("link.bottleneck.drops"), m.count("node.sender.segments.retransmitted"), m.line("bulk"))
	return nil
}

// measurement is what running a world took.
type measurement struct {
	*experiments.Outcome
	cpu, wall float64
	segments  uint64
	hops      uint64
	allocated uint64 // objects, while it ran
}

// measure runs one world built from the text.
func measure(f flags, text string) (*measurement, error) {
	file, err := language.Parse("bench.toml", []byte(text))
	if err != nil {
		return nil, err
	}
	w, err := experiments.Build(file.Points[0].Spec, *f.seed, 1, experiments.Needs{})
	if err != nil {
		return nil, err
	}
	if *f.profile != "" {
		out, err := os.Create(*f.profile)
		if err != nil {
			return nil, err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return nil, err
		}
		defer pprof.StopCPUProfile()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, wall := cpuSeconds(), time.Now()
	outcome, err := w.Run(context.Background())
	if err != nil {
		return nil, err
	}
	m := &measurement{Outcome: outcome, cpu: cpuSeconds() - cpu, wall: time.Since(wall).Seconds()}
	runtime.ReadMemStats(&after)
	m.allocated = after.Mallocs - before.Mallocs
	m.segments = outcome.Packets
	for i := range file.Points[0].Spec.Links {
		m.hops += m.count("link." + file.Points[0].Spec.Links[i].Name + ".delivered")
	}
	return m, nil
}

func (m *measurement) count(path string) uint64 { return m.Measures[path].Count }

// line is the part of the result line that all scenarios share. Done are the
// jobs that got all they asked for.
func (m *measurement) line(flow string) string {
	conns, done := m.count("flow."+flow+".attempts"), m.count("flow."+flow+".jobs_done")
	return fmt.Sprintf("conns=%d done=%d failed=%d segments=%d hops=%d events=%d run_cpu=%.3f run_wall=%.3f ns_per_event=%.1f "+
		"conn_per_cpu_s=%.0f seg_per_cpu_s=%.0f hops_per_cpu_s=%.0f allocs=%d peak_rss_kB=%d",
		conns, done, m.count("flow."+flow+".failed"), m.segments, m.hops, m.Events, m.cpu, m.wall, 1e9*m.cpu/float64(m.Events),
		float64(done)/m.cpu, float64(m.segments)/m.cpu, float64(m.hops)/m.cpu, m.allocated, peak())
}

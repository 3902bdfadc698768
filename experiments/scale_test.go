package experiments

import (
	"fmt"
	"runtime"
	"testing"
)

// leafSpine is hosts under switches, a hundredth of which are spines.
func leafSpine(hosts, switches int) string {
	return fmt.Sprintf(`
[run]
duration = "100 ms"
[topology.dc]
shape = "leaf-spine"
leaves = %d
spines = %d
hosts = %d
[routing]
kind = "ecmp"
[link.dc_access]
rate = "10 Gbps"
delay = "1 us"
[link.dc_spine]
rate = "100 Gbps"
delay = "2 us"
[flow.rpc]
from = "dc_host"
to = "dc_host:80"
arrivals = { process = "poisson", rate = "20k/s" }
request = "1 kB"
response = "1 kB"
`, switches-max(2, switches/100), max(2, switches/100), hosts)
}

// heap is what is in use, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestManyHosts: what a host takes, with its link, its address and a listener, is
// not a matter of how many there are, and all of them can talk.
func TestManyHosts(t *testing.T) {
	per := func(hosts, switches int) float64 {
		spec := parse(t, leafSpine(hosts, switches)).Points[0].Spec
		before := heap()
		w, err := Build(spec, 1, 1, Needs{})
		if err != nil {
			t.Fatal(err)
		}
		after := heap()
		if _, err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		y := w.flows[0].tally
		if y.Opened != y.Attempts || y.Attempts < 1000 {
			t.Errorf("%d hosts: %d of %d opened", hosts, y.Opened, y.Attempts)
		}
		return float64(after-before) / float64(hosts)
	}
	few, many := per(2_000, 20), per(20_000, 20)
	if many > 1000 || many > 1.2*few { // slices grow by a quarter
		t.Errorf("%.0f bytes a host, and %.0f of a tenth as many", many, few)
	}
}

// BenchmarkMillionHosts builds a million hosts under a thousand switches: the time
// of an operation is that of the building, from the text on.
func BenchmarkMillionHosts(b *testing.B) {
	for b.Loop() {
		before := heap()
		w, err := Build(parse(b, leafSpine(1_000_000, 1_000)).Points[0].Spec, 1, 1, Needs{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/1e6, "B/host")
		runtime.KeepAlive(w)
		b.StartTimer()
	}
}

package language

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		typ  *Type
		text string
		want any
	}{
		{duration, "10 ms", 10 * time.Millisecond},
		{duration, "1 h 30 min", 90 * time.Minute},
		{duration, "1h30min", 90 * time.Minute},
		{duration, "2.5 s", 2500 * time.Millisecond},
		{duration, "3 µs", 3 * time.Microsecond},
		{duration, "2 d", 48 * time.Hour},
		{duration, "1_000 ns", time.Microsecond},
		{duration, "0", time.Duration(0)},
		{duration, "0.1 s", 100 * time.Millisecond},
		{endspan, "never", Never},
		{rate, "10 Mbps", Rate(10_000_000)},
		{rate, "1.5 Mbit/s", Rate(1_500_000)},
		{rate, "unlimited", Rate(Unlimited)},
		{often, "400/s", Frequency(400)},
		{often, "24k/min", Frequency(400)},
		{often, "3 /h", Frequency(1. / 1200)},
		{size, "8 kB", Size(8000)},
		{size, "64 KiB", Size(65536)},
		{share, "5 %", Probability(0.05)},
		{share, "0.05", Probability(0.05)},
		{limit, "1000 packets", Limit{Packets: 1000}},
		{limit, "4 MB", Limit{Bytes: 4_000_000}},
		{ports, "40000-40999", Ports{40000, 40999}},
		{port, "80", int64(80)},
		{within, "4 se", Tolerance{StandardErrors, 4, "4 se"}},
		{within, "2 %", Tolerance{Relative, 0.02, "2 %"}},
		{within, "1 ms", Tolerance{Absolute, 0.001, "1 ms"}},
		{within, "0.001", Tolerance{Absolute, 0.001, "0.001"}},
		{within, "exact", Tolerance{Exact, 0, "exact"}},
		{quantity, "60 B", Size(60)},
		{quantity, "1000", 1000.0},
		{quantity, "5 %", Probability(0.05)},
		{quantity, "1 h 1 s", 3601 * time.Second},
		{quantity, "linux", "linux"},
	} {
		got, w := c.typ.fromText(c.text)
		if w != nil || got != c.want {
			t.Errorf("%s %q is %v, %v; want %v", c.typ.Name, c.text, got, w, c.want)
		}
	}
	if p := (Ports{40000, 40999}); p.Size() != 1000 {
		t.Errorf("%v holds %d ports", p, p.Size())
	}
}

func TestNoQuantities(t *testing.T) {
	for _, c := range []struct {
		typ  *Type
		text string
	}{
		{duration, "1 h 30"}, {duration, "s"}, {duration, "1 s 2 Mbps"}, {duration, "1e99 s"}, {duration, "1.2.3 s"}, {duration, "--1 s"},
		{rate, "10"}, {rate, "0.1 bps"}, {rate, "0 bps"}, {rate, "10 MB"}, {often, "0/s"}, {size, "1.5 B"}, {size, "-1 B"},
		{share, "101 %"}, {share, "-0.1"}, {limit, "10"}, {limit, "0 packets"}, {limit, "-5 packets"}, {ports, "1-2-3"}, {ports, "1-70000"},
		{port, "0"}, {port, "65536"}, {within, "-1 se"}, {within, "soon"}, {quantity, "10 msec"}, {quantity, "5 se"},
		{count, "-1"}, {count, "1.5"}, {some, "0"}, {shift, "15"}, {prefix, "10.0.0.1/8"}, {nth, "0"}, {nth, "4..2"},
	} {
		if v, w := c.typ.fromText(c.text); w == nil {
			t.Errorf("%s %q is read as %v", c.typ.Name, c.text, v)
		}
	}
}

// What is written reads back as the same value.
func TestFormatReadsBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := random.Int64N(1 << (1 + random.IntN(62)))
		for typ, v := range map[*Type]any{
			duration: time.Duration(n), rate: Rate(n + 1), size: Size(n), often: Frequency(random.ExpFloat64()),
			share: Probability(random.Float64()), ports: Ports{uint16(n%1000 + 1), uint16(n%60000 + 1001)},
			limit: Limit{Packets: n + 1}, nth: Range{n + 1, n + 1 + n%7},
		} {
			back, w := typ.fromText(Format(v))
			if w != nil || back != v {
				t.Fatalf("%s %v is written %q and read as %v, %v (seed 1, 2)", typ.Name, v, Format(v), back, w)
			}
		}
	}
}

func TestTargets(t *testing.T) {
	for text, want := range map[string]Target{
		"server:80":          {"server", -1, -1, 80, ""},
		"server:web":         {"server", -1, -1, 0, "web"},
		"client[3]":          {"client", 3, 3, 0, ""},
		"client[0..9]:http2": {"client", 0, 9, 0, "http2"},
	} {
		got, w := readTarget(text)
		if w != nil || got != want || got.String() != text {
			t.Errorf("%q is %+v (%v), want %+v", text, got, w, want)
		}
	}
	for _, text := range []string{"", "80", "a b", "server:", "server:0", "server[-1]", "server[2..1]", "s[99999999999]"} {
		if got, w := readTarget(text); w == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestBase(t *testing.T) {
	for _, c := range []struct{ v, want any }{
		{1500 * time.Millisecond, 1.5}, {Rate(8000), 8000.0}, {Rate(Unlimited), math.Inf(1)}, {Never, math.Inf(1)},
		{Size(9), 9.0}, {Frequency(0.5), 0.5}, {Probability(0.1), 0.1}, {int64(3), 3.0}, {true, true}, {"linux", "linux"}, {Ports{1, 2}, nil},
	} {
		if got := Base(c.v); got != c.want {
			t.Errorf("Base(%v) = %v, want %v", c.v, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	list := []string{"port", "backlog", "overflow", "window_scale"}
	for w, want := range map[string]string{"backlogg": "backlog", "BACKLOG": "backlog", "widnow_scale": "window_scale", "prot": "port", "xyz": "", "port": ""} {
		if got := Nearest(w, list); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", w, got, want)
		}
	}
}

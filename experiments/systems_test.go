package experiments

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/experiments/language"
	"netsim/tcp"
)

// What the systems differ in where nobody answers and where somebody closes: when
// connect() gives up and after how many SYNs, how long TIME-WAIT is, and whether a
// close in answer to a FIN, so many milliseconds later, saves a segment.
func TestSystemsCompared(t *testing.T) {
	for _, c := range []struct {
		profile      string
		giveUp, syns float64 // s
		timeWait     float64 // s
		synBytes     int64   // of IP and TCP, which the order of options decides
		segments     map[string]float64
	}{
		{"linux", 131, 11, 60, 60, map[string]float64{"0 s": 3, "20 ms": 4, "60 ms": 4, "150 ms": 4}},
		{"freebsd", 75, 11, 60, 60, map[string]float64{"0 s": 4, "20 ms": 4, "60 ms": 4, "150 ms": 4}},
		{"macos", 75, 11, 30, 64, map[string]float64{"0 s": 4, "20 ms": 4, "60 ms": 4, "150 ms": 4}},
		{"windows", 31, 5, 240, 52, map[string]float64{"0 s": 3, "20 ms": 3, "60 ms": 4, "150 ms": 4}},
		{"rfc9293", 255, 8, 240, 60, map[string]float64{"0 s": 3, "20 ms": 3, "60 ms": 3, "150 ms": 3}},
	} {
		system := pair + fmt.Sprintf("delay = \"10 ms\"\nrate = \"1 Mbps\"\n[default.node]\nprofile = %q\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n", c.profile)
		lost := study(t, system+"[link.wire.rule.all]\nmatch = \"any\"\ndo = \"drop\"\n")
		if got := lost.value(t, "flow.web.setup_time_all.max"); got != c.giveUp {
			t.Errorf("%s: connect() gave up after %v s, want %v", c.profile, got, c.giveUp)
		}
		if got := lost.value(t, "flow.web.syn_sent.max"); got != c.syns {
			t.Errorf("%s: %v SYNs, want %v", c.profile, got, c.syns)
		}
		for reply, segments := range c.segments {
			s := study(t, system+fmt.Sprintf("close = { by = \"client\", reply = %q }\n", reply))
			if got := s.value(t, "flow.web.close_segments.max"); got != segments {
				t.Errorf("%s: %v segments of a close answered after %s, want %v", c.profile, got, reply, segments)
			}
			if got := ns(s.value(t, "flow.web.setup_time.max")); got != 20e6+2*8000*c.synBytes { // a byte takes 8 us
				t.Errorf("%s: connect() took %d ns, want 20 ms and twice %d bytes", c.profile, got, c.synBytes)
			}
			if got := s.value(t, "node.client.time_wait.stay.max"); got != c.timeWait {
				t.Errorf("%s: TIME-WAIT of %v s, want %v", c.profile, got, c.timeWait)
			}
		}
	}
}

// How many connections a second a client can have to one server in the long run:
// its ports over T.
func TestRatesOfSystems(t *testing.T) {
	f, err := Load("os-compare")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"linux": 470.5333, "freebsd": 925.6, "macos": 546.1333, "windows": 68.2667, "rfc9293": 68.2667}
	if len(f.Points) != len(want) || len(want) != len(tcp.ProfileNames()) {
		t.Fatalf("%d points for %d systems", len(f.Points), len(tcp.ProfileNames()))
	}
	for _, p := range f.Points {
		client := p.Spec.Node("client")
		rate := float64(int(client.TCP.PortHigh)-int(client.TCP.PortLow)+1) / client.TCP.TimeWait.Seconds()
		if math.Abs(rate-want[client.Profile]) > 5e-5 {
			t.Errorf("%s: %v/s, want %v/s", client.Profile, rate, want[client.Profile])
		}
	}
	// Other sources have 2 minutes for Windows; and any value can be overridden.
	two, err := language.Parse("x", []byte(pair+"delay = \"1 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n"),
		"default.node.profile=windows", "default.node.tcp.time_wait=2 min")
	if err != nil {
		t.Fatal(err)
	}
	if got := two.Points[0].Spec.Node("client").TCP.TimeWait; got != 2*time.Minute {
		t.Errorf("TIME-WAIT overridden is %v", got)
	}
}

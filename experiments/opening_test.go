package experiments

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"netsim/theory"
)

// TestEmptyNetwork holds the times of an opening that meets nothing on its way
// against their closed form, to the nanosecond: connect() takes two propagation
// delays and two transmissions; the server knows one of each later. An IPv4
// packet with the SYN options of Linux has 60 bytes, its ACK with timestamps
// 52. The fourth row offers nothing: no timestamps, SACK or window scale, and an
// MSS that is the default and need not be said. All its packets have 40.
func TestEmptyNetwork(t *testing.T) {
	for _, c := range []struct {
		delay, rate, profile        string
		connect, absolute, duration int64 // ns: client; server from 0 s; server from the SYN in
	}{
		{"10 ms", "10 Mbps", "linux", 20_096_000, 30_137_600, 20_089_600},
		{"50 ms", "100 Mbps", "linux", 100_009_600, 150_013_760, 100_008_960},
		{"100 us", "1 Gbps", "linux", 200_960, 301_376, 200_896},
		{"300 ms", "1 Mbps", "rfc9293", 600_640_000, 900_960_000, 600_640_000},
	} {
		options := ""
		if c.profile == "rfc9293" {
			options = "tcp.timestamps = false\ntcp.sack = false\ntcp.window_scale = \"none\"\ntcp.mss = \"536 B\""
		}
		s := study(t, pair+fmt.Sprintf(`
delay = %q
rate = %q
[default.node]
profile = %q
%s
[flow.web]
from = "client"
to = "server:80"
close = { by = "nobody" }
`, c.delay, c.rate, c.profile, options))
		if got := ns(s.value(t, "flow.web.setup_time.max")); got != c.connect {
			t.Errorf("%s, %s: connect() took %d ns, want %d", c.delay, c.rate, got, c.connect)
		}
		if got := ns(s.value(t, "flow.web.path.setup")); got != c.connect {
			t.Errorf("%s, %s: the path's setup is %d ns, want %d", c.delay, c.rate, got, c.connect)
		}
		if got := ns(s.value(t, "flow.web.handshake_time.max")); got != c.duration {
			t.Errorf("%s, %s: the server took %d ns, want %d", c.delay, c.rate, got, c.duration)
		}
		ladder := s.Points[0].Ladders["web"][0]
		if got := entered(ladder, 1, "ESTABLISHED"); got != c.absolute {
			t.Errorf("%s, %s: the server was ESTABLISHED at %d ns, want %d", c.delay, c.rate, got, c.absolute)
		}
		if got := entered(ladder, 1, "ESTABLISHED") - entered(ladder, 1, "SYN-RECEIVED"); got != c.duration {
			t.Errorf("%s, %s: the server was in SYN-RECEIVED for %d ns, want %d", c.delay, c.rate, got, c.duration)
		}
	}
}

// TestPathOfSeveralHops holds what the built network says of a path against a
// connection over it, where rates divide nothing evenly: each hop rounds the end
// of a transmission by itself.
func TestPathOfSeveralHops(t *testing.T) {
	s := study(t, `
[node.client]
[node.server]
[node.edge]
kind = "router"
[link.near]
ends = ["client", "edge"]
rate = "7 Mbps"
delay = "3 ms"
[link.far]
ends = ["edge", "server"]
rate = "13 Mbps"
delay = "5 ms"
overhead = "38 B"
back.delay = "9 ms"
loss = "0"
[flow.web]
from = "client"
to = "server:80"
close = { by = "nobody" }
`)
	if got, want := ns(s.value(t, "flow.web.setup_time.max")), ns(s.value(t, "flow.web.path.setup")); got != want {
		t.Errorf("connect() took %d ns, the path's setup is %d", got, want)
	}
	if forth, back := s.value(t, "flow.web.path.delay"), s.value(t, "flow.web.path.delay_back"); ns(forth) != 8e6 || ns(back) != 12e6 {
		t.Errorf("delays are %v s and %v s, want 8 ms and 12 ms", forth, back)
	}
}

// TestUnlikeEnds holds the setup of a path whose ends offer different options, or
// whose MTU makes the MSS the default, against a connection over it.
func TestUnlikeEnds(t *testing.T) {
	for _, unlike := range [][]string{
		{"node.server.tcp.timestamps=false"},
		{"node.client.tcp.window_scale=none"},
		{"node.server.profile=rfc9293", "link.wire.mtu=576 B"},
		{"node.client.profile=rfc9293", "link.wire.mtu=576 B"},
	} {
		s := study(t, pair+`
delay = "10 ms"
rate = "1 Mbps"
[flow.web]
from = "client"
to = "server:80"
close = { by = "nobody" }
`, unlike...)
		if got, want := ns(s.value(t, "flow.web.setup_time.max")), ns(s.value(t, "flow.web.path.setup")); got != want {
			t.Errorf("%s: connect() took %d ns, the path's setup is %d", unlike, got, want)
		}
	}
}

// TestNobodyAnswers holds when SYNs leave, and when the client gives up, against
// the schedule of its profile: 131 s for Linux since 6.5, of which four retries
// are a second apart; 127 s for seven SYNs with doubled waits; 255 s for the
// standard, which asks for 180 s at least (RFC 9293, MUST-23). It does not matter
// how they get lost.
func TestNobodyAnswers(t *testing.T) {
	exponential := theory.Backoff(time.Second, 120*time.Second, 0, 6)
	for _, c := range []struct {
		name, node string
		want       theory.Schedule
		giveUp     time.Duration
	}{
		{"linux", `profile = "linux"`, theory.Backoff(time.Second, 120*time.Second, 4, 6), 131 * time.Second},
		{"seven", `tcp.syn_schedule = ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "64 s"]`, exponential, 127 * time.Second},
		{"cut", "profile = \"rfc9293\"\ntcp.syn_retries = 6", exponential, 127 * time.Second},
		{"slow", "profile = \"rfc9293\"\ntcp.rto_initial = \"3 s\"\ntcp.rto_max = \"60 s\"\ntcp.syn_retries = 4", theory.Schedule{3e9, 6e9, 12e9, 24e9, 48e9}, 93 * time.Second},
		{"rfc9293", `profile = "rfc9293"`, theory.Backoff(time.Second, 128*time.Second, 0, 7), 255 * time.Second},
	} {
		for _, loss := range []string{"loss = \"100 %\"", "rule.syns = { match = \"syn\", do = \"drop\" }"} {
			s := study(t, pair+"delay = \"10 ms\"\n"+loss+"\n[default.node]\n"+c.node+"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n")
			var sent []time.Duration
			for _, m := range s.Points[0].Ladders["web"][0].Messages {
				if m.Label != "SYN" || m.Lost == "" || m.Again != (len(sent) > 0) {
					t.Errorf("%s, %s: %+v", c.name, loss, m)
				}
				sent = append(sent, time.Duration(m.Sent))
			}
			if want := c.want.Times(); !slices.Equal(sent, want) {
				t.Errorf("%s, %s: SYNs left at %v, want %v", c.name, loss, sent, want)
			}
			if got := ns(s.value(t, "flow.web.setup_time_all.max")); got != int64(c.giveUp) || c.want.GiveUp() != c.giveUp {
				t.Errorf("%s, %s: gave up after %d ns, want %v (theory: %v)", c.name, loss, got, c.giveUp, c.want.GiveUp())
			}
			if failed, opened, timed := s.value(t, "flow.web.failed.timeout.fraction"), s.value(t, "flow.web.opened.total"), s.value(t, "flow.web.setup_time.n"); failed != 1 || opened != 0 || timed != 0 {
				t.Errorf("%s, %s: a share of %v timed out, %v opened, %v setup times", c.name, loss, failed, opened, timed)
			}
		}
	}
}

// TestAddresses holds that hosts have the addresses of their prefix, in order, and
// those without one addresses of their own.
func TestAddresses(t *testing.T) {
	w, err := Build(parse(t, `
[node.client]
count = 3
prefix = "192.0.2.0/24"
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
`).Points[0].Spec, 1, 1, Needs{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range []string{"client", "server"} {
		for _, a := range w.nodes[name].addresses {
			got = append(got, w.Book.IP(a).String())
		}
	}
	if want := []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "10.0.0.1"}; !slices.Equal(got, want) {
		t.Errorf("addresses are %v, want %v", got, want)
	}
}

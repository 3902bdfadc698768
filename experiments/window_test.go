package experiments

import (
	"testing"

	"netsim/des"
)

// TestWindow says what is measured in [0.95 s, 1.55 s) of a run. Connections open
// every 0.1 s over a wire of 0.5 s, so that a SYN arrives half a second after its
// start, connect() returns after a second and the server knows after one and a
// half.
//
// Levels and counters of nodes and links are of the window: what happens within.
// What is counted of attempts is of the cohort: those that start in the window,
// however late they are decided.
func TestWindow(t *testing.T) {
	const file = pair + `
delay = "500 ms"
rule.acks = { match = "ack-of-syn", do = "duplicate", delay = "1 ms" }
[run]
warmup = "950 ms"
duration = "1550 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", count = 30 }
close = { by = "nobody" }
`
	s := study(t, file)
	for _, c := range []struct {
		path string
		want float64
	}{
		{"flow.web.attempts.total", 6},       // at 1.0 .. 1.5 s
		{"flow.web.opened.total", 6},         // at 2.0 .. 2.5 s, in the drain
		{"flow.web.setup_time.n", 6},         //
		{"flow.web.attempts.rate", 10},       // a second of the window
		{"link.wire.forward.sent.total", 12}, // 6 SYNs, and the ACKs of those of 0 .. 0.5 s
		{"link.wire.back.sent.total", 6},     // SYN-ACKs at 1.0 .. 1.5 s
		{"link.wire.sent.total", 18},
		{"link.wire.rule.acks.hits.total", 6},
		{"node.client.segments.sent.total", 12},
		{"node.client.established.entered.total", 6}, // those of 0 .. 0.5 s
		{"node.server.established.entered.total", 1}, // that of 0 s, at 1.5 s
		{"node.server.listen.p80.syns.total", 6},     // those of 0.5 .. 1.0 s
		{"node.client.syn_sent.count.end", 10},       // those of 0.6 .. 1.5 s
		{"node.client.established.count.end", 6},
		{"node.client.established.count.min", 0}, // when it opened
		{"node.client.established.count.max", 6},
		{"node.client.established.count.integral", .05 + .15 + .25 + .35 + .45 + .55},
	} {
		if got := s.value(t, c.path); ns(got) != ns(c.want) {
			t.Errorf("%s is %v, want %v", c.path, got, c.want)
		}
	}
	if o := s.Points[0].Outcomes[0]; o.Censored["web"] != 0 || o.End != des.Time(3e9) {
		t.Errorf("%d attempts were cut off, the run ended at %v; want none, and the end with the last ACK at 3 s", o.Censored["web"], o.End)
	}
	short := study(t, file, "run.drain=750 ms")
	if got := short.Points[0].Outcomes[0].Censored["web"]; got != 3 {
		t.Errorf("with a drain until 2.3 s, exclusively, %d attempts were cut off, want those of 1.3, 1.4 and 1.5 s", got)
	}
	if attempts, opened := short.value(t, "flow.web.attempts.total"), short.value(t, "flow.web.opened.total"); attempts != 6 || opened != 3 {
		t.Errorf("of %v attempts %v opened before 2.3 s, want 6 and 3", attempts, opened)
	}
}

// TestDrain holds that a drain ends when what was measured is decided, however
// much else there is to come, and no later than it may.
func TestDrain(t *testing.T) {
	const file = pair + `
delay = "10 ms"
[run]
duration = "1 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "at", times = ["900 ms"] }
close = { by = "client", after = "500 ms" }
`
	o := study(t, file).Points[0].Outcomes[0]
	// Opened at .92, closed at 1.42; the last ACK comes in at 1.45 s. TIME-WAIT is
	// not waited for.
	if o.End != des.Time(1_450_000_000) {
		t.Errorf("the run ended at %v, want 1.45 s", o.End)
	}
	silent := study(t, file, "link.wire.loss=100 %", "run.drain=2 s").Points[0].Outcomes[0]
	if silent.End > des.Time(3e9) || silent.Censored["web"] != 1 {
		t.Errorf("the run ended at %v with %d attempts cut off, want 1 by 3 s", silent.End, silent.Censored["web"])
	}
}

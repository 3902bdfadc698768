package experiments

import (
	"errors"
	"io"
	"strings"
	"testing"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// thief is an observer that meddles with the books of its world, once.
type thief struct {
	meddle func()
	done   bool
}

func (c *thief) Sent(des.Time, topo.NodeID, *wire.Packet) {
	if !c.done {
		c.done = true
		c.meddle()
	}
}
func (c *thief) Received(des.Time, topo.NodeID, *wire.Packet)                        {}
func (c *thief) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause)              {}
func (c *thief) State(des.Time, topo.NodeID, wire.Incarnation, tcp.State, tcp.State) {}

// TestBooks shows that a run whose books do not balance fails, and says which
// run and which book: the integral of a state's count against the stays of its
// connections, SYNs against what became of them, attempts against outcomes,
// delivered bytes against their places, packets against their pool.
func TestBooks(t *testing.T) {
	const file = pair + "delay = \"10 ms\"\n[run]\nseed = 17\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n"
	for _, c := range []struct {
		name, want string
		meddle     func(*World)
	}{
		{"nothing", "", func(*World) {}},
		{"a stay", "node.server: host: ESTABLISHED: the count's integral is", func(w *World) { w.nodes["server"].tally.Sojourn[tcp.Established].Lo++ }},
		{"a level", "node.client: host: TIME-WAIT: the count's integral is", func(w *World) { w.nodes["client"].tally.Count[tcp.TimeWaiting].Add(0, 1) }},
		{"a SYN", "node.server: host: 2 SYNs came in, 1 are accounted for", func(w *World) { w.nodes["server"].tally.SYNsReceived++ }},
		{"a listener", "node.server: 2 SYNs came to listeners, which dropped 0", func(w *World) { w.nodes["server"].listeners["p80"].SYNs++ }},
		{"an end of TIME-WAIT", "TIME-WAITs that were there, and came, and have not left", func(w *World) { w.nodes["client"].tally.Left[0]++ }},
		{"ports", "ports of the fullest pair", func(w *World) { w.nodes["client"].tally.PortsUsed.Add(0, 1) }},
		{"a style", "flow.web: 1 connections have ended, 2 are of one style", func(w *World) { w.flows[0].tally.Closed[0]++ }},
		{"a setup", "flow.web: 1 have opened, and 2 took a time", func(w *World) { w.flows[0].tally.SetupTime.Record(1) }},
		{"an attempt", "flow.web: 2 attempts, 1 are accounted for", func(w *World) { w.flows[0].tally.Attempts++ }},
		{"a byte", "flow.web: 1 segments were delivered at a wrong place", func(w *World) { w.flows[0].tally.Misplaced++ }},
		{"a packet", "packets in the network", func(w *World) { w.pool.Get() }},
	} {
		_, err := Run(t.Context(), parse(t, file), Options{Capture: func(p *Point, w *World) (io.Closer, error) {
			w.Observe(&thief{meddle: func() { c.meddle(w) }})
			return io.NopCloser(nil), nil
		}})
		if c.want == "" {
			if err != nil {
				t.Errorf("meddling with %s: %v", c.name, err)
			}
			continue
		}
		var failed *RunError
		if !errors.As(err, &failed) || failed.Replication != 1 || failed.Seed != 17 || failed.File != "test.toml" {
			t.Errorf("meddling with %s: error is %v", c.name, err)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, "test.toml, replication 1, seed 17: the books do not balance: ") || !strings.Contains(got, c.want) {
			t.Errorf("meddling with %s: error is %q, want %q in it", c.name, got, c.want)
		}
	}
}

// TestEvents holds that a run ends at the event after those that it may take.
func TestEvents(t *testing.T) {
	const file = pair + "delay = \"10 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n"
	need := study(t, file).Points[0].Outcomes[0].Events
	if got := study(t, file, "run.max_events="+decimals(float64(need))).Points[0].Outcomes[0].Events; got != need {
		t.Errorf("%d events, where %d are needed and allowed", got, need)
	}
	_, err := Run(t.Context(), parse(t, file, "run.max_events="+decimals(float64(need-1))), Options{})
	if !errors.Is(err, ErrEvents) {
		t.Errorf("one event less is allowed: %v", err)
	}
}

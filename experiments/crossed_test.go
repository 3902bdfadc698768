package experiments

import (
	"slices"
	"testing"
)

// TestCrossedOpening holds the ladder of a simultaneous open (RFC 9293, figure 8):
// both flows made one connection, which has what both ends sent and were in.
func TestCrossedOpening(t *testing.T) {
	const both = `
[default.node]
profile = "rfc9293"
[node.left]
[node.right]
[link.wire]
ends = ["left", "right"]
delay = "50 ms"
[flow.a]
from = "left"
to = "right:5000"
local.port = 4000
close = { by = "nobody" }
[flow.b]
from = "right"
to = "left:4000"
local.port = 5000
close = { by = "nobody" }
arrivals = { process = "once", start = "10 ms" }
`
	s := study(t, both)
	for _, flow := range []string{"a", "b"} {
		panels := s.Points[0].Ladders[flow]
		if len(panels) != 1 {
			t.Fatalf("flow %s made %d connections", flow, len(panels))
		}
		var said, were []string
		for _, m := range panels[0].Messages {
			said = append(said, panels[0].Hosts[m.From]+" "+m.Label)
		}
		for _, span := range panels[0].States {
			were = append(were, panels[0].Hosts[span.Host]+" "+span.State)
		}
		if want := []string{"left SYN", "right SYN", "right SYN, ACK", "left SYN, ACK"}; !slices.Equal(said, want) {
			t.Errorf("flow %s: %q, want %q", flow, said, want)
		}
		if want := []string{"left SYN-SENT", "right SYN-SENT", "right SYN-RECEIVED", "left SYN-RECEIVED", "left ESTABLISHED", "right ESTABLISHED"}; !slices.Equal(were, want) {
			t.Errorf("flow %s: %q, want %q", flow, were, want)
		}
	}
}

package experiments

import "testing"

// TestMarksInsteadOfDrops holds that a queue which marks, between ends that use ECN,
// carries as much as one that drops, and has nothing sent again.
func TestMarksInsteadOfDrops(t *testing.T) {
	const text = `
[run]
duration = "20 s"
drain = "0 s"
[node.client]
[node.server]
[default.node]
tcp.ecn = "offer"
[link.wire]
ends = ["client", "server"]
rate = "10 Mbps"
delay = "10 ms"
queue = { kind = "codel", limit = "1000 packets", ecn = true }
[flow.bulk]
from = "client"
to = "server:80"
request = "1 B"
response = "1 GB"
`
	for _, ecn := range []bool{true, false} {
		sets := []string(nil)
		if !ecn {
			sets = []string{"default.node.tcp.ecn=off"}
		}
		s := study(t, text, sets...)
		if rate := s.value(t, "flow.bulk.bytes.total") * 8 / 20; rate < 8.5e6 {
			t.Errorf("ECN %v: %v bit/s", ecn, rate)
		}
		marked, again := s.value(t, "link.wire.marked.total"), s.value(t, "node.server.segments.retransmitted.total")
		if ecn != (marked > 10) || ecn != (again == 0) {
			t.Errorf("ECN %v: %v marked, %v sent again", ecn, marked, again)
		}
	}
}

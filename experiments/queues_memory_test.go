package experiments

import (
	"testing"

	"netsim/tcp"
)

// hung is a client that reads one segment of the 10 kB of a response, and no more.
const hung = `
[run]
duration = "20 s"
drain    = "0 s"
[node.client]
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
[flow.web]
from      = "client"
to        = "server:80"
arrivals  = { process = "even", rate = "10/s", count = 50 }
response  = "10 kB"
read_rate = "1 bps"
close     = { by = "server" }
[expect.parts]
that = "node.client.memory.queued.end == node.client.memory.queued.receive.end and node.client.memory.bytes.end > 0 and node.server.memory.queued.send.max > 0"
`

// What 50 clients have not read takes its buffers too, of a size that is the system's or
// the file's; in memory.bytes their sockets are there as well.
func TestQueueMemory(t *testing.T) {
	const unread = 10_000 - 1448
	for _, c := range []struct {
		set  string
		want float64
	}{{"node.client.label=c", unread + 832}, {"node.client.memory.buffer=1 kB", unread + 9*832}, {"node.client.memory.per.buffer=0 B", unread},
		{"node.client.profile=freebsd", unread + 5*256}, {"node.client.profile=rfc9293", unread}} {
		s := study(t, hung, c.set)
		if got := s.value(t, "node.client.memory.queued.end"); got != 50*c.want {
			t.Errorf("%s: %v B in queues, want %v", c.set, got, 50*c.want)
		}
		sockets := 50 * float64(s.Points[0].Spec.Nodes[0].TCP.Bytes[tcp.CloseWait])
		if got := s.value(t, "node.client.memory.bytes.end"); got != 50*c.want+sockets {
			t.Errorf("%s: %v B in all, want %v", c.set, got, 50*c.want+sockets)
		}
	}
}

// What the queues of a host may hold is a limit for text, not for connections: of 50
// responses no more than that and a segment each is held, and the rest stays with the
// servers, refused segment by segment, or lost as if the network had lost it.
func TestQueueLimit(t *testing.T) {
	for starved, most := range map[string]float64{"refuses-text": 100e3 + 50*(1448+832), "loses-segments": 100e3} {
		s := study(t, hung, "node.client.memory.queue_limit=100 kB", "node.client.memory.starved="+starved)
		held, left, dropped := s.value(t, "node.client.memory.queued.max"), s.value(t, "node.server.memory.queued.end"), s.value(t, "node.client.memory.dropped.total")
		if held > most || held < 90e3 || dropped == 0 || left < 200e3 {
			t.Errorf("%s: at most %v B held, %v segments dropped, %v B left with the server", starved, held, dropped, left)
		}
	}
}

package experiments

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/pcapgo"

	"netsim/wire"
)

// remarked is what a capture of an experiment says of its packets: the comments of
// each that has some.
func remarked(t *testing.T, source, name string) (all []string, path string) {
	t.Helper()
	folder, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := parse(t, source)
	f.Output.Capture = "all"
	s, err := Run(t.Context(), f, Options{Capture: folder.Capture})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(t.Context(), s, nil, Manifest{}); err != nil {
		t.Fatal(err)
	}
	folder.Abandon()
	path = filepath.Join(folder.Path, "captures", name+".pcapng")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := pcapgo.NewNgReader(file, pcapgo.NgReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		_, _, options, err := r.ReadPacketDataWithOptions()
		if err != nil {
			return all, path
		}
		if len(options.Comments) > 0 {
			all = append(all, strings.Join(options.Comments, "; "))
		}
	}
}

// speaks is a connection with what is done to it on its way.
const speaks = pair + `
delay = "10 ms"
%s
[flow.talk]
from = "client"
to = "server:7"
request = "%s"
`

// TestRemarks: each end's changes of state stand at the segment that led to them, what
// is lost says why, and what is sent again, too.
func TestRemarks(t *testing.T) {
	for _, c := range []struct{ name, link, request, at, want string }{
		{"a lost SYN", `rule.syn = { match = "syn", nth = 1, do = "drop" }`, "1 B", "client",
			`lost: a rule of wire.forward dropped it; client: CLOSED -> SYN-SENT
retransmission: its timer rang (RTO); server: LISTEN -> SYN-RECEIVED
client: SYN-SENT -> ESTABLISHED; client: ESTABLISHED -> FIN-WAIT-1
server: SYN-RECEIVED -> ESTABLISHED
server: ESTABLISHED -> CLOSE-WAIT; server: CLOSE-WAIT -> LAST-ACK
client: FIN-WAIT-1 -> TIME-WAIT
server: LAST-ACK -> CLOSED`},
		{"the other side's view", `rule.syn = { match = "syn", nth = 1, do = "drop" }`, "1 B", "server",
			`retransmission: its timer rang (RTO); server: LISTEN -> SYN-RECEIVED
client: SYN-SENT -> ESTABLISHED; client: ESTABLISHED -> FIN-WAIT-1
server: SYN-RECEIVED -> ESTABLISHED`},
		{"one of many", `rule.text = { match = "data", nth = 3, do = "drop" }`, "20 kB", "client",
			`lost: a rule of wire.forward dropped it
retransmission: what was acknowledged tells of a loss (fast)`},
		{"the last", `rule.text = { match = "data", nth = 4, do = "drop" }`, "5792 B", "client",
			`lost: a rule of wire.forward dropped it
retransmission: tail loss probe (TLP); server: ESTABLISHED -> CLOSE-WAIT; server: CLOSE-WAIT -> LAST-ACK`},
		{"a queue", "rate = \"1 Mbps\"\nqueue = { limit = \"4 packets\" }", "20 kB", "client",
			`lost: the queue of wire.forward did not take or keep it`},
		{"damage", `rule.text = { match = "data", nth = 1, do = "corrupt" }`, "1 B", "client",
			`lost: damaged on wire.forward, and a checksum saw it, 10 ms later`},
		{"copies", `rule.text = { match = "data", nth = 1, do = "duplicate", delay = "3 ms" }`, "1 B", "server",
			`a copy that the network made`},
	} {
		got, _ := remarked(t, fmt.Sprintf(speaks, c.link, c.request), c.at)
		// In their order, other remarks between them.
		i := 0
		want := strings.Split(c.want, "\n")
		for _, line := range got {
			if i < len(want) && line == want[i] {
				i++
			}
		}
		if i < len(want) {
			t.Errorf("%s: no packet says, in its turn, %q:\n%s", c.name, want[i], strings.Join(got, "\n"))
		}
	}
}

// TestOldDuplicateIsRemarked: a segment of a connection whose ports another has by now
// says of which it is.
func TestOldDuplicateIsRemarked(t *testing.T) {
	got, _ := remarked(t, reopening, "server")
	want := "a copy that the network made; old duplicate: of the 1st connection between these ports; the 2nd has been opened since"
	if !slices.Contains(got, want) {
		t.Errorf("no packet says %q:\n%s", want, strings.Join(got, "\n"))
	}
}

// TestOldDuplicateIsOnTheLadder of the connection that it reaches, with the numbers of
// its own.
func TestOldDuplicateIsOnTheLadder(t *testing.T) {
	s, err := Run(t.Context(), parse(t, reopening), Options{Connections: 3})
	if err != nil {
		t.Fatal(err)
	}
	for connection, want := range []int{0, 1, 0} {
		l, err := s.Ladder("talk", connection+1)
		if err != nil {
			t.Fatal(err)
		}
		old := 0
		for _, m := range l.Panels[0].Messages {
			if m.Old {
				old++
				if m.Seq != 1 || m.Len != 10 || m.Arrived-m.Sent != 5.01e9 || l.Panels[0].Hosts[m.To] != "server" {
					t.Errorf("the old duplicate is %+v", m)
				}
			}
		}
		if old != want {
			t.Errorf("connection %d has %d old duplicates, want %d", connection+1, old, want)
		}
	}
	l, _ := s.Ladder("talk", 2)
	var text strings.Builder
	if err := l.Text(&text, 100); err != nil || !strings.Contains(text.String(), "(old duplicate)") || !strings.Contains(text.String(), "(2 MSL 1 s)") {
		t.Errorf("%v\n%s", err, &text)
	}
}

// TestHalfOpenIsNotOld: what an end says that still has the connection before, its peer
// having begun another, is no old duplicate (RFC 9293, figure 10).
func TestHalfOpenIsNotOld(t *testing.T) {
	l, p := lineage{}, packetOf(1)
	p.Segment.Flags, p.Segment.Incarnation = wire.SYN, wire.IncarnationOf(0, 1, 1)
	l.saw(&p)
	p.ID, p.Segment.Incarnation = 9, wire.IncarnationOf(0, 2, 1)
	l.saw(&p)
	p.Segment.Flags, p.Segment.Incarnation = wire.ACK, wire.IncarnationOf(0, 1, 1)
	for id, want := range map[uint64]bool{8: true, 10: false} { // order-free: each by itself
		p.ID = id
		if nth, last, old, _ := l.earlier(&p); nth != 1 || last != 2 || old != want {
			t.Errorf("packet %d is of connection %d, the last being %d, old %v", id, nth, last, old)
		}
	}
}

// reopening has three connections on one port, and text of the first comes again when
// the second has it.
const reopening = `
[node.client]
ports.range = "40000-40000"
tcp.time_wait = "1 s"
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.late = { match = "data", nth = 1, do = "duplicate", delay = "5 s" }
[flow.talk]
from = "client"
to = "server:7"
request = "10 B"
close.after = "1 s"
arrivals = { process = "even", rate = "0.25/s", count = 3 }
`

// TestHoldBack: what is never settled does not keep a capture from being written, and
// nothing is written out of turn.
func TestHoldBack(t *testing.T) {
	var h hold
	var order []uint64
	write := func(k *held) { order = append(order, k.packet.ID) }
	for id := range uint64(mostHeld + 10) {
		p := packetOf(id)
		h.add(0, 0, &p, nil)
		if id != 3 {
			h.settle(1, id)
		}
		h.release(1, write)
	}
	if len(order) != 10 {
		t.Errorf("%d are written, want those beyond %d", len(order), mostHeld)
	}
	h.release(2, write)
	if len(order) != mostHeld+10 || !slices.IsSorted(order) || len(h.latest) != 0 {
		t.Errorf("%d of %d are written, %d remembered", len(order), mostHeld+10, len(h.latest))
	}
}

// TestWiresharkReadsRemarks: tshark finds the comments, resolves the names, and has no
// complaint beyond what really happened.
func TestWiresharkReadsRemarks(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	_, path := remarked(t, fmt.Sprintf(speaks, `rule.text = { match = "data", nth = 3, do = "drop" }`, "20 kB"), "client")
	out, err := exec.Command(tshark, "-N", "n", "-r", path, "-T", "fields", "-E", "separator=|", "-e", "frame.comment", "-e", "ip.src_host", "-e", "ip.dst_host",
		"-e", "_ws.malformed", "-e", "tcp.analysis.fast_retransmission", "-e", "tcp.analysis.retransmission", "-e", "tcp.analysis.spurious_retransmission").Output()
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	for line := range strings.Lines(string(out)) {
		cell := strings.Split(strings.TrimRight(line, "\n"), "|")
		if slices.Sort(cell[1:3]); cell[1] != "client" || cell[2] != "server" || cell[3] != "" {
			t.Errorf("names or form are wrong: %s", line)
		}
		if saw, said := cell[4]+cell[5] != "", strings.Contains(cell[0], "retransmission"); saw != said || cell[6] != "" {
			t.Errorf("what Wireshark sees and what is said of it differ: %s", line)
		} else if said {
			again++
		}
	}
	if again == 0 {
		t.Errorf("no retransmission in\n%s", out)
	}
}

func packetOf(id uint64) wire.Packet { return wire.Packet{ID: id} }

// TestRefusalsAreRemarked: what a listener, a host that is down or a middlebox drops says
// who did and why, and what a middlebox rewrites, from what to what.
func TestRefusalsAreRemarked(t *testing.T) {
	const many = `
[flow.talk]
from = "client"
to = "server:7"
arrivals = { process = "even", rate = "20/s", count = 20 }
`
	const behind = `
[node.client]
count = 2
[node.home]
kind = "nat"
nat = { inside = "client", ports = "40000-40001" }
[node.server]
[link.lan]
ends = ["client", "home"]
delay = "1 ms"
[link.wan]
ends = ["home", "server"]
delay = "9 ms"
` + many
	for _, c := range []struct{ name, source, at, want string }{
		{"accept queue", pair + `delay = "10 ms"
[node.server.listen.echo]
port = 7
backlog = 1
accept = { threads = 1, time = "2 s" }
` + many, "client", "lost: server: its accept queue is full, 10 ms later"},
		{"SYN queue", pair + `delay = "10 ms"
rule.second = { match = "syn-ack", do = "drop" }
[node.server.tcp]
syn_cookies = "off"
[node.server.listen.echo]
port = 7
backlog = 1
` + many, "server", "lost: server: no place in its SYN queue"},
		{"a crash", pair + `delay = "10 ms"
[event.off]
do = "crash"
node = "server"
at = "100 ms"
for = "10 s"
` + many, "client", "lost: server: the host is down, 10 ms later"},
		{"a NAT without ports", behind, "client", "lost: home: no port is left, 1 ms later"},
		{"a NAT's addresses", behind, "server", "home rewrote it: destination "},
	} {
		got, path := remarked(t, c.source, c.at)
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, c.want) }) {
			t.Errorf("%s: no packet says %q:\n%s", c.name, c.want, strings.Join(got[:min(len(got), 20)], "\n"))
		}
		if tool, err := exec.LookPath("tshark"); err == nil {
			out, err := exec.Command(tool, "-r", path, "-Y", fmt.Sprintf("frame.comment contains %q", c.want), "-T", "fields", "-e", "frame.comment").Output()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%s: tshark says %v: %.200s", c.name, err, out)
			}
		}
	}
}

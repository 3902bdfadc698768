package experiments

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// captured is a run of a catalogue experiment whose packets were captured.
func captured(t *testing.T, name string, sets ...string) (dir string) {
	t.Helper()
	f, err := Load(name, sets...)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Run(t.Context(), f, Options{Capture: folder.Capture})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(t.Context(), s, nil, Manifest{}); err != nil {
		t.Fatal(err)
	}
	folder.Abandon()
	return filepath.Join(folder.Path, "captures")
}

// TestCaptures says which files captures are: one for each group of hosts at each
// point, the same bytes again and again.
func TestCaptures(t *testing.T) {
	first, second := tree(t, captured(t, "four-way-close")), tree(t, captured(t, "four-way-close"))
	var names []string
	for name, bytes := range first {
		if bytes != second[name] {
			t.Errorf("%s is another at the second time", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) != 1+7*2 || !slices.Contains(names, "style=four-client.pcapng") || !slices.Contains(names, "style=half-server.pcapng") {
		t.Errorf("captures are %q", names)
	}
}

// TestWireshark holds captures against another's opinion: no malformed packet, no
// bad checksum, and the textbook's order of segments. Skipped where tshark is not
// installed.
func TestWireshark(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or two, and under the race detector many")
	}
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	dir := captured(t, "four-way-close")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string, fields ...string) []string {
		args := []string{"-n", "-r", filepath.Join(dir, name), "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|"}
		for _, f := range fields {
			args = append(args, "-e", f)
		}
		out, err := exec.Command(tshark, args...).Output()
		if err != nil {
			t.Fatalf("tshark of %s: %v", name, err)
		}
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-client.pcapng") {
			continue // the server's holds the same packets
		}
		for i, packet := range read(e.Name(), "_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "frame.cap_len") {
			want := "|1|1|" // not malformed, good, good
			if strings.HasSuffix(packet, "|128") {
				want = "|1|2|" // text cut off, and not to be checked
			}
			if !strings.HasPrefix(packet, want) {
				t.Errorf("%s, packet %d: malformed, checksums and length are %s", e.Name(), i, packet)
			}
		}
	}
	var flags []string
	for _, f := range read("style=four-client.pcapng", "tcp.flags.str") {
		flags = append(flags, strings.Trim(f, "·*."))
	}
	got := strings.Join(flags, " ")
	if want := "S A··S A AP A AP A A···F A A···F A"; got != want {
		t.Errorf("flags of a four-way close are\n%s\nwant\n%s", got, want)
	}
}

// declared is an experiment that asks for some of its packets.
const declared = `
[run]
replications = 2
[node.client]
count = 2
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
rule.first = { match = "syn", from = "client", nth = 1, do = "drop" }
[flow.web]
from     = "client"
to       = "server:80"
spread   = "round-robin"
arrivals = { process = "even", rate = "1/s", count = 4 }
[flow.mail]
from     = "client"
to       = "server:25"
spread   = "round-robin"
arrivals = { process = "even", rate = "1/s", count = 4, start = "500 ms" }
[capture.offered]
at = "link.wire.forward"
what = "flow.web"
[capture.second]
at = "node.client[1]"
[capture.again]
at = ["node.client", "link.wire[0]"]
replication = 2
start = "1 s"
stop = "2 s"
snap = "54 B"
`

// TestDeclared holds the files that an experiment asks for against what it says of
// them: places, flows, times, lengths, replications.
func TestDeclared(t *testing.T) {
	folder, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Abandon()
	s, err := Run(t.Context(), parse(t, declared), Options{Capture: folder.Capture})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(t.Context(), s, nil, Manifest{}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(folder.Path, "captures")
	if names := slices.Sorted(maps.Keys(tree(t, dir))); !slices.Equal(names, []string{"./", "again.pcapng", "offered.pcapng", "second.pcapng"}) {
		t.Errorf("captures are %q", names)
	}
	offered := packetsOf(t, filepath.Join(dir, "offered.pcapng"))
	syns := 0
	for _, p := range offered {
		if p.tcp.DstPort != 80 {
			t.Errorf("a packet to port %d is none of flow.web from its client", p.tcp.DstPort)
		}
		if p.tcp.SYN {
			syns++
		}
		if strings.HasSuffix(p.iface, ".back") {
			t.Errorf("a packet of %s", p.iface)
		}
	}
	if syns != 4+2 { // the first of each link is lost, is offered all the same, and comes again
		t.Errorf("%d SYNs were offered", syns)
	}
	for _, p := range packetsOf(t, filepath.Join(dir, "second.pcapng")) {
		if p.iface != "client[1]" {
			t.Errorf("a packet of %s", p.iface)
		}
	}
	places := map[string]bool{}
	for _, p := range packetsOf(t, filepath.Join(dir, "again.pcapng")) {
		places[p.iface] = true
		if p.at < time.Second || p.at >= 2*time.Second || p.kept > 54 {
			t.Errorf("%d bytes at %v", p.kept, p.at)
		}
	}
	if want := []string{"client[0]", "client[1]", "wire[0].back", "wire[0].forward"}; !slices.Equal(slices.Sorted(maps.Keys(places)), want) {
		t.Errorf("places are %v, want %v", places, want)
	}
	plain, err := Run(t.Context(), parse(t, declared), Options{Digest: true})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Run(t.Context(), parse(t, declared), Options{Digest: true, Capture: folder.Capture})
	if err != nil || plain.Points[0].Outcomes[0].Digest != again.Points[0].Outcomes[0].Digest || plain.Points[0].Outcomes[0].Events != again.Points[0].Outcomes[0].Events {
		t.Errorf("a run that is captured is another: %v", err)
	}
}

// seen is a packet of a capture.
type seen struct {
	at    time.Duration
	iface string
	kept  int
	tcp   *layers.TCP
}

// packetsOf reads a capture.
func packetsOf(t *testing.T, path string) (all []seen) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := pcapgo.NewNgReader(file, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			return all
		}
		face, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
		segment, _ := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if segment == nil {
			segment = new(layers.TCP)
		}
		all = append(all, seen{time.Duration(info.Timestamp.UnixNano()), face.Name, info.CaptureLength, segment})
	}
}

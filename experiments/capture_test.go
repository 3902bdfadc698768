package experiments

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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

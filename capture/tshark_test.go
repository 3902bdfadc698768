package capture_test

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"netsim/capture"
)

// warning is the severity of Wireshark's experts from which on something is
// wrong; a SYN is "chat" to them, and a connection that closes a "note".
const warning = 0x600000

// Wireshark's own opinion: nothing malformed, no bad checksum, the times and
// the interfaces as they were. Skipped where tshark is not installed.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	raw, _ := write(t, capture.Options{Comment: "run 3, seed 42"})
	path := filepath.Join(t.TempDir(), "c.pcapng")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(tshark, "-n", "-r", path,
		"-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|",
		"-e", "frame.time_epoch", "-e", "frame.interface_name", "-e", "eth.src", "-e", "ip.checksum.status", "-e", "tcp.checksum.status",
		"-e", "tcp.flags", "-e", "tcp.seq", "-e", "tcp.ack", "-e", "tcp.len", "-e", "_ws.malformed", "-e", "_ws.expert.severity")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command, err)
	}
	want := []string{
		"0.000000000|client|02:00:00:00:00:01|1|1|0x0002|0|0|0|",
		"1.000000001|server|02:00:00:00:00:02|1|1|0x0012|0|1|0|",
		"2.000000002|client|02:00:00:00:00:01|1|1|0x0010|1|1|0|",
		"3.000000003|server|02:00:00:00:00:01|1|1|0x0018|1|1|1001|",
		"4.000000004|client|02:00:00:00:00:02|1|1|0x0011|1|1002|0|",
		"5.000000005|server|02:00:00:00:00:03||1|0x0002|0|0|0|",
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines:\n%s", len(got), out)
	}
	for i := range want {
		last := strings.LastIndexByte(got[i], '|')
		fields, severities := got[i][:last], got[i][last+1:]
		if fields != want[i] {
			t.Errorf("packet %d:\ngot  %s\nwant %s", i, fields, want[i])
		}
		for s := range strings.SplitSeq(severities, ",") {
			if n, err := strconv.Atoi(cmp.Or(s, "0")); err != nil || n >= warning {
				t.Errorf("packet %d: expert severity %s", i, s)
			}
		}
	}
}

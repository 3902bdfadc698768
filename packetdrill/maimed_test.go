package packetdrill

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMaimed: scripts from which a line is gone end with a verdict, on every system.
func TestMaimed(t *testing.T) {
	for _, profile := range []string{"linux", "freebsd", "rfc9293"} {
		for i, path := range scripts(t, profile) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(src), "\n")
			for gone, line := range lines {
				if line == "" || strings.HasPrefix(line, "//") || (gone+i)%3 != 0 && testing.Short() {
					continue
				}
				maimed := slices.Delete(slices.Clone(lines), gone, gone+1)
				for _, on := range []string{"linux", "freebsd", "rfc9293"} {
					res := Run(path, strings.Join(maimed, "\n"), Options{Profile: on})
					if strings.Contains(res.Text, "defect") {
						t.Errorf("%s without line %d on %s: %s", path, gone+1, on, res.Text)
					}
				}
			}
		}
	}
}

// TestWaitingAtTheEnd: a call that still waits when the script ends, and ends
// otherwise than it says, fails where it stands.
func TestWaitingAtTheEnd(t *testing.T) {
	fails(t, server+"+0...1 read(4, ..., 10) = 10\n+.1 < R. 1:1(0) ack 1 win 0\n", 9, "ECONNRESET")
}

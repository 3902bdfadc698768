package packetdrill

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// TestKernel runs the scripts for Linux against the kernel of this machine, where there
// is a packetdrill to do it with, and leave to make a TUN device. Nine in ten agree at
// a tolerance of 10 ms.
func TestKernel(t *testing.T) {
	program, err := exec.LookPath("packetdrill")
	if err != nil || runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("no packetdrill program, or not root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("no TUN device")
	}
	agree, all := 0, 0
	for _, path := range scripts(t, "linux") {
		all++
		out, err := exec.Command(program, "--tolerance_usecs=10000", path).CombinedOutput()
		if err == nil {
			agree++
			continue
		}
		t.Logf("%s: %v\n%s", path, err, out)
	}
	t.Logf("%d of %d agree", agree, all)
	if agree*10 < all*9 {
		t.Errorf("%d of %d scripts agree with the kernel", agree, all)
	}
}

package packetdrill

import (
	"strings"
	"testing"
	"time"
)

const client = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`

// TestTolerance: a time may be missed by 4 ms or by an eighth of the time since the
// event before, whichever is more; the script, and before it the command line, have
// another limit than 4 ms. Linux sends its SYN again after a second.
func TestTolerance(t *testing.T) {
	passes(t, client+"+1.1 > S 0:0(0) <...>\n")
	passes(t, client+"+.9 > S 0:0(0) <...>\n")
	fails(t, client+"+1.15 > S 0:0(0) <...>\n", 5, "at 1.000000")
	fails(t, client+"+.88 > S 0:0(0) <...>\n", 5, "nothing until 0.990000")
	passes(t, "--tolerance_usecs=200000\n"+client+"+1.19 > S 0:0(0) <...>\n")
	if res := Run("t.pkt", "--tolerance_usecs=200000\n"+client+"+1.3 > S 0:0(0) <...>\n", Options{Tolerance: 400 * time.Millisecond}); res.Verdict != Pass {
		t.Error("the command line does not win:", res.Text)
	}
	passes(t, client+"* > S 0:0(0) <...>\n* > S 0:0(0) <...>\n")
	passes(t, client+"+0.5~+1.5 > S 0:0(0) <...>\n")
	fails(t, client+"+0.1~+0.2 > S 0:0(0) <...>\n", 5, "nothing until")
	fails(t, server+"0.05 write(4, ..., 10) = 10\n", 9, "0.100000")
}

// TestRelativeTimes: a time counts from when the event before happened, but of injected
// segments in a row from when it should have.
func TestRelativeTimes(t *testing.T) {
	passes(t, client+"+.98 > S 0:0(0) <...>\n+.5 < S. 0:0(0) ack 1 win 100 <mss 1000>\n1.5 > . 1:1(0) ack 1\n")
	passes(t, server+"+.1 < . 1:11(10) ack 1 win 257\n+.1 < . 11:21(10) ack 1 win 257\n0.3 read(4, ..., 100) = 20\n")
}

// TestAggregation: what is expected as one segment may come in several, but not what is
// expected in several as one, nor with strict_segments.
func TestAggregation(t *testing.T) {
	write := server + "+0 write(4, ..., 2500) = 2500\n"
	passes(t, write+"+0 > P. 1:2501(2500) ack 1\n")
	passes(t, write+"+0 > . 1:1001(1000) ack 1\n+0 > P. 1001:2501(1500) ack 1\n")
	fails(t, write+"+0 > . 1:501(500) ack 1\n", 10, "length")
	fails(t, write+"+0 > P. 1:3001(3000) ack 1\n", 10, "length")
	fails(t, "--strict_segments=1\n"+write+"+0 > P. 1:2501(2500) ack 1\n", 11, "flags")
}

// TestWildcards: numbers and options may be left open.
func TestWildcards(t *testing.T) {
	passes(t, server+"+0 write(4, ..., 10) = 10\n+0 > P. ...(10) ack ... win *\n")
	fails(t, server+"+0 write(4, ..., 10) = 10\n+0 > P. ...(11) ack 1\n", 10, "length")
	fails(t, server+"+0 close(4) = 0\n+0 > F. 1:1(0)! ack 1\n", 10, "sequence number")
	fails(t, client+"+0 < S. 0:0(0) ack 1 win 100 <mss 1000>\n+0 > . 1:1(0) ack 1 win 1\n", 6, "window")
	fails(t, "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...1 connect(3, ..., ...) = 0\n+0 > S 0:0(0) <mss 1460,nop,nop,sackOK>\n", 3, "options")
}

// TestStamps: timestamps are mapped from the script's to the host's, and are compared
// where the script tells the length of a tick.
func TestStamps(t *testing.T) {
	open := "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...0.1 connect(3, ..., ...) = 0\n+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>\n" +
		"+.1 < S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,TS val 700 ecr 100,nop,wscale 2>\n+0 > . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 700>\n"
	passes(t, open)
	passes(t, "--tcp_ts_tick_usecs=1000\n"+open)
	fails(t, "--tcp_ts_tick_usecs=1000\n"+strings.Replace(open, "val 200", "val 300", 1), 6, "options")
	fails(t, strings.Replace(open, "ecr 700", "ecr 701", 1), 5, "options")
}

// TestConditions: profiles and the command line define names, and values.
func TestConditions(t *testing.T) {
	src := "#ifdef FreeBSD\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = -1 EINVAL\n#else\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n#endif\n+0 listen(3, NUMBER) = 0\n"
	if res := Run("t.pkt", src, Options{Defines: []string{"NUMBER=5"}}); res.Verdict != Pass {
		t.Error(res.Verdict, res.Text)
	}
	if res := Run("t.pkt", src, Options{Profile: "freebsd"}); res.Verdict != Fail || res.Line != 2 {
		t.Error(res.Verdict, res.Line, res.Text)
	}
	if res := Run("t.pkt", src, Options{}); res.Verdict != Unsupported || res.Text != "constant NUMBER" {
		t.Error(res.Verdict, res.Text)
	}
	if res := Run("t.pkt", "--define=NUMBER=7\n"+src, Options{}); res.Verdict != Pass {
		t.Error(res.Verdict, res.Text)
	}
}

// TestUnsupported: what the language has and the runner does not is neither a pass nor
// a failure.
func TestUnsupported(t *testing.T) {
	for what, src := range map[string]string{
		"call splice": "0 splice(3, 4) = 0\n", "udp packet": "0 < udp (100)\n", "option --fancy": "--fancy=1\n0 close(3) = -1 EBADF\n",
		"socket of SOCK_DGRAM and IPPROTO_UDP": "0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n", "[flip]": server + "+0 < [flip] . 1:1(0) ack 1 win 1\n",
	} {
		if res := Run("t.pkt", src, Options{}); res.Verdict != Unsupported || res.Text != what {
			t.Errorf("%q: %v, %q", src, res.Verdict, res.Text)
		}
	}
}

// TestHostile: no script runs for ever or takes more than it may.
func TestHostile(t *testing.T) {
	for name, src := range map[string]string{
		"waits":    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, 1) = 0\n+0 accept(3, ..., ...) = 4\n",
		"century":  "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+900000000 close(3) = 0\n",
		"silence":  client + "* > F. 1:1(0) ack 1\n",
		"calls":    strings.Repeat("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n0 close(3) = 0\n", 8000) + "0 close(3) = 0\n",
		"flood":    strings.Repeat(server, 1) + strings.Repeat("+0 < . 2:3(1) ack 1 win 257\n", 20000) + "+0 > F. 1:1(0) ack 9\n",
		"writes":   server + strings.Repeat("+0...9 write(4, ..., 1000000000) = 1\n", 100),
		"cookie":   "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n" + strings.Repeat("+0 listen(3, 1000000000) = 0\n", 3) + "0 > S\n",
		"negative": server + "+0 write(4, ..., -5) = 1\n+0 read(4, ..., -7) = 3\n",
	} {
		if res := Run("t.pkt", src, Options{}); res.Verdict == Pass {
			t.Errorf("%s passes", name)
		}
	}
}

// FuzzRun: whatever a script says, the runner comes back, and no script makes it fail
// in itself.
func FuzzRun(f *testing.F) {
	for _, c := range callScripts {
		f.Add(c.script)
	}
	f.Add(warm)
	f.Add(server + "+0...1 poll([{fd=4, events=POLLIN, revents=0}], 1, 100) = 0\n+0 < [ce] PEW. 1:5(4) ack 1 win 1 urg 3 <nop,nop,sack 1:2>\n* > R. ...(0)! ack 1!\n")
	f.Fuzz(func(t *testing.T, src string) {
		for _, profile := range []string{"linux", "freebsd", "rfc9293"} {
			res := Run("t.pkt", src, Options{Profile: profile})
			if res.Verdict != Pass && res.Text == "" {
				t.Errorf("%s: no text", profile)
			}
			res.WriteLadder(new(strings.Builder))
		}
	})
}

// Options may stand as on a command line, and a line goes on behind a backslash.
func TestShortOptions(t *testing.T) {
	passes(t, `-D PORT=9 // nobody has it
-DFLAG -v
--tolerance_usecs=5000
0 socket(..., SOCK_STREAM, \
         IPPROTO_TCP) = 3
#ifdef FLAG
+0 close(PORT) = -1 EBADF (Bad file descriptor)
#else
+0 close(3) = -1 EBADF (Bad file descriptor)
#endif
`)
}

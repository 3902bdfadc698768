package packetdrill

import (
	"strings"
	"testing"
)

// run runs a script.
func run(t *testing.T, src string, o Options) *Result {
	t.Helper()
	return Run("t.pkt", src, o)
}

// passes wants a script to pass.
func passes(t *testing.T, src string) {
	t.Helper()
	if res := run(t, src, Options{}); res.Verdict != Pass {
		var b strings.Builder
		res.WriteLadder(&b)
		t.Errorf("line %d: %v: %s\n%s", res.Line, res.Verdict, res.Text, b.String())
	}
}

// fails wants a script to fail at a line with a text.
func fails(t *testing.T, src string, line int, text string) {
	t.Helper()
	res := run(t, src, Options{})
	if res.Verdict != Fail || res.Line != line || !strings.Contains(res.Text, text) {
		t.Errorf("line %d: %v: %s; want failure at line %d with %q", res.Line, res.Verdict, res.Text, line, text)
	}
}

const server = `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
`

// TestServer: a connection is accepted, talks both ways and is closed by both ends.
func TestServer(t *testing.T) {
	passes(t, server+`
+0 write(4, ..., 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+.1 < P. 1:501(500) ack 1001 win 257
+0 > . 1001:1001(0) ack 501
+0 read(4, ..., 1000) = 500
+.1...0.3 read(4, ..., 1000) = 0
+.2 < F. 501:501(0) ack 1001 win 257
+0~+.04 > . 1001:1001(0) ack 502
+0 close(4) = 0
+0 > F. 1001:1001(0) ack 502
+.1 < . 502:502(0) ack 1002 win 257
`)
}

// TestClient: a connection is opened, and reset.
func TestClient(t *testing.T) {
	passes(t, `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
+.05 < S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,TS val 700 ecr 100,nop,wscale 7>
+0 > . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 700>
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 < R. 1:1(0) ack 1 win 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
+0 read(3, ..., 100) = 0
+0 close(3) = 0
`)
}

// TestFailures: what is not as expected fails where it stands, and says what came.
func TestFailures(t *testing.T) {
	fails(t, server+"+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 2\n", 10, "acknowledgment number")
	fails(t, server+"+0 write(4, ..., 1000) = 1000\n+.1 > P. 1:1001(1000) ack 1\n", 10, "at 0.100000")
	fails(t, server+"+0 read(4, ..., 1000) = 1000\n", 9, "got")
	fails(t, server+"+0 > . 1:1(0) ack 1\n", 9, "nothing")
}

package packetdrill

import "testing"

// as wants a script to pass with a profile.
func as(t *testing.T, profile, src string) {
	t.Helper()
	if res := Run("t.pkt", src, Options{Profile: profile}); res.Verdict != Pass {
		t.Errorf("%s: line %d: %v: %s", profile, res.Line, res.Verdict, res.Text)
	}
}

// TestBadAckToSYN: an ACK of what was not sent is reset; Linux then sends its SYN again
// almost at once, others by the timer.
func TestBadAckToSYN(t *testing.T) {
	bad := client + "+.1 < S. 500:500(0) ack 77 win 100 <mss 1000>\n+0 > R 77:77(0)\n"
	as(t, "linux", bad+"+.01 > S 0:0(0) <...>\n+1 > S 0:0(0) <...>\n")
	as(t, "freebsd", bad+"+.9 > S 0:0(0) <...>\n")
	as(t, "rfc9293", bad+"+.9 > S 0:0(0) <...>\n")
}

// opened is a server's connection, whatever the options.
const opened = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
`

// TestCrossingFINs: the peer's FIN is acknowledged; FreeBSD says its own once more.
func TestCrossingFINs(t *testing.T) {
	cross := opened + "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+0 < F. 1:1(0) ack 1 win 257\n"
	as(t, "linux", cross+"+0 > . 2:2(0) ack 2\n+.1 < . 2:2(0) ack 2 win 257\n")
	as(t, "freebsd", cross+"+0 > F. 1:1(0) ack 2\n+.1 < . 2:2(0) ack 2 win 257\n")
}

// TestSYNACKToListener: it draws a RST, but from FreeBSD nothing.
func TestSYNACKToListener(t *testing.T) {
	src := "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S. 0:0(0) ack 7 win 100\n"
	as(t, "linux", src+"+0 > R 7:7(0)\n")
	as(t, "freebsd", src+"+.1 < S 0:0(0) win 100 <mss 1000>\n+0 > S. 0:0(0) ack 1 <...>\n")
}

// TestResetErrors: what a RST is told as depends on the state and on the system.
func TestResetErrors(t *testing.T) {
	closeWait := opened + "+0 < F. 1:1(0) ack 1 win 257\n* > . 1:1(0) ack 2\n+.1 < R. 2:2(0) ack 1 win 257\n"
	as(t, "linux", closeWait+"+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0\n")
	as(t, "freebsd", closeWait+"+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0\n")
	never := "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	as(t, "linux", never+"+0 write(3, ..., 1) = -1 EPIPE (Broken pipe)\n")
	as(t, "freebsd", never+"+0 write(3, ..., 1) = -1 ENOTCONN (Socket is not connected)\n")
}

// TestTimeWaitWithoutACK: in TIME-WAIT a FIN without an ACK is answered, but by FreeBSD,
// which drops there all that has none; an old SYN, too.
func TestTimeWaitWithoutACK(t *testing.T) {
	wait := opened + "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+.1 < F. 1:1(0) ack 2 win 257\n+0 > . 2:2(0) ack 2\n"
	after := "+1 < F. 1:1(0) ack 2 win 257\n+0 > . 2:2(0) ack 2\n"
	for _, s := range []string{"F 1:1(0) win 257", "S 0:0(0) win 257 <mss 1000>"} {
		as(t, "linux", wait+"+1 < "+s+"\n+0 > . 2:2(0) ack 2\n"+after)
		as(t, "freebsd", wait+"+1 < "+s+"\n"+after)
	}
}

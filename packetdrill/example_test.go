package packetdrill_test

import (
	"fmt"

	"netsim/packetdrill"
)

// A script calls the socket layer of a simulated host and is its peer.
func ExampleRun() {
	res := packetdrill.Run("refused.pkt", `
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0  connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0  > S 0:0(0) <...>
+.1 < R. 0:0(0) ack 1 win 0
+0  getsockopt(3, SOL_SOCKET, SO_ERROR, [ETIMEDOUT], [4]) = 0
`, packetdrill.Options{})
	fmt.Println(res.Verdict, res.Pos, res.Text)
	// Output:
	// FAIL 7:41 expected [ETIMEDOUT], got [ECONNREFUSED]
}

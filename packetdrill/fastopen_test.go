package packetdrill

import "testing"

// warm has the client ask for a cookie and get it, with the segment size of 1040.
const warm = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendto(3, ..., 100, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10,FO,nop,nop>
+.01 < S. 123:123(0) ack 1 win 5840 <mss 1040,sackOK,TS val 700 ecr 100,nop,wscale 6,FO abcd1234,nop,nop>
+0 > . 1:1(0) ack 1 <nop,nop,TS val 101 ecr 700>
+0 close(3) = 0
+0 > F. 1:1(0) ack 1 <...>
+.01 < F. 1:1(0) ack 2 win 92 <nop,nop,TS val 800 ecr 101>
+0 > . 2:2(0) ack 2 <...>
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
`

// TestFastOpenClient: with the cookie, text rides on the SYN, as much as Linux keeps
// room for: the segment size without 40 bytes for options.
func TestFastOpenClient(t *testing.T) {
	passes(t, warm+`
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendto(4, ..., 2000, MSG_FASTOPEN, ..., ...) = 1000
+0 > S 0:1000(1000) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10,FO abcd1234,nop,nop>
+.01 < S. 1234:1234(0) ack 1001 win 5840 <mss 1040,sackOK,TS val 700 ecr 100,nop,wscale 6>
+0 > . 1001:1001(0) ack 1 <...>
`)
	passes(t, warm+`
+0...0.01 sendto(4, ..., 1500, MSG_FASTOPEN, ..., ...) = 1500
+0 > S 0:1000(1000) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10,FO abcd1234,nop,nop>
+.01 < S. 1234:1234(0) ack 1 win 5840 <mss 1040,sackOK,TS val 700 ecr 100,nop,wscale 6>
+0 > P. 1:1001(1000) ack 1 <...>
+0 > P. 1001:1501(500) ack 1 <...>
`)
}

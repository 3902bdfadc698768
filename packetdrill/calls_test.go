package packetdrill

import (
	"strings"
	"testing"
)

// calls are scripts of what calls do and return, each a claim of its own.
var callScripts = []struct{ why, script string }{
	{"an ACK to a listener draws a RST with its number", `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < . 0:0(0) ack 1 win 100
+0  > R 1:1(0)
`},
	{"a call that waits returns when it may", `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
0...0.1 connect(3, ..., ...) = 0
*  > S 0:0(0) <...>
.1 < S. 0:0(0) ack 1 win 5792 <mss 1460,nop,wscale 2>
* > . 1:1(0) ack 1
.2 close(3) = 0
* > F. 1:1(0) ack 1
`},
	{"what was not read turns close() into a reset", accepted + `+0 < P. 1:101(100) ack 1 win 257
+0 > . 1:1(0) ack 101
+0 close(4) = 0
+0 > R. 1:1(0) ack 101
`},
	{"a SYN, text beyond the window and a RST in it are challenged, at a limited rate", accepted + `+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0 > . 1:1(0) ack 1
+0 < . 5000:5000(0) ack 1 win 257
+0 < R 100:100(0) win 0
+.6 < R 100:100(0) win 0
+0 > . 1:1(0) ack 1
+0 < R 1:1(0) win 0
`},
	{"ICMP ends the wait for a SYN,ACK", `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < icmp unreachable host_unreachable [0:0(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [EHOSTUNREACH], [4]) = 0
`},
	{"a FIN that comes again restarts TIME-WAIT", accepted + `+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.1 < F. 1:1(0) ack 2 win 257
+0 > . 2:2(0) ack 2
+.1 < F. 1:1(0) ack 2 win 257
+0 > . 2:2(0) ack 2
+1 < . 2:2(0) ack 2 win 257
`},
	{"IPv4 on a socket of IPv6, with an MTU", `--ip_version=ipv4-mapped-ipv6
--mtu=1460
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <mss 1420,nop,nop,sackOK,nop,wscale 10>
+.1 < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
+0 close(4) = 0
+0 close(3) = 0
+0 > F. 1:1(0) ack 1
`},
	{"calls that do not wait, with buffers in pieces", accepted + `+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)
+0 recv(4, ..., 100, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+0 < P. 1:11(10) ack 1 win 257
+0 > . 1:1(0) ack 11
+0 recv(4, ..., 100, MSG_PEEK) = 10
+0 readv(4, [{..., 4}, {..., 4}], 2) = 8
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 2
+0 writev(4, [{..., 4}, {..., 4}], 2) = 8
+0 > P. 1:9(8) ack 11
`},
	{"events are of their moment, or waited for; epoll tells of what is new", accepted + `+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0...0.1 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 1000) = 1
+.1 < P. 1:101(100) ack 1 win 257
+0 > . 1:1(0) ack 101
+0...0.5 poll([{fd=4, events=POLLRDHUP, revents=0}], 1, 500) = 0
+1 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, fd=4}) = 0
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 0
+0 < P. 101:201(100) ack 1 win 257
+0~+.05 > . 1:1(0) ack 201
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 ioctl(4, SIOCINQ, [200]) = 0
`},
	{"a refused socket may connect again; it is told once that it has", `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < R. 0:0(0) ack 1 win 0
+0 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < S. 0:0(0) ack 1 win 5792 <mss 1460,nop,wscale 2>
+0 > . 1:1(0) ack 1
+0 connect(3, ..., ...) = 0
+0 connect(3, ..., ...) = -1 EISCONN (Transport endpoint is already connected)
`},
	{"a RST in CLOSE-WAIT is EPIPE to Linux", accepted + `+0 < F. 1:1(0) ack 1 win 257
+.004 > . 1:1(0) ack 2
+0 < R. 2:2(0) ack 1 win 257
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
+0 read(4, ..., 100) = 0
`},
	{"a RST is told once; then nothing can be written, and reading finds the end", accepted + `+0 < R. 1:1(0) ack 1 win 257
+0 write(4, ..., 100) = -1 ECONNRESET (Connection reset by peer)
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
+0 read(4, ..., 100) = 0
`},
	{"a half-closed connection reads on", accepted + `+0 shutdown(4, SHUT_WR) = 0
+0 > F. 1:1(0) ack 1
+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)
+.1 < . 1:1(0) ack 2 win 257
+0 < P. 1:11(10) ack 2 win 257
+0 > . 2:2(0) ack 11
+0 read(4, ..., 100) = 10
+0 < F. 11:11(0) ack 2 win 257
+0 > . 2:2(0) ack 12
+0 read(4, ..., 100) = 0
+0 close(4) = 0
`},
	{"SYNs that cross", `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < S 0:0(0) win 5792 <mss 1460,nop,wscale 2>
+0 > S. 0:0(0) ack 1 <...>
+0 < . 1:1(0) ack 1 win 257
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 write(3, ..., 5) = 5
+0 > P. 1:6(5) ack 1
`},
	{"a SYN is sent again; after close() its answer is refused", `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
+1 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
+1 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
+0 close(3) = 0
+0 < S. 0:0(0) ack 1 win 5792 <mss 1460>
+0 > R 1:1(0)
`},
	{"a SYN,ACK is sent again", `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <...>
+1  > S. 0:0(0) ack 1 <...>
+2  > S. 0:0(0) ack 1 <...>
+4  > S. 0:0(0) ack 1 <...>
+0 close(3) = 0
`},
	{"connect() to no address resets the connection", accepted + `+0 connect(4, {sa_family = AF_UNSPEC, ...}, ...) = 0
+0 > R. 1:1(0) ack 1
`},
	{"over IPv6", `--ip_version=ipv6
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <mss 1440,nop,nop,sackOK,nop,wscale 10>
+.1 < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
`},
}

// accepted is a server's connection, as Linux answers.
const accepted = `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 10>
+.1 < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
`

// TestCalls: what calls do and return on Linux.
func TestCalls(t *testing.T) {
	for _, c := range callScripts {
		t.Run(c.why, func(t *testing.T) { passes(t, c.script) })
	}
}

// TestCallTimeouts: SO_RCVTIMEO and SO_SNDTIMEO end a call that waits as one that may not
// wait; sleep takes its time, and what is asked of the kernel's modules changes nothing.
func TestCallTimeouts(t *testing.T) {
	limited := server + "+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=0, tv_usec=300000}, 16) = 0\n"
	passes(t, limited+"+0....3 read(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)\n")
	passes(t, limited+"+0...+.2 read(4, ..., 10) = 5\n+.2 < P. 1:6(5) ack 1 win 257\n+0 > . 1:1(0) ack 6\n")
	fails(t, limited+"+0....6 read(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)\n", 10, "0.400000")
	passes(t, server+"+0 `sleep 0.5`\n+.1 write(4, ..., 10) = 10\n0.7 > P. 1:11(10) ack 1\n+0 `kldload -n cc_cubic`\n")
}

// TestOpenStamps: a timestamp that is expected may be of any value.
func TestOpenStamps(t *testing.T) {
	stamped := strings.ReplaceAll(strings.ReplaceAll(server, "<mss 1000,sackOK,nop,nop,nop,wscale 7>", "<mss 1000,sackOK,TS val 9 ecr 0>"),
		"win 257", "win 257 <nop,nop,TS val 10 ecr 0>")
	passes(t, stamped+"+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val ... ecr ...>\n")
	passes(t, stamped+"+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val ... ecr 10>\n")
	fails(t, stamped+"+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val ... ecr 9>\n", 10, "options")
}

// TestMTU: what a later SYN says follows from the MTU of the link.
func TestMTU(t *testing.T) {
	passes(t, "0 `ip link set dev tun0 mtu 1300`\n+"+strings.Replace(server, "<...>", "<mss 1260,nop,nop,sackOK,nop,wscale 10>", 1))
}

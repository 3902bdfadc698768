package packetdrill

import (
	"netsim/tcp"
	"netsim/wire"
)

// manners are what a system's socket layer does in its own way.
type manners struct {
	resetErrors map[tcp.State]errno // by the state in which a RST came, where it is not ECONNRESET
	unconnected errno               // of write() and send() where there was never a connection
	errorFirst  bool                // write() tells the error that waits before EPIPE
	softError   bool                // SO_ERROR tells of ICMP that may pass, once
	endFirst    bool                // read() finds the peer's FIN before the error that waits
	keepsInfo   bool                // TCP_INFO and SIOCOUTQ tell of a connection that is over, TIME-WAIT among them
	unconnects  bool                // what ends a connection before its time leaves ECONNRESET: connect() to AF_UNSPEC, shutdown() in SYN-SENT

	freshHangs bool // poll() of a socket without a connection says POLLHUP

	connectedOnce bool  // connect() tells once of a connection that has come about meanwhile
	aborted       errno // of connect() after one that failed, and of which SO_ERROR has told why

	bufferTimes      int                   // what getsockopt() tells of a buffer, times what was asked for
	fastOpen         int                   // tcp_fastopen at first
	connectListening errno                 // of connect() by a listener
	connectOver      errno                 // of connect() after a connection is over
	connectGone      errno                 // and once nothing is left of it, not even TIME-WAIT
	connecting       errno                 // of write() while connect() waits; none: it waits, too
	shutListening    errno                 // of shutdown() of a listener, which then goes on; none: it stops
	acceptReset      errno                 // of accept() of a connection that was reset meanwhile; none: it is accepted
	reports          map[wire.Report]errno // what ICMP stands for, where it is not as in Linux
	optionGone       errno                 // of TCP's options once nothing is left of a connection
	leastBuffers     [2]int64              // that SO_RCVBUF and SO_SNDBUF set
	noAccess         bool                  // ICMPv6 that something is prohibited is EACCES (Linux icmpv6_err_convert)
	noAlgorithm      errno                 // of TCP_CONGESTION of one that there is not
	inherits         bool                  // accept() gives a socket the O_NONBLOCK of its listener
	unspec           errno                 // of connect() to AF_UNSPEC; none: it disconnects
	lingerOver       errno                 // of a close() that has waited for as long as SO_LINGER said
}

// mannersOf are those of the profiles; the standard's are FreeBSD's, the BSDs having
// written the interface.
func mannersOf(profile string) *manners {
	if profile == "linux" {
		return &linuxManners
	}
	return &bsdManners
}

// linuxManners are of Linux 6.18: tcp_reset, tcp_sendmsg_locked, tcp_recvmsg_locked,
// tcp_disconnect, inet_shutdown.
var linuxManners = manners{
	resetErrors: map[tcp.State]errno{tcp.SynSent: "ECONNREFUSED", tcp.CloseWait: "EPIPE"},
	unconnected: "EPIPE", errorFirst: true, softError: true, endFirst: true, keepsInfo: true, unconnects: true, freshHangs: true, connectedOnce: true, aborted: "ECONNABORTED",
	bufferTimes: 2, fastOpen: fastClient,
	connectListening: "EISCONN", connectOver: "EISCONN", connectGone: "EISCONN", noAlgorithm: "ENOENT", noAccess: true, leastBuffers: [2]int64{1152, 2304},
}

// bsdManners are of FreeBSD 14: tcp_do_segment, sosend, soshutdown, tcp_usr_accept,
// tcp_usr_connect and tcp_ctloutput, whose INP_DROPPED is what nothing is left of.
var bsdManners = manners{
	resetErrors:      map[tcp.State]errno{tcp.SynSent: "ECONNREFUSED", tcp.SynReceived: "ECONNREFUSED", tcp.Closing: "", tcp.LastAck: "", tcp.TimeWaiting: ""},
	unconnected:      "ENOTCONN",
	bufferTimes:      1,
	fastOpen:         fastClient, // net.inet.tcp.fastopen.server_enable is 0
	connectListening: "EOPNOTSUPP", connectOver: "EISCONN", connectGone: "ECONNREFUSED",
	connecting: "ENOTCONN", shutListening: "ENOTCONN", acceptReset: "ECONNABORTED", optionGone: "ECONNRESET",
	noAlgorithm: "ESRCH", inherits: true, unspec: "EAFNOSUPPORT", lingerOver: "EAGAIN",
	reports: map[wire.Report]errno{ // icmp_errmap
		wire.NetUnreachable: "EHOSTUNREACH", wire.ProtocolUnreachable: "ECONNREFUSED", wire.Prohibited: "ECONNREFUSED", wire.ParameterProblem: "ENOPROTOOPT",
	},
}

package packetdrill

import (
	"netsim/packetdrill/assert"
	"netsim/packetdrill/script"
)

// symbols are constants of the socket layer, with the numbers of Linux. Scripts
// write them by name, so that only those that are printed as numbers must be right.
var symbols = map[string]int64{ // order-free: looked up by name
	"AF_INET": 2, "AF_INET6": 10, "AF_UNSPEC": 0, "PF_INET": 2, "PF_INET6": 10,
	"SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_NONBLOCK": 0x800, "SOCK_CLOEXEC": 0x80000,
	"IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_IP": 0, "IPPROTO_IPV6": 41, "IPPROTO_SCTP": 132, "IPPROTO_MPTCP": 262, "IPPROTO_UDPLITE": 136,
	"SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2,
	"F_GETFL": 3, "F_SETFL": 4, "F_GETFD": 1, "F_SETFD": 2, "FD_CLOEXEC": 1,
	"O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": 2, "O_NONBLOCK": 0x800,
	"MSG_OOB": 1, "MSG_PEEK": 2, "MSG_DONTROUTE": 4, "MSG_TRUNC": 0x20, "MSG_DONTWAIT": 0x40, "MSG_EOR": 0x80, "MSG_WAITALL": 0x100,
	"MSG_NOSIGNAL": 0x4000, "MSG_MORE": 0x8000, "MSG_FASTOPEN": 0x20000000, "MSG_ERRQUEUE": 0x2000, "MSG_ZEROCOPY": 0x4000000,
	"POLLIN": 1, "POLLPRI": 2, "POLLOUT": 4, "POLLERR": 8, "POLLHUP": 0x10, "POLLNVAL": 0x20, "POLLRDNORM": 0x40, "POLLRDBAND": 0x80,
	"POLLWRNORM": 0x100, "POLLWRBAND": 0x200, "POLLRDHUP": 0x2000,
	"EPOLLIN": 1, "EPOLLPRI": 2, "EPOLLOUT": 4, "EPOLLERR": 8, "EPOLLHUP": 0x10, "EPOLLRDNORM": 0x40, "EPOLLWRNORM": 0x100, "EPOLLRDHUP": 0x2000,
	"EPOLLONESHOT": 1 << 30, "EPOLLET": 1 << 31, "EPOLL_CTL_ADD": 1, "EPOLL_CTL_DEL": 2, "EPOLL_CTL_MOD": 3, "EPOLL_CLOEXEC": 0x80000,
	"INADDR_ANY": 0, "INADDR_LOOPBACK": 0x7f000001, "SOMAXCONN": 4096,
	"SIOCINQ": 0x541b, "FIONREAD": 0x541b, "SIOCOUTQ": 0x5411, "FIONWRITE": 0x5411, "SIOCOUTQNSD": 0x894b, "FIONSPACE": 0x5412, "FIONBIO": 0x5421,
	"SIOCATMARK": 0x8905, "NULL": 0, "true": 1, "false": 0,
	"IP_PMTUDISC_DONT": 0, "IP_PMTUDISC_WANT": 1, "IP_PMTUDISC_DO": 2, "IP_PMTUDISC_PROBE": 3, "IP_PMTUDISC_INTERFACE": 4, "IP_PMTUDISC_OMIT": 5,
	"IPV6_PMTUDISC_DONT": 0, "IPV6_PMTUDISC_WANT": 1, "IPV6_PMTUDISC_DO": 2, "IPV6_PMTUDISC_PROBE": 3, "IPV6_PMTUDISC_INTERFACE": 4, "IPV6_PMTUDISC_OMIT": 5,
	"IPTOS_LOWDELAY": 0x10, "IPTOS_THROUGHPUT": 8, "IPTOS_RELIABILITY": 4, "IPTOS_MINCOST": 2, "IPTOS_ECN_NOT_ECT": 0, "IPTOS_ECN_ECT1": 1, "IPTOS_ECN_ECT0": 2, "IPTOS_ECN_CE": 3,
}

// others are numbers that FreeBSD has otherwise.
var others = map[string]int64{ // order-free: looked up by name
	"O_NONBLOCK": 4, "AF_INET6": 28, "PF_INET6": 28, "MSG_DONTWAIT": 0x80, "MSG_NOSIGNAL": 0x20000, "SOMAXCONN": 128, "SOCK_NONBLOCK": 0x20000000,
}

// number is the value of an expression.
func (r *runner) number(e *script.Expr) (int64, error) {
	switch e.Kind {
	case script.Int:
		return e.Int, nil
	case script.Word:
		if n, ok := others[e.Text]; ok && r.profile.Name == "freebsd" {
			return n, nil
		}
		if n, ok := symbols[e.Text]; ok {
			return n, nil
		}
		if n, ok := assert.Constants(r.bsd())[e.Text]; ok { // of the fields of TCP_INFO
			return n, nil
		}
		return 0, &unsupported{at: e.Pos, what: "constant " + e.Text}
	case script.Binary:
		a, err := r.number(e.Args[0])
		if err != nil {
			return 0, err
		}
		b, err := r.number(e.Args[1])
		return a | b, err
	case script.Unary:
		a, err := r.number(e.Args[0])
		switch e.Text {
		case "-":
			return -a, err
		case "~":
			return ^a, err
		}
		return 0, &unsupported{at: e.Pos, what: "operator " + e.Text}
	case script.List:
		if len(e.Args) == 1 {
			return r.number(e.Args[0])
		}
	case script.Apply:
		if (e.Text == "htons" || e.Text == "htonl" || e.Text == "ntohs" || e.Text == "ntohl") && len(e.Args) == 1 {
			return r.number(e.Args[0])
		}
	}
	return 0, &failure{at: e.Pos, want: "a number", got: "something else"}
}

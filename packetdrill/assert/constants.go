package assert

import "maps"

// options are the bits of tcpi_options, alike in Linux and FreeBSD (tcp.h).
var options = map[string]int64{ // order-free: copied
	"TCPI_OPT_TIMESTAMPS": 1, "TCPI_OPT_SACK": 2, "TCPI_OPT_WSCALE": 4, "TCPI_OPT_ECN": 8,
	"TCPI_OPT_ECN_SEEN": 16, "TCPI_OPT_SYN_DATA": 32,
	"TCP_CA_Open": 0, "TCP_CA_Disorder": 1, "TCP_CA_CWR": 2, "TCP_CA_Recovery": 3, "TCP_CA_Loss": 4,
}

// linuxStates are those of net/tcp_states.h, bsdStates those of netinet/tcp_fsm.h.
var (
	linuxStates = map[string]int64{ // order-free: copied
		"ESTABLISHED": 1, "SYN_SENT": 2, "SYN_RECV": 3, "FIN_WAIT1": 4, "FIN_WAIT2": 5, "TIME_WAIT": 6,
		"CLOSE": 7, "CLOSE_WAIT": 8, "LAST_ACK": 9, "LISTEN": 10, "CLOSING": 11,
	}
	bsdStates = map[string]int64{ // order-free: copied
		"CLOSE": 0, "LISTEN": 1, "SYN_SENT": 2, "SYN_RECV": 3, "ESTABLISHED": 4, "CLOSE_WAIT": 5,
		"FIN_WAIT1": 6, "CLOSING": 7, "LAST_ACK": 8, "FIN_WAIT2": 9, "TIME_WAIT": 10,
	}
)

// bsdNames are how FreeBSD writes them, where it does so in another way.
var bsdNames = map[string]string{ // order-free: looked up by name
	"CLOSE": "CLOSED", "SYN_RECV": "SYN_RECEIVED", "FIN_WAIT1": "FIN_WAIT_1", "FIN_WAIT2": "FIN_WAIT_2",
}

// Constants are the names that programs may use, of states, options and of the state
// of congestion control, with the numbers of Linux or, if bsd, of FreeBSD.
func Constants(bsd bool) map[string]int64 {
	all := maps.Clone(options)
	states := linuxStates
	if bsd {
		states = bsdStates
	} else {
		all["TCPI_OPT_USEC_TS"], all["TCPI_OPT_TFO_CHILD"] = 64, 128
	}
	for name, n := range states { // order-free: copied
		for _, prefix := range []string{"TCP_", "TCPS_", "TCPI_"} {
			all[prefix+name] = n
			if other, ok := bsdNames[name]; ok {
				all[prefix+other] = n
			}
		}
	}
	return all
}

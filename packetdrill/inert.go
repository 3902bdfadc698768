package packetdrill

import (
	"slices"
	"strings"

	"netsim/packetdrill/shell"
)

// inert is a variable that changes nothing here: which values of it are let pass, that of
// a machine that was not told otherwise first, and why. A star is any.
type inert struct{ values, why string }

// check returns the error of a value that would change what a machine does.
func (i inert) check(name, value string) error {
	if values := strings.Fields(i.values); slices.Contains(values, value) || values[len(values)-1] == "*" {
		return nil
	}
	return &shell.Unsupported{What: "sysctl " + name + "=" + value + ": " + i.why}
}

// otherwise is the value that a machine has.
func (i inert) otherwise() string { return strings.ReplaceAll(strings.Fields(i.values)[0], "*", "0") }

// inertOf finds a variable, by its name or by a part of it that ends in a point.
func inertOf(name string) (inert, bool) {
	if i, ok := linuxInert[name]; ok {
		return i, true
	}
	for part, i := range linuxInert { // order-free: no part is the beginning of another
		if strings.HasSuffix(part, "_*") && strings.HasPrefix(name, strings.TrimSuffix(part, "*")) || strings.HasSuffix(part, ".") && strings.HasPrefix(name, part) {
			return i, true
		}
	}
	return inert{}, false
}

// Why variables change nothing.
const (
	gone       = "has no effect in Linux 6.18"
	offload    = "is about segments that a machine makes or gathers for its network card"
	oneStack   = "is about queues, locks and processors inside a machine"
	noMemory   = "is about the memory of all sockets, which a script does not fill"
	noMetrics  = "each destination is met as for the first time, but for cookies and path MTUs"
	notPaced   = "segments are not paced"
	unmodelled = "is not modelled"
	probing    = "path MTUs are not probed for"
	foreign    = "is not about TCP"
)

// linuxInert are those of Linux.
var linuxInert = map[string]inert{ // order-free: looked up by name
	"net.ipv4.tcp_adv_win_scale": {"1 *", gone + ", where the memory of segments is measured instead"},
	"net.ipv4.tcp_low_latency":   {"0 *", gone}, "net.ipv4.tcp_fack": {"0 *", gone}, "net.ipv4.tcp_thin_dupack": {"0 *", gone},
	"net.ipv4.tcp_available_congestion_control": {"*", "is only read"}, "net.ipv4.tcp_allowed_congestion_control": {"*", "every user may choose any"},

	"net.ipv4.tcp_limit_output_bytes": {"4194304 *", oneStack}, "net.ipv4.tcp_autocorking": {"1 *", oneStack + ": no queue holds what was sent"},
	"net.ipv4.tcp_early_demux": {"1 *", oneStack}, "net.ipv4.tcp_backlog_ack_defer": {"1 *", oneStack}, "net.ipv4.tcp_migrate_req": {"0 *", oneStack},
	"net.ipv4.tcp_rx_skb_cache": {"0 *", gone}, "net.ipv4.tcp_tx_skb_cache": {"0 *", gone}, "net.ipv4.tcp_child_ehash_entries": {"0 *", oneStack},
	"net.ipv4.tcp_tso_win_divisor": {"3 *", offload}, "net.ipv4.tcp_tso_rtt_log": {"9 *", offload}, "net.ipv4.tcp_min_tso_segs": {"2 *", offload},

	"net.ipv4.tcp_no_metrics_save": {"0 *", noMetrics}, "net.ipv4.tcp_no_ssthresh_metrics_save": {"1 *", noMetrics},
	"net.ipv4.tcp_mem": {"*", noMemory}, "net.core.optmem_max": {"*", noMemory},
	"net.core.rmem_default": {"*", "TCP has tcp_rmem"}, "net.core.wmem_default": {"*", "TCP has tcp_wmem"},
	"net.core.wmem_max":            {"*", "a user's own buffer is not bounded here"},
	"net.ipv4.tcp_pacing_ss_ratio": {"200 *", notPaced}, "net.ipv4.tcp_pacing_ca_ratio": {"120 *", notPaced},
	"net.core.default_qdisc": {"*", notPaced}, "net.ipv4.tcp_min_rtt_wlen": {"300 *", "the least round trip is that of the connection so far"},
	"net.ipv4.tcp_max_reordering": {"300 *", "reordering makes RACK wait, and no threshold larger"},

	"net.ipv4.tcp_comp_sack_delay_ns": {"1000000 0", "an ACK that tells of a gap is sent at once"}, "net.ipv4.tcp_comp_sack_nr": {"44 0", "an ACK that tells of a gap is sent at once"},
	"net.ipv4.tcp_comp_sack_slack_ns": {"100000 *", "an ACK that tells of a gap is sent at once"}, "net.ipv4.tcp_comp_sack_rtt_percent": {"33 *", "an ACK that tells of a gap is sent at once"},

	"net.ipv4.tcp_recovery": {"1 0", "losses are found by time in any case since Linux 6.17, and what else it may say " + unmodelled},

	"net.ipv4.tcp_mtu_probing": {"0", probing}, "net.ipv4.tcp_base_mss": {"1024 *", probing}, "net.ipv4.tcp_mtu_probe_floor": {"48 *", probing},
	"net.ipv4.tcp_probe_interval": {"600 *", probing}, "net.ipv4.tcp_probe_threshold": {"8 *", probing},

	"net.ipv4.tcp_app_win": {"31", unmodelled}, "net.ipv4.tcp_workaround_signed_windows": {"0", unmodelled}, "net.ipv4.tcp_shrink_window": {"0", unmodelled},
	"net.ipv4.tcp_stdurg": {"0", unmodelled}, "net.ipv4.tcp_retrans_collapse": {"1", unmodelled}, "net.ipv4.tcp_plb_enabled": {"0", unmodelled},
	"net.ipv4.tcp_ecn_fallback": {"1", unmodelled}, "net.ipv4.tcp_reflect_tos": {"0", unmodelled}, "net.ipv4.tcp_l3mdev_accept": {"0", unmodelled},
	"net.ipv4.tcp_challenge_ack_limit": {"2147483647 1000 10000 100000", "a limit of Linux is drawn at random"}, "net.ipv4.tcp_min_snd_mss": {"48", unmodelled},
	"net.ipv4.tcp_fwmark_accept": {"0", unmodelled}, "net.ipv4.ip_no_pmtu_disc": {"0", unmodelled}, "net.ipv4.ip_forward_use_pmtu": {"0 *", foreign},

	"net.ipv4.conf.": {"*", foreign}, "net.ipv4.neigh.": {"*", foreign}, "net.ipv4.icmp_*": {"*", foreign}, "net.ipv4.route.": {"*", foreign},
	"net.ipv4.ip_forward": {"*", foreign}, "net.ipv4.ip_nonlocal_bind": {"*", "an address is one of the script's"}, "net.ipv4.ipfrag_*": {"*", foreign},
	"net.ipv6.conf.": {"*", foreign}, "net.ipv6.neigh.": {"*", foreign}, "net.ipv6.route.": {"*", foreign},
	"net.core.netdev_*": {"*", oneStack}, "net.core.bpf_*": {"*", foreign}, "net.core.high_order_alloc_disable": {"*", noMemory}, "net.core.dev_*": {"*", oneStack},
}

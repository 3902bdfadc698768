package packetdrill

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"netsim/tcp"
)

// linuxSystem is Documentation/networking/ip-sysctl.rst of Linux 6.18.
var linuxSystem = system{
	variables: map[string]variable{ // order-free: looked up by name
		"net.ipv4.tcp_sack":                 switched(func(p *tcp.Profile) *bool { return &p.SACKPermitted }),
		"net.ipv4.tcp_dsack":                switched(func(p *tcp.Profile) *bool { return &p.DSACK }),
		"net.ipv4.tcp_rfc1337":              switched(func(p *tcp.Profile) *bool { return &p.RFC1337 }),
		"net.ipv4.tcp_frto":                 switched(func(p *tcp.Profile) *bool { return &p.FRTO }),
		"net.ipv4.tcp_early_retrans":        word(func(p *tcp.Profile) int { return map[bool]int{true: 3}[p.TLP] }, func(p *tcp.Profile, n int) { p.TLP = n >= 3 }, 4), // tcp_schedule_loss_probe
		"net.ipv4.tcp_thin_linear_timeouts": switched(func(p *tcp.Profile) *bool { return &p.ThinLinear }),
		"net.ipv4.tcp_reordering":           number(func(p *tcp.Profile) *int { return &p.DupThresh }, 1, 300),
		"net.ipv4.tcp_max_orphans":          number(func(p *tcp.Profile) *int { return &p.MaxOrphans }, 1, 1<<30),
		"net.ipv4.tcp_moderate_rcvbuf": {read: func(p *tcp.Profile) string {
			return map[bool]string{true: "1", false: "0"}[p.ReceiveWindow > p.ReceiveInitial]
		}, write: writeModerate},
		"net.ipv4.tcp_slow_start_after_idle": word(func(p *tcp.Profile) int { return map[bool]int{true: 1}[p.IdleRestart != tcp.KeepIdle] }, func(p *tcp.Profile, n int) {
			p.IdleRestart = map[bool]tcp.IdleRestart{true: tcp.HalveIdle, false: tcp.KeepIdle}[n > 0]
		}, 1),
		"net.ipv4.tcp_notsent_lowat":  {read: readLowAt, write: writeLowAt},
		"net.ipv4.tcp_timestamps":     word(readStamps, writeStamps, 2),
		"net.ipv4.tcp_window_scaling": word(func(p *tcp.Profile) int { return min(p.WindowScale+1, 1) }, writeScaling, 1),
		"net.ipv4.tcp_ecn":            word(func(p *tcp.Profile) int { return [...]int{0, 2, 1}[p.ECN] }, func(p *tcp.Profile, n int) { p.ECN = [...]tcp.ECN{tcp.NoECN, tcp.OfferECN, tcp.AcceptECN}[n] }, 2),
		"net.ipv4.tcp_syncookies":     word(func(p *tcp.Profile) int { return int(p.SYNCookies) }, func(p *tcp.Profile, n int) { p.SYNCookies = tcp.CookiePolicy(n) }, 2),
		"net.ipv4.tcp_tw_reuse": word(func(p *tcp.Profile) int { return [...]int{0, 2, 1}[p.TWReuse] }, func(p *tcp.Profile, n int) {
			p.TWReuse = [...]tcp.ReusePolicy{tcp.NoReuse, tcp.AlwaysReuse, tcp.LoopbackReuse}[n]
		}, 2),
		"net.ipv4.tcp_synack_retries": word(func(p *tcp.Profile) int { return len(p.SYNACKSchedule) - 1 }, func(p *tcp.Profile, n int) { p.SYNACKSchedule = synSchedule(p, n, 0) }, 60),
		"net.ipv4.tcp_orphan_retries": word(func(p *tcp.Profile) int { return p.OrphanRetries }, func(p *tcp.Profile, n int) {
			if p.OrphanRetries = n; n == 0 { // tcp_orphan_retries()
				p.OrphanRetries = 8
			}
		}, 100),
		"net.ipv4.tcp_retries1":                       number(func(p *tcp.Profile) *int { return &p.R1 }, 0, 255),
		"net.ipv4.tcp_retries2":                       number(func(p *tcp.Profile) *int { return &p.Retries }, 0, 255),
		"net.ipv4.tcp_max_syn_backlog":                number(func(p *tcp.Profile) *int { return &p.MaxSYNBacklog }, 0, 1<<30),
		"net.ipv4.tcp_max_tw_buckets":                 number(func(p *tcp.Profile) *int { return &p.TimeWaitMax }, 0, 1<<30),
		"net.core.somaxconn":                          number(func(p *tcp.Profile) *int { return &p.Backlog }, 0, 1<<30),
		"net.ipv4.ip_default_ttl":                     number(func(p *tcp.Profile) *int { return &p.TTL }, 1, 255),
		"net.ipv4.tcp_keepalive_probes":               number(func(p *tcp.Profile) *int { return &p.KeepProbes }, 1, 127),
		"net.ipv4.tcp_keepalive_time":                 span(func(p *tcp.Profile) *time.Duration { return &p.KeepIdle }, time.Second),
		"net.ipv4.tcp_keepalive_intvl":                span(func(p *tcp.Profile) *time.Duration { return &p.KeepInterval }, time.Second),
		"net.ipv4.tcp_fin_timeout":                    span(func(p *tcp.Profile) *time.Duration { return &p.FinWait2 }, time.Second),
		"net.ipv4.tcp_tw_reuse_delay":                 span(func(p *tcp.Profile) *time.Duration { return &p.TWReuseDelay }, time.Millisecond),
		"net.ipv4.tcp_invalid_ratelimit":              span(func(p *tcp.Profile) *time.Duration { return &p.RepeatInterval }, time.Millisecond),
		"net.ipv4.tcp_rto_max_ms":                     span(func(p *tcp.Profile) *time.Duration { return &p.RTOMax }, time.Millisecond),
		"net.ipv4.tcp_rto_min_us":                     span(func(p *tcp.Profile) *time.Duration { return &p.RTOMin }, time.Microsecond),
		"net.ipv4.tcp_fastopen_blackhole_timeout_sec": span(func(p *tcp.Profile) *time.Duration { return &p.FastPause }, time.Second),
		"net.ipv4.tcp_rmem":                           {write: writeRmem},
		"net.core.rmem_max":                           {write: writeMaxRmem},
		"net.ipv4.tcp_wmem": {write: func(p *tcp.Profile, v string) error {
			n, err := three(v)
			p.SendBuffer = uint64(n[2])
			return err
		}},
		"net.ipv4.ip_local_port_range": {write: func(p *tcp.Profile, v string) error {
			words := strings.Fields(v)
			if len(words) != 2 {
				return fmt.Errorf("%q is not two ports", v)
			}
			low, err := whole(words[0], 1, 65535)
			if err != nil {
				return err
			}
			high, err := whole(words[1], low, 65535)
			p.PortLow, p.PortHigh = uint16(low), uint16(high)
			return err
		}},
		"net.ipv4.tcp_congestion_control": {
			read: func(p *tcp.Profile) string { return p.Congestion.Name },
			write: func(p *tcp.Profile, v string) error {
				a := tcp.AlgorithmByName(v)
				if a == nil {
					return fmt.Errorf("no congestion control %q", v)
				}
				p.Congestion = a
				return nil
			},
		},
	},
	// What is in force together with others, see together.
	accepted: []string{"net.ipv4.tcp_syn_retries", "net.ipv4.tcp_syn_linear_timeouts", "net.ipv4.tcp_fastopen", "net.ipv4.tcp_fastopen_key", "net.ipv4.tcp_abort_on_overflow"},
}

func readStamps(p *tcp.Profile) int {
	switch {
	case !p.Timestamps:
		return 0
	case p.TimestampOffset == tcp.ZeroOffset:
		return 2
	}
	return 1
}

func writeStamps(p *tcp.Profile, n int) {
	p.Timestamps = n > 0
	switch {
	case n == 2:
		p.TimestampOffset = tcp.ZeroOffset
	case p.TimestampOffset == tcp.ZeroOffset:
		p.TimestampOffset = tcp.RandomOffset
	}
}

func writeScaling(p *tcp.Profile, n int) {
	if n == 0 {
		p.WindowScale = tcp.NoScale
	} else if p.WindowScale == tcp.NoScale {
		p.WindowScale = scaleFor(int(p.ReceiveWindow))
	}
}

// writeModerate lets the receive buffer grow, or leaves it as tcp_rmem has it at first.
func writeModerate(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 1)
	if n == 0 {
		p.ReceiveWindow = p.ReceiveInitial
	} else if p.ReceiveWindow == p.ReceiveInitial {
		p.ReceiveWindow = max(tcp.Linux().ReceiveWindow, p.ReceiveInitial)
	}
	return err
}

func readLowAt(p *tcp.Profile) string {
	if p.NotSentLow == 0 {
		return "4294967295"
	}
	return strconv.FormatUint(uint64(p.NotSentLow), 10)
}

// writeLowAt bounds what may wait to be sent; the largest number of 32 bits is no bound.
func writeLowAt(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 1<<32-1)
	if p.NotSentLow = uint32(n); n == 1<<32-1 {
		p.NotSentLow = 0
	}
	return err
}

// scaleFor is the shift that a buffer needs (tcp_select_initial_window).
func scaleFor(buffer int) int { return min(max(bits.Len(uint(buffer))-1-15, 0), 14) }

// writeMaxRmem is the buffer that a user may ask for: the scale is one for it, too
// (tcp_select_initial_window).
func writeMaxRmem(p *tcp.Profile, v string) error {
	n, err := whole(v, 2304, 1<<31-1)
	if err == nil && p.WindowScale != tcp.NoScale {
		p.WindowScale = scaleFor(max(n, int(p.ReceiveWindow)))
	}
	return err
}

// writeRmem sets the buffer that the window is cut from: half of it at first, and the
// scale that the largest needs (tcp_select_initial_window).
func writeRmem(p *tcp.Profile, v string) error {
	n, err := three(v)
	if err != nil {
		return err
	}
	p.ReceiveInitial, p.ReceiveWindow = uint32(n[1]/2), uint32(max(n[2], n[1]))
	if p.WindowScale != tcp.NoScale {
		p.WindowScale = scaleFor(int(p.ReceiveWindow))
	}
	return nil
}

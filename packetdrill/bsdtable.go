package packetdrill

import (
	"fmt"
	"time"

	"netsim/tcp"
)

// bsdSystem is tcp(4) of FreeBSD 14, whose times are in milliseconds.
var bsdSystem = system{
	variables: map[string]variable{ // order-free: looked up by name
		"net.inet.tcp.sack.enable":         switched(func(p *tcp.Profile) *bool { return &p.SACKPermitted }),
		"net.inet.tcp.rfc3042":             switched(func(p *tcp.Profile) *bool { return &p.LimitedTransmit }),
		"net.inet.tcp.do_prr":              switched(func(p *tcp.Profile) *bool { return &p.PRR }),
		"net.inet.tcp.tolerate_missing_ts": not(func(p *tcp.Profile) *bool { return &p.RequireTimestamps }),
		"net.inet.tcp.insecure_rst":        switched(func(p *tcp.Profile) *bool { return &p.InsecureRST }),
		"net.inet.tcp.insecure_syn":        switched(func(p *tcp.Profile) *bool { return &p.InsecureSYN }),
		"net.inet.tcp.insecure_ack":        switched(func(p *tcp.Profile) *bool { return &p.InsecureACK }),
		"net.inet.tcp.always_keepalive":    switched(func(p *tcp.Profile) *bool { return &p.KeepAlways }),
		"net.inet.tcp.rfc1323": word(readRFC1323, func(p *tcp.Profile, n int) {
			p.Timestamps = n == 1 || n == 3
			writeScaling(p, min(n&1|n>>1&1, 1))
			if n == 3 {
				p.WindowScale = tcp.NoScale
			}
		}, 3),
		"net.inet.tcp.drop_synfin": word(func(p *tcp.Profile) int { return int(p.SYNBeside) / int(tcp.RefuseFIN) }, func(p *tcp.Profile, n int) {
			if p.SYNBeside = tcp.LeaveBeside; n == 1 {
				p.SYNBeside = tcp.RefuseFIN
			}
		}, 1),
		"net.inet.tcp.ecn.enable": word(func(p *tcp.Profile) int { return [...]int{0, 2, 1}[p.ECN] }, func(p *tcp.Profile, n int) { p.ECN = [...]tcp.ECN{tcp.NoECN, tcp.OfferECN, tcp.AcceptECN}[n] }, 2),
		"net.inet.tcp.syncookies": word(func(p *tcp.Profile) int { return min(int(p.SYNCookies), 1) }, func(p *tcp.Profile, n int) { p.SYNCookies = tcp.CookiePolicy(n) }, 1),
		"net.inet.tcp.syncookies_only": word(func(p *tcp.Profile) int { return int(p.SYNCookies) / int(tcp.AlwaysCookies) }, func(p *tcp.Profile, n int) {
			if n == 1 {
				p.SYNCookies = tcp.AlwaysCookies
			} else if p.SYNCookies == tcp.AlwaysCookies {
				p.SYNCookies = tcp.OverflowCookies
			}
		}, 1),
		"net.inet.tcp.syncache.rexmtlimit":   word(func(p *tcp.Profile) int { return len(p.SYNACKSchedule) - 1 }, func(p *tcp.Profile, n int) { p.SYNACKSchedule = sloppy(p, n) }, 12),
		"net.inet.tcp.icmp_may_rst":          word(func(p *tcp.Profile) int { return int(tcp.CallEndures - p.ICMP) }, func(p *tcp.Profile, n int) { p.ICMP = tcp.CallEndures - tcp.ICMPPolicy(n) }, 1),
		"net.inet.tcp.ack_war_cnt":           number(func(p *tcp.Profile) *int { return &p.ChallengeLimit }, 0, 1<<16),
		"net.inet.tcp.keepcnt":               number(func(p *tcp.Profile) *int { return &p.KeepProbes }, 1, 1<<20),
		"net.inet.tcp.mssdflt":               {read: func(p *tcp.Profile) string { return fmt.Sprint(orElse(p.DefaultMSS, 536)) }, write: number(func(p *tcp.Profile) *int { return &p.DefaultMSS }, 64, 65535).write},
		"net.inet.tcp.minmss":                number(func(p *tcp.Profile) *int { return &p.MinMSS }, 0, 65535),
		"net.inet.tcp.blackhole":             word(func(p *tcp.Profile) int { return int(p.Blackhole) }, func(p *tcp.Profile, n int) { p.Blackhole = tcp.Blackhole(n) }, 3),
		"net.inet.tcp.recvbuf_auto":          {read: func(p *tcp.Profile) string { return fmt.Sprint(truth(p.ReceiveWindow > p.ReceiveInitial)) }, write: writeAutoReceive},
		"net.inet.tcp.initcwnd_segments":     number(func(p *tcp.Profile) *int { return &p.InitialWindow }, 0, 1<<16),
		"net.inet.tcp.maxtcptw":              number(func(p *tcp.Profile) *int { return &p.TimeWaitMax }, 0, 1<<30),
		"net.inet.ip.ttl":                    number(func(p *tcp.Profile) *int { return &p.TTL }, 1, 255),
		"kern.ipc.soacceptqueue":             number(func(p *tcp.Profile) *int { return &p.Backlog }, 1, 1<<20),
		"kern.ipc.somaxconn":                 number(func(p *tcp.Profile) *int { return &p.Backlog }, 1, 1<<20),
		"net.inet.tcp.keepidle":              span(func(p *tcp.Profile) *time.Duration { return &p.KeepIdle }, time.Millisecond),
		"net.inet.tcp.keepintvl":             span(func(p *tcp.Profile) *time.Duration { return &p.KeepInterval }, time.Millisecond),
		"net.inet.tcp.ack_war_timewindow":    span(func(p *tcp.Profile) *time.Duration { return &p.ChallengeInterval }, time.Millisecond),
		"net.inet.tcp.persmin":               span(func(p *tcp.Profile) *time.Duration { return &p.ProbeMin }, time.Millisecond),
		"net.inet.tcp.persmax":               span(func(p *tcp.Profile) *time.Duration { return &p.ProbeMax }, time.Millisecond),
		"net.inet.tcp.finwait2_timeout":      {read: func(*tcp.Profile) string { return "60000" }, write: checkOnly(1<<31 - 1)},
		"net.inet.tcp.fast_finwait2_recycle": {read: func(*tcp.Profile) string { return "0" }, write: checkOnly(1)},
		"net.inet.tcp.rexmit_min":            span(func(p *tcp.Profile) *time.Duration { return &p.RTOMin }, time.Millisecond),
		"net.inet.tcp.rexmit_slop":           span(func(p *tcp.Profile) *time.Duration { return &p.RTOSlop }, time.Millisecond),
		"net.inet.tcp.msl":                   {read: func(p *tcp.Profile) string { return fmt.Sprint((p.TimeWait / 2).Milliseconds()) }, write: writeMSL},
		"net.inet.tcp.rexmit_initial":        {read: func(p *tcp.Profile) string { return fmt.Sprint(p.RTOInitial.Milliseconds()) }, write: writeRTOInitial},
		"net.inet.tcp.delacktime":            {read: func(p *tcp.Profile) string { return fmt.Sprint(p.DelayedACK.Milliseconds()) }, write: writeDelay},
		"net.inet.tcp.delayed_ack":           {write: writeDelayed},
		"net.inet.tcp.keepinit":              {write: writeKeepinit},
		"net.inet.tcp.recvspace":             span32(func(p *tcp.Profile) *uint32 { return &p.ReceiveInitial }),
		"net.inet.tcp.recvbuf_max":           span32(func(p *tcp.Profile) *uint32 { return &p.ReceiveWindow }),
		"kern.ipc.maxsockbuf":                {write: writeMaxBuffer},
		"net.inet.tcp.cc.algorithm": {
			read: func(p *tcp.Profile) string { return p.Congestion.Name },
			write: func(p *tcp.Profile, v string) error {
				a := algorithmOf(v)
				if a == nil {
					return fmt.Errorf("no congestion control %q", v)
				}
				p.Congestion = a
				return nil
			},
		},
	},
	accepted: []string{
		"net.inet.tcp.fastopen.", "net.inet.tcp.hostcache.", "net.inet.tcp.log_in_vain", "net.inet.tcp.log_debug", "net.inet.tcp.tso",
		"net.inet.tcp.sendspace", "net.inet.tcp.sendbuf_", "net.inet.tcp.sendbuf_auto", "net.inet.tcp.sendbuf_max", "net.inet.tcp.sendbuf_inc", "net.inet.tcp.recvbuf_inc", "net.inet.tcp.v6mssdflt", "net.inet.tcp.v6pmtud_",
		"net.inet.tcp.per_cpu_timers", "net.inet.tcp.timer_race", "net.inet.tcp.pcbcount", "net.inet.tcp.blackhole_local", "net.inet.tcp.do_tcpdrain", "net.inet.tcp.tcbhashsize",
		"net.inet.tcp.maxunacktime", "net.inet.tcp.retries", "net.inet.tcp.rfc1323_", "net.inet.tcp.log_", "net.inet.tcp.functions_available", "net.inet.tcp.hc_",
		"net.inet.tcp.path_mtu_discovery", "net.inet.tcp.pmtud_blackhole_detection", "net.inet.tcp.functions_default", "net.inet.tcp.functions_inherit_listen_socket_stack",
		"net.inet.tcp.ts_offset_per_conn", "net.inet.tcp.isn_reseed_interval", "net.inet.tcp.nolocaltimewait", "net.inet.tcp.reass.", "net.inet.tcp.rfc3390",
		"net.inet.tcp.rfc3465", "net.inet.tcp.rfc6675_pipe", "net.inet.tcp.abc_l_var", "net.inet.tcp.rexmit_drop_options", "net.inet.tcp.soreceive_stream",
		"net.inet.tcp.syncache.", "net.inet.tcp.sack.maxholes", "net.inet.tcp.sack.globalmaxholes", "net.inet.tcp.sack.tso", "net.inet.tcp.sack.lrd",
		"net.inet.tcp.sack.revised", "net.inet.tcp.lro.", "net.inet.tcp.rack.", "net.inet.tcp.bbr.", "net.inet.tcp.bb.", "net.inet.tcp.hpts.", "net.inet.tcp.cc.", "net.inet.tcp.require_unique_port", "net.inet.tcp.newcwv",
		"net.inet.tcp.udp_tunneling_port", "net.inet.tcp.pacing_limit", "net.inet.tcp.msl_local", "net.inet.tcp.nolocaltimewait",
		"net.inet.icmp.", "net.inet.ip.random_id", "net.inet.ip.portrange.", "net.inet6.", "kern.timecounter.", "kern.ipc.tls.", "net.isr.",
	},
}

// writeAutoReceive lets the receive buffer grow, or not.
func writeAutoReceive(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 1)
	if p.ReceiveWindow = p.ReceiveInitial; n == 1 {
		p.ReceiveWindow = tcp.FreeBSD().ReceiveWindow
	}
	return err
}

// readRFC1323 is 1 with both options, 2 with scaling alone and 3 with timestamps alone.
func readRFC1323(p *tcp.Profile) int {
	switch scales := p.WindowScale != tcp.NoScale; {
	case scales && p.Timestamps:
		return 1
	case scales:
		return 2
	case p.Timestamps:
		return 3
	}
	return 0
}

// writeMaxBuffer sets the scale by which a window may be as large as any buffer
// (tcp_connect, syncache_add).
func writeMaxBuffer(p *tcp.Profile, v string) error {
	n, err := whole(v, 1, 1<<31)
	if err == nil && p.WindowScale != tcp.NoScale {
		for p.WindowScale = 0; p.WindowScale < 14 && 65535<<p.WindowScale < n; p.WindowScale++ {
		}
	}
	return err
}

func writeMSL(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 1<<30)
	p.TimeWait = 2 * time.Duration(n) * time.Millisecond
	return err
}

func writeRTOInitial(p *tcp.Profile, v string) error {
	n, err := whole(v, 1, 64000)
	if err != nil {
		return err
	}
	p.RTOInitial = time.Duration(n) * time.Millisecond
	p.SYNACKSchedule = sloppy(p, len(p.SYNACKSchedule)-1)
	return nil
}

// sloppy are the waits after SYN,ACKs: each of them but the first has the slop of a
// retransmission (syncache_timeout).
func sloppy(p *tcp.Profile, retries int) []time.Duration {
	waits := synSchedule(p, retries, 0)
	for i := range waits[1:] {
		waits[i+1] = min(waits[i+1]+p.RTOSlop, p.RTOMax)
	}
	return waits
}

// checkOnly takes a value that means something together with others.
func checkOnly(most int) func(*tcp.Profile, string) error {
	return func(_ *tcp.Profile, v string) error {
		_, err := whole(v, 0, most)
		return err
	}
}

func writeDelay(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 500)
	p.DelayedACK = time.Duration(n) * time.Millisecond
	p.DelayedACKMax = p.DelayedACK
	return err
}

// writeDelayed switches delayed acknowledgments off, or on again.
func writeDelayed(p *tcp.Profile, v string) error {
	n, err := whole(v, 0, 1)
	if p.DelayedACK, p.DelayedACKMax = 0, 0; n == 1 {
		q := tcp.FreeBSD()
		p.DelayedACK, p.DelayedACKMax = q.DelayedACK, q.DelayedACKMax
	}
	return err
}

// writeKeepinit is how long connect() waits: the schedule of SYNs is cut there.
func writeKeepinit(p *tcp.Profile, v string) error {
	n, err := whole(v, 1, 1<<30)
	if err != nil {
		return err
	}
	p.SYNSchedule = cutSchedule(p, time.Duration(n)*time.Millisecond)
	return nil
}

// cutSchedule are the waits after SYNs that end at a time.
func cutSchedule(p *tcp.Profile, left time.Duration) (waits []time.Duration) {
	schedule := tcp.ProfileByName(p.Name).SYNSchedule
	for i := 0; left > 0; i++ {
		wait := p.RTOMax
		if i < len(schedule)-1 {
			wait = schedule[i]
		} else if i > 0 {
			wait = min(2*waits[i-1]-p.RTOSlop, p.RTOMax)
		}
		waits = append(waits, min(wait, left))
		left -= wait
	}
	return waits
}

// span32 is a size in bytes.
func span32(field func(p *tcp.Profile) *uint32) variable {
	return variable{
		read: func(p *tcp.Profile) string { return fmt.Sprint(*field(p)) },
		write: func(p *tcp.Profile, v string) error {
			n, err := whole(v, 0, 1<<30)
			*field(p) = uint32(n)
			return err
		},
	}
}

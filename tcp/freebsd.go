package tcp

import (
	"time"

	"netsim/wire"
)

// FreeBSD is FreeBSD 14.
func FreeBSD() *Profile {
	return &Profile{
		Name:           "freebsd",
		SYNSchedule:    seconds(1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 8),
		SYNACKSchedule: seconds(1, 2, 4, 8),
		SYNACK:         Eager,
		Backlog:        128,
		BacklogPercent: 150,
		BacklogExtra:   1,
		SYNCookies:     OverflowCookies,
		InitialWindow:  10,
		AlwaysMSS:      true,
		WindowScale:    6,
		Timestamps:     true,
		SACKPermitted:  true,
		OptionOrder:    wire.BSDOrder,
		ISNTick:        4 * time.Microsecond,
		RFC5961:        true,
		RFC1337:        true,

		RTOInitial:    time.Second,
		RTOMin:        30 * time.Millisecond,
		RTOMax:        64 * time.Second,
		RTOSlop:       200 * time.Millisecond,
		RTOAfterSYN:   3 * time.Second,
		GiveUp:        ByCount,
		Retries:       12,
		R1:            3,
		OrphanRetries: 12,
		ProbeBytes:    1,

		DSACK: true, LimitedTransmit: true,
		PRR:        true,
		ECN:        AcceptECN,
		Congestion: Cubic,

		DelayedACK: 40 * time.Millisecond, DelayedACKMax: 40 * time.Millisecond,

		ReceiveInitial: 65535, ReceiveWindow: 2 << 20, SendBuffer: 2 << 20,
		Nagle: true,

		TimeWait:        60 * time.Second,
		TimeWaitRestart: FINOnly,
		RFC6191:         true,
		FinWait2:        60 * time.Second,
		ResetWithAck:    true,

		ChallengeLimit:    10,
		ChallengeInterval: 5 * time.Second,
		RFC5927:           true,
		MinPathMTU:        68,

		KeepIdle:     7200 * time.Second,
		KeepInterval: 75 * time.Second,
		KeepProbes:   8,

		TTL: 64, PortLow: 10000, PortHigh: 65535,
		PortSelect: RandomPort,
		Bytes:      bytesPerState(2560, 256, 1536),
	}
}

var freebsdSources = sources{
	"SYNCookies MaxSYNBacklog":            "code of FreeBSD 14: net.inet.tcp.syncookies 1; the syncache is larger than any backlog",
	"TimeWaitMax":                         "code of FreeBSD 14: no limit since it has no records of its own",
	"TWReuse TWReuseDelay TWReuseBound":   "unverified: none",
	"SYNSchedule":                         "code of FreeBSD 14: tcp_syn_backoff, TCPTV_KEEP_INIT; 75 s",
	"SYNACKSchedule":                      "code of FreeBSD 14: SYNCACHE_MAXREXMTS 3; 15 s and its ticks",
	"SYNACK":                              "unverified: syncache_add sends it again, but begins with the first wait",
	"RepeatInterval":                      "unverified: no limit",
	"Backlog BacklogPercent BacklogExtra": "code of FreeBSD 14: kern.ipc.soacceptqueue; sonewconn drops above 1.5 of it",
	"InitialWindow":                       "RFC 6928; code of FreeBSD 14: net.inet.tcp.initcwnd_segments",
	"LossWindowAfter RTOAfterSYN":         "unverified: as RFC 5681 section 3.1 and RFC 6298 (5.7)",
	"MSS":                                 "RFC 9293 section 3.7.1: from the MTU",
	"AlwaysMSS Timestamps SACKPermitted":  "published: p0f 3.09b, fingerprint of FreeBSD 9 or newer",
	"WindowScale ReceiveInitial":          "published: p0f 3.09b, fingerprint of FreeBSD 9 or newer",
	"OptionOrder":                         "published: p0f 3.09b, fingerprint of FreeBSD 9 or newer",
	"TimestampOffset":                     "unverified: random",
	"PortsPer":                            "unverified: a port may go to several destinations",
	"ISN":                                 "RFC 6528; code of FreeBSD 14: tcp_new_isn",
	"ISNTick":                             "unverified: the clock of RFC 9293 section 3.4.1",
	"RFC5961":                             "unverified: net.inet.tcp.insecure_rst 0, insecure_syn 0",
	"RFC1337":                             "code of FreeBSD 14: tcp_twcheck ignores a RST",
	"RenewsEcho ResetAtFIN LimitEmptyAnswers": "unverified: as RFC 9293 and RFC 7323",
	"RTOInitial": "code of FreeBSD 14: tcp_rexmit_initial",
	"RTOMin RTOMax RTOSlop MinBoundsVariance":            "code of FreeBSD 14: TCPTV_MIN, TCPTV_REXMTMAX, tcp_rexmit_slop",
	"GiveUp Retries OrphanRetries":                       "code of FreeBSD 14: TCP_MAXRXTSHIFT",
	"DSACK LimitedTransmit PRR":                          "unverified: net.inet.tcp.rfc3042, do_prr",
	"RACK TLP TailDelay TailSlack FRTO":                  "unverified: not in its default stack",
	"ECN":                                                "unverified: net.inet.tcp.ecn.enable 2",
	"Congestion":                                         "unverified: CUBIC since 14.0",
	"SlowStartLimit R1":                                  "unverified: no limit; 3",
	"ReopenISN CrossedAgain RFC6191":                     "unverified: as RFC 9293 section 3.6.1",
	"TimeWaitChallenges LingerAborts OrphanProbesEnd":    "unverified: none of it",
	"ChallengeLimit ChallengeInterval RequireTimestamps": "unverified: RFC 5961 section 7",
	"ICMP RFC5927 MinPathMTU":                            "unverified: as RFC 9293 section 3.9.2.2 and RFC 5927 section 4.1",
	"KeepIdle KeepInterval KeepProbes":                   "code of FreeBSD 14: TCPTV_KEEP_IDLE, TCPTV_KEEPINTVL, TCPTV_KEEPCNT",
	"KeepBytes":                                          "unverified: none",
	"UserTimeout":                                        "unverified: none unless set",
	"ProbeBytes":                                         "unverified: one octet in tcp_output",
	"DelayedACK DelayedACKMax":                           "unverified: net.inet.tcp.delacktime, 100 ms before 13",
	"FINDelay QuickACKs":                                 "unverified: one delay",
	"ReceiveWindow SendBuffer":                           "unverified: net.inet.tcp.recvbuf_max, sendbuf_max",
	"Nagle NagleSmallOnly":                               "unverified: RFC 9293 section 3.7.4",
	"TimeWait":                                           "code of FreeBSD 14: 2 TCPTV_MSL, of 30 s each",
	"TimeWaitRestart":                                    "code of FreeBSD 14: tcp_twcheck",
	"FinWait2":                                           "code of FreeBSD 14: net.inet.tcp.finwait2_timeout",
	"ResetWithAck":                                       "unverified: tcp_outflags of CLOSED",
	"TTL":                                                "code of FreeBSD 14: IPDEFTTL",
	"PortLow PortHigh":                                   "code of FreeBSD 14: IPPORT_EPHEMERALFIRST, IPPORT_EPHEMERALLAST",
	"PortSelect":                                         "unverified: net.inet.ip.portrange.randomized",
	"Bytes":                                              "unverified: socket and tcpcb, syncache, tcpcb; that TIME_WAIT keeps the tcpcb is code (D36887)",
}

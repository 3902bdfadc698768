package tcp

import (
	"time"

	"netsim/wire"
)

// MacOS is macOS with the xnu kernel of 2024.
func MacOS() *Profile {
	return &Profile{
		Name:           "macos",
		SYNSchedule:    seconds(1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 8),
		SYNACKSchedule: seconds(1, 2, 4, 8, 16, 32, 12),
		SYNACK:         Eager,
		Backlog:        128,
		BacklogPercent: 150,
		BacklogExtra:   1,
		InitialWindow:  10,
		AlwaysMSS:      true,
		WindowScale:    4,
		Timestamps:     true,
		SACKPermitted:  true,
		OptionOrder:    wire.DarwinOrder,
		ISNTick:        4 * time.Microsecond,
		RFC5961:        true,
		SYNBeside:      RefuseFIN,
		AnswerBeside:   true,

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
		RACK: true, TLP: true,
		TailDelay: 200 * time.Millisecond,
		PRR:       true, FRTO: true,
		ECN:        AcceptECN,
		Congestion: Cubic,

		DelayedACK: 100 * time.Millisecond, DelayedACKMax: 100 * time.Millisecond,

		ReceiveInitial: 65535, ReceiveWindow: 1 << 20, SendBuffer: 1 << 20,
		Nagle: true,

		TimeWait:        30 * time.Second,
		TimeWaitRestart: FINOnly,
		RFC6191:         true,
		FinWait2:        60 * time.Second,
		ResetWithAck:    true,

		ChallengeLimit:    10,
		ChallengeInterval: 5 * time.Second,
		RFC5927:           true,
		MinPathMTU:        68, UTOMin: 100 * time.Second, UTOMax: time.Hour,

		KeepIdle:     7200 * time.Second,
		KeepInterval: 75 * time.Second,
		KeepProbes:   8,

		TTL: 64, PortLow: 49152, PortHigh: 65535,
		PortSelect: RandomPort,
		Bytes:      bytesPerState(2560, 2560, 2560),
	}
}

var macosSources = sources{
	"UTO UTOMin UTOMax":                       "unverified: none",
	"SYNCookies MaxSYNBacklog":                "unverified: none",
	"TimeWaitMax":                             "unverified: no limit",
	"TWReuse TWReuseDelay TWReuseBound":       "unverified: none",
	"SYNSchedule":                             "unverified: the waits of tcp_syn_backoff; the 75 s in all are code of xnu: TCPTV_KEEP_INIT",
	"SYNACKSchedule":                          "unverified: till TCPTV_KEEP_INIT, 75 s",
	"SYNACK RepeatInterval":                   "unverified: sent again at once",
	"Backlog BacklogPercent BacklogExtra":     "unverified: kern.ipc.somaxconn, 1.5 of it",
	"InitialWindow":                           "unverified: RFC 6928",
	"LossWindowAfter RTOAfterSYN":             "unverified: as RFC 5681 section 3.1 and RFC 6298 (5.7)",
	"MSS":                                     "RFC 9293 section 3.7.1: from the MTU",
	"AlwaysMSS Timestamps SACKPermitted":      "published: p0f 3.09b, fingerprint of Mac OS X 10.9 or newer",
	"WindowScale ReceiveInitial":              "published: p0f 3.09b, fingerprint of Mac OS X 10.9 or newer",
	"OptionOrder":                             "published: p0f 3.09b, fingerprint of Mac OS X 10.9 or newer",
	"TimestampOffset":                         "unverified: random",
	"PortsPer":                                "unverified: a port may go to several destinations",
	"ISN":                                     "RFC 6528; code of xnu: tcp_new_isn",
	"ISNTick":                                 "unverified: the clock of RFC 9293 section 3.4.1",
	"RFC5961 RFC1337":                         "unverified: as RFC 9293 section 3.10.7.4",
	"RenewsEcho ResetAtFIN LimitEmptyAnswers": "unverified: as RFC 9293 and RFC 7323",
	"SYNBeside":                               "unverified: net.inet.tcp.drop_synfin 1",
	"AnswerBeside EarlyFIN":                   "unverified: as FreeBSD",
	"RTOInitial":                              "code of xnu: TCPTV_RTOBASE",
	"RTOMin RTOMax RTOSlop MinBoundsVariance": "code of xnu: TCPTV_REXMTMIN, TCPTV_REXMTMAX, tcp_rexmt_slop",
	"GiveUp Retries OrphanRetries":            "code of xnu: TCP_MAXRXTSHIFT",
	"DSACK LimitedTransmit RACK TLP TailDelay TailSlack PRR FRTO": "unverified: RACK and probes since 10.13 or so; delays of RFC 8985",
	"ECN":                            "unverified",
	"Congestion":                     "unverified: CUBIC",
	"SlowStartLimit R1":              "unverified: no limit; 3",
	"ReopenISN CrossedAgain RFC6191": "unverified: as RFC 9293 section 3.6.1",
	"TimeWaitChallenges LingerAborts OrphanProbesEnd":    "unverified: none of it",
	"ChallengeLimit ChallengeInterval RequireTimestamps": "unverified: RFC 5961 section 7",
	"ICMP RFC5927 MinPathMTU":                            "unverified: as RFC 9293 section 3.9.2.2 and RFC 5927 section 4.1",
	"KeepIdle KeepInterval KeepProbes":                   "code of xnu: TCPTV_KEEP_IDLE, TCPTV_KEEPINTVL, TCPTV_KEEPCNT",
	"KeepBytes":                                          "unverified: none",
	"UserTimeout":                                        "unverified: none unless set",
	"ProbeBytes":                                         "unverified: one octet in tcp_output",
	"DelayedACK DelayedACKMax":                           "code of xnu: TCPTV_DELACK; stretched ACKs are not modelled",
	"FINDelay QuickACKs":                                 "unverified: one delay",
	"ReceiveWindow SendBuffer":                           "unverified: what 65,535 and its scale can say",
	"Nagle NagleSmallOnly":                               "unverified: RFC 9293 section 3.7.4",
	"TimeWait":                                           "code of xnu: 2 TCPTV_MSL, of 15 s each; net.inet.tcp.msl 15000",
	"TimeWaitRestart":                                    "unverified: as RFC 9293 section 3.10.7.4",
	"FinWait2":                                           "code of xnu: TCPTV_FINWAIT2",
	"ResetWithAck":                                       "unverified: tcp_outflags of CLOSED",
	"TTL":                                                "unverified: net.inet.ip.ttl",
	"PortLow PortHigh":                                   "published: net.inet.ip.portrange.first 49152, last 65535",
	"PortSelect":                                         "unverified: random",
	"Bytes":                                              "unverified: a socket in every state",
}

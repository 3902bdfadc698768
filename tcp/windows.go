package tcp

import (
	"time"

	"netsim/wire"
)

// Windows is Windows 10, 11 and Server 2022. Few of its values are known from its
// maker; the others are marked.
func Windows() *Profile {
	return &Profile{
		Name:           "windows",
		SYNSchedule:    seconds(1, 2, 4, 8, 16),
		SYNACKSchedule: seconds(1, 2, 4),
		SYNACK:         Strict,
		Backlog:        200,
		BacklogPercent: 100,
		SYNCacheLimit:  30,
		InitialWindow:  10,
		AlwaysMSS:      true,
		WindowScale:    8,
		SACKPermitted:  true,
		OptionOrder:    wire.WindowsOrder,
		ISNTick:        4 * time.Microsecond,
		RFC5961:        true,

		RTOInitial:    time.Second,
		RTOMin:        300 * time.Millisecond,
		RTOMax:        60 * time.Second,
		RTOAfterSYN:   3 * time.Second,
		GiveUp:        ByCount,
		Retries:       5,
		R1:            3,
		OrphanRetries: 5,
		ProbeBytes:    1,

		DSACK: true, LimitedTransmit: true,
		RACK: true, TLP: true,
		TailDelay: 200 * time.Millisecond,
		PRR:       true, FRTO: true,
		Congestion: Cubic,

		DelayedACK: 40 * time.Millisecond, DelayedACKMax: 40 * time.Millisecond,

		ReceiveInitial: 65535, ReceiveWindow: 16 << 20, SendBuffer: 16 << 20,
		Nagle: true,

		TimeWait:        240 * time.Second,
		TimeWaitRestart: FINOnly,
		RFC6191:         true,
		FinWait2:        120 * time.Second,
		ResetWithAck:    true,

		ChallengeLimit:    10,
		ChallengeInterval: 5 * time.Second,
		RFC5927:           true,
		MinPathMTU:        68, UTOMin: 100 * time.Second, UTOMax: time.Hour,

		KeepIdle:     7200 * time.Second,
		KeepInterval: 1 * time.Second,
		KeepProbes:   10,

		TTL: 128, PortLow: 49152, PortHigh: 65535,
		PortSelect: RandomPort,
		Bytes:      bytesPerState(1024, 512, 256), PerBuffer: 0, Buffer: 64 << 10,
	}
}

var windowsSources = sources{
	"Handshake":                               "RFC 9293 section 3.5",
	"UTO UTOMin UTOMax":                       "unverified: none",
	"SYNCacheBuckets SYNCacheLimit":           "unverified: none",
	"CookieOptions":                           "unverified: none",
	"SYNCookies MaxSYNBacklog":                "unverified: none",
	"TimeWaitOverflow TWRecycle MaxOrphans":   "unverified: none",
	"TimeWaitMax":                             "unverified: no limit",
	"TWReuse TWReuseDelay TWReuseBound":       "unverified: none",
	"DiscardsUnread":                          "unverified: as Linux; shutdown(SD_RECEIVE) sends nothing",
	"SYNBeside AnswerBeside EarlyFIN":         "unverified: what is beside a SYN comes again, a FIN waits",
	"SYNSchedule":                             "unverified: 4 retransmissions, 31 s; older versions 2, from 3 s",
	"SYNACKSchedule":                          "unverified: 2 or 3 retransmissions",
	"SYNACK RepeatInterval":                   "unverified: as RFC 9293 section 3.10.7.4",
	"Backlog BacklogPercent BacklogExtra":     "unverified: SOMAXCONN of a client version",
	"InitialWindow":                           "published: Get-NetTCPSetting, InitialCongestionWindow 10",
	"LossWindowAfter RTOAfterSYN":             "unverified: as RFC 5681 section 3.1 and RFC 6298 (5.7)",
	"MSS":                                     "RFC 9293 section 3.7.1: from the MTU",
	"AlwaysMSS WindowScale":                   "published: p0f 3.09b, fingerprint of Windows 7 or 8",
	"Timestamps SACKPermitted":                "published: p0f 3.09b, fingerprint of Windows 7 or 8",
	"OptionOrder":                             "published: p0f 3.09b, fingerprint of Windows 7 or 8",
	"TimestampOffset":                         "unverified: random",
	"PortsPer":                                "unverified: a port may go to several destinations",
	"ISN ISNTick":                             "unverified: RFC 6528",
	"RFC5961 InsecureRST InsecureSYN RFC1337": "unverified: as RFC 9293 section 3.10.7.4",
	"RenewsEcho ResetAtFIN LimitEmptyAnswers": "unverified: as RFC 9293 and RFC 7323",
	"RTOInitial":                              "unverified: 1 s, older versions 3 s",
	"RTOMin":                                  "published: Get-NetTCPSetting, MinRto 300 ms",
	"RTOMax RTOSlop MinBoundsVariance":        "unverified: as RFC 6298",
	"GiveUp Retries OrphanRetries":            "unverified: TcpMaxDataRetransmissions 5",
	"DSACK LimitedTransmit RACK TLP TailDelay TailSlack PRR FRTO": "unverified: RACK and probes since Windows 10; delays of RFC 8985",
	"ECN":                            "unverified: EcnCapability disabled",
	"Congestion":                     "unverified: CUBIC since Windows 10",
	"SlowStartLimit R1":              "unverified: no limit; 3",
	"ReopenISN CrossedAgain RFC6191": "unverified: as RFC 9293 section 3.6.1",
	"TimeWaitChallenges LingerAborts OrphanProbesEnd":    "unverified: none of it",
	"ChallengeLimit ChallengeInterval RequireTimestamps": "unverified: RFC 5961 section 7",
	"ICMP RFC5927 MinPathMTU":                            "unverified: as RFC 9293 section 3.9.2.2 and RFC 5927 section 4.1",
	"KeepIdle KeepInterval KeepProbes":                   "unverified: 2 h, 1 s, 10 probes",
	"KeepBytes":                                          "unverified: none",
	"UserTimeout":                                        "unverified: none unless set",
	"ProbeBytes":                                         "unverified: as RFC 9293 section 3.8.6.1",
	"DelayedACK DelayedACKMax":                           "published: Get-NetTCPSetting, DelayedAckTimeout of a server",
	"FINDelay QuickACKs AcksFIN":                         "unverified: one delay",
	"ReceiveInitial ReceiveWindow SendBuffer":            "unverified: what 65,535 and its scale can say",
	"TimeWaitNeedsACK":                                   "unverified: as RFC 9293",
	"PushBursts":                                         "unverified: none",
	"Nagle NagleSmallOnly":                               "unverified: RFC 9293 section 3.7.4",
	"SYNHurry RepeatsFIN SilentListener":                 "unverified: as RFC 9293",
	"FastOptions":                                        "unverified: none",
	"TimeWait":                                           "published: Microsoft, \"port exhaustion issues\": 4 minutes; others say 2",
	"TimeWaitRestart":                                    "unverified: as RFC 9293 section 3.10.7.4",
	"FinWait2":                                           "unverified: 120 s",
	"ResetWithAck":                                       "unverified: RST,ACK",
	"TTL":                                                "unverified: DefaultTTL",
	"PortLow PortHigh":                                   "published: Microsoft, \"default dynamic port range\"",
	"PortSelect":                                         "unverified: random",
	"PerBuffer Buffer Starved":                           "unverified: text alone; nothing is known",
	"Bytes":                                              "unverified: nothing is known",
}

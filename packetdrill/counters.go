package packetdrill

import (
	"strings"

	"netsim/host"
	"netsim/packetdrill/shell"
	"netsim/tcp"
)

// counts are what counters of Linux are made of.
type counts struct {
	*host.Counters
	listeners *host.ListenerCounters
	tally     *host.Tally
	six       bool
}

// counted says how a counter follows from what the host counts. The names are those of
// nstat: of /proc/net/snmp and, with Ext, /proc/net/netstat.
var counted = map[string]func(c *counts) uint64{ // order-free: looked up by name
	"TcpActiveOpens":  func(c *counts) uint64 { return c.Entered[tcp.SynSent] },
	"TcpPassiveOpens": func(c *counts) uint64 { return c.Opened },
	"TcpAttemptFails": func(c *counts) uint64 { return c.Events[tcp.OpeningFailed] + c.Events[tcp.EarlyReset] },
	"TcpEstabResets":  func(c *counts) uint64 { return c.ResetOpen },
	"TcpCurrEstab": func(c *counts) uint64 {
		return uint64(c.tally.Count[tcp.Established].Value() + c.tally.Count[tcp.CloseWait].Value())
	},
	"TcpInSegs": func(c *counts) uint64 { return c.Received },
	// What is sent again counts there only (__tcp_transmit_skb), but for what a listener
	// sends, which is made anew (tcp_make_synack).
	"TcpOutSegs":      func(c *counts) uint64 { return c.Sent - c.Resent + c.ResentAnswers },
	"TcpRetransSegs":  func(c *counts) uint64 { return c.Resent },
	"TcpInErrs":       event(tcp.SYNInError),
	"TcpOutRsts":      func(c *counts) uint64 { return c.ResetsSent },
	"TcpInCsumErrors": none, // no script can write a wrong one

	"TcpExtSyncookiesSent":   func(c *counts) uint64 { return c.listeners.CookiesSent },
	"TcpExtSyncookiesRecv":   func(c *counts) uint64 { return c.listeners.CookiesGood },
	"TcpExtSyncookiesFailed": func(c *counts) uint64 { return c.listeners.CookiesBad },
	"TcpExtEmbryonicRsts":    event(tcp.RequestReset),
	"TcpExtOutOfWindowIcmps": event(tcp.StrayReport),
	"TcpExtListenOverflows":  func(c *counts) uint64 { return c.listeners.DroppedAcceptQueue + c.listeners.Overflows },
	"TcpExtListenDrops": func(c *counts) uint64 {
		l := c.listeners
		return l.DroppedSYNQueue + l.DroppedAcceptQueue + l.DroppedUnproven + l.DroppedMemory + l.Overflows + c.Events[tcp.RequestLost]
	},
	"TcpExtTCPReqQFullDoCookies": func(c *counts) uint64 { return c.listeners.CookiesDue },
	"TcpExtTCPReqQFullDrop":      func(c *counts) uint64 { return c.listeners.DroppedSYNQueue },
	"TcpExtTCPDeferAcceptDrop":   event(tcp.ACKDeferred),

	"TcpExtTW":                  func(c *counts) uint64 { return c.Waits + c.Events[tcp.RecordMade] - c.Events[tcp.RecordKept] },
	"TcpExtTWKilled":            event(tcp.BriefRecordMade),
	"TcpExtTWRecycled":          func(c *counts) uint64 { return c.Left[host.Reused] },
	"TcpExtTCPTimeWaitOverflow": func(c *counts) uint64 { return c.TimeWaitRefused },
	"TcpExtPAWSTimewait":        func(c *counts) uint64 { return c.WaitsRejected },
	"TcpExtPAWSActive":          event(tcp.PAWSOpening),
	"TcpExtPAWSEstab":           event(tcp.PAWSRejected),
	"TcpExtPAWSOldAck":          event(tcp.PAWSAcks),
	"TcpExtTSEcrRejected":       event(tcp.EchoRejected),
	"TcpExtBeyondWindow":        event(tcp.BeyondWindow),
	"TcpExtTCPZeroWindowDrop":   event(tcp.ZeroWindowText),
	"TcpExtTCPOFOQueue":         event(tcp.OutOfOrder),

	"TcpExtDelayedACKs":          event(tcp.DelayedACKs),
	"TcpExtDelayedACKLost":       event(tcp.OldText),
	"TcpExtTCPDSACKOldSent":      event(tcp.TwiceOld),
	"TcpExtTCPDSACKOfoSent":      event(tcp.TwiceHeld),
	"TcpExtTCPDSACKRecv":         event(tcp.ToldTwice),
	"TcpExtTCPDSACKOfoRecv":      event(tcp.ToldTwiceHeld),
	"TcpExtTCPDSACKUndo":         event(tcp.TwiceUndone),
	"TcpExtTCPSpuriousRTOs":      event(tcp.TimeoutUndone),
	"TcpExtTCPSackRecovery":      event(tcp.RecoveryBySACK),
	"TcpExtTCPRenoRecovery":      event(tcp.RecoveryByReno),
	"TcpExtTCPSACKReneging":      event(tcp.Reneging),
	"TcpExtTCPLossFailures":      event(tcp.LossFailed),
	"TcpExtTCPSackRecoveryFail":  event(tcp.RecoveryFailed),
	"TcpExtTCPRenoRecoveryFail":  event(tcp.RenoRecoveryFailed),
	"TcpExtTCPSackFailures":      event(tcp.DisorderFailed),
	"TcpExtTCPRenoFailures":      event(tcp.RenoDisorderFailed),
	"TcpExtTCPTimeouts":          event(tcp.RetransmitTimeout),
	"TcpExtTCPLossProbes":        event(tcp.TailProbe),
	"TcpExtTCPLossProbeRecovery": event(tcp.TailRepaired),
	"TcpExtTCPSynRetrans":        func(c *counts) uint64 { return c.ResentSYNs },
	"TcpExtTCPFastRetrans":       func(c *counts) uint64 { return c.ResentFast },
	// The segment that a timer sends again is not among them (tcp_retransmit_timer).
	"TcpExtTCPSlowStartRetrans": func(c *counts) uint64 {
		return c.Resent - c.ResentSYNs - c.ResentTails - c.ResentFast - c.Events[tcp.LossBegun]
	},
	"TcpExtTCPOrigDataSent": func(c *counts) uint64 { return c.TextSent },

	"TcpExtTCPAbortOnClose":   event(tcp.ReadlessAbort),
	"TcpExtTCPAbortOnData":    event(tcp.TextAbort),
	"TcpExtTCPAbortOnTimeout": event(tcp.TimeoutAbort),
	"TcpExtTCPAbortOnLinger":  event(tcp.LingerAbort),
	"TcpExtTCPAbortOnMemory":  func(c *counts) uint64 { return c.OrphansRefused + c.OrphansStarved },
	"TcpExtTCPAbortFailed":    none, // there is always a packet for a RST
	"TcpExtTCPKeepAlive":      event(tcp.Kept),
	"TcpExtTCPWinProbe":       event(tcp.WindowProbe),

	"TcpExtTCPChallengeACK":        func(c *counts) uint64 { return c.Challenges + c.Events[tcp.SYNAnswered] },
	"TcpExtTCPSYNChallenge":        event(tcp.SYNChallenged),
	"TcpExtTCPACKSkippedSynRecv":   event(tcp.SkippedRequest),
	"TcpExtTCPACKSkippedPAWS":      event(tcp.SkippedPAWS),
	"TcpExtTCPACKSkippedSeq":       event(tcp.SkippedOld),
	"TcpExtTCPACKSkippedFinWait2":  event(tcp.SkippedFinWait2),
	"TcpExtTCPACKSkippedTimeWait":  func(c *counts) uint64 { return c.WaitsSkipped },
	"TcpExtTCPACKSkippedChallenge": event(tcp.SkippedChallenge),

	"TcpExtTCPFastOpenActive":         event(tcp.FastAcked),
	"TcpExtTCPFastOpenActiveFail":     event(tcp.FastFailed),
	"TcpExtTCPFastOpenPassive":        func(c *counts) uint64 { return c.listeners.FastTaken },
	"TcpExtTCPFastOpenPassiveFail":    func(c *counts) uint64 { return c.listeners.FastBad },
	"TcpExtTCPFastOpenPassiveAltKey":  func(c *counts) uint64 { return c.listeners.FastOldKey },
	"TcpExtTCPFastOpenListenOverflow": func(c *counts) uint64 { return c.listeners.FastOverflows },
	"TcpExtTCPFastOpenCookieReqd":     func(c *counts) uint64 { return c.listeners.FastAsked },
	"TcpExtTCPFastOpenBlackhole":      func(c *counts) uint64 { return c.FastPauses },

	"IpExtInNoECTPkts": func(c *counts) uint64 { return c.of4(c.Received - c.Marked[1] - c.Marked[2] - c.Marked[3] + c.Reports) },
	"IpExtInECT1Pkts":  func(c *counts) uint64 { return c.of4(c.Marked[1]) },
	"IpExtInECT0Pkts":  func(c *counts) uint64 { return c.of4(c.Marked[2]) },
	"IpExtInCEPkts":    func(c *counts) uint64 { return c.of4(c.Marked[3]) },
}

// of4 is a number that IPv4 alone counts there.
func (c *counts) of4(n uint64) uint64 {
	if c.six {
		return 0
	}
	return n
}

func event(e tcp.Event) func(c *counts) uint64 {
	return func(c *counts) uint64 { return c.Events[e] }
}

// none is what counts what cannot be: of features that no script can turn on.
func none(*counts) uint64 { return 0 }

// counterNames are those of Linux 6.18 by the part of /proc/net that they are in. What is
// counted there and not here is among them, so that a script that asks for it is told.
var counterNames = [...]struct{ prefix, names string }{
	{"Ip", "InReceives InHdrErrors InAddrErrors InDiscards InDelivers OutRequests OutDiscards OutNoRoutes OutTransmits"},
	{"Icmp", "InMsgs InErrors InDestUnreachs InTimeExcds OutMsgs OutDestUnreachs"},
	{"IcmpMsg", "InType3 OutType3"},
	{"Tcp", "ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors"},
	{"Udp", "InDatagrams NoPorts InErrors OutDatagrams"},
	{"Ip6", "InReceives InDelivers OutRequests InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts"},
	{"TcpExt", `
		SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter
		TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow TSEcrRejected PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops
		TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo TCPLossUndo
		TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail
		TCPSackRecoveryFail TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory
		TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs
		TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop TCPDeferAcceptDrop IPReversePathFilter
		TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK TCPSYNChallenge TCPFastOpenActive
		TCPFastOpenActiveFail TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd TCPFastOpenBlackhole TCPSpuriousRtxHostQueues BusyPollRxPackets
		TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect
		TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive
		TCPMTUPFail TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig TCPFastOpenPassiveAltKey TcpTimeoutRehash
		TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash TCPAORequired TCPAOBad TCPAOKeyNotFound TCPAOGood
		TCPAODroppedIcmps`},
	{"IpExt", "InOctets OutOctets InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts"},
}

// Counters are those of nstat. FreeBSD has another program.
func (r *runner) Counters() (list []shell.Counter) {
	if r.bsd() {
		return nil
	}
	c := counts{&r.tally.Counters, &r.listening.ListenerCounters, r.tally, r.setup.six}
	for _, part := range counterNames {
		for name := range strings.FieldsSeq(part.names) {
			one := shell.Counter{Name: part.prefix + name}
			of := counted[one.Name]
			if one.Unknown = of == nil; of != nil {
				one.Value = of(&c)
			}
			list = append(list, one)
		}
	}
	return list
}

// History is that of nstat.
func (r *runner) History() *map[string]uint64 { return &r.history }

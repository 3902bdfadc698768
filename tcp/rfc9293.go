package tcp

import "time"

// RFC9293 is the standard, with RFC 6298, 5681, 6928, 7323 and 5961.
func RFC9293() *Profile {
	return &Profile{
		Name:            "rfc9293",
		SYNSchedule:     seconds(1, 2, 4, 8, 16, 32, 64, 128),
		SYNACKSchedule:  seconds(1, 2, 4, 8, 16, 32, 64, 128),
		SYNACK:          Strict,
		Backlog:         Unlimited,
		BacklogPercent:  100,
		InitialWindow:   10,
		LossWindowAfter: 0,
		WindowScale:     7,
		Timestamps:      true,
		ISNTick:         4 * time.Microsecond,
		RFC5961:         true,

		RTOInitial:    time.Second,
		RTOMin:        time.Second,
		RTOMax:        60 * time.Second,
		RTOAfterSYN:   3 * time.Second,
		GiveUp:        ByCount,
		Retries:       8,
		OrphanRetries: 8,
		ProbeBytes:    1,

		Congestion:     Reno,
		SlowStartLimit: 1,

		DelayedACK: 200 * time.Millisecond,

		ReceiveInitial: 65535, ReceiveWindow: 4 << 20, SendBuffer: 4 << 20,
		Nagle: true,

		TimeWait:        240 * time.Second,
		TimeWaitRestart: FINOnly,

		PortLow: 49152, PortHigh: 65535,
		PortSelect: RandomPort,
		Bytes:      bytesPerState(512, 512, 256),
	}
}

var rfc9293Sources = sources{
	"SYNSchedule SYNACKSchedule":          "RFC 6298 (2.1), (5.5); 255 s, since RFC 9293 (MUST-23) wants 180 s",
	"SYNACK":                              "RFC 9293 section 3.10.7.4: it is outside the window and draws an ACK",
	"RepeatInterval":                      "RFC 9293 section 3.10.7.4: no limit",
	"Backlog BacklogPercent BacklogExtra": "RFC 9293 has no backlog",
	"InitialWindow":                       "RFC 6928",
	"LossWindowAfter":                     "RFC 5681 section 3.1: one segment if a SYN was lost",
	"MSS AlwaysMSS":                       "RFC 9293 section 3.7.1 (SHLD-5): from the MTU, sent where it is not the default",
	"WindowScale":                         "chosen: what 4 MiB need; RFC 7323 section 2",
	"Timestamps":                          "RFC 7323 section 3",
	"SACKPermitted":                       "chosen: RFC 2018 is not part of it",
	"ISN ISNTick":                         "RFC 9293 section 3.4.1 (MUST-8, SHLD-1): 4 us",
	"RFC5961":                             "RFC 9293 section 3.10.7.4, RFC 5961",
	"RFC1337":                             "RFC 9293 section 3.10.7.4: a RST ends TIME-WAIT",
	"RenewsEcho":                          "RFC 7323 section 4.3",
	"ReopenISN":                           "RFC 9293 section 3.10.7.4 (MAY-2): any number above it",
	"CrossedAgain":                        "RFC 9293 section 3.5, figure 7: four segments",
	"ResetAtFIN":                          "RFC 9293 section 3.10.7.4: it is outside the window",
	"RTOInitial":                          "RFC 6298 (2.1)",
	"RTOMin MinBoundsVariance":            "RFC 6298 (2.4)",
	"RTOMax":                              "RFC 6298 (2.5)",
	"RTOAfterSYN":                         "RFC 6298 (5.7)",
	"GiveUp Retries OrphanRetries":        "RFC 9293 section 3.8.3 (SHLD-11): R2 of 8 retransmissions, 243 s at an RTO of 1 s, is 100 s at the least",
	"UserTimeout":                         "RFC 9293 section 3.8.3 (MUST-21): what the user says",
	"ProbeBytes":                          "RFC 9293 section 3.8.6.1: one octet of new data",
	"Congestion":                          "RFC 9293 section 3.8.2 (MUST-19): RFC 5681",
	"SlowStartLimit":                      "RFC 5681 equation 2",
	"DelayedACK":                          "chosen: RFC 9293 section 3.8.6.3 (MUST-40) allows 500 ms",
	"DelayedACKMax FINDelay QuickACKs":    "RFC 9293 section 3.8.6.3 has one delay",
	"ReceiveInitial ReceiveWindow SendBuffer": "chosen: RFC 9293 has no buffers",
	"Nagle NagleSmallOnly":                    "RFC 9293 section 3.7.4 (SHLD-7)",
	"TimeWait":                                "RFC 9293 section 3.4.2 (MUST-13): 2 MSL, of 2 minutes each",
	"TimeWaitRestart":                         "RFC 9293 section 3.10.7.4, eighth check",
	"LimitEmptyAnswers":                       "RFC 9293 section 3.10.7.4: no limit",
	"FinWait2":                                "RFC 9293 section 3.6: for ever",
	"ResetWithAck":                            "RFC 9293 section 3.10.5",
	"PortLow PortHigh":                        "RFC 6335 section 6: the dynamic ports",
	"PortSelect":                              "RFC 6056 section 3.3.1",
	"Bytes":                                   "chosen: RFC 9293 says nothing of memory",
}

package tcp

import (
	"maps"
	"slices"
	"time"
)

// Profile is how a system speaks TCP: every constant and every choice that the
// RFCs leave open or a system takes otherwise. A Profile is data; a copy with
// some fields changed is another system.
type Profile struct {
	Name string

	// Opening. A schedule holds the wait after each transmission; the last one is
	// the wait before giving up.
	SYNSchedule      []time.Duration
	SYNACKSchedule   []time.Duration
	SYNACK           SYNACKPolicy
	RepeatInterval   time.Duration // least time between two answers to a repeated SYN
	Backlog          int           // of a listener that says none; Unlimited
	BacklogExtra     int           // places a queue has beyond its backlog
	InitialWindow    int           // segments, RFC 6928
	LossWindowAfter  int           // SYNs resent before the initial window is one segment
	MSS              int           // the most we advertise; 0: from the MTU
	AlwaysMSS        bool          // say it where it is the default, too
	WindowScale      int           // shift we offer; NoScale
	Timestamps       bool
	SACKPermitted    bool
	ISN              ISNRule
	ISNTick          time.Duration // period of the clock of RFC 6528
	RFC5961, RFC1337 bool
	RenewsEcho       bool // a segment that comes again renews the timestamp we echo
	ResetAtFIN       bool // after the peer's FIN a RST may have the FIN's own number

	// Timers, RFC 6298.
	RTOInitial, RTOMin, RTOMax time.Duration
	RTOAfterSYN                time.Duration // RTO when a SYN was lost and no sample is there (5.7)
	MinBoundsVariance          bool          // RTOMin bounds 4*RTTVAR (Linux), not the RTO
	GiveUp                     GiveUp
	Retries                    int // R2 of a connection (MUST-20)
	OrphanRetries              int // R2 of one whose user has gone
	UserTimeout                time.Duration
	ProbeBytes                 int // text in a zero-window probe: 0 or 1

	// Acknowledging. With QuickACKs the first ones after data are sent at once
	// and the delay adapts between the two bounds.
	DelayedACK, DelayedACKMax time.Duration
	FINDelay                  time.Duration // for the ACK of a FIN when no data has come
	QuickACKs                 int

	// Buffers, bytes. The receive window begins at ReceiveInitial and grows with
	// what has been delivered to ReceiveWindow.
	ReceiveInitial, ReceiveWindow uint32
	SendBuffer                    uint64
	Nagle                         bool
	NagleSmallOnly                bool // a small segment waits for another small one only (Minshall, Linux)

	// Closing.
	TimeWait          time.Duration // 2 MSL
	TimeWaitRestart   TimeWaitRestart
	LimitEmptyAnswers bool          // answer empty segments at most every 500 ms
	FinWait2          time.Duration // of an orphan; 0 is for ever
	ResetWithAck      bool          // an abort sends RST,ACK

	// The host. Ephemeral ports are PortLow to PortHigh.
	PortLow, PortHigh uint16
	PortSelect        PortSelect
	Bytes             [States]int // kernel memory held in each state
}

// Unlimited is a Backlog without bound, NoScale a WindowScale not offered.
const (
	Unlimited = -1
	NoScale   = -1
)

// SYNACKPolicy is how a repeated SYN is answered in SYN-RECEIVED.
type SYNACKPolicy uint8

const (
	// Strict is RFC 9293: the repeated SYN is outside the window and draws an ACK;
	// the SYN-ACK is sent again by its timer alone.
	Strict SYNACKPolicy = iota
	// Eager is Linux: the SYN-ACK is sent again at once and its timer begins anew,
	// with the wait it had and without counting.
	Eager
	// Stateless answers every SYN and has no timer, as with SYN cookies.
	Stateless
)

// GiveUp is the kind of rule by which R2 is reached.
type GiveUp uint8

const (
	// ByCount gives up when so many retransmissions have not been acknowledged.
	ByCount GiveUp = iota
	// ByTime gives up at the first expiry that is at least as late as so many
	// retransmissions would take had the RTO begun at its minimum (Linux).
	ByTime
)

// TimeWaitRestart is what begins the 2 MSL again.
type TimeWaitRestart uint8

const (
	FINOnly TimeWaitRestart = iota // the peer's FIN once more: RFC 9293
	AnyACK                         // every segment with an ACK: Linux
)

// ISNRule is how initial sequence numbers are chosen.
type ISNRule uint8

const (
	HashedClock ISNRule = iota // RFC 6528
	RandomISN
	ClockISN // the clock alone
	ZeroISN
)

// PortSelect is how an ephemeral port is chosen (RFC 6056).
type PortSelect uint8

const (
	RandomPort     PortSelect = iota // from a random start, then the next free one
	ParityPort                       // the same by steps of two: first the parity of the range's start (Linux)
	SequentialPort                   // the one after the last
	HashPort                         // a start by destination, then sequential (RFC 6056 section 3.3.3)
)

func seconds(s ...int) []time.Duration {
	d := make([]time.Duration, len(s))
	for i := range s {
		d[i] = time.Duration(s[i]) * time.Second
	}
	return d
}

// RFC9293 is the standard, with RFC 6298, 5681, 6928, 7323 and 5961.
func RFC9293() *Profile {
	return &Profile{
		Name:            "rfc9293",
		SYNSchedule:     seconds(1, 2, 4, 8, 16, 32, 64, 128), // 255 s: R2 >= 180 s (MUST-23)
		SYNACKSchedule:  seconds(1, 2, 4, 8, 16, 32, 64, 128),
		SYNACK:          Strict,
		Backlog:         Unlimited, // the RFC has none
		InitialWindow:   10,        // RFC 6928
		LossWindowAfter: 0,         // RFC 5681 section 3.1: IW is one segment if a SYN was lost
		WindowScale:     7,
		Timestamps:      true,
		ISNTick:         4 * time.Microsecond, // RFC 9293 section 3.4.1
		RFC5961:         true,

		RTOInitial:    time.Second,      // RFC 6298 (2.1)
		RTOMin:        time.Second,      // (2.4)
		RTOMax:        60 * time.Second, // (2.5)
		RTOAfterSYN:   3 * time.Second,  // (5.7)
		GiveUp:        ByCount,
		Retries:       8, // 1+2+4+8+16+32+60+60+60 s: R2 >= 100 s (SHLD-11)
		OrphanRetries: 8,
		ProbeBytes:    1, // section 3.8.6.1: at least one octet of new data

		DelayedACK: 200 * time.Millisecond, // < 0.5 s (MUST-40)

		ReceiveInitial: 65535, ReceiveWindow: 4 << 20, SendBuffer: 4 << 20,
		Nagle: true, // SHLD-7

		TimeWait:        240 * time.Second, // 2 MSL (MUST-13), MSL 2 minutes
		TimeWaitRestart: FINOnly,

		PortLow: 49152, PortHigh: 65535, // IANA's dynamic ports, RFC 6335
		PortSelect: RandomPort,
		Bytes:      bytesPerState(512, 512, 256),
	}
}

// Linux is Linux 6.18 on x86-64. Values were measured on a running 6.18.44
// kernel or are its documented defaults.
func Linux() *Profile {
	return &Profile{
		Name:            "linux",
		SYNSchedule:     seconds(1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 64), // tcp_syn_retries 6, tcp_syn_linear_timeouts 4: 131 s
		SYNACKSchedule:  seconds(1, 2, 4, 8, 16, 32),                 // tcp_synack_retries 5: 63 s
		SYNACK:          Eager,
		RepeatInterval:  500 * time.Millisecond, // tcp_invalid_ratelimit
		Backlog:         4096,                   // somaxconn
		BacklogExtra:    1,                      // a queue of backlog b holds b+1
		InitialWindow:   10,
		LossWindowAfter: 1,
		AlwaysMSS:       true,
		WindowScale:     10,
		Timestamps:      true,
		SACKPermitted:   true,
		ISNTick:         64 * time.Nanosecond,
		RFC5961:         true,
		RenewsEcho:      true, // tcp_sequence, tcp_replace_ts_recent
		ResetAtFIN:      true, // tcp_reset_check

		RTOInitial:        time.Second,
		RTOMin:            200 * time.Millisecond, // TCP_RTO_MIN
		RTOMax:            120 * time.Second,      // TCP_RTO_MAX
		RTOAfterSYN:       3 * time.Second,        // TCP_TIMEOUT_FALLBACK
		MinBoundsVariance: true,
		GiveUp:            ByTime,
		Retries:           15, // tcp_retries2: 924.6 s at the least
		OrphanRetries:     8,  // tcp_orphan_retries 0 means 8: 102.2 s at the least

		DelayedACK:    40 * time.Millisecond, // TCP_ATO_MIN
		DelayedACKMax: 200 * time.Millisecond,
		FINDelay:      4 * time.Millisecond, // one clock tick at 250 Hz
		QuickACKs:     16,                   // TCP_MAX_QUICKACKS

		ReceiveInitial: 64240, ReceiveWindow: 6 << 20, SendBuffer: 4 << 20, // tcp_rmem[2], tcp_wmem[2]
		Nagle: true, NagleSmallOnly: true, // tcp_minshall_check

		TimeWait:          60 * time.Second, // TCP_TIMEWAIT_LEN
		TimeWaitRestart:   AnyACK,
		LimitEmptyAnswers: true,
		FinWait2:          60 * time.Second, // tcp_fin_timeout
		ResetWithAck:      true,

		PortLow: 32768, PortHigh: 60999, // ip_local_port_range
		PortSelect: ParityPort,
		Bytes:      bytesPerState(3584, 320, 256), // slab of socket, inode, file, dentry; request; tw_sock
	}
}

// bytesPerState gives every open state the size of a socket, SYN-RECEIVED that
// of a request and TIME-WAIT that of its record.
func bytesPerState(socket, request, timeWait int) (b [States]int) {
	for s := range b {
		b[s] = socket
	}
	b[Closed], b[SynReceived], b[TimeWaiting] = 0, request, timeWait
	return b
}

var profiles = map[string]func() *Profile{"linux": Linux, "rfc9293": RFC9293}

// ProfileNames lists the profiles in alphabetical order.
func ProfileNames() []string { return slices.Sorted(maps.Keys(profiles)) }

// ProfileByName returns a new copy of a profile, nil if there is none.
func ProfileByName(name string) *Profile {
	if profile := profiles[name]; profile != nil {
		return profile()
	}
	return nil
}

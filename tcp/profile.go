package tcp

import (
	"time"

	"netsim/wire"
)

// Profile is how a system speaks TCP: every constant and every choice that the
// RFCs leave open or a system takes otherwise. A Profile is data; a copy with
// some fields changed is another system. The tag of a field is the key by which
// an experiment changes it and by which it is listed; the file of each profile
// says where each value is from, see [SourceOf].
type Profile struct {
	Name string

	// Opening. A schedule holds the wait after each transmission; the last one is
	// the wait before giving up.
	SYNSchedule     []time.Duration  `key:"tcp.syn_schedule"`
	SYNACKSchedule  []time.Duration  `key:"tcp.synack_schedule"`
	Handshake       Handshake        `key:"tcp.handshake"`
	SYNACK          SYNACKPolicy     `key:"tcp.synack"`
	RepeatInterval  time.Duration    `key:"tcp.synack_interval"` // least time between two answers to a repeated SYN
	Backlog         int              `key:"tcp.max_backlog"`     // of a listener that says none; Unlimited
	BacklogPercent  int              `key:"tcp.backlog_percent"` // places of a queue for a hundred of its backlog
	BacklogExtra    int              `key:"tcp.backlog_extra"`   // places it has beyond these
	OverflowResets  bool             `key:"tcp.overflow_resets"` // a handshake that finds the accept queue full is reset, and no SYN is dropped for that
	SYNCookies      CookiePolicy     `key:"tcp.syn_cookies"`
	MaxSYNBacklog   int              `key:"tcp.max_syn_backlog"`   // requests; without cookies the last quarter is for peers known; 0: no limit
	SYNCacheBuckets int              `key:"tcp.syncache_buckets"`  // of what is half-open at a host, in place of SYN queues; 0: none
	SYNCacheLimit   int              `key:"tcp.syncache_limit"`    // requests in each; one more replaces the oldest
	CookiePeriod    time.Duration    `key:"tcp.cookie_period"`     // of a secret, which is believed as long again
	CookieTrust     time.Duration    `key:"tcp.cookie_trust"`      // after the last overflow cookies count so long
	SYNCachePause   time.Duration    `key:"tcp.syncache_pause"`    // after an overflow all is cookies, at first for so long and soon after another twice; 0: never
	CookieOptions   bool             `key:"tcp.cookie_options"`    // a cookie's number tells scale and SACK, too, not its timestamp
	InitialWindow   int              `key:"tcp.initial_window"`    // segments, RFC 6928
	LossWindowAfter int              `key:"tcp.loss_window_after"` // SYNs resent before the initial window is one segment
	MSS             int              `key:"tcp.mss"`               // the most we advertise; 0: from the MTU
	AlwaysMSS       bool             `key:"tcp.always_mss"`        // say it where it is the default, too
	DefaultMSS      int              `key:"tcp.default_mss"`       // of a peer that tells none; 0: 536 bytes, over IPv6 1220
	MinMSS          int              `key:"tcp.min_mss"`           // what is told is believed down to here
	WindowScale     int              `key:"tcp.window_scale"`      // shift we offer; NoScale
	Timestamps      bool             `key:"tcp.timestamps"`
	TimestampOffset TimestampOffset  `key:"tcp.timestamp_offset"` // what is added to their clock
	OptionOrder     wire.OptionOrder `key:"tcp.option_order"`     // of the options of a SYN
	SACKPermitted   bool             `key:"tcp.sack"`
	ISN             ISNRule          `key:"tcp.isn"`
	ISNTick         time.Duration    `key:"tcp.isn_tick"`          // period of the clock of RFC 6528
	ReopenISN       uint32           `key:"tcp.reopen_isn"`        // ISS beyond the old SND.NXT, over a TIME-WAIT; 0: by the rule
	SYNBeside       BesideSYN        `key:"tcp.syn_beside"`        // what a listener does with text or a FIN beside a SYN
	AnswerBeside    bool             `key:"tcp.synack_beside"`     // who has sent a SYN takes text and FIN beside that of the answer
	EarlyFIN        EarlyFIN         `key:"tcp.early_fin"`         // of a CLOSE in SYN-RECEIVED
	FastOptions     int              `key:"tcp.fast_open_options"` // bytes kept for the options of a SYN with text; 0: what they take
	FastBlind       bool             `key:"tcp.fast_open_blind"`   // to a server of unknown segment size text goes as the path lets it, not 536 bytes
	FastAsksTwice   bool             `key:"tcp.fast_open_twice"`   // a request for a cookie that was ignored is made once by the experimental option
	FastPause       time.Duration    `key:"tcp.fast_open_pause"`   // without Fast Open after a third timeout, twice as long each time; 0: none
	SYNHurry        time.Duration    `key:"tcp.syn_hurry"`         // after an ACK that cannot be, the first SYN is sent again after so long; 0: by its timer
	RepeatsFIN      bool             `key:"tcp.repeats_fin"`       // until our FIN is acknowledged, every ACK says it once more
	SilentListener  bool             `key:"tcp.silent_listener"`   // what has both SYN and ACK for a listener, or neither, is dropped, not reset
	Blackhole       Blackhole        `key:"tcp.blackhole"`         // what is not reset, since nobody is to learn that nothing is there
	DiscardsUnread  bool             `key:"tcp.discards_unread"`   // what nobody may read any more is thrown away, and is no reason to reset (SHLD-3)
	CrossedAgain    bool             `key:"tcp.crossed_again"`     // in a simultaneous open, the SYN is sent again as it was
	Acceptance      Acceptance       `key:"tcp.acceptance"`        // of what lies outside the receive window
	RFC5961         bool             `key:"tcp.rfc5961"`
	InsecureRST     bool             `key:"tcp.insecure_rst"` // but a RST in the window is believed, as RFC 793 has it
	InsecureSYN     bool             `key:"tcp.insecure_syn"` // and a SYN in the window is an error
	InsecureACK     bool             `key:"tcp.insecure_ack"` // and an acknowledgment may be older than any window
	ResetAtACK      bool             `key:"tcp.reset_at_ack"` // a RST has to have the number that was acknowledged last
	RFC1337         bool             `key:"tcp.rfc1337"`
	PAWS            PAWS             `key:"tcp.paws"`          // what becomes of a timestamp that is too old
	RenewsEcho      bool             `key:"tcp.renews_echo"`   // a segment that comes again renews the timestamp we echo
	ResetAtFIN      bool             `key:"tcp.reset_at_fin"`  // after the peer's FIN a RST may have the FIN's own number
	OldACKBound     bool             `key:"tcp.old_ack_bound"` // an ACK is too old before anything that was acknowledged, not a window before SND.UNA only
	ChecksEcho      bool             `key:"tcp.checks_echo"`   // what answers in a handshake must echo a timestamp of it

	// Timers, RFC 6298.
	RTOInitial            time.Duration `key:"tcp.rto_initial"`
	RTOMin                time.Duration `key:"tcp.rto_min"`
	RTOMax                time.Duration `key:"tcp.rto_max"`
	RTOAfterSYN           time.Duration `key:"tcp.rto_after_syn"`       // RTO when a SYN was lost and no sample is there (5.7)
	RTOSlop               time.Duration `key:"tcp.rto_slop"`            // added to what is measured
	MinBoundsVariance     bool          `key:"tcp.rto_bounds_variance"` // RTOMin bounds 4*RTTVAR (Linux), not the RTO
	GiveUp                GiveUp        `key:"tcp.give_up"`
	UserTimeoutFromResend bool          `key:"tcp.user_timeout_from_resend"` // the user timeout counts from the first retransmission
	Retries               int           `key:"tcp.retries"`                  // R2 of a connection (MUST-20)
	R1                    int           `key:"tcp.r1"`                       // retransmissions after which the user is told (MUST-20)
	OrphanRetries         int           `key:"tcp.fin_retries"`              // R2 of one whose user has gone
	UserTimeout           time.Duration `key:"tcp.user_timeout"`
	UTO                   bool          `key:"tcp.uto"`               // the user timeout option, RFC 5482
	UTOMin                time.Duration `key:"tcp.uto_min"`           // L_LIMIT
	UTOMax                time.Duration `key:"tcp.uto_max"`           // U_LIMIT
	ProbeBytes            int           `key:"tcp.probe_bytes"`       // text in a zero-window probe: 0 or 1
	ProbeMin              time.Duration `key:"tcp.probe_min"`         // least time between them, where they have bounds of their own; 0: an RTO
	ProbeMax              time.Duration `key:"tcp.probe_max"`         // and the most
	ProbesAnew            bool          `key:"tcp.probes_anew"`       // an ACK begins the wait for the next probe again
	FINBeyondWindow       bool          `key:"tcp.fin_beyond_window"` // a FIN needs no room in the peer's window
	DropResets            bool          `key:"tcp.drop_resets"`       // whoever ends a connection, its user, a timer or R2, tells the peer by a RST

	// Congestion and loss.
	DSACK           bool          `key:"tcp.dsack"`            // what arrives twice is told in SACK blocks, RFC 2883
	ECN             ECN           `key:"tcp.ecn"`              // RFC 3168
	LimitedTransmit bool          `key:"tcp.limited_transmit"` // RFC 3042; with SACK it is part of RFC 6675
	RACK            bool          `key:"tcp.rack"`             // with SACK, losses are found by time (RFC 8985), else by RFC 6675
	TLP             bool          `key:"tcp.tlp"`              // with SACK, tail loss probes (RFC 8985)
	TailDelay       time.Duration `key:"tcp.tlp_delay"`        // before the probe of a single segment: the peer may delay its ACK
	TailSlack       time.Duration `key:"tcp.tlp_slack"`        // before any other, beyond two round trips
	PRR             bool          `key:"tcp.prr"`              // with SACK, the window comes down in proportion (RFC 6937)
	FRTO            bool          `key:"tcp.frto"`             // timeouts that were too early are found (RFC 5682)
	DupThresh       int           `key:"tcp.dup_thresh"`       // segments beyond another that tell that it is lost
	IdleRestart     IdleRestart   `key:"tcp.idle_restart"`     // of the window
	WindowUse       WindowUse     `key:"tcp.window_use"`       // of the congestion window, for it to grow
	ReducesWindow   bool          `key:"tcp.reduces_window"`   // a loss makes a part of the window the threshold, not of what was in flight
	ThinLinear      bool          `key:"tcp.thin_linear"`      // with few segments in flight, six timeouts are equally long
	Congestion      *Algorithm    `key:"tcp.congestion"`
	SlowStartLimit  int           `key:"tcp.slow_start_limit"` // segments by which one ACK opens the window, RFC 3465's L; 0: no limit

	// Acknowledging. With QuickACKs the first ones after data are sent at once
	// and the delay adapts between the two bounds.
	DelayedACK    time.Duration `key:"tcp.delayed_ack"`
	DelayedACKMax time.Duration `key:"tcp.delayed_ack_max"`
	FINDelay      time.Duration `key:"tcp.fin_delay"` // for the ACK of a FIN when no data has come
	AcksFIN       bool          `key:"tcp.acks_fin"`  // the ACK of a FIN is not delayed
	QuickACKs     int           `key:"tcp.quick_ack"`
	AckEveryOther bool          `key:"tcp.ack_every_other"` // a second segment is acknowledged at once, however small

	// Buffers, bytes. The receive window begins at ReceiveInitial and grows with
	// what has been delivered to ReceiveWindow.
	ReceiveInitial uint32 `key:"tcp.receive_initial"`
	AllOrNothing   bool   `key:"tcp.all_or_nothing"` // text that ends beyond it is taken whole if nothing waits to be read, and else dropped; not cut off
	WholeSegments  bool   `key:"tcp.whole_segments"` // and is a whole number of segments
	TellsRoom      bool   `key:"tcp.tells_room"`     // the buffer is rounded up to whole segments, and every segment tells all its room
	ReceiveWindow  uint32 `key:"tcp.receive_window"`
	SendBuffer     uint64 `key:"tcp.send_buffer"`
	NotSentLow     uint32 `key:"tcp.not_sent_low"` // no more is taken while so much waits to be sent; 0: no limit
	Nagle          bool   `key:"tcp.nagle"`
	NagleSmallOnly bool   `key:"tcp.nagle_small_only"` // a small segment waits for another small one only (Minshall, Linux)
	NagleFromIdle  bool   `key:"tcp.nagle_from_idle"`  // or waits not at all, if nothing was outstanding when its write began to be sent
	PushBursts     bool   `key:"tcp.push_bursts"`      // the last segment of a burst has a PSH, too

	// Closing.
	TimeWait          time.Duration   `key:"tcp.time_wait"` // 2 MSL
	TimeWaitRestart   TimeWaitRestart `key:"tcp.time_wait_restart"`
	TimeWaitMax       int             `key:"tcp.time_wait_max"`      // connections a host may have in it, orphans in FIN-WAIT-2 among them; 0: no limit
	TimeWaitOverflow  Overflow        `key:"tcp.time_wait_overflow"` // what happens to one more
	TWRecycle         bool            `key:"tcp.tw_recycle"`         // TIME-WAIT of 3.5 RTO with timestamps, and a SYN must have a newer one than its address had
	MaxOrphans        int             `key:"tcp.max_orphans"`        // connections without a user, before FIN-WAIT-2; 0: no limit
	TWReuse           ReusePolicy     `key:"tcp.tw_reuse"`           // of an ephemeral port
	TWReuseDelay      time.Duration   `key:"tcp.tw_reuse_delay"`
	TWReuseBound      bool            `key:"tcp.tw_reuse_bound"`      // of a port that is bound, at once; timestamps must have been used
	LimitEmptyAnswers bool            `key:"tcp.limit_empty_answers"` // answer empty segments at most every 500 ms
	FinWait2          time.Duration   `key:"tcp.fin_wait_2"`          // of an orphan, or one that reads no more; 0 is for ever
	BriefFinWait2     bool            `key:"tcp.brief_fin_wait_2"`    // an orphan in it, for no longer than TIME-WAIT, is kept and answers as in TIME-WAIT
	ResendsSent       bool            `key:"tcp.resends_sent"`        // what is sent again is what was sent, without text written since, and has the PSH it had
	FINWaits          bool            `key:"tcp.fin_waits"`           // a FIN waits for room in the congestion window
	ResetsUnread      bool            `key:"tcp.resets_unread"`       // text in FIN-WAIT-1 or -2 resets, if the user has shut down reading
	ResetWithAck      bool            `key:"tcp.reset_with_ack"`      // an abort sends RST,ACK
	ResetHasWindow    bool            `key:"tcp.reset_has_window"`    // and tells the window, as any segment

	RFC6191            bool `key:"tcp.rfc6191"`              // a SYN with a newer timestamp reopens TIME-WAIT
	TimeWaitChallenges bool `key:"tcp.time_wait_challenges"` // RFC 5961 holds in TIME-WAIT, too
	TimeWaitNeedsACK   bool `key:"tcp.time_wait_needs_ack"`  // what has no ACK draws nothing there, and all else an ACK but one that says nothing new (FreeBSD)
	LingerAborts       bool `key:"tcp.linger_aborts"`        // the end of SO_LINGER resets what is left
	OrphanProbesEnd    bool `key:"tcp.orphan_probes_end"`    // an orphan gives up once its probes are RTOMax apart, answered or not

	// What others say. A challenge ACK is one of so many that are sent in an interval;
	// 0 is no limit (RFC 5961 section 7).
	ChallengePer      ChallengePer  `key:"tcp.challenge_per"`
	ChallengeLimit    int           `key:"tcp.challenge_limit"`
	ChallengeInterval time.Duration `key:"tcp.challenge_interval"`
	RequireTimestamps bool          `key:"tcp.require_timestamps"` // once negotiated, a segment without them is dropped (RFC 7323 section 3.2)
	ICMP              ICMPPolicy    `key:"tcp.icmp"`
	RFC5927           bool          `key:"tcp.rfc5927"` // ICMP must quote a number that is outstanding
	MinPathMTU        int           `key:"tcp.min_path_mtu"`

	// Keeping alive (RFC 9293 section 3.8.4).
	KeepIdle     time.Duration `key:"tcp.keepalive.idle"`
	KeepInterval time.Duration `key:"tcp.keepalive.interval"`
	KeepProbes   int           `key:"tcp.keepalive.probes"`
	KeepBytes    int           `key:"tcp.keepalive.bytes"`  // text in a probe: 0, or one that the peer has (MAY-6)
	KeepAlways   bool          `key:"tcp.keepalive.always"` // where the user has not asked for it, too

	// The host. Ephemeral ports are PortLow to PortHigh.
	TTL        int           `key:"ttl"` // hops that a packet may take (MUST-49)
	PortLow    uint16        `key:"ports.range"`
	PortHigh   uint16        `key:"ports.range"`
	PortSelect PortSelect    `key:"ports.select"`
	PortsPer   PortsPer      `key:"ports.per"`          // what a port in use excludes
	Bytes      [States]int   `key:"memory.per.<state>"` // kernel memory held in each state
	Timers     Timers        `key:"tcp.timers"`
	Tick       time.Duration `key:"tcp.tick"`          // of the clock of a wheel
	PerBuffer  int           `key:"memory.per.buffer"` // of a queue, beside its text
	Buffer     int           `key:"memory.buffer"`     // the most text that one has; 0: any
	Starved    Starvation    `key:"memory.starved"`    // where queues hold all that they may
}

// Places is how many a queue of that backlog holds.
func (p *Profile) Places(backlog int) int { return backlog*p.BacklogPercent/100 + p.BacklogExtra }

// ConnectTime is how long connect() waits where nothing answers.
func (p *Profile) ConnectTime() (total time.Duration) {
	for _, wait := range p.SYNSchedule {
		total += wait
	}
	return total
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
	// Cached is FreeBSD's syncache: any SYN, whatever its number, brings the SYN-ACK again,
	// and its timer begins with its first wait; what has neither SYN nor ACK draws nothing.
	Cached
)

func (p SYNACKPolicy) String() string {
	return [...]string{"strict", "linux", "stateless", "cached"}[p]
}

// BesideSYN is what a listener does with text or a FIN beside a SYN, outside Fast
// Open.
type BesideSYN uint8

const (
	LeaveBeside BesideSYN = iota // to come again
	TakeBeside                   // queued for ESTABLISHED: RFC 9293 section 3.10.7.2
	RefuseFIN                    // left to come again; a SYN with a FIN is dropped
)

func (b BesideSYN) String() string { return [...]string{"leave", "take", "no-fin"}[b] }

// EarlyFIN is when the FIN goes of a CLOSE in SYN-RECEIVED, with nothing to be sent
// before it.
type EarlyFIN uint8

const (
	FINWaits   EarlyFIN = iota // for ESTABLISHED
	FINOfClose                 // at once if the user goes away, later if it goes on reading (Linux since 6.9)
	FINAtOnce                  // RFC 9293 section 3.10.4
	// FINOfShutdown waits in SYN-SENT, too; but if the user goes away before the
	// connection is open, it is deleted without a word (FreeBSD tcp_disconnect).
	FINOfShutdown
)

func (e EarlyFIN) String() string {
	return [...]string{"waits", "of-close", "at-once", "of-shutdown"}[e]
}

// Acceptance is how what lies outside the receive window is taken.
type Acceptance uint8

const (
	// Reject is RFC 9293 section 3.4: it is answered and left out, with all that it says.
	Reject Acceptance = iota
	// Trim is 4.4BSD: text and FIN outside are cut off, and what is left counts, be it an
	// acknowledgment alone. See trim.go.
	Trim
)

func (a Acceptance) String() string { return [...]string{"reject", "trim"}[a] }

// ChallengePer is whose limit that of challenge ACKs is.
type ChallengePer uint8

const (
	PerHost ChallengePer = iota
	PerConnection
)

func (c ChallengePer) String() string { return [...]string{"host", "connection"}[c] }

// Blackhole is for which segments a host sends no RST.
type Blackhole uint8

const (
	AnswersAll   Blackhole = iota
	HidesSYNs              // to ports where nobody listens
	HidesClosed            // anything to such a port
	HidesListens           // and what a listener does not take
)

func (b Blackhole) String() string { return [...]string{"off", "syn", "closed", "listen"}[b] }

// ICMPPolicy is what a report on an undelivered segment does to its connection.
type ICMPPolicy uint8

const (
	// HardAborts is RFC 9293: that no protocol or port is there ends the connection
	// (SHLD-26), the rest is told to the user (SHLD-25, MUST-56).
	HardAborts ICMPPolicy = iota
	// OpeningAborts is Linux: any report ends the wait for a SYN,ACK, and none a
	// connection that is open (RFC 5461 section 4).
	OpeningAborts
	// CallAborts is FreeBSD: that no port or protocol is there, that it is prohibited or
	// too far ends the wait for a SYN,ACK and means nothing later; that no way leads there
	// is told only if the connection then times out, or after several SYNs.
	CallAborts
	// CallEndures is FreeBSD with icmp_may_rst off: there is no difference between reports.
	CallEndures
)

func (p ICMPPolicy) String() string {
	return [...]string{"hard-aborts", "opening-aborts", "call-aborts", "call-endures"}[p]
}

// GiveUp is the kind of rule by which R2 is reached.
type GiveUp uint8

const (
	// ByCount gives up when so many retransmissions have not been acknowledged.
	ByCount GiveUp = iota
	// ByTime gives up at the first expiry that is at least as late as so many
	// retransmissions would take had the RTO begun at its minimum (Linux).
	ByTime
)

func (g GiveUp) String() string { return [...]string{"count", "time"}[g] }

// TimeWaitRestart is what begins the 2 MSL again.
type TimeWaitRestart uint8

const (
	FINOnly TimeWaitRestart = iota // the peer's FIN once more: RFC 9293
	AnyACK                         // every segment with an ACK: Linux
)

func (r TimeWaitRestart) String() string { return [...]string{"fin", "any-ack"}[r] }

// Overflow is what a host does with a connection that comes to TIME-WAIT when there
// are as many as may be.
type Overflow uint8

const (
	RefuseWait  Overflow = iota // close it without (Linux)
	EvictOldest                 // let the oldest go (FreeBSD until 13)
)

func (o Overflow) String() string { return [...]string{"refuse", "evict"}[o] }

// ReusePolicy is which connections may take the place of one in TIME-WAIT when
// they are opened.
type ReusePolicy uint8

const (
	NoReuse       ReusePolicy = iota
	LoopbackReuse             // those of a host with itself
	AlwaysReuse               // any, once timestamps tell old from new
)

func (r ReusePolicy) String() string { return [...]string{"off", "loopback", "always"}[r] }

// ISNRule is how initial sequence numbers are chosen.
type ISNRule uint8

const (
	HashedClock ISNRule = iota // RFC 6528
	RandomISN
	ClockISN // the clock alone
	ZeroISN
)

func (r ISNRule) String() string { return [...]string{"rfc6528", "random", "clock", "zero"}[r] }

// TimestampOffset is where the timestamps of a host begin.
type TimestampOffset uint8

const (
	RandomOffset TimestampOffset = iota
	ZeroOffset
)

func (o TimestampOffset) String() string { return [...]string{"random", "zero"}[o] }

// PortsPer is what an ephemeral port in use excludes: its use towards the same
// destination, or any other use of it.
type PortsPer uint8

const (
	PerTuple PortsPer = iota
	PerPort
)

func (p PortsPer) String() string { return [...]string{"tuple", "port"}[p] }

// PortSelect is how an ephemeral port is chosen (RFC 6056).
type PortSelect uint8

const (
	RandomPort     PortSelect = iota // from a random start, then the next free one
	ParityPort                       // the same by steps of two: first the parity of the range's start (Linux)
	SequentialPort                   // the one after the last
	HashPort                         // a start by destination, then sequential (RFC 6056 section 3.3.3)
)

func (s PortSelect) String() string {
	return [...]string{"random", "linux-parity", "sequential", "hash"}[s]
}

// sloppy are seconds to each of which but the first so much is added.
func sloppy(slop time.Duration, s ...int) []time.Duration {
	d := seconds(s...)
	for i := 1; i < len(d); i++ {
		d[i] += slop
	}
	return d
}

func seconds(s ...int) []time.Duration {
	d := make([]time.Duration, len(s))
	for i := range s {
		d[i] = time.Duration(s[i]) * time.Second
	}
	return d
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

// profiles in alphabetical order.
var profiles = []struct {
	name, about string
	profile     func() *Profile
	sources     sources
}{
	{"freebsd", "FreeBSD 14", FreeBSD, freebsdSources},
	{"linux", "Linux 6.18 on x86-64", Linux, linuxSources},
	{"macos", "macOS with the xnu kernel of 2024", MacOS, macosSources},
	{"rfc9293", "the standard, with RFC 6298, 5681, 6928, 7323 and 5961", RFC9293, rfc9293Sources},
	{"windows", "Windows 10, 11 and Server 2022", Windows, windowsSources},
}

// ProfileNames lists the profiles in alphabetical order.
func ProfileNames() (names []string) {
	for _, p := range profiles {
		names = append(names, p.name)
	}
	return names
}

// ProfileAbout says what system a profile is of, "" if there is no such profile.
func ProfileAbout(name string) string {
	for _, p := range profiles {
		if p.name == name {
			return p.about
		}
	}
	return ""
}

// ProfileByName returns a new copy of a profile, nil if there is none.
func ProfileByName(name string) *Profile {
	for _, p := range profiles {
		if p.name == name {
			return p.profile()
		}
	}
	return nil
}

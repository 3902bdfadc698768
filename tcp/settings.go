package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Settings are what a user asks of a connection beyond what its profile does: its
// socket options. Connections may share one, which then does not change; [Conn.Set]
// gives a connection another. The zero value asks for nothing.
type Settings struct {
	NoDelay bool // switches Nagle's algorithm off (MUST-17)
	Mute    bool // no news of trouble that may pass: neither Troubled nor Retrying (SHLD-20)

	// KeepAlive probes a connection on which nothing is heard (MUST-24, MUST-25).
	// Of the three that follow, 0 is what the profile has.
	KeepAlive              bool
	KeepIdle, KeepInterval time.Duration
	KeepProbes             int

	// UserTimeout is how long what was sent may stay unacknowledged (MUST-21); 0 is
	// what the profile has.
	UserTimeout time.Duration

	// Lingers is SO_LINGER: Close waits until all that was written is acknowledged,
	// the FIN included, or for so long; with 0 it resets the connection at once.
	Lingers bool
	Linger  time.Duration

	// FastOpen asks the peer for a cookie, and with one writes so many bytes as Early
	// says with the OPEN, to ride on the SYN (RFC 7413).
	// Cookieless writes them without a cookie.
	FastOpen   bool
	Cookieless bool
	Early      uint64

	// DeferAccept lets a listener's connection wait in SYN-RECEIVED for text, about so
	// long; 0 is not at all (Linux, TCP_DEFER_ACCEPT).
	DeferAccept time.Duration

	// Cork keeps back what does not fill a segment, until it is off again or the
	// window would have to be probed (Linux, TCP_CORK; FreeBSD, TCP_NOPUSH).
	Cork bool
	// SavesACK lets the third segment of the handshake wait for text that carries it
	// (Linux, where a write waits or TCP_QUICKACK is off).
	SavesACK bool
	// ThinLinear keeps the RTO while few segments are in flight (Linux,
	// TCP_THIN_LINEAR_TIMEOUTS).
	ThinLinear bool
	// NoOptions sends a SYN without options (FreeBSD, TCP_NOOPT).
	NoOptions bool

	// Of those that follow, 0 is what the profile has.
	MSS           int           // the most that is told and sent
	SYNSchedule   *Schedule     // waits after SYNs (Linux, TCP_SYNCNT; FreeBSD, TCP_KEEPINIT)
	FinWait2      time.Duration // of an orphan; less than 0 resets it (Linux, TCP_LINGER2)
	ReceiveBuffer uint32        // bytes of window
	SendBuffer    uint64
	NotSentLow    uint32 // Linux, TCP_NOTSENT_LOWAT
	TTL           uint8
	DSCP          uint8      // differentiated services, six bits
	Congestion    *Algorithm // TCP_CONGESTION
}

// keeping are the settings of keepalive alone.
func (s *Settings) keeping() Settings {
	return Settings{KeepAlive: s.KeepAlive, KeepIdle: s.KeepIdle, KeepInterval: s.KeepInterval, KeepProbes: s.KeepProbes}
}

// Schedule is how long is waited after each of several transmissions.
type Schedule []time.Duration

// aside is what few connections have of state. A Conn keeps its memory from one
// life to the next.
type aside struct {
	settings *Settings
	keepAt   des.Time // when keepalive looks at the connection again
	heard    des.Time // when the peer last sent what could be accepted
	probes   int      // sent since then
	probing  bool     // a keepalive probe is due
	lingerAt des.Time // when a lingering Close waits no longer
	trouble  wire.Report

	remoteUTO time.Duration // what the peer told, 0 if nothing
	utoDue    bool          // our own has changed
	cookie    FastCookie    // of Fast Open: to be shown, or given

	refuses bool // what comes next, for want of memory
	shuts   bool // the window, in the next ACK
}

// none are the settings of a user who asks for nothing.
var none Settings

// asideOf is an aside of nothing but settings.
func asideOf(s *Settings) aside { return aside{settings: s, keepAt: des.Never, lingerAt: des.Never} }

// aside returns what is aside, which it begins if there is nothing yet.
func (c *Conn) aside() *aside {
	if !c.has(extended) {
		if c.side == nil {
			c.side = new(aside)
		}
		*c.side = asideOf(&none)
		c.on(extended)
	}
	return c.side
}

// settings are those of the connection's user.
func (c *Conn) settings() *Settings {
	if c.has(extended) {
		return c.side.settings
	}
	return &none
}

// Settings are what the user asks of the connection. They must not be changed.
func (c *Conn) Settings() *Settings { return c.settings() }

// Set changes what the user asks of the connection, at any time (MUST-17, MUST-21,
// MUST-24, MUST-27).
func (c *Conn) Set(now des.Time, s *Settings) {
	x := c.aside()
	if c.profile.UTO && c.state.synchronized() && s.UserTimeout != x.settings.UserTimeout {
		x.utoDue = true
		c.on(ackDue)
	}
	kept := x.settings.keeping() == s.keeping()
	x.settings = s
	if s.NoDelay {
		c.on(noDelay)
	} else if c.profile.Nagle {
		c.off(noDelay)
	}
	if !kept && c.state.synchronized() && c.state != TimeWaiting {
		x.keepAt = des.Never
		c.keep(now)
	}
	c.lifeAgain()
}

// settle stops what is aside of a connection that is over.
func (c *Conn) settle() {
	if c.has(extended) {
		c.side.keepAt, c.side.probing, c.side.lingerAt = des.Never, false, des.Never
	}
}

// hint tells the user of trouble that may pass, unless it wants not to know.
func (c *Conn) hint(n News) {
	if !c.settings().Mute {
		c.news |= n
	}
}

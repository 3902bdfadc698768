package tcp

import "netsim/wire"

// Settings are what a user asks of a connection beyond what its profile does: its
// socket options. Connections may share one, which then does not change.
type Settings struct {
	Mute bool // no news of trouble that may pass: neither Troubled nor Retrying (SHLD-20)
}

// aside is what few connections have of state. A Conn keeps its memory from one
// life to the next.
type aside struct {
	settings *Settings
	trouble  wire.Report // the last that was only noted
}

// none are the settings of a user who asks for nothing.
var none Settings

// aside returns what is aside, which it begins if there is nothing yet.
func (c *Conn) aside() *aside {
	if !c.has(extended) {
		if c.side == nil {
			c.side = new(aside)
		}
		*c.side = aside{settings: &none}
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

// hint tells the user of trouble that may pass, unless it wants not to know.
func (c *Conn) hint(n News) {
	if !c.settings().Mute {
		c.news |= n
	}
}

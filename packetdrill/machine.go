package packetdrill

import (
	"errors"
	"net/netip"
	"time"

	"netsim/packetdrill/assert"
	"netsim/packetdrill/script"
	"netsim/packetdrill/shell"
	"netsim/tcp"
)

// shell runs a command.
func (r *runner) shell(s *script.Shell) error { return command(r, s) }

// command lets a machine answer a command.
func command(m shell.Machine, s *script.Shell) error {
	_, err := shell.Run(m, s.Text)
	var un *shell.Unsupported
	switch {
	case errors.As(err, &un):
		return &unsupported{at: s.Pos, what: un.What}
	case err != nil:
		return &failure{at: s.Pos, want: "`" + s.Text + "` to succeed", got: err.Error()}
	}
	return nil
}

// code runs a block of the script's program over the socket at hand.
func (r *runner) code(c *script.Code) error {
	var info map[string]uint64
	if s := r.lastSocket(); s != nil {
		info = r.info(s)
	}
	return r.evaluate(c, info)
}

// evaluate runs a block over a TCP_INFO.
func (r *runner) evaluate(c *script.Code, info map[string]uint64) error {
	if r.program == nil {
		r.program = assert.New(assert.Constants(r.bsd()))
	}
	_, err := r.program.Run(c.Text, info)
	var failed *assert.Failed
	var un *assert.Unsupported
	var fault *assert.Fault
	at := func(line int) script.Pos {
		if line == 1 {
			return c.Pos
		}
		return script.Pos{Line: c.Line + line - 1, Col: 1}
	}
	switch {
	case errors.As(err, &failed):
		f := &failure{at: at(failed.Line), want: failed.Text, got: failed.Message}
		if f.got == "" {
			f.got = "that it does not hold"
		}
		return f
	case errors.As(err, &un):
		return &unsupported{at: at(un.Line), what: un.What}
	case errors.As(err, &fault):
		return &failure{at: at(fault.Line), unexpected: fault.Text}
	}
	return err
}

// lastSocket is the socket under test: the connection at hand, or the last one that
// was opened.
func (r *runner) lastSocket() *socket {
	var last *socket
	for _, s := range r.sockets {
		if s.closed || s.fd < 0 && s.phase != listening {
			continue
		}
		if last == nil || s.phase != listening {
			last = s
		}
		if s.flow != nil && s.flow == r.current && s.phase != listening {
			return s
		}
	}
	return last
}

// Sockets are those of ss and sockstat.
func (r *runner) Sockets() (list []shell.Socket) {
	for _, c := range r.host.Connections() {
		s := shell.Socket{Local: r.anyAddress(), LocalPort: c.LocalPort, RemotePort: c.RemotePort, State: c.State.String()}
		if c.State != tcp.Listen {
			s.Local, s.Remote = r.book.IP(c.Local).String(), r.book.IP(c.Remote).String()
		}
		list = append(list, s)
	}
	return list
}

// anyAddress is that of a listener.
func (r *runner) anyAddress() string {
	if r.setup.six {
		return "::"
	}
	return "0.0.0.0"
}

// Drop resets a connection (FreeBSD tcpdrop).
func (r *runner) Drop(local, remote string) bool {
	l, err1 := netip.ParseAddrPort(local)
	m, err2 := netip.ParseAddrPort(remote)
	if err1 != nil || err2 != nil {
		return false
	}
	for _, c := range r.host.Connections() {
		if c.Socket == nil || c.LocalPort != l.Port() || c.RemotePort != m.Port() || r.book.IP(c.Remote) != m.Addr() || r.book.IP(c.Local) != l.Addr() {
			continue
		}
		for _, s := range r.sockets {
			if s.conn == c.Socket {
				s.pendingErr = "ECONNABORTED"
			}
		}
		c.Socket.Abort(r.now())
		return true
	}
	return false
}

// SetMTU changes that of the link.
func (r *runner) SetMTU(mtu int) error {
	r.host.SetMTU(mtu)
	r.setup.mtu = mtu
	return nil
}

// FlushMetrics forgets what is known of peers.
func (r *runner) FlushMetrics() { r.host.ForgetPeers() }

// Sleep lets time pass.
func (r *runner) Sleep(d time.Duration) {
	if err := r.reach(plus(r.now(), d)); err != nil {
		r.exhausted = 0
	}
}

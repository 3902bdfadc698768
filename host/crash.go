package host

import (
	"errors"
	"time"

	"netsim/des"
	"netsim/wire"
)

// ErrDown is what connect() meets at a host that has crashed, or keeps quiet.
var ErrDown = errors.New("the host is down")

// Crash takes the host from the network: until Restart it neither sends nor takes
// anything. All that it knew of connections is lost, of those in TIME-WAIT too, and
// nobody is told but its own Apps, to whom it looks like a reset. Its listeners are to
// be stopped next.
func (h *Host) Crash(now des.Time) {
	r := h.own()
	h.off, r.wakes = true, des.Never
	st := h.stack
	for _, s := range st.sockets[1:] {
		if s.open && s.host == h && !s.gone && s.listener == nil {
			s.Conn.Lose()
			s.pump(now)
		}
	}
	for _, c := range st.room.chains {
		for i := c.Head; i != 0; {
			next := st.room.At(i).Next
			if st.room.host(i) == h {
				st.room.leave(now, i, Lost)
			}
			i = next
		}
	}
	r.proven, r.cookies, r.paths = nil, nil, nil
	h.picked, h.last = 0, 0
	h.secret = h.secret*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator: sequence numbers begin elsewhere
}

// Restart brings the host back. For the quiet time it still sends nothing, so that
// what it has sent before is gone when it does (RFC 9293 section 3.4.3), and drops what
// comes.
func (h *Host) Restart(now des.Time, quiet time.Duration) { h.own().wakes = now.Add(quiet) }

// silent reports whether a host that was off still is.
func (h *Host) silent(now des.Time) bool {
	h.off = h.rest.wakes > now
	return h.off
}

// miss drops what comes for a host that is silent.
func (h *Host) miss(now des.Time, p *wire.Packet) {
	why := "the host is down"
	if h.rest.wakes != des.Never {
		why = "the host is quiet after its restart"
		h.group.tally.Missed++
	}
	h.stack.net.Refused(now, h.node, p, why)
	h.stack.pool.Put(p)
}

// host is whose a record is.
func (r *room) host(i uint32) *Host {
	node, _ := r.stack.net.NodeOf(r.At(i).tuple.local)
	return r.stack.hosts[node]
}

// StopTimers stops the clocks of all connections of the host, or lets them go on:
// what was due meanwhile is then due at once.
func (h *Host) StopTimers(now des.Time, stopped bool) {
	st := h.stack
	if h.stopped == stopped {
		return
	}
	if h.stopped = stopped; stopped {
		st.stopped++
		return
	}
	st.stopped--
	for _, s := range st.sockets[1:] {
		if s.open && s.host == h && !s.gone {
			s.Fire(now)
		}
	}
	for _, c := range st.room.chains {
		for i := c.Head; i != 0 && c.length == forever; {
			next := st.room.At(i).Next
			if st.room.host(i) == h {
				st.room.leave(now, i, Expired)
			}
			i = next
		}
	}
	for _, c := range st.requests.chains {
		for i := c.Head; i != 0 && c.length == forever; {
			next := st.requests.At(i).Next
			if st.listeners[st.requests.At(i).listener].host == h {
				st.requests.Due(now, i)
			}
			i = next
		}
	}
}

// park keeps a record whose time has come while its host's timers are stopped.
func (r *room) park(now des.Time, i uint32) {
	rec := r.At(i)
	g := r.stack.groups[rec.group]
	r.holding(g, i).Unlink(i)
	limbo := g.limbo
	if limbo == 0 {
		waits := *g
		waits.number, waits.room = uint32(len(r.stack.groups)), r.chains.of(r.stack.sim, r, forever, 0)
		r.stack.groups = append(r.stack.groups, &waits)
		limbo = waits.number
		g.limbo = limbo
	}
	rec.group = limbo
	r.stack.groups[limbo].room.append(now, i)
}

// park keeps a request whose time has come while its host's timers are stopped.
func (r *requests) park(now des.Time, i uint32) {
	q := r.At(i)
	r.chains[q.chain].Unlink(i)
	c := r.chains.of(r.stack.sim, r, forever, 0)
	q.chain = c.number
	c.append(now, i)
}

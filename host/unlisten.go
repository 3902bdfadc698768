package host

import "netsim/des"

// Stop ends listening. Requests are forgotten, connections that nobody has accepted
// are reset (RFC 9293 section 3.10.4 has only the state LISTEN to delete; Linux
// inet_csk_listen_stop).
func (l *Listener) Stop(now des.Time) {
	h := l.host
	for at := &h.listeners; *at != nil; at = &(*at).next {
		if *at == l {
			*at = l.next
			break
		}
	}
	r := &h.stack.requests
	for _, c := range r.chains {
		for i := c.Head; i != 0; {
			next := r.At(i).Next
			if r.At(i).listener == l.number {
				s := r.resume(now, i)
				s.Conn.Forget()
				s.pump(now)
			}
			i = next
		}
	}
	for _, s := range h.stack.sockets[1:] { // those that are no requests yet
		if s.open && s.listener == l && !s.waiting {
			s.Conn.Forget()
			s.pump(now)
		}
	}
	for a := l.accepts; a != nil && a.first != nil; {
		s := a.first
		a.first, s.next = s.next, nil
		a.pop()
		l.wait(now, -1)
		s.listener, s.waiting = nil, false
		s.Abort(now)
	}
}

// Taken reports whether a connection has the local port, or one in TIME-WAIT: then
// bind() without SO_REUSEADDR is refused. It looks at all there is, for each listener
// that an event opens again: that is seldom, and an index would cost every connection.
func (h *Host) Taken(port uint16) bool {
	for ref := range h.stack.table.All() {
		t := h.stack.tupleOf(ref)
		if node, _ := h.stack.net.NodeOf(t.local); node == h.node && t.localPort == port {
			return true
		}
	}
	return false
}

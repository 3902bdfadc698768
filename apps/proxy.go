package apps

import (
	"netsim/des"
	"netsim/host"
	"netsim/tcp"
)

// Proxy ends the connections of users at its host and has its own to servers. It is
// a [host.Acceptor] of the listener that users call. Without a pool each user's
// connection has one of its own to a server, and bytes are relayed as they come.
// With one a request is taken whole, made a job of the pool, and the response given
// back when it is there.
type Proxy struct {
	flow *Flow // to the servers
	free *relay
}

// AddProxy makes a proxy of a flow of one client, the proxy's host, that has no
// arrivals of its own. Its name is that of its random streams.
func (w *World) AddProxy(f *Flow) *Proxy {
	f.Tally = &Tally{From: des.Never}
	w.enlist(f)
	return &Proxy{flow: f}
}

// Accept takes a user's connection.
func (p *Proxy) Accept(now des.Time, s *host.Socket) host.App {
	w := p.flow.world
	if p.flow.Pool == nil {
		r := p.take()
		r.front.socket, r.asker = s, asker(s)
		return &r.front
	}
	t := w.find(s.Incarnation())
	if t == nil || t.server.busy {
		return stray{}
	}
	t.server.proxy = p
	return w.serverEnd(now, t, s)
}

// asker is by which a server is chosen that depends on who asks.
func asker(s *host.Socket) uint64 {
	r := s.Remote()
	return uint64(r.Address.Uint32())<<16 | uint64(r.Port)
}

// forward makes a request that the end has a job of the pool, whose answer is its
// response.
func (p *Proxy) forward(now des.Time, e *end) {
	t := e.talk
	j := p.flow.world.takeJob(p.flow)
	j.server = p.flow.server(p.flow.Clients[0], asker(e.socket))
	j.origin, j.who = e, t.who()
	j.begin(now)
}

// answer gives the end what it has waited for, or ends its connection, if it is
// still that of then.
func (j *job) answer(now des.Time, done bool) {
	e := j.origin
	if t := e.talk; !t.live || t.who() != j.who || e.socket == nil {
		return
	}
	if done {
		e.respond(now)
	} else {
		e.socket.Abort(now)
	}
}

// relay is a user's connection and the proxy's own to a server.
type relay struct {
	proxy       *Proxy
	front, back side
	asker       uint64
	server      int
	dialled     bool
	next        *relay
}

// side is one of a relay's two connections: its App.
type side struct {
	relay  *relay
	socket *host.Socket // nil before there is one and when it is gone
	unsent uint64       // bytes that came in at the other side
	up     bool         // established: a close before that would end it
	eof    bool         // the peer has closed
	shut   bool         // we have, after all that the other side had to say
	moving bool
}

func (p *Proxy) take() *relay {
	r := p.free
	if r == nil {
		r = new(relay)
	} else {
		p.free = r.next
	}
	*r = relay{proxy: p}
	r.front.relay, r.back.relay = r, r
	return r
}

func (s *side) other() *side {
	if s == &s.relay.front {
		return &s.relay.back
	}
	return &s.relay.front
}

// News is what one of the connections tells: [host.App].
func (s *side) News(now des.Time, socket *host.Socket, n tcp.News) {
	over := n&(tcp.Ended|tcp.Failed) != 0
	if s == &s.relay.front && !s.relay.dialled && !over {
		s.relay.dial(now)
	}
	s.up = s.up || n&tcp.Connected != 0
	s.eof = s.eof || n&tcp.EndOfData != 0 || over
	if over {
		s.over(now, n&tcp.Failed != 0)
		return
	}
	if n&(tcp.Readable|tcp.EndOfData) != 0 {
		s.other().move(now)
	}
	if n&(tcp.Writable|tcp.Connected) != 0 {
		s.move(now)
	}
}

// dial opens the connection to a server.
func (r *relay) dial(now des.Time) {
	r.dialled = true
	f := r.proxy.flow
	r.server = f.server(f.Clients[0], r.asker)
	to := &f.Servers[r.server]
	if f.active != nil {
		f.active[r.server]++
	}
	s, err := f.Clients[0].Connect(now, host.Remote{Address: to.address(), Port: to.Port}, 0, r.front.socket.Incarnation(), &r.back)
	if err != nil {
		r.front.socket.Abort(now)
		return
	}
	r.back.socket = s
}

// move writes what the other side has, as far as this one takes it; what is not
// taken is not read, so that the window of the other side closes.
func (s *side) move(now des.Time) {
	from := s.other()
	if s.socket == nil || s.moving {
		return
	}
	s.moving = true
	for {
		if s.unsent > 0 {
			s.unsent -= s.socket.Put(now, s.unsent)
		}
		if s.unsent > 0 || from.socket == nil || from.socket.Conn.Unread() == 0 {
			break
		}
		s.unsent = uint64(from.socket.Read(now))
	}
	s.moving = false
	if from.eof && s.up && s.unsent == 0 && !s.shut && (from.socket == nil || from.socket.Conn.Unread() == 0) {
		s.shut = true
		s.socket.Shutdown(now)
		return
	}
	s.socket.Write(now, 0) // sends what was written
}

// over takes the end of one connection. In order it leaves the other what it has
// still to say; a failure is passed on as a reset.
func (s *side) over(now des.Time, failed bool) {
	o := s.other()
	o.unsent += uint64(s.socket.Read(now))
	s.socket = nil
	switch {
	case o.socket == nil:
		s.relay.put()
	case failed, !s.shut && !o.shut:
		o.socket.Abort(now)
	default:
		o.move(now)
	}
}

// put gives the relay back: both connections are gone.
func (r *relay) put() {
	p := r.proxy
	if r.dialled && p.flow.active != nil {
		p.flow.active[r.server]--
	}
	r.next = p.free
	p.free = r
}

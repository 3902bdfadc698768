package host

import (
	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
	"netsim/wire"
)

// room is where connections wait out TIME-WAIT: compact records in the order in
// which they expire.
type room struct {
	ledger.Slab[record]
	stack  *Stack
	free   uint32 // chained through next
	held   int
	chains chains
}

// record is a connection in TIME-WAIT. It holds no pointers.
type record struct {
	ledger.Link
	since des.Time
	tcp   tcp.TimeWait
	tuple tuple
	group uint32 // of its host
	pair  uint32 // of its port, 0 if that is not ephemeral
}

// Reason is why a record leaves TIME-WAIT.
type Reason uint8

const (
	Expired  Reason = iota
	Reset           // a RST was believed: assassination, RFC 1337
	Reopened        // a SYN opened a new connection in its place
	Reused          // connect() took its place
	Lost            // the host has crashed
	NoRoom          // the host has too many already
	Evicted         // the host has too many, and this is the oldest
	Reasons         // how many
)

func (r *room) Link(i uint32) *ledger.Link { return &r.At(i).Link }

func (r *room) Due(now des.Time, i uint32) {
	if r.stack.stopped > 0 && r.host(i).stopped {
		r.park(now, i)
		return
	}
	r.leave(now, i, Expired)
}

// enter takes over the tuple of a socket whose connection has reached TIME-WAIT.
// A host without TIME-WAIT or without room for it forgets it at once.
func (r *room) enter(now des.Time, s *Socket) {
	g := s.host.group
	c := g.room
	if g.profile.TimeWaitMax == 0 {
		s.emptyBucket() // of a limit that there was
	}
	if c.length == 0 || !s.host.bucket(s) && !r.evict(now, s) {
		why := Expired
		if c.length > 0 {
			why = NoRoom
		}
		r.over(now, g, s.tuple, s.Conn.Incarnation(), s.since, why)
		r.stack.table.Remove(s.tuple.hash(), s.ref)
		if s.pair != 0 {
			r.stack.freePort(now, g, s.pair, s.tuple.localPort, false)
		}
		return
	}
	g.tally.Waits++
	i := r.take()
	rec := r.At(i)
	s.Conn.TimeWait(&rec.tcp)
	rec.tuple, rec.group, rec.pair = s.tuple, g.number, s.pair
	rec.since = s.since
	r.stack.table.Replace(s.tuple.hash(), s.ref, i|inRoom)
	if s.pair != 0 {
		r.stack.keepPort(now, g, s.pair)
	}
	s.bucket = false // the record's now
	if g.profile.TWRecycle && rec.tcp.Timestamps {
		s.host.remember(now, s.tuple.remote, rec.tcp.TSRecent)
		c = r.chains.of(r.stack.sim, r, min(c.length, s.Conn.Recycled()), c.tick)
	}
	c.append(now, i)
	r.held++
}

func (r *room) take() uint32 {
	if i := r.free; i != 0 {
		r.free = r.At(i).Next
		return i
	}
	return r.Grow()
}

// leave forgets a record for the reason.
func (r *room) leave(now des.Time, i uint32, why Reason) {
	rec := r.At(i)
	g := r.stack.groups[rec.group]
	r.holding(g, i).Unlink(i)
	r.over(now, g, rec.tuple, rec.tcp.Incarnation(), rec.since, why)
	r.stack.table.Remove(rec.tuple.hash(), i|inRoom)
	if rec.pair != 0 {
		r.stack.freePort(now, g, rec.pair, rec.tuple.localPort, true)
	}
	if g.profile.TimeWaitMax > 0 {
		node, _ := r.stack.net.NodeOf(rec.tuple.local)
		r.stack.hosts[node].buckets--
	}
	rec.Next = r.free
	r.free = i
	r.held--
}

// over accounts for the end of a TIME-WAIT.
func (r *room) over(now des.Time, g *group, t tuple, who wire.Incarnation, since des.Time, why Reason) {
	g.tally.move(now, tcp.TimeWaiting, tcp.Closed, since)
	g.tally.Left[why]++
	o := r.stack.observer
	if o == nil && g.limits == nil {
		return
	}
	node, _ := r.stack.net.NodeOf(t.local)
	if g.limits != nil {
		r.stack.hosts[node].rest.holdings.move(g.tally, tcp.TimeWaiting, tcp.Closed)
	}
	if o != nil {
		o.State(now, node, who, tcp.TimeWaiting, tcp.Closed)
	}
}

// restart lets a record wait its full length from now.
func (r *room) restart(now des.Time, i uint32) {
	g := r.stack.groups[r.At(i).group]
	r.holding(g, i).Unlink(i)
	g.room.append(now, i)
}

// holding is the chain of a record, or, of one that is neither first nor last, any: the
// group's, unless it was recycled.
func (r *room) holding(g *group, i uint32) *chain {
	l := r.Link(i)
	if (l.Prev != 0 || g.room.Head == i) && (l.Next != 0 || g.room.Tail == i) {
		return g.room
	}
	for _, c := range r.chains {
		if c.Head == i || c.Tail == i {
			return c
		}
	}
	panic("host: a record at no end of its chain")
}

// evict lets the host's oldest record go if the profile says so, and reports whether
// its place is now that of s. The hosts of a group share a chain: those before it are
// of the others, about one of each where all have as much to do.
func (r *room) evict(now des.Time, s *Socket) bool {
	g := s.host.group
	if g.profile.TimeWaitOverflow != tcp.EvictOldest {
		return false
	}
	for i := g.room.Head; i != 0; i = r.At(i).Next {
		if node, _ := r.stack.net.NodeOf(r.At(i).tuple.local); node == s.host.node {
			r.leave(now, i, Evicted)
			g.tally.TimeWaitRefused--
			return s.host.bucket(s)
		}
	}
	return false
}

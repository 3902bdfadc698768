package middlebox

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// tuple is where a packet comes from and goes to.
type tuple struct {
	src, dst         wire.Addr
	srcPort, dstPort uint16
}

func tupleOf(p *wire.Packet) tuple {
	return tuple{p.Src, p.Dst, p.Segment.SrcPort, p.Segment.DstPort}
}

func (t tuple) reverse() tuple { return tuple{t.dst, t.src, t.dstPort, t.srcPort} }

// session is a connection as a box knows it: the tuples with which packets of
// either direction come to the box, the opener's first. What comes with one
// leaves as the reverse of the other. It holds no pointers.
type session struct {
	tuples     [2]tuple
	expiry     des.Time
	next, prev uint32
	server     uint32 // of a balancer: which
	phase      Phase
	fins       uint8 // seen: 1 of the opener, 2 of the other end
	answered   bool  // the other end's SYN was seen
	oneSided   bool  // the other end's packets do not come by
}

// room is the sessions of one box.
type room struct {
	sim    *des.Sim
	box    *box
	chunks [][]session
	free   uint32 // chained through next
	made   uint32 // sessions ever made, and session 0, which is none
	held   int
	lists  []*list
	of     [phases]*list
}

// list is the sessions that last equally long, soonest first; one event stands
// for its head.
type list struct {
	room       *room
	life       time.Duration
	head, tail uint32
	event      des.Event
}

const chunkBits = 10

func (r *room) begin(sim *des.Sim, b *box, lives Lives) {
	r.sim, r.box, r.made = sim, b, 1
	for phase, life := range lives {
		r.of[phase] = r.list(life)
	}
}

func (r *room) list(life time.Duration) *list {
	for _, l := range r.lists {
		if l.life == life {
			return l
		}
	}
	l := &list{room: r, life: life}
	owner := r.sim.Owner()
	l.event.Bind(l, owner.Rank(des.Timer))
	r.lists = append(r.lists, l)
	return l
}

func (r *room) at(i uint32) *session { return &r.chunks[i>>chunkBits][i&(1<<chunkBits-1)] }

// take returns a session that is opening.
func (r *room) take(now des.Time) uint32 {
	i := r.free
	if i != 0 {
		r.free = r.at(i).next
	} else {
		if int(r.made>>chunkBits) == len(r.chunks) {
			r.chunks = append(r.chunks, make([]session, 1<<chunkBits))
		}
		i = r.made
		r.made++
	}
	r.held++
	*r.at(i) = session{}
	r.of[Opening].append(now, i)
	return i
}

// put gives a session back.
func (r *room) put(i uint32) {
	s := r.at(i)
	r.of[s.phase].unlink(i)
	s.next = r.free
	r.free = i
	r.held--
}

// touch begins the session's life anew, in that phase.
func (r *room) touch(now des.Time, i uint32, phase Phase) {
	s := r.at(i)
	from, to := r.of[s.phase], r.of[phase]
	s.phase = phase
	if from == to && from.tail == i {
		s.expiry = now.Add(to.life) // the event, if it is for this one, rings early
		return
	}
	from.unlink(i)
	to.append(now, i)
}

// append puts a session at the end, where it belongs: all last equally long.
func (l *list) append(now des.Time, i uint32) {
	s := l.room.at(i)
	s.expiry = now.Add(l.life)
	s.next, s.prev = 0, l.tail
	if l.tail == 0 {
		l.head = i
		l.room.sim.At(&l.event, s.expiry)
	} else {
		l.room.at(l.tail).next = i
	}
	l.tail = i
}

// unlink takes a session out; the event is left to ring early if it was the head.
func (l *list) unlink(i uint32) {
	s := l.room.at(i)
	if s.prev == 0 {
		l.head = s.next
	} else {
		l.room.at(s.prev).next = s.next
	}
	if s.next == 0 {
		l.tail = s.prev
	} else {
		l.room.at(s.next).prev = s.prev
	}
}

// Fire forgets what is due.
func (l *list) Fire(now des.Time) {
	for l.head != 0 && l.room.at(l.head).expiry <= now {
		l.room.box.Tally.Expired++
		l.room.box.forget(now, l.head)
	}
	if l.head != 0 {
		l.room.sim.At(&l.event, l.room.at(l.head).expiry)
	}
}

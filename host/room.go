package host

import (
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// room is where connections wait out TIME-WAIT: compact records in chunks, on one
// list for each length of wait in use, in the order in which they expire. One
// event per list stands for its head, so ten million records cost one event.
type room struct {
	stack  *Stack
	chunks [][]record
	free   uint32 // chained through next
	made   uint32 // records ever made, and record 0, which is none
	held   int
	lists  []*list
}

// record is a connection in TIME-WAIT. It holds no pointers.
type record struct {
	tcp        tcp.TimeWait
	expiry     des.Time
	since      des.Time
	tuple      tuple
	next, prev uint32
	group      uint32 // of its host
	pair       uint32 // of its port, 0 if that is not ephemeral
}

// list is the records that wait equally long, soonest first.
type list struct {
	room       *room
	length     time.Duration
	head, tail uint32
	event      des.Event
}

// Reason is why a record leaves TIME-WAIT.
type Reason uint8

const (
	Expired  Reason = iota
	Reset           // a RST was believed: assassination, RFC 1337
	Reopened        // a SYN opened a new connection in its place
	Reasons         // how many
)

const chunkBits = 12

func (r *room) begin(st *Stack) { r.stack, r.made = st, 1 } // record 0 is none

func (r *room) at(i uint32) *record { return &r.chunks[i>>chunkBits][i&(1<<chunkBits-1)] }

// list returns the list of that length.
func (r *room) list(length time.Duration) *list {
	for _, l := range r.lists {
		if l.length == length {
			return l
		}
	}
	l := &list{room: r, length: length}
	owner := r.stack.sim.Owner()
	l.event.Bind(l, owner.Rank(des.Timer))
	r.lists = append(r.lists, l)
	return l
}

// enter takes over the tuple of a socket whose connection has reached TIME-WAIT.
// A host without TIME-WAIT forgets it at once.
func (r *room) enter(now des.Time, s *Socket) {
	g := s.host.group
	l := g.room
	if l.length == 0 {
		r.over(now, g, s.tuple, s.Conn.Incarnation(), s.since, Expired)
		r.stack.table.remove(s.tuple, s.ref)
		if s.pair != 0 {
			r.stack.freePort(now, g, s.pair, s.tuple.localPort, false)
		}
		return
	}
	i := r.take()
	rec := r.at(i)
	s.Conn.TimeWait(&rec.tcp)
	rec.tuple, rec.group, rec.pair = s.tuple, g.number, s.pair
	rec.since, rec.expiry = s.since, now.Add(l.length)
	r.stack.table.replace(s.tuple, s.ref, i|inRoom)
	if s.pair != 0 {
		r.stack.keepPort(now, g, s.pair)
	}
	l.append(i)
	r.held++
}

func (r *room) take() uint32 {
	if i := r.free; i != 0 {
		r.free = r.at(i).next
		return i
	}
	if int(r.made>>chunkBits) == len(r.chunks) {
		r.chunks = append(r.chunks, make([]record, 1<<chunkBits))
	}
	r.made++
	return r.made - 1
}

// leave forgets a record for the reason.
func (r *room) leave(now des.Time, i uint32, why Reason) {
	rec := r.at(i)
	g := r.stack.groups[rec.group]
	g.room.unlink(i)
	r.over(now, g, rec.tuple, rec.tcp.Own, rec.since, why)
	r.stack.table.remove(rec.tuple, i|inRoom)
	if rec.pair != 0 {
		r.stack.freePort(now, g, rec.pair, rec.tuple.localPort, true)
	}
	rec.next = r.free
	r.free = i
	r.held--
}

// over accounts for the end of a TIME-WAIT.
func (r *room) over(now des.Time, g *group, t tuple, who wire.Incarnation, since des.Time, why Reason) {
	g.tally.move(now, tcp.TimeWaiting, tcp.Closed, since)
	g.tally.Left[why]++
	if o := r.stack.observer; o != nil {
		node, _ := r.stack.net.NodeOf(t.local)
		o.State(now, node, who, tcp.TimeWaiting, tcp.Closed)
	}
}

// restart lets a record wait its full length from now.
func (r *room) restart(now des.Time, i uint32) {
	rec := r.at(i)
	l := r.stack.groups[rec.group].room
	l.unlink(i)
	rec.expiry = now.Add(l.length)
	l.append(i)
}

// append puts a record at the end, where it belongs: all wait equally long.
func (l *list) append(i uint32) {
	rec := l.room.at(i)
	rec.next, rec.prev = 0, l.tail
	if l.tail == 0 {
		l.head = i
		l.room.stack.sim.At(&l.event, rec.expiry)
	} else {
		l.room.at(l.tail).next = i
	}
	l.tail = i
}

// unlink takes a record out; the event is left to ring early if it was the head.
func (l *list) unlink(i uint32) {
	rec := l.room.at(i)
	if rec.prev == 0 {
		l.head = rec.next
	} else {
		l.room.at(rec.prev).next = rec.next
	}
	if rec.next == 0 {
		l.tail = rec.prev
	} else {
		l.room.at(rec.next).prev = rec.prev
	}
}

// Fire lets expire what is due.
func (l *list) Fire(now des.Time) {
	for l.head != 0 && l.room.at(l.head).expiry <= now {
		l.room.leave(now, l.head, Expired)
	}
	if l.head != 0 {
		l.room.stack.sim.At(&l.event, l.room.at(l.head).expiry)
	}
}

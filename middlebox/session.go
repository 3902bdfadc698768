package middlebox

import (
	"time"

	"netsim/des"
	"netsim/ledger"
)

// session is a connection as a box knows it: the tuples with which packets of
// either direction come to the box, the opener's first. What comes with one
// leaves as the reverse of the other. It holds no pointers.
type session struct {
	tuples [2]tuple
	ledger.Link
	server   uint32 // of a balancer: which
	phase    Phase
	fins     uint8 // seen: 1 of the opener, 2 of the other end
	answered bool  // the other end's SYN was seen
	oneSided bool  // the other end's packets do not come by
}

// room is the sessions of one box.
type room struct {
	ledger.Slab[session]
	sim   *des.Sim
	box   *box
	free  uint32 // chained through Next
	held  int
	lists []*list
	of    [phases]*list
}

// list is the sessions that last equally long.
type list struct {
	ledger.Chain
	life time.Duration
}

func (l *list) append(now des.Time, i uint32) { l.Append(i, now.Add(l.life)) }

func (r *room) begin(sim *des.Sim, b *box, lives Lives) {
	r.sim, r.box = sim, b
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
	l := &list{life: life}
	l.Begin(r.sim, r)
	r.lists = append(r.lists, l)
	return l
}

// Link is the place of a session in its list.
func (r *room) Link(i uint32) *ledger.Link { return &r.At(i).Link }

// Due forgets a session that has lasted.
func (r *room) Due(now des.Time, i uint32) {
	r.box.Tally.Expired++
	r.box.forget(now, i)
}

// take returns a session that is opening.
func (r *room) take(now des.Time) uint32 {
	i := r.free
	if i != 0 {
		r.free = r.At(i).Next
	} else {
		i = r.Grow()
	}
	r.held++
	*r.At(i) = session{}
	r.of[Opening].append(now, i)
	return i
}

// put gives a session back.
func (r *room) put(i uint32) {
	s := r.At(i)
	r.of[s.phase].Unlink(i)
	s.Next = r.free
	r.free = i
	r.held--
}

// touch begins the session's life anew, in that phase.
func (r *room) touch(now des.Time, i uint32, phase Phase) {
	s := r.At(i)
	from, to := r.of[s.phase], r.of[phase]
	s.phase = phase
	if from == to && from.Tail == i {
		s.At = now.Add(to.life) // the event, if it is for this one, rings early
		return
	}
	from.Unlink(i)
	to.append(now, i)
}

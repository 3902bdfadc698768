package host

import (
	"errors"
	"fmt"
	"reflect"

	"netsim/tcp"
)

// Audit counts what the stack holds anew, from the table by which segments find their
// connections and from the sockets that wait to be accepted, and holds it against what
// was counted as it came and went: connections and bytes of each state, ports, places
// for TIME-WAIT, requests, queues. It is for the end of a run, or between two events.
func (st *Stack) Audit() error {
	a := newAudit(st)
	for ref := range st.table.All() {
		a.connection(ref)
	}
	for _, s := range st.sockets[1:] {
		if s.open && s.waiting {
			a.waiting[s.listener]++
		}
	}
	a.ports()
	a.hosts()
	a.tallies()
	a.listeners()
	if !reflect.ValueOf(a.bare).IsZero() {
		a.faults = append(a.faults, errors.New("host: what belongs to one host was written to what all have"))
	}
	return errors.Join(a.faults...)
}

// audit is what is found.
type audit struct {
	*Stack
	faults  []error
	states  map[*Tally]*[tcp.States]int64
	queues  map[*Tally]*[tcp.States]int64
	fullest map[*Tally][2]int32 // ports of the fullest pair, and of those in TIME-WAIT
	found   map[*Host]*found
	pairs   [][2]int32
	asking  map[*Listener]int64
	waiting map[*Listener]int64
}

// found is what a host has.
type found struct {
	holdings
	buckets, orphans uint32
}

func newAudit(st *Stack) *audit {
	a := &audit{Stack: st, states: map[*Tally]*[tcp.States]int64{}, queues: map[*Tally]*[tcp.States]int64{}, fullest: map[*Tally][2]int32{}, found: map[*Host]*found{},
		pairs: make([][2]int32, len(st.pairs)), asking: map[*Listener]int64{}, waiting: map[*Listener]int64{}}
	for _, g := range st.groups {
		a.states[g.tally], a.queues[g.tally] = new([tcp.States]int64), new([tcp.States]int64)
	}
	return a
}

// same notes a fault where what was counted is not what is there.
func same[T comparable](a *audit, what string, counted, there T) {
	if counted != there {
		a.faults = append(a.faults, fmt.Errorf("host: %s: counted %v, there are %v", what, counted, there))
	}
}

// connection counts what the table leads to.
func (a *audit) connection(ref uint32) {
	h := a.hostOf(ref)
	f := a.found[h]
	if f == nil {
		f = new(found)
		a.found[h] = f
	}
	state := tcp.TimeWaiting
	switch {
	case ref&inRoom != 0:
		r := a.room.At(ref &^ inRoom)
		a.pairs[r.pair][0]++
		a.pairs[r.pair][1]++
		f.buckets++
	case ref&asking != 0:
		state = tcp.SynReceived
		a.asking[a.Stack.listeners[a.requests.At(ref&^asking).listener]]++
	default:
		s := a.sockets[ref]
		state = s.Conn.State()
		a.pairs[s.pair][0]++
		if s.listener != nil && !s.waiting {
			a.asking[s.listener]++
		}
		if s.bucket {
			f.buckets++
		}
		if s.orphan {
			f.orphans++
		}
	}
	a.states[h.group.tally][state]++
	f.move(h.group.tally, tcp.Closed, state)
	if ref&(inRoom|asking) == 0 && h.group.weighs {
		q := a.sockets[ref].Conn.Queues()
		f.queued += q.Sum()
		f.bytes += q.Sum()
		a.queues[h.group.tally][state] += q.Sum()
	}
}

// hostOf is whose connection it is, which an address does not tell of a service that
// several hosts share.
func (a *audit) hostOf(ref uint32) *Host {
	switch {
	case ref&inRoom != 0:
		node, _ := a.net.NodeOf(a.tupleOf(ref).local)
		return a.Stack.hosts[node]
	case ref&asking != 0:
		return a.Stack.listeners[a.requests.At(ref&^asking).listener].host
	}
	return a.sockets[ref].host
}

// ports holds each pair against the connections that have its ports.
func (a *audit) ports() {
	for i := 1; i < len(a.pairs); i++ {
		p := &a.Stack.pairs[i]
		same(a, fmt.Sprintf("ports to %v:%d, and of them in TIME-WAIT", p.to.remote, p.to.port), [2]int32{p.used, p.waiting}, a.pairs[i])
	}
	for _, h := range a.Stack.hosts {
		if h == nil {
			continue
		}
		top := a.fullest[h.group.tally]
		for i := h.pair; i != 0; i = a.Stack.pairs[i].next {
			top = [2]int32{max(top[0], a.pairs[i][0]), max(top[1], a.pairs[i][1])}
		}
		a.fullest[h.group.tally] = top
	}
}

// hosts holds what each host says it has against that.
func (a *audit) hosts() {
	for _, h := range a.Stack.hosts {
		if h == nil {
			continue
		}
		f := a.found[h]
		if f == nil {
			f = new(found)
		}
		same(a, h.name()+": orphans", h.orphans, f.orphans)
		if h.group.profile.TimeWaitMax > 0 {
			same(a, h.name()+": places for TIME-WAIT that are taken", h.buckets, f.buckets)
		}
		if h.group.limits != nil {
			same(a, h.name()+": connections and bytes, and of these in queues", [3]int64{h.rest.holdings.connections, h.rest.holdings.bytes, h.rest.holdings.queued}, [3]int64{f.connections, f.bytes, f.queued})
		}
	}
}

// tallies holds what groups of hosts record against the sums.
func (a *audit) tallies() {
	seen := map[*Tally]bool{}
	for _, g := range a.Stack.groups {
		t := g.tally
		if seen[t] {
			continue
		}
		seen[t] = true
		bytes, queued := int64(0), int64(0)
		for s, n := range a.states[t] {
			if s >= int(tcp.SynSent) {
				same(a, "connections in "+tcp.State(s).String(), t.Count[s].Value(), n)
				bytes += n * t.bytes(tcp.State(s))
			}
		}
		for s, n := range a.queues[t] {
			queued += n
			if t.Queues != nil {
				same(a, "bytes in queues in "+tcp.State(s).String(), t.Queues.In[s].Value(), n)
			}
		}
		if q := t.Queues; q != nil {
			same(a, "bytes in queues, whole and in parts", [2]int64{q.All.Value(), q.Send.Value() + q.Receive.Value() + q.Ahead.Value()}, [2]int64{queued, queued})
		}
		if t.Memory != nil {
			same(a, "bytes", t.Memory.Value(), bytes+queued)
		}
		same(a, "ports of the fullest pair", t.PortsUsed.Value(), int64(a.fullest[t][0]))
		same(a, "ports in TIME-WAIT of the fullest pair", t.PortsInTimeWait.Value(), int64(a.fullest[t][1]))
		var left uint64
		for _, n := range t.Left {
			left += n
		}
		same(a, "TIME-WAITs that were there, and came, and have not left", t.waited+t.Entered[tcp.TimeWaiting]-left, uint64(a.states[t][tcp.TimeWaiting]))
	}
}

// listeners holds both queues of each listener against who is in them.
func (a *audit) listeners() {
	queued := map[*ListenerTally]*[2]int64{}
	var all []*ListenerTally
	for _, l := range a.Stack.listeners {
		length := int64(0)
		if l.accepts != nil {
			length = l.accepts.length
		}
		same(a, fmt.Sprintf("requests and connections that wait at port %d of %s", l.port, l.host.name()), [2]int64{l.pending, length}, [2]int64{a.asking[l], a.waiting[l]})
		if queued[l.ListenerTally] == nil {
			queued[l.ListenerTally] = new([2]int64)
			all = append(all, l.ListenerTally)
		}
		queued[l.ListenerTally][0] += a.asking[l]
		queued[l.ListenerTally][1] += a.waiting[l]
	}
	for _, y := range all {
		same(a, "requests and connections that wait at the listeners of a group", [2]int64{y.HalfOpen.Value(), y.Waiting.Value()}, *queued[y])
	}
}

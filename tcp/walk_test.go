package tcp

import (
	"testing"

	"netsim/des"
	"netsim/wire"
)

// The numbers of a connection that inState makes.
var (
	iss  = wire.SeqOf(1000)
	irs  = wire.SeqOf(5000)
	self = wire.IncarnationOf(1, 1, 1)
	them = wire.IncarnationOf(2, 2, 2)
)

// from is a segment of the peer: sequence number and acknowledgment counted from
// the initial ones, a window of 1000.
func from(flags wire.Flags, seq, ack int) wire.Segment {
	s := wire.Segment{Flags: flags, Seq: irs.Add(uint32(seq)), Window: 1000, Incarnation: them}
	if flags.Has(wire.ACK) {
		s.Ack = iss.Add(uint32(ack))
	}
	return s
}

// inState makes a connection of a state by the shortest walk, at time 0, without
// options. SYN-RECEIVED is that of a passive open.
func inState(state State, profile *Profile) *Conn {
	c := new(Conn)
	o := Opening{Profile: plain(profile), ISS: iss, MTU: 1500, Incarnation: self}
	hear := func(s wire.Segment) { c.Segment(0, &s); drain(c) }
	closing := func() { c.Shutdown(0); drain(c) }
	switch state {
	case Closed:
		return c
	case SynSent:
		c.Open(0, &o)
		drain(c)
		return c
	}
	c.Listen(0, &o)
	if state >= SynReceived {
		hear(from(wire.SYN, 0, 0))
	}
	if state >= Established {
		hear(from(wire.ACK, 1, 1))
	}
	switch state {
	case FinWait1, FinWait2, Closing, TimeWaiting:
		closing()
	case CloseWait, LastAck:
		hear(from(wire.FIN|wire.ACK, 1, 1))
	}
	switch state {
	case FinWait2:
		hear(from(wire.ACK, 1, 2))
	case Closing:
		hear(from(wire.FIN|wire.ACK, 1, 1))
	case TimeWaiting:
		hear(from(wire.FIN|wire.ACK, 1, 2))
	case LastAck:
		closing()
	}
	c.News()
	return c
}

// drain takes all that is to be sent and returns how much that was.
func drain(c *Conn) (n int) {
	var s wire.Segment
	for c.Emit(0, &s) {
		n++
	}
	return n
}

func TestInState(t *testing.T) {
	for s := Closed; s < States; s++ {
		c := inState(s, RFC9293())
		if c.State() != s {
			t.Errorf("%v is %v", s, c.State())
		}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	}
}

// Every arrow of figure 5 is passed by some step of this test, and none else:
// short segments, CLOSE, ABORT and OPEN in every state.
func TestFigure5(t *testing.T) {
	var seen [States]uint16
	walk := func(c *Conn, step func()) {
		before := c.State()
		c.Trail()
		step()
		trail := c.Trail()
		for shift := 28; shift >= 0; shift -= 4 {
			if s := State(trail >> shift & 15); s != Closed {
				seen[before] |= set(s)
				before = s
			}
		}
		if c.State() == Closed && before != Closed {
			seen[before] |= set(Closed)
		}
	}
	for s := Closed; s < States; s++ {
		for flags := range wire.Flags(32) {
			for _, ack := range []int{0, 1, 2} {
				for _, seq := range []int{0, 1, 2} {
					c := inState(s, RFC9293())
					arriving := from(flags, seq, ack)
					walk(c, func() { c.Segment(0, &arriving) })
				}
			}
		}
		for _, call := range []func(*Conn, des.Time){(*Conn).Abort, (*Conn).Close} {
			c := inState(s, RFC9293())
			walk(c, func() { call(c, 0) })
		}
	}
	for _, open := range []func(*Conn, des.Time, *Opening){(*Conn).Open, (*Conn).Listen} {
		c := new(Conn)
		walk(c, func() { open(c, 0, &Opening{Profile: RFC9293(), MTU: 1500}) })
	}
	if seen != figure5 {
		for s := range seen {
			t.Logf("%-12v seen %011b, figure 5 %011b", State(s), seen[s], figure5[s])
		}
		t.Error("the arrows passed are not those of figure 5")
	}
}

// A step that figure 5 does not have is a mistake of ours.
func TestBecomePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("LISTEN became TIME-WAIT")
		}
	}()
	inState(Listen, RFC9293()).become(TimeWaiting)
}

// Check finds what is broken: each of these is the mistake of a line that is not
// there.
func TestCheckFinds(t *testing.T) {
	for what, breaks := range map[string]func(*Conn){
		"una":      func(c *Conn) { c.una = c.una.Add(1000) },
		"next":     func(c *Conn) { c.next = c.next.Add(1) },
		"nxt":      func(c *Conn) { c.nxt = c.nxt.Add(1000) },
		"base":     func(c *Conn) { c.base = c.end.Add(1) },
		"timer":    func(c *Conn) { c.rtxAt = des.Never },
		"our FIN":  func(c *Conn) { c.on(finQueued) },
		"its FIN":  func(c *Conn) { c.on(gotFIN) },
		"edge":     func(c *Conn) { c.edge = c.rcvNxt.Add(^uint32(0)) },
		"readable": func(c *Conn) { c.readable = 1 << 30 },
		"cwnd":     func(c *Conn) { c.cwnd = 1 },
		"recovery": func(c *Conn) { c.recovery().phase = fastPath },
		"gap":      func(c *Conn) { c.gaps.add(c.rcvNxt, c.rcvNxt.Add(9)) },
		"oracle":   func(c *Conn) { c.counts.Misplaced++ },
	} {
		c := inState(Established, RFC9293())
		c.Write(0, 100)
		drain(c)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		if breaks(c); c.Check() == nil {
			t.Errorf("%s is broken and not found", what)
		}
	}
	c := inState(SynSent, RFC9293())
	if c.rtxAt = des.Never; c.Check() == nil {
		t.Error("a SYN without a timer is not found")
	}
}

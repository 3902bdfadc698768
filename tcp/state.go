package tcp

import "fmt"

// State is a state of RFC 9293 section 3.3.2.
type State uint8

const (
	Closed State = iota
	Listen
	SynSent
	SynReceived
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWaiting
	States = iota // how many there are
)

var stateNames = [States]string{
	"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
	"FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
}

// String is the RFC's name: "SYN-SENT".
func (s State) String() string { return stateNames[s] }

// synchronized reports a state in which both ends know both sequence numbers
// (RFC 9293 section 3.5.2).
func (s State) synchronized() bool { return s >= Established }

// figure5 is the state diagram: the states that may follow each, as bits. To
// the figure's arrows come those of the text: abort, reset and timeout lead to
// CLOSED from everywhere. Two of its arrows are drawn otherwise. A connection that
// goes from SYN-RECEIVED back to LISTEN ends, since its listener never left; and
// LISTEN does not turn active.
var figure5 = [States]uint16{
	Closed:      set(Listen, SynSent),
	Listen:      set(Closed, SynReceived),
	SynSent:     set(Closed, SynReceived, Established),
	SynReceived: set(Closed, Established, FinWait1),
	Established: set(Closed, FinWait1, CloseWait),
	FinWait1:    set(Closed, FinWait2, Closing, TimeWaiting),
	FinWait2:    set(Closed, TimeWaiting),
	CloseWait:   set(Closed, LastAck),
	Closing:     set(Closed, TimeWaiting),
	LastAck:     set(Closed),
	TimeWaiting: set(Closed),
}

func set(states ...State) (bits uint16) {
	for _, s := range states {
		bits |= 1 << s
	}
	return bits
}

// become is the only door between states.
func (c *Conn) become(s State) {
	if figure5[c.state]>>s&1 == 0 {
		panic(fmt.Sprintf("tcp: %v does not become %v", c.state, s))
	}
	c.state = s
	if c.has(lingering) && !s.awaitsACK() {
		c.lingered()
	}
	c.trail = c.trail<<4 | uint32(s)
}

// Trail takes the states passed since it was last taken, oldest in the highest
// of the 4-bit groups in use; 0 is none. CLOSED is 0, too, and is to be learnt
// from State.
func (c *Conn) Trail() uint32 {
	t := c.trail
	c.trail = 0
	return t
}

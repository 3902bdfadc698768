package tcp

import (
	"fmt"
	"slices"
	"strings"

	"netsim/wire"
)

// What RFC 9293 section 3.10 says happens, written down once more as a list of rules
// in its words and its order. Nothing here looks at a Conn: what a connection is in
// is a tcb of its own, in numbers that are counted from ISS and IRS.

// tcb is the transmission control block of section 3.3.1 where a cell begins.
type tcb struct {
	state    State
	active   bool // of an active OPEN
	una, nxt int  // SND.UNA and SND.NXT, from ISS
	fin      int  // SND.NXT once our FIN is sent, what acknowledges it; 0 before
	maxWnd   int  // MAX.SND.WND of RFC 5961
	rcv, wnd int  // RCV.NXT, from IRS, and RCV.WND
	orphan   bool // its user has gone
}

// arriving is a segment: SEG.SEQ from IRS, SEG.ACK from ISS.
type arriving struct {
	flags          wire.Flags
	seq, ack, text int
}

func (s *arriving) has(f wire.Flags) bool { return s.flags.Has(f) }

// len is SEG.LEN.
func (s *arriving) len() int {
	n := s.text
	for _, f := range []wire.Flags{wire.SYN, wire.FIN} {
		if s.has(f) {
			n++
		}
	}
	return n
}

// outcome is what happens: the next state, what is sent, what the user learns. In
// TIME-WAIT the 2 MSL may begin again, or a new connection take the place.
type outcome struct {
	next            State
	sent            []string
	soon            bool // what is sent may wait, half a second at most (MUST-40)
	news            News
	restart, reopen bool
}

func (o outcome) String() string {
	words := append([]string{o.next.String()}, o.sent...)
	if o.soon && len(o.sent) > 0 {
		words = append(words, "soon")
	}
	if o.news != 0 {
		words = append(words, fmt.Sprintf("news %b", o.news))
	}
	if o.restart {
		words = append(words, "restart")
	}
	if o.reopen {
		words = append(words, "reopen")
	}
	return strings.Join(words, "; ")
}

// chapter is one application of the rules to one segment.
type chapter struct {
	tcb
	arriving
	secure bool // RFC 5961
	outcome
	done   bool
	passed bool // the SYN,ACK of a simultaneous open was recognised
}

func (c *chapter) says(flags wire.Flags, seq, ack int) {
	s := fmt.Sprintf("%v %d", flags, seq)
	if flags.Has(wire.ACK) {
		s += fmt.Sprintf(" ack %d", ack)
	}
	c.sent = append(c.sent, s)
}

// acknowledges is <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, once.
func (c *chapter) acknowledges() { c.sent = nil; c.says(wire.ACK, c.nxt, c.rcv) }

// ends enters CLOSED and deletes the TCB.
func (c *chapter) ends(why News) { c.next, c.news, c.done = Closed, c.news|why, true }

func (c *chapter) inWindow(seq int) bool { return c.rcv <= seq && seq < c.rcv+c.wnd }

// acceptable is the table of section 3.10.7.4, "four cases for the acceptability test".
func (c *chapter) acceptable() bool {
	switch n := c.arriving.len(); {
	case n == 0 && c.wnd == 0:
		return c.seq == c.rcv
	case n == 0:
		return c.inWindow(c.seq)
	case c.wnd == 0:
		return false
	default:
		return c.inWindow(c.seq) || c.inWindow(c.seq+n-1)
	}
}

// paragraph is one rule.
type paragraph struct {
	where string // section and step
	says  string
	when  func(*chapter) bool
	then  func(*chapter)
}

// apply goes through the rules until one says that the segment is done with, and
// counts which of them had something to say.
func (c *chapter) apply(rules []paragraph, used map[string]int) outcome {
	c.next = c.state
	for i := range rules {
		if r := &rules[i]; r.when(c) {
			used[r.where+": "+r.says]++
			if r.then(c); c.done {
				break
			}
		}
	}
	slices.Sort(c.sent)
	return c.outcome
}

func dropped(c *chapter) { c.done = true }
func answered(c *chapter) {
	c.acknowledges()
	c.done = true
}
func always(*chapter) bool { return true }

var inClosed = []paragraph{
	{"3.10.7.1", "a RST is discarded", func(c *chapter) bool { return c.has(wire.RST) }, dropped},
	{"3.10.7.1", "without ACK: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>", func(c *chapter) bool { return !c.has(wire.ACK) },
		func(c *chapter) { c.says(wire.RST|wire.ACK, 0, c.seq+c.arriving.len()); c.done = true }},
	{"3.10.7.1", "with ACK: <SEQ=SEG.ACK><CTL=RST>", always, func(c *chapter) { c.says(wire.RST, c.ack, 0) }},
}

var inListening = []paragraph{
	{"3.10.7.2 first", "a RST is ignored", func(c *chapter) bool { return c.has(wire.RST) }, dropped},
	{"3.10.7.2 second", "an ACK is bad: <SEQ=SEG.ACK><CTL=RST>", func(c *chapter) bool { return c.has(wire.ACK) },
		func(c *chapter) { c.says(wire.RST, c.ack, 0); c.done = true }},
	// Other control and text is "queued for processing later": TestBesideSYN has what follows.
	{"3.10.7.2 third", "a SYN: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, SYN-RECEIVED", func(c *chapter) bool { return c.has(wire.SYN) },
		func(c *chapter) {
			c.says(wire.SYN|wire.ACK, 0, c.seq+1)
			c.next, c.done = SynReceived, true
		}},
	{"3.10.7.2 fourth", "anything else is dropped", always, dropped},
}

var inSynSending = []paragraph{
	{"3.10.7.3 first", "SEG.ACK =< ISS or SEG.ACK > SND.NXT: <SEQ=SEG.ACK><CTL=RST>, unless RST",
		func(c *chapter) bool { return c.has(wire.ACK) && (c.ack <= 0 || c.ack > c.nxt) },
		func(c *chapter) {
			if !c.has(wire.RST) {
				c.says(wire.RST, c.ack, 0)
			}
			c.done = true
		}},
	{"3.10.7.3 second", "a RST with an acceptable ACK: connection reset, CLOSED",
		func(c *chapter) bool { return c.has(wire.RST) && c.has(wire.ACK) }, func(c *chapter) { c.ends(Refused) }},
	{"3.10.7.3 second", "a RST without ACK is dropped", func(c *chapter) bool { return c.has(wire.RST) }, dropped},
	{"3.10.7.3 fourth", "our SYN is acknowledged: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, ESTABLISHED",
		func(c *chapter) bool { return c.has(wire.SYN) && c.has(wire.ACK) },
		func(c *chapter) {
			c.rcv, c.wnd = c.seq+1, cellWindow
			c.acknowledges()
			c.next, c.news, c.done = Established, Connected, c.text == 0
		}},
	{"3.10.7.3 fourth", "and text beside it goes on at the sixth step", func(c *chapter) bool { return c.next == Established },
		func(c *chapter) {
			c.rcv += c.text
			c.acknowledges()
			c.news, c.done = c.news|Readable, true
		}},
	{"3.10.7.3 fourth", "a SYN alone: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, SYN-RECEIVED", func(c *chapter) bool { return c.has(wire.SYN) },
		func(c *chapter) {
			c.says(wire.SYN|wire.ACK, 0, c.seq+1)
			c.next, c.done = SynReceived, true
		}},
	{"3.10.7.3 fifth", "neither SYN nor RST: dropped", always, dropped},
}

// otherwise is section 3.10.7.4, for the states from SYN-RECEIVED to LAST-ACK.
var otherwise = []paragraph{
	{"3.5 figure 7", "the SYN,ACK of a simultaneous open acknowledges our SYN",
		func(c *chapter) bool {
			return c.state == SynReceived && c.active && c.has(wire.SYN|wire.ACK) && !c.has(wire.RST) && c.seq == 0 && c.ack == c.nxt
		},
		func(c *chapter) { c.passed = true }},
	{"3.10.7.4 first", "the SYN once more, before a window that what is beside it is in: trimmed, and answered",
		func(c *chapter) bool {
			return c.state == SynReceived && c.flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN && c.seq == 0 && c.acceptable()
		}, answered},
	{"3.10.7.4 first", "with RCV.WND 0 valid ACKs and RSTs count, though what they carry does not",
		func(c *chapter) bool {
			return c.wnd == 0 && c.seq == c.rcv && c.arriving.len() > 0 && c.flags&(wire.ACK|wire.RST) != 0 && !c.has(wire.SYN)
		},
		func(c *chapter) {
			if !c.has(wire.RST) {
				c.acknowledges()
			}
			c.passed = true
		}},
	{"3.10.7.4 first", "a RST that is not acceptable is dropped", func(c *chapter) bool { return !c.passed && !c.acceptable() && c.has(wire.RST) }, dropped},
	{"3.10.7.4 first", "what is not acceptable: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>", func(c *chapter) bool { return !c.passed && !c.acceptable() }, answered},
	{"3.10.7.4 second", "RFC 5961: a RST in the window that is not at RCV.NXT draws a challenge ACK",
		func(c *chapter) bool { return c.has(wire.RST) && c.secure && c.seq != c.rcv }, answered},
	// A listener never leaves LISTEN, so that what returns to it ends.
	{"3.10.7.4 second", "a RST in SYN-RECEIVED: back to LISTEN, or connection refused",
		func(c *chapter) bool { return c.has(wire.RST) && c.state == SynReceived },
		func(c *chapter) {
			if c.active {
				c.ends(Refused)
			} else {
				c.ends(WasReset)
			}
		}},
	{"3.10.7.4 second", "a RST: connection reset, CLOSED", func(c *chapter) bool { return c.has(wire.RST) }, func(c *chapter) { c.ends(WasReset) }},
	{"3.10.7.4 fourth", "a SYN in a passive SYN-RECEIVED: back to LISTEN",
		func(c *chapter) bool { return !c.passed && c.has(wire.SYN) && c.state == SynReceived && !c.active },
		func(c *chapter) { c.ends(WasReset) }},
	{"3.10.7.4 fourth", "RFC 5961: a SYN draws a challenge ACK", func(c *chapter) bool { return !c.passed && c.has(wire.SYN) && c.secure }, answered},
	{"3.10.7.4 fourth", "RFC 793: a SYN in the window is an error: reset, CLOSED", func(c *chapter) bool { return !c.passed && c.has(wire.SYN) },
		func(c *chapter) {
			c.says(wire.RST|wire.ACK, c.nxt, c.rcv)
			c.ends(WasReset)
		}},
	{"3.10.7.4 fifth", "without ACK it is dropped", func(c *chapter) bool { return !c.has(wire.ACK) }, dropped},
	{"3.10.7.4 fifth", "SYN-RECEIVED, an ACK that is not acceptable: <SEQ=SEG.ACK><CTL=RST>",
		func(c *chapter) bool { return c.state == SynReceived && (c.ack <= c.una || c.ack > c.nxt) },
		func(c *chapter) { c.says(wire.RST, c.ack, 0); c.done = true }},
	{"3.10.7.4 fifth", "SYN-RECEIVED, SND.UNA < SEG.ACK =< SND.NXT: ESTABLISHED", func(c *chapter) bool { return c.state == SynReceived },
		func(c *chapter) { c.state, c.next, c.news, c.una = Established, Established, Connected, c.ack }},
	{"3.10.7.4 fifth", "something not yet sent is acknowledged: an ACK, dropped", func(c *chapter) bool { return c.ack > c.nxt }, answered},
	{"3.10.7.4 fifth", "RFC 5961: SEG.ACK < SND.UNA - MAX.SND.WND: an ACK, dropped",
		func(c *chapter) bool { return c.secure && c.ack < c.una-c.maxWnd }, answered},
	{"3.10.7.4 fifth", "FIN-WAIT-1, our FIN is acknowledged: FIN-WAIT-2", func(c *chapter) bool { return c.state == FinWait1 && c.ack == c.fin },
		func(c *chapter) { c.state, c.next = FinWait2, FinWait2 }},
	{"3.10.7.4 fifth", "CLOSING, our FIN is acknowledged: TIME-WAIT", func(c *chapter) bool { return c.state == Closing && c.ack == c.fin },
		func(c *chapter) { c.next, c.news, c.done = TimeWaiting, c.news|Ended, true }},
	{"3.10.7.4 fifth", "LAST-ACK, our FIN is acknowledged: CLOSED", func(c *chapter) bool { return c.state == LastAck && c.ack == c.fin },
		func(c *chapter) { c.sent = nil; c.ends(Ended) }},
	{"3.10.7.4 seventh", "CLOSE-WAIT, CLOSING, LAST-ACK: text and FIN cannot come, and are ignored",
		func(c *chapter) bool { return c.state == CloseWait || c.state == Closing || c.state == LastAck }, dropped},
	{"3.6.1", "text for a user who has gone: <SEQ=SEG.ACK><CTL=RST>, CLOSED", // MAY-1, "connection reset" to the peer
		func(c *chapter) bool { return c.orphan && c.text > 0 && c.seq+c.text > c.rcv },
		func(c *chapter) { c.sent = nil; c.says(wire.RST, c.ack, 0); c.ends(WasReset) }},
	{"3.10.7.4 seventh", "text in order is delivered, and acknowledged", func(c *chapter) bool { return c.takes() > 0 },
		func(c *chapter) {
			c.rcv, c.wnd = c.rcv+c.takes(), c.wnd-c.takes()
			c.acknowledges()
			c.soon, c.news = true, c.news|Readable
		}},
	{"3.10.7.4 seventh", "text beyond a gap or the window is held or left (SHLD-31), and answered (MAY-13)",
		func(c *chapter) bool { return c.text > 0 && c.textAt() != c.rcv && c.textAt()+c.text > c.rcv },
		func(c *chapter) { c.acknowledges(); c.soon = false }},
	{"3.10.7.4 eighth", "a FIN that is not next is held or left, and answered",
		func(c *chapter) bool { return c.has(wire.FIN) && (c.textAt()+c.text != c.rcv || c.wnd == 0) },
		func(c *chapter) { c.acknowledges(); c.soon, c.done = false, true }},
	{"3.10.7.4 eighth", "a FIN: connection closing, RCV.NXT advances over it, acknowledged", func(c *chapter) bool { return c.has(wire.FIN) },
		func(c *chapter) {
			c.rcv++
			c.acknowledges()
			c.soon, c.news = true, c.news|EndOfData
			switch c.state {
			case Established:
				c.next = CloseWait
			case FinWait1:
				c.next = Closing
			case FinWait2:
				c.next, c.soon, c.news = TimeWaiting, false, c.news|Ended
			}
		}},
}

// textAt is where the text begins: after a SYN.
func (c *chapter) textAt() int {
	if c.has(wire.SYN) {
		return c.seq + 1
	}
	return c.seq
}

// takes is how many bytes of the text are the next.
func (c *chapter) takes() int {
	if at := c.textAt(); at <= c.rcv {
		return max(min(at+c.text-c.rcv, c.wnd), 0)
	}
	return 0
}

// inWaiting is section 3.10.7.4 for TIME-WAIT.
var inWaiting = []paragraph{
	{"3.6.1", "MAY-2: a SYN above all that was used opens a new connection",
		func(c *chapter) bool { return c.has(wire.SYN) && c.flags&(wire.ACK|wire.RST) == 0 && c.seq > c.rcv },
		func(c *chapter) { c.reopen, c.done = true, true }},
	{"3.10.7.4 fifth", "the peer's FIN once more is acknowledged, and the 2 MSL begin again",
		func(c *chapter) bool {
			return c.has(wire.FIN) && c.flags&(wire.SYN|wire.RST) == 0 && c.seq+c.arriving.len() == c.rcv
		},
		func(c *chapter) { c.acknowledges(); c.restart, c.done = true, true }},
	{"3.10.7.4 first", "a RST that is not acceptable is dropped", func(c *chapter) bool { return !c.acceptable() && c.has(wire.RST) && !c.atShut() }, dropped},
	{"3.10.7.4 first", "what is not acceptable is acknowledged", func(c *chapter) bool { return !c.acceptable() && !c.has(wire.RST) }, answered},
	{"3.10.7.4 second", "RFC 5961: a RST in the window that is not at RCV.NXT draws a challenge ACK",
		func(c *chapter) bool { return c.has(wire.RST) && c.secure && c.seq != c.rcv }, answered},
	{"3.10.7.4 second", "a RST: CLOSED", func(c *chapter) bool { return c.has(wire.RST) }, func(c *chapter) { c.ends(0) }},
	{"3.10.7.4 fourth", "RFC 5961: a SYN draws a challenge ACK", func(c *chapter) bool { return c.has(wire.SYN) && c.secure }, answered},
	{"3.10.7.4 fourth", "RFC 793: a SYN in the window is an error: reset, CLOSED", func(c *chapter) bool { return c.has(wire.SYN) },
		func(c *chapter) { c.says(wire.RST|wire.ACK, c.nxt, c.rcv); c.ends(0) }},
	{"3.10.7.4 fifth", "without ACK it is dropped", func(c *chapter) bool { return !c.has(wire.ACK) }, dropped},
	{"3.10.7.4 fifth", "an empty ACK at RCV.NXT says nothing", func(c *chapter) bool { return c.arriving.len() == 0 && c.seq == c.rcv }, dropped},
	// The RFC is silent on what else is acceptable here but cannot come: an ACK says where we are.
	{"3.10.7.4 seventh", "what cannot come is ignored, and answered", always, answered},
}

// atShut is the allowance for a RST at a window of zero.
func (c *chapter) atShut() bool { return c.wnd == 0 && c.seq == c.rcv }

// rulesOf are the rules of a state.
func rulesOf(s State) []paragraph {
	switch s {
	case Closed:
		return inClosed
	case Listen:
		return inListening
	case SynSent:
		return inSynSending
	case TimeWaiting:
		return inWaiting
	}
	return otherwise
}

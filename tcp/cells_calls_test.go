package tcp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"netsim/wire"
)

// called is one application of the rules to one call: what the rules know, and what
// the call gives back in bytes.
type called struct {
	tcb
	call   string
	unread int // bytes that came and were not read
	outcome
	bytes uint64
}

// callRule is a paragraph of sections 3.10.1 to 3.10.6.
type callRule struct {
	where, call, says string
	in                []State
	then              func(*called)
}

func (c *called) sends(flags wire.Flags, seq, text int) {
	line := fmt.Sprintf("%v %d", flags, seq)
	if flags.Has(wire.ACK) {
		line += fmt.Sprintf(" ack %d", c.rcv)
	}
	if text > 0 {
		line += fmt.Sprintf(" text %d", text)
	}
	c.sent = append(c.sent, line)
}

func nothing(*called)     {}
func (c *called) closed() { c.next, c.news = Closed, Ended }

// reset is <SEQ=SND.NXT><CTL=RST>, and CLOSED.
func (c *called) reset() {
	c.sends(wire.RST, c.nxt, 0)
	c.closed()
}

// The states by what a user can still do in them.
var (
	sending   = []State{Established, CloseWait}
	receiving = []State{Established, FinWait1, FinWait2}
	ending    = []State{Closing, LastAck, TimeWaiting}
)

// calls are the rules of the user calls. An error is told by no bytes and no effect: a
// Conn is asked for its state by who wants to know. OPEN of a connection that is there
// is the host's to refuse.
var calls = []callRule{
	{"3.10.1", "OPEN", "active: <SEQ=ISS><CTL=SYN>, SYN-SENT", []State{Closed}, func(c *called) { c.sends(wire.SYN, 0, 0); c.next = SynSent }},
	{"3.10.1", "OPEN, passive", "LISTEN", []State{Closed}, func(c *called) { c.next = Listen }},
	{"3.10.2", "SEND", "error: no connection, or remote socket unspecified", []State{Closed, Listen}, nothing},
	{"3.10.2", "SEND", "queued until ESTABLISHED", []State{SynSent, SynReceived}, func(c *called) { c.bytes = cellText }},
	{"3.10.2", "SEND", "segmentized and sent with a piggybacked acknowledgment", sending,
		func(c *called) { c.bytes = cellText; c.sends(wire.PSH|wire.ACK, c.nxt, cellText) }},
	{"3.10.2", "SEND", "error: connection closing", []State{FinWait1, FinWait2, Closing, LastAck, TimeWaiting}, nothing},
	{"3.10.3", "RECEIVE", "error, or queued: there is nothing", []State{Closed, Listen, SynSent, SynReceived}, nothing},
	{"3.10.3", "RECEIVE", "what has come is given", receiving, func(c *called) { c.bytes = uint64(c.unread) }},
	{"3.10.3", "RECEIVE", "what had come before the FIN is given", []State{CloseWait}, func(c *called) { c.bytes = uint64(c.unread) }},
	// Section 3.10.3 has an error here; sockets go on to give what had come, as section 3.6
	// promises who closes.
	{"3.6", "RECEIVE", "what had come before the FIN can be read to the end", ending, func(c *called) { c.bytes = uint64(c.unread) }},
	{"3.10.4", "CLOSE", "error: no connection", []State{Closed}, nothing},
	{"3.10.4", "CLOSE", "the TCB is deleted", []State{Listen, SynSent}, (*called).closed},
	{"3.10.4", "CLOSE", "a FIN, FIN-WAIT-1", []State{SynReceived, Established}, func(c *called) { c.sends(wire.FIN|wire.ACK, c.nxt, 0); c.next = FinWait1 }},
	{"3.10.4", "CLOSE", "a FIN, LAST-ACK", []State{CloseWait}, func(c *called) { c.sends(wire.FIN|wire.ACK, c.nxt, 0); c.next = LastAck }},
	{"3.10.4", "CLOSE", "error: connection closing", []State{FinWait1, FinWait2, Closing, LastAck, TimeWaiting}, nothing},
	{"3.10.5", "ABORT", "error: no connection", []State{Closed}, nothing},
	{"3.10.5", "ABORT", "the TCB is deleted", []State{Listen, SynSent}, (*called).closed},
	{"3.10.5", "ABORT", "<SEQ=SND.NXT><CTL=RST>", []State{SynReceived, Established, FinWait1, FinWait2, CloseWait}, (*called).reset},
	{"3.10.5", "ABORT", "ok, the TCB is deleted", ending, (*called).closed},
	{"3.6", "end of reading", "no matter of the protocol: changes nothing", []State{Closed, Listen, SynSent, SynReceived, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWaiting}, nothing},
	{"3.10.6", "STATUS", "changes nothing", []State{Closed, Listen, SynSent, SynReceived, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWaiting}, nothing},
}

// leaving is CLOSE of a user who will not read: with bytes unread it is an ABORT
// (section 3.6.1, SHLD-3), but in TIME-WAIT there is nobody to tell.
func leaving(c *called) string {
	if c.unread > 0 && c.state >= Established && c.state != TimeWaiting {
		return "ABORT"
	}
	return "CLOSE"
}

// Every cell of the user calls: each of them in every state, with bytes unread where
// there can be some. "Leave" is CLOSE by a user who goes away.
func TestCellsOfCalls(t *testing.T) {
	cells, used := 0, map[string]bool{}
	do := map[string]func(c *Conn) uint64{
		"OPEN": func(c *Conn) uint64 {
			c.Open(cellTime, &Opening{Profile: c.profile, ISS: iss, MTU: 1500})
			return 0
		},
		"OPEN, passive": func(c *Conn) uint64 {
			c.Listen(cellTime, &Opening{Profile: c.profile, ISS: iss, MTU: 1500})
			return 0
		},
		"SEND":           func(c *Conn) uint64 { return c.Write(cellTime, cellText) },
		"RECEIVE":        func(c *Conn) uint64 { return uint64(c.Read(cellTime)) },
		"CLOSE":          func(c *Conn) uint64 { c.Shutdown(cellTime); return 0 },
		"leave":          func(c *Conn) uint64 { c.Close(cellTime); return 0 },
		"end of reading": func(c *Conn) uint64 { c.ShutdownRead(cellTime); return 0 },
		"ABORT":          func(c *Conn) uint64 { c.Abort(cellTime); return 0 },
		"STATUS":         func(c *Conn) uint64 { c.State(); c.Stats(); c.Sequence(); c.Unread(); return 0 },
	}
	profile := plain(RFC9293())
	profile.Nagle = false
	profile.ReceiveInitial, profile.ReceiveWindow = cellWindow, cellWindow
	for _, b := range starts() {
		if b.orphan {
			continue // no user
		}
		unread := 0
		if strings.Contains(b.name, "window 0") {
			unread = b.rcv - 1
			if b.state == CloseWait || b.state == Closing || b.state == LastAck || b.state == TimeWaiting {
				unread--
			}
		}
		for name, call := range do {
			if strings.HasPrefix(name, "OPEN") && b.state != Closed {
				continue
			}
			want := called{tcb: b.tcb, call: name, unread: unread}
			want.next = b.state
			if name == "leave" {
				want.call = leaving(&want)
			}
			found := false
			for i := range calls {
				if r := &calls[i]; r.call == want.call && slices.Contains(r.in, b.state) {
					r.then(&want)
					used[r.call+": "+r.says], found = true, true
				}
			}
			if !found {
				t.Fatalf("no rule for %s in %v", want.call, b.state)
			}
			cells++
			c := &Conn{profile: profile}
			b.prepare(c)
			c.News()
			bytes := call(c)
			got := b.after(t, c)
			if name == "RECEIVE" && unread > 0 {
				got.sent = nil // a window that opens is told: no matter of this section
			}
			if !got.fits(want.outcome) || bytes != want.bytes {
				t.Errorf("%s in %s: %v and %d bytes, want %v and %d", name, b.name, got, bytes, want.outcome, want.bytes)
			}
		}
	}
	for _, r := range calls {
		if !used[r.call+": "+r.says] {
			t.Errorf("no cell comes to %s %s: %s", r.where, r.call, r.says)
		}
	}
	counted(t, "user calls", cells, callCells)
}

package script

import (
	"fmt"
	"time"
)

// Pos is a place in a script; both count from 1, columns in bytes.
type Pos struct{ Line, Col int }

func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Col) }

// Error is a fault in a script.
type Error struct {
	File string
	Pos
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%v: %s", e.File, e.Pos, e.Text) }

// Script is a file of events.
type Script struct {
	File    string
	Options []Option
	Init    []*Shell // commands before the first time
	Events  []*Event
}

// Option is a line --name=value at the head of a script.
type Option struct {
	Pos
	Name, Value string
}

// Event is what happens at a time: one of [*Packet], [*Call], [*Shell],
// [*Code] and [*Unknown].
type Event struct {
	Pos
	When Time
	What any
}

// Time is when an event happens. At and To are since the start of the script, or
// with Relative since the event before; To is the end of a window, else At.
type Time struct {
	At, To   time.Duration
	Relative bool
	Any      bool // *: whenever it comes
}

// Packet is a segment or an ICMP message: one that the script injects, or
// one that it expects.
type Packet struct {
	Inbound bool // injected into the stack
	IP      []Item
	Ports   *[2]uint16 // source and destination, nil is the connection's

	// Of a segment.
	Flags   string // as written: "S.", "FP.", "-"
	Seq     Range
	Ack     *Number
	Window  *uint16
	Urgent  *uint16
	Options []TCPOption // nil with AnyOptions: not checked
	Any     bool        // <...>: any options

	ICMP *ICMP // instead of a segment
}

// Item is a word between the brackets before the flags, such as ect0 or ttl 5.
type Item struct {
	Name  string
	Value int64
}

// Number is a sequence or acknowledgment number, relative to the initial one
// unless Absolute (written with a !).
type Number struct {
	Value    uint32
	Absolute bool
	Any      bool // written ...
}

// Range is the sequence numbers of a segment, start:end(len).
type Range struct {
	Start, End Number
	Len        uint32
}

// TCPOption is one option of a segment. Values are its numbers in order: of TS
// val and ecr, of sack the edges of the blocks.
type TCPOption struct {
	Pos
	Kind   OptionKind
	Name   string // as written
	Values []uint32
	Open   [2]bool // of a timestamp: its values may be any, "..."
	Bytes  []byte  // a cookie
}

// OptionKind is what an option is.
type OptionKind uint8

const (
	OtherOption OptionKind = iota
	NOP
	EOL
	MSS
	SACKOK
	Scale
	Timestamps
	SACK
	FastOpen
	FastOpenExp // the experimental kind 254
)

// ICMP is an ICMP message about a segment of the connection.
type ICMP struct {
	Type, Code string
	MTU        int64
	Quoted     *Range // nil: nothing was said of it
}

// Call is a system call. Until is set for one that blocks, as Event.When.
type Call struct {
	Name   string
	Until  *Time
	Args   []*Expr
	Result *Expr
	Errno  string // "EINPROGRESS" or ""
	Note   string // the text in parentheses after it
}

// Shell is a command in backticks.
type Shell struct {
	Pos
	Text string
}

// Code is a program in %{ }%.
type Code struct {
	Pos
	Text string
}

// Unknown is an action that the language has and netsim does not, for instance
// a UDP datagram.
type Unknown struct{ What string }

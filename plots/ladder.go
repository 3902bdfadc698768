package plots

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Ladder shows the segments between hosts, time running downward. Its panels
// stand side by side as far as each keeps 84 mm, or 56 mm if they would be taller
// than a page otherwise and their arrows still have room for what they say.
type Ladder struct {
	Name    string // file name without extension
	Title   string
	Caption string
	Fold    time.Duration // silences of at least this are folded, no packet being under way; 0: by their length
	Width   float64       // mm; 0 means 84
	Style   Style
	Panels  []LadderPanel
}

// maxMessages bounds what a panel draws: a page holds no more. The text and the
// table hold everything.
const maxMessages = 80

// A LadderPanel is one ladder. Times are nanoseconds; hosts are numbered from
// left to right. Messages sent at the same time by one host left in the order
// given.
type LadderPanel struct {
	Title    string
	Hosts    []string
	Messages []Message
	States   []StateSpan
	Timers   []Bracket
	Marked   []string // states to be pointed out: an outline

	pace    int64           // the median flight, before any were bundled
	omitted int             // messages left out of the drawing
	resume  int64           // when the first one behind them was sent
	parted  map[int64]int64 // of messages that took no time and were set behind each other: when they were
}

// A Message is a segment from host to host.
type Message struct {
	From, To      int
	Sent, Arrived int64  // Arrived < 0: it never did
	Label         string // "SYN"
	Detail        string // "seq 0, MSS 1460"
	Lost          string // why it never arrived
	Again         bool   // a retransmission
	Duplicate     bool   // a copy the network made
	Old           bool   // an old duplicate: of an earlier connection between the same ports
	Before        bool   // of that, too, and sent since by an end that still has it
	Marked        bool   // to be pointed out: a thick arrow

	// A long run of plain segments is drawn as one arrow, and so are their ACKs.
	Plain    bool   // no flag but ACK and PSH
	Seq, Ack uint32 // numbers as Detail has them
	Len      uint32 // bytes of data
}

// A StateSpan is a state of a host's end, [From, To). To < 0 means to the end. A
// host whose last state ends is CLOSED from then on.
type StateSpan struct {
	Host     int
	State    string
	From, To int64
}

// A Bracket is a timer of a host that was set at From and rang, or was stopped,
// at To.
type Bracket struct {
	Host     int
	Label    string
	From, To int64
}

// Encode writes the ladder: see [Picture]. Its table is of messages, states and timers.
func (l *Ladder) Encode(w io.Writer, format string) error { return l.picture().write(w, format) }

// Save writes files of the ladder: see [Picture].
func (l *Ladder) Save(dir string, formats []string) ([]string, error) {
	return l.picture().save(dir, formats)
}

// Absent lists what no font has: see [Picture].
func (l *Ladder) Absent() []rune { return l.picture().absent() }

func (l *Ladder) picture() *picture {
	return &picture{l.Name, l.check, func() *drawing { return l.draw().styled(l.Style) }, l.table}
}

func (l *Ladder) check() error {
	for _, p := range l.Panels {
		if err := p.check(); err != nil {
			return fmt.Errorf("plots: ladder %s: panel %q: %w", l.Name, p.Title, err)
		}
	}
	return nil
}

func (p *LadderPanel) check() error {
	known := func(hosts ...int) error {
		for _, h := range hosts {
			if h < 0 || h >= len(p.Hosts) {
				return fmt.Errorf("host %d of %d", h, len(p.Hosts))
			}
		}
		return nil
	}
	for i, m := range p.Messages {
		if err := known(m.From, m.To); err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		if m.From == m.To {
			return fmt.Errorf("message %d: from host %d to itself", i, m.From)
		}
		if m.Arrived >= 0 && m.Arrived < m.Sent {
			return fmt.Errorf("message %d: arrived at %d, before it was sent at %d", i, m.Arrived, m.Sent)
		}
	}
	for i, s := range p.States {
		if err := known(s.Host); err != nil {
			return fmt.Errorf("state %d: %w", i, err)
		}
	}
	for i, t := range p.Timers {
		if err := known(t.Host); err != nil {
			return fmt.Errorf("timer %d: %w", i, err)
		}
	}
	return nil
}

// mark is what a label says of a message beyond its flags.
func (m *Message) mark() string {
	switch {
	case m.Old:
		return "old duplicate"
	case m.Before:
		return "half-open"
	case m.Again && m.Duplicate:
		return "again, duplicate"
	case m.Again:
		return "again"
	case m.Duplicate:
		return "duplicate"
	}
	return ""
}

// words is the label with its mark.
func (m *Message) words() string {
	if mark := m.mark(); mark != "" {
		return m.Label + " (" + mark + ")"
	}
	return m.Label
}

// fate is what became of a message that never arrived.
func (m *Message) fate() string {
	switch {
	case m.Arrived >= 0:
		return ""
	case m.Lost == "":
		return "not arrived"
	}
	return "lost: " + m.Lost
}

// sequence sorts a copy of the panel by time, keeping the order given of what
// happens at one time, so that equal panels are drawn alike.
func (p *LadderPanel) sequence() LadderPanel {
	q := *p
	q.Messages = slices.Clone(p.Messages)
	slices.SortStableFunc(q.Messages, func(a, b Message) int { return cmp.Compare(a.Sent, b.Sent) })
	q.States = slices.Clone(p.States)
	q.close()
	slices.SortStableFunc(q.States, func(a, b StateSpan) int { return cmp.Compare(a.From, b.From) })
	q.Timers = slices.Clone(p.Timers)
	slices.SortStableFunc(q.Timers, func(a, b Bracket) int { return cmp.Compare(a.From, b.From) })
	q.pace = q.flight()
	return q
}

// part sets messages that take no time behind each other, one nanosecond each, as
// they would lie on each other. The panel must be in sequence.
func (p *LadderPanel) part() {
	last := int64(-1 << 62)
	for i := range p.Messages {
		m := &p.Messages[i]
		if m.Arrived != m.Sent {
			last = max(last, m.Sent)
			continue
		}
		if last = max(m.Sent, last+1); last != m.Sent {
			if p.parted == nil {
				p.parted = map[int64]int64{}
			}
			p.parted[last], m.Sent, m.Arrived = m.Sent, last, last
		}
	}
}

// when is the time at which something stands that was set apart.
func (p *LadderPanel) when(t int64) int64 {
	if was, ok := p.parted[t]; ok {
		return was
	}
	return t
}

// closed is what a host is when its last state has ended.
const closed = "CLOSED"

// close says of every host whose last state ends that it is CLOSED then. A last
// state that ends as it begins is that end itself: there was none.
func (p *LadderPanel) close() {
	for h := range p.Hosts {
		last := -1
		for i, s := range p.States {
			if s.Host == h && (last < 0 || s.From >= p.States[last].From) {
				last = i
			}
		}
		switch {
		case last < 0 || p.States[last].To < p.States[last].From:
		case p.States[last].From == p.States[last].To:
			p.States[last].State = closed
		default:
			end := p.States[last].To
			p.States = append(p.States, StateSpan{h, closed, end, end})
		}
	}
}

// abridge leaves out the middle of a long panel: connections are told by how they
// open and close. The panel must be in sequence.
func (p *LadderPanel) abridge() {
	if p.omitted = len(p.Messages) - maxMessages; p.omitted > 0 {
		p.Messages = slices.Delete(p.Messages, maxMessages/2, len(p.Messages)-maxMessages/2)
		p.resume = p.Messages[maxMessages/2].Sent
	}
}

// times lists every time at which something happens, in order, once each.
func (p *LadderPanel) times() []int64 {
	var t []int64
	for _, m := range p.Messages {
		t = append(t, m.Sent)
		if m.Arrived >= 0 {
			t = append(t, m.Arrived)
		}
	}
	for _, s := range p.States {
		t = append(t, s.From)
		if s.To >= s.From {
			t = append(t, s.To)
		}
	}
	for _, b := range p.Timers {
		t = append(t, b.From, max(b.From, b.To))
	}
	slices.Sort(t)
	return slices.Compact(t)
}

// foldFrom returns from which length on a silence of p, which must be in sequence,
// is folded: unless it is given, eight times the median flight, and the median
// step if nothing arrived.
func (l *Ladder) foldFrom(p *LadderPanel) int64 {
	if l.Fold > 0 {
		return int64(l.Fold)
	}
	return 8 * p.pace
}

// silences returns when those of at least that length end: between one event and
// the next nothing is under way.
func (p *LadderPanel) silences(least int64) (ends []int64) {
	times := p.times()
	sent, landing := 0, int64(-1)
	for i := 1; i < len(times); i++ {
		for ; sent < len(p.Messages) && p.Messages[sent].Sent < times[i]; sent++ {
			landing = max(landing, p.Messages[sent].Arrived)
		}
		if times[i]-times[i-1] >= least && landing < times[i] {
			ends = append(ends, times[i])
		}
	}
	return ends
}

// flight is the median flight of the messages that arrived, at least 1 ns.
func (p *LadderPanel) flight() int64 {
	var flights []int64
	for _, m := range p.Messages {
		if m.Arrived >= 0 {
			flights = append(flights, m.Arrived-m.Sent)
		}
	}
	if len(flights) == 0 {
		times := p.times()
		for i := 1; i < len(times); i++ {
			flights = append(flights, times[i]-times[i-1])
		}
	}
	if len(flights) == 0 {
		return 1
	}
	slices.Sort(flights)
	return max(1, flights[len(flights)/2])
}

// stamp writes a time in the unit that suits it, exact to the nanosecond up to
// digits decimals.
func stamp(ns int64, digits int) string {
	unit, scale := "s", int64(1e9)
	switch size := max(ns, -ns); {
	case size == 0:
		return "0"
	case size < 1e3:
		unit, scale = "ns", 1
	case size < 1e6:
		unit, scale = "µs", 1e3
	case size < 1e9:
		unit, scale = "ms", 1e6
	}
	v := strconv.FormatFloat(float64(ns)/float64(scale), 'f', digits, 64)
	if strings.Contains(v, ".") {
		v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
	}
	return v + " " + unit
}

// silence writes the length of a fold, to three digits or so.
func silence(ns int64) string {
	switch {
	case ns >= 100e9:
		return stamp(ns, 0)
	case ns >= 10e9:
		return stamp(ns, 1)
	}
	return stamp(ns, 2)
}

// table writes messages, states and timers of all panels, times in nanoseconds.
func (l *Ladder) table() []byte {
	var b bytes.Buffer
	b.WriteString("panel,what,host,to_host,label,detail,start_ns,end_ns,fate\n")
	for _, p := range l.Panels {
		q := p.sequence()
		row := func(what string, host, to string, label, detail string, start, end int64, fate string) {
			last := ""
			if end >= start {
				last = strconv.FormatInt(end, 10)
			}
			cells := []string{p.Title, what, host, to, label, detail, strconv.FormatInt(start, 10), last, fate}
			for i := range cells {
				cells[i] = csvCell(cells[i])
			}
			b.WriteString(strings.Join(cells, ",") + "\n")
		}
		for _, m := range q.Messages {
			fate := cmp.Or(m.fate(), m.mark(), "arrived")
			row("message", p.Hosts[m.From], p.Hosts[m.To], m.Label, m.Detail, m.Sent, m.Arrived, fate)
		}
		for _, s := range q.States {
			row("state", p.Hosts[s.Host], "", s.State, "", s.From, s.To, "")
		}
		for _, t := range q.Timers {
			row("timer", p.Hosts[t.Host], "", t.Label, "", t.From, t.To, "")
		}
	}
	return b.Bytes()
}

package plots

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// leastArrow is the narrowest room for arrows between two columns of text.
const leastArrow = 24

// Text writes the ladder as plain text of about width characters a line: arrows
// between columns, times and states in the margins, X where a message was lost,
// and a line of dots for every silence. A message whose flight other things
// interrupt takes two lines, one where it leaves and one where it lands.
func (l *Ladder) Text(w io.Writer, width int) error {
	if err := l.check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	if l.Title != "" {
		fmt.Fprintln(b, l.Title)
	}
	for i := range l.Panels {
		p := l.Panels[i].sequence()
		if l.Title != "" || i > 0 {
			fmt.Fprintln(b)
		}
		if p.Title != "" {
			fmt.Fprintln(b, p.Title)
		}
		if len(p.Hosts) < 2 || len(p.times()) == 0 {
			fmt.Fprintln(b, "no data")
			continue
		}
		foldFrom := l.foldFrom(&p)
		p.bundle(foldFrom)
		newSheet(&p, width, foldFrom).write(b)
	}
	if l.Caption != "" {
		fmt.Fprintf(b, "\n%s\n", l.Caption)
	}
	return b.Flush()
}

// A deed is one end of a message, a state's begin, or a timer's end.
type deed struct {
	t       int64
	host    int
	message int // index, or -1
	arrival bool
	state   string // begins
	alone   bool   // a state, and nothing else happens here now
	note    string // of a timer that ends
	done    bool   // written already
}

// deeds lists what happens in order of time; at one time first states that stand
// alone, then arrivals, timers, and what is sent. The other states are written
// in the margins of these. What takes no time is sent and arrives in one.
func (p *LadderPanel) deeds() []deed {
	var d []deed
	for i, m := range p.Messages {
		d = append(d, deed{t: m.Sent, host: m.From, message: i})
		if m.Arrived >= 0 {
			d = append(d, deed{t: m.Arrived, host: m.To, message: i, arrival: true})
		}
	}
	for _, s := range p.States {
		d = append(d, deed{t: s.From, host: s.Host, message: -1, state: s.State})
	}
	for _, b := range p.Timers {
		end := max(b.From, b.To)
		d = append(d, deed{t: end, host: b.Host, message: -1, note: "(" + b.Label + " " + silence(end-b.From) + ")"})
	}
	type place struct {
		t    int64
		host int
	}
	busy := map[place]bool{}
	for _, e := range d {
		busy[place{e.t, e.host}] = busy[place{e.t, e.host}] || e.state == ""
	}
	for i := range d {
		d[i].alone = !busy[place{d[i].t, d[i].host}]
	}
	class := func(e deed) int {
		switch {
		case e.alone:
			return -1
		case e.arrival && p.Messages[e.message].Sent < e.t:
			return 0
		case e.note != "":
			return 1
		case e.message >= 0:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(d, func(a, b deed) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(class(a), class(b)))
	})
	return d
}

// A sheet is a ladder as lines of runes.
type sheet struct {
	*LadderPanel
	deeds    []deed
	silences []int64 // when they end
	columns  []int   // of each host's bar
	left     int     // width of the left margin
	stamps   int     // widest time
	states   int     // widest state
	right    int     // width of the whole
}

func newSheet(p *LadderPanel, width int, foldFrom int64) *sheet {
	s := &sheet{LadderPanel: p, deeds: p.deeds(), silences: p.silences(foldFrom)}
	for _, e := range s.deeds {
		s.stamps = max(s.stamps, utf8.RuneCountInString(stamp(e.t, 9)))
		s.states = max(s.states, utf8.RuneCountInString(e.state))
	}
	s.left = s.stamps + 1
	if s.states > 0 {
		s.left += s.states + 1
	}
	between := len(p.Hosts) - 1
	room := max(width-2*s.left-1, leastArrow*between)
	for h := range p.Hosts {
		s.columns = append(s.columns, s.left+h*room/between)
	}
	s.right = 2*s.left + room + 1
	return s
}

func (s *sheet) write(w io.Writer) {
	s.header(w)
	for i := range s.deeds {
		e := &s.deeds[i]
		if i > 0 && within(s.silences, s.deeds[i-1].t, e.t) {
			s.silence(w, e.t-s.deeds[i-1].t)
		}
		if e.done {
			continue
		}
		row, last := s.empty('|'), len(s.Hosts)-1
		switch {
		case e.message < 0:
			s.margin(row, e)
			if other := s.waiting(last-e.host, e.t); e.alone && s.outer(e.host) && other != nil && other.alone {
				s.margin(row, other)
			}
			s.note(row, e)
		case e.arrival:
			s.margin(row, e)
			s.arrow(row, &s.Messages[e.message], 0.22, 1)
		default:
			s.margin(row, e)
			s.departure(row, i)
		}
		writeRow(w, row)
		s.further(w, 0, e.t)
		s.further(w, last, e.t)
	}
}

// outer reports whether a host has a margin.
func (s *sheet) outer(h int) bool { return h == 0 || h == len(s.Hosts)-1 }

func writeRow(w io.Writer, row []rune) {
	fmt.Fprintln(w, strings.TrimRight(string(row), " "))
}

func (s *sheet) header(w io.Writer) {
	row := s.empty(' ')
	for h, name := range s.Hosts {
		n := utf8.RuneCountInString(name)
		put(row, min(max(0, s.columns[h]-n/2), max(0, s.right-n)), name)
	}
	writeRow(w, row)
}

func (s *sheet) empty(bar rune) []rune {
	row := []rune(strings.Repeat(" ", s.right))
	for _, c := range s.columns {
		row[c] = bar
	}
	return row
}

func put(row []rune, at int, text string) {
	for _, r := range text {
		if at >= 0 && at < len(row) {
			row[at] = r
		}
		at++
	}
}

func (s *sheet) silence(w io.Writer, ns int64) {
	row := s.empty(':')
	words := " ... " + silence(ns) + " ... "
	middle := (s.columns[0] + s.columns[1]) / 2
	put(row, middle-utf8.RuneCountInString(words)/2, words)
	writeRow(w, row)
}

// margin writes the time of a deed beside an outer column, and a state that
// begins there then; both are done with it.
func (s *sheet) margin(row []rune, e *deed) {
	e.done = true
	if !s.outer(e.host) {
		return
	}
	state := e.state
	if state == "" {
		if begun := s.waiting(e.host, e.t); begun != nil {
			state, begun.done = begun.state, true
		}
	}
	s.marginText(row, e.host, stamp(e.t, 9), state)
}

func (s *sheet) marginText(row []rune, host int, time, state string) {
	if host == 0 {
		put(row, s.left-1-utf8.RuneCountInString(state), state)
		put(row, s.stamps-utf8.RuneCountInString(time), time)
		return
	}
	at := s.columns[host] + 2
	put(row, at, state)
	if s.states > 0 {
		at += s.states + 1
	}
	put(row, at, time)
}

// waiting returns a state that begins at a host at a time and is still to be
// written.
func (s *sheet) waiting(host int, t int64) *deed {
	for i := s.since(t); i < len(s.deeds) && s.deeds[i].t == t; i++ {
		if e := &s.deeds[i]; e.host == host && e.state != "" && !e.done {
			return e
		}
	}
	return nil
}

// since returns the index of the first deed at or after t.
func (s *sheet) since(t int64) int {
	i, _ := slices.BinarySearchFunc(s.deeds, t, func(e deed, t int64) int { return cmp.Compare(e.t, t) })
	return i
}

// further writes the states of a host that are left over when no more lines of
// this time are to come.
func (s *sheet) further(w io.Writer, host int, t int64) {
	for i := s.since(t); i < len(s.deeds) && s.deeds[i].t == t; i++ {
		if e := s.deeds[i]; e.host == host && e.state == "" && !e.done {
			return
		}
	}
	for e := s.waiting(host, t); e != nil && !e.alone; e = s.waiting(host, t) {
		row := s.empty('|')
		s.marginText(row, host, "", e.state)
		e.done = true
		writeRow(w, row)
	}
}

// note writes beside a column what no margin holds: a timer, and the states of
// an inner host.
func (s *sheet) note(row []rune, e *deed) {
	words := e.note
	if e.state != "" && !s.outer(e.host) {
		words = e.state + " " + stamp(e.t, 9)
	}
	if e.host == len(s.Hosts)-1 {
		put(row, s.columns[e.host]-1-utf8.RuneCountInString(words), words)
		return
	}
	put(row, s.columns[e.host]+2, words)
}

// departure writes a message that leaves; if nothing happens at its other end
// before it lands there, it lands on the same line.
func (s *sheet) departure(row []rune, i int) {
	e := &s.deeds[i]
	m := &s.Messages[e.message]
	if m.Arrived < 0 {
		s.lost(row, m)
		return
	}
	for k := i + 1; k < len(s.deeds); k++ {
		d := &s.deeds[k]
		if d.arrival && d.message == e.message {
			s.margin(row, d)
			s.arrow(row, m, 0, 1)
			return
		}
		if !d.done && d.host == m.To {
			break
		}
	}
	s.arrow(row, m, 0, 0.78)
}

// arrow draws the part of a message's way from one share of it to another, with
// its words in the middle and its head at the far side.
func (s *sheet) arrow(row []rune, m *Message, from, to float64) {
	a, step, length := s.way(m)
	first, last := a+step*(1+int(from*length)), a+step*(1+int(to*length))
	row[last] = '>'
	if step < 0 {
		row[last] = '<'
	}
	s.shaft(row, m, first, last, step)
}

// lost draws a message to where it ends, and why.
func (s *sheet) lost(row []rune, m *Message) {
	a, step, length := s.way(m)
	last := a + step*(1+int(crossAt*length))
	row[last] = 'X'
	s.shaft(row, m, a+step, last, step)
	fate := cut(cmp.Or(m.Lost, m.fate()), int((1-crossAt)*length)-2)
	at := last + 2
	if step < 0 {
		at = last - 1 - utf8.RuneCountInString(fate)
	}
	put(row, at, fate)
}

// way returns a message's column, its direction, and how far its head may go.
func (s *sheet) way(m *Message) (column, step int, length float64) {
	a, b := s.columns[m.From], s.columns[m.To]
	if b < a {
		return a, -1, float64(a - b - 2)
	}
	return a, 1, float64(b - a - 2)
}

func (s *sheet) shaft(row []rune, m *Message, first, last, step int) {
	for x := first; x != last; x += step {
		row[x] = '-'
	}
	words := m.words()
	if m.Detail != "" {
		words += "  " + m.Detail
	}
	room := (last - first) * step
	words = " " + cut(words, room-4) + " "
	put(row, min(first, last)+(room+1-utf8.RuneCountInString(words))/2, words)
}

// cut shortens s to n runes and marks the cut.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(0, n-1)]) + "~"
}

package tcp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// pair is two hosts of one connection each, client and server, joined by a wire
// that delays every segment alike: an event loop small enough to be believed.
// At equal times segments come before calls, and calls before timers. It keeps
// a ladder, a line for every segment sent and every state entered:
//
//	0.050 server SYN-RECEIVED
//	0.050 server > SYN,ACK 0 ack 1
type pair struct {
	t              testing.TB
	now            des.Time
	delay          time.Duration
	client, server *end
	flying         []arrival
	calls          []call
	rules          []*rule
	lines          []string
	windows        bool // ladders show them
	quiet          bool // no ladder
}

// end is one host: a connection, and what becomes of it.
type end struct {
	*pair
	name   string
	peer   *end
	o      Opening
	conn   Conn
	told   News // everything so far
	app    func(n News)
	last   State // entered
	record TimeWait
	until  des.Time // the record's end; Never if there is none
	passed func(*end, *wire.Segment)
	soaking
}

// soaking is what a test may put in the place of the wire and the host, or behind
// what the connection does.
type soaking struct {
	via     func(*wire.Segment) // what is sent
	arrives func(*wire.Segment) // what comes
	reopens func(*wire.Segment) // a SYN over a TIME-WAIT
	after   func()              // a segment or a timeout was taken, and nothing is sent yet
	checked func()              // an input is done with
}

type arrival struct {
	at  des.Time
	to  *end
	seg wire.Segment
}

type call struct {
	at des.Time
	do func()
}

// rule is a fate for some segments of one end: the nth that match, all if nth is 0.
type rule struct {
	from  *end
	match func(*wire.Segment) bool
	nth   int
	seen  int
	fate  fate
	lot   func() fate // draws it anew each time
}

type fate struct {
	drop  bool
	delay time.Duration // further
	twice bool
}

func newPair(t testing.TB, profile *Profile, delay time.Duration) *pair {
	p := &pair{t: t, delay: delay}
	p.client = &end{pair: p, name: "client", until: des.Never, o: Opening{
		Profile: profile, ISS: wire.SeqOf(1000), MTU: 1500, Incarnation: wire.IncarnationOf(1, 1, 1)}}
	p.server = &end{pair: p, name: "server", until: des.Never, o: Opening{
		Profile: profile, ISS: wire.SeqOf(5000), MTU: 1500, Incarnation: wire.IncarnationOf(2, 2, 2)}}
	p.client.peer, p.server.peer = p.server, p.client
	return p
}

// plain is a profile without timestamps and scale, whose segments are easy to
// count: 1460 bytes of text.
func plain(profile *Profile) *Profile {
	profile.Timestamps, profile.WindowScale, profile.SACKPermitted = false, NoScale, false
	return profile
}

// connected is a pair that has opened its connection from client to server.
func connected(t testing.TB, profile *Profile, delay time.Duration) *pair {
	p := newPair(t, profile, delay)
	p.connect()
	return p
}

func (p *pair) connect() {
	p.server.listen()
	p.client.open()
	p.run(p.now.Add(3 * p.delay))
	if a, b := p.client.conn.State(), p.server.conn.State(); a != Established || b != Established {
		p.t.Fatalf("client %v, server %v", a, b)
	}
	p.lines = nil
}

func (e *end) open()   { e.conn.Open(e.now, &e.o); e.pump() }
func (e *end) listen() { e.conn.Listen(e.now, &e.o); e.pump() }

func (e *end) write(n uint64) uint64 {
	n = e.conn.Write(e.now, n)
	e.pump()
	return n
}
func (e *end) read(n uint32) uint32 { n = e.conn.ReadUpTo(e.now, n); e.pump(); return n }
func (e *end) shutdown()            { e.conn.Shutdown(e.now); e.pump() }
func (e *end) close()               { e.conn.Close(e.now); e.pump() }
func (e *end) abort()               { e.conn.Abort(e.now); e.pump() }

// reader makes the end's user read whatever comes, and close after a FIN.
func (e *end) reader(closes bool) {
	e.app = func(n News) {
		e.conn.Read(e.now)
		if closes && n&EndOfData != 0 {
			e.conn.Close(e.now)
		}
	}
}

// at calls do at a time in seconds.
func (p *pair) at(seconds float64, do func()) {
	p.later(at(seconds), do)
}

func (p *pair) later(at des.Time, do func()) {
	p.calls = append(p.calls, call{at, do})
	slices.SortStableFunc(p.calls, func(a, b call) int { return int(a.at - b.at) })
}

func at(seconds float64) des.Time { return des.Time(0).Add(span(seconds)) }

// seconds64 is t in seconds, rounded once.
func seconds64(t des.Time) float64 { return float64(t) / 1e9 }

func span(seconds float64) time.Duration {
	return time.Duration(seconds*1e6+.5) * time.Microsecond
}

func isSYN(s *wire.Segment) bool    { return s.Flags&(wire.SYN|wire.ACK) == wire.SYN }
func isSYNACK(s *wire.Segment) bool { return s.Flags.Has(wire.SYN | wire.ACK) }
func isFIN(s *wire.Segment) bool    { return s.Flags.Has(wire.FIN) }
func isText(s *wire.Segment) bool   { return s.Len > 0 }
func isACK(s *wire.Segment) bool    { return s.Flags == wire.ACK && s.Len == 0 }
func isAny(*wire.Segment) bool      { return true }

func (e *end) loses(match func(*wire.Segment) bool, nth int) { e.rule(match, nth, fate{drop: true}) }
func (e *end) delays(match func(*wire.Segment) bool, nth int, by time.Duration) {
	e.rule(match, nth, fate{delay: by})
}
func (e *end) doubles(match func(*wire.Segment) bool, nth int) { e.rule(match, nth, fate{twice: true}) }

func (e *end) rule(match func(*wire.Segment) bool, nth int, f fate) {
	e.rules = append(e.rules, &rule{from: e, match: match, nth: nth, fate: f})
}

// run goes on until the time is reached, which is where it stops.
func (p *pair) run(until des.Time) {
	for p.step(until) {
	}
	p.now = max(p.now, until)
}

// runFor is run by seconds from now.
func (p *pair) runFor(seconds float64) { p.run(p.now.Add(span(seconds))) }

// step does what is next and reports whether there was something.
func (p *pair) step(until des.Time) bool {
	next, what := until, 0
	if len(p.flying) > 0 && p.flying[0].at <= next {
		next, what = p.flying[0].at, 1
	}
	if len(p.calls) > 0 && (p.calls[0].at < next || what == 0 && p.calls[0].at == next) {
		next, what = p.calls[0].at, 2
	}
	timer := p.client
	if p.server.deadline() < timer.deadline() {
		timer = p.server
	}
	if d := timer.deadline(); d < next || what == 0 && d == next && d != des.Never {
		next, what = d, 3
	}
	p.now = next
	switch what {
	case 0:
		return false
	case 1:
		a := p.flying[0]
		p.flying = slices.Delete(p.flying, 0, 1)
		if a.to.arrives != nil {
			a.to.arrives(&a.seg)
		} else {
			a.to.receive(&a.seg)
		}
	case 2:
		c := p.calls[0]
		p.calls = slices.Delete(p.calls, 0, 1)
		c.do()
	case 3:
		timer.timeout()
	}
	return true
}

func (e *end) deadline() des.Time {
	if e.conn.State() == Closed {
		return des.Never
	}
	return max(min(e.conn.Deadline(), e.until), e.now)
}

func (e *end) timeout() {
	if e.until <= e.now {
		e.until = des.Never
		e.conn.Abort(e.now)
	} else {
		e.conn.Timeout(e.now)
		if e.after != nil {
			e.after()
		}
	}
	e.pump()
}

// receive is what a host does with a segment: it is for the record in TIME-WAIT,
// for the connection, or for none.
func (e *end) receive(s *wire.Segment) {
	var reply wire.Segment
	switch {
	case e.until != des.Never:
		v := e.record.Segment(e.now, e.o.Profile, s, &reply)
		if v&Reopen != 0 && e.reopens != nil {
			e.reopens(s)
			return
		}
		if v&Restart != 0 {
			e.until = e.now.Add(e.o.Profile.TimeWait)
		}
		if v&Die != 0 {
			e.until = des.Never
			e.conn.Abort(e.now)
			e.pump()
		}
		if v&Answer != 0 {
			e.send(&reply)
		}
	case e.conn.State() == Closed:
		if Reset(s, &reply) {
			e.send(&reply)
		}
	default:
		e.conn.Segment(e.now, s)
		if e.after != nil {
			e.after()
		}
		e.pump()
	}
}

// pump follows every input, as the host does: emit, check, tell.
func (e *end) pump() {
	var s wire.Segment
	for {
		e.trail()
		for e.conn.Emit(e.now, &s) {
			e.trail()
			e.send(&s)
		}
		if err := e.conn.Check(); err != nil {
			e.t.Fatalf("%v %s: %v\n%s", e.now, e.name, err, strings.Join(e.lines, "\n"))
		}
		n := e.conn.News()
		if n == 0 {
			break
		}
		e.told |= n
		if e.app != nil {
			e.app(n)
		}
	}
	if e.conn.State() == TimeWaiting && e.until == des.Never {
		e.conn.TimeWait(&e.record)
		e.until = e.now.Add(e.o.Profile.TimeWait)
	}
	if e.checked != nil {
		e.checked()
	}
}

// send puts a segment on the wire, where the rules wait for it.
func (e *end) send(s *wire.Segment) {
	if e.passed != nil {
		e.passed(e, s)
	}
	if e.via != nil {
		e.via(s)
		return
	}
	var f fate
	for _, r := range e.rules {
		if r.from == e && r.match(s) {
			if r.seen++; r.nth == 0 || r.seen == r.nth {
				f = r.fate
				if r.lot != nil {
					f = r.lot()
				}
			}
		}
	}
	if !e.quiet {
		e.log(" > " + e.describe(s) + map[bool]string{true: " lost"}[f.drop])
	}
	if f.drop {
		return
	}
	e.fly(s, f.delay)
	if f.twice {
		e.fly(s, 0)
	}
}

func (e *end) fly(s *wire.Segment, further time.Duration) {
	a := arrival{e.now.Add(e.delay + further), e.peer, *s}
	i, _ := slices.BinarySearchFunc(e.flying, a.at+1, func(f arrival, t des.Time) int { return int(f.at - t) })
	e.flying = slices.Insert(e.flying, i, a)
}

// describe writes a segment with numbers counted from the initial ones.
func (e *end) describe(s *wire.Segment) string {
	seq := s.Seq.Sub(e.o.ISS)
	if s.Flags.Has(wire.RST|wire.ACK) && s.Seq == (wire.Seq{}) {
		seq = 0 // of a host without a connection
	}
	line := fmt.Sprintf("%v %d", s.Flags, seq)
	if s.Len > 0 {
		line += fmt.Sprintf(":%d", seq+int32(s.Len))
	}
	if s.Flags.Has(wire.ACK) {
		line += fmt.Sprintf(" ack %d", s.Ack.Sub(e.peer.o.ISS))
	}
	if e.windows {
		line += fmt.Sprintf(" win %d", s.Window)
	}
	for i, mark := range []string{"again", "challenge", "probe"} {
		if s.Marks&[]wire.Marks{wire.Again, wire.Challenge, wire.Probe}[i] != 0 {
			line += " " + mark
		}
	}
	return line
}

// trail logs the states entered since it was last asked, the first of which
// follows the one logged last.
func (e *end) trail() {
	trail := e.conn.Trail()
	for shift := 28; shift >= 0; shift -= 4 {
		// Nothing is below the lowest group in use; only CLOSED, at the end, is 0.
		if s := State(trail >> shift & 15); s != Closed {
			e.enter(s)
		}
	}
	if e.conn.State() == Closed && e.last != Closed {
		e.enter(Closed)
	}
}

func (e *end) enter(s State) {
	e.last = s
	e.log(" " + s.String())
}

func (e *end) log(what string) {
	if e.quiet {
		return
	}
	stamp := fmt.Sprintf("%.6f", e.now.Seconds())
	stamp = strings.TrimSuffix(stamp, "000")
	e.lines = append(e.lines, stamp+" "+e.name+what)
}

// ladder compares all that has happened, and forgets it.
func (p *pair) ladder(want string) { p.t.Helper(); p.compare(want, p.lines) }

// exchange compares the segments alone.
func (p *pair) exchange(want string) {
	p.t.Helper()
	p.compare(want, slices.DeleteFunc(p.lines, func(l string) bool { return !strings.Contains(l, " > ") }))
}

// states compares the states alone.
func (p *pair) states(want string) {
	p.t.Helper()
	p.compare(want, slices.DeleteFunc(p.lines, func(l string) bool { return strings.Contains(l, " > ") }))
}

func (p *pair) compare(want string, got []string) {
	p.t.Helper()
	w := strings.Split(strings.TrimSpace(want), "\n")
	for i := range w {
		w[i] = strings.TrimSpace(w[i])
	}
	if !slices.Equal(got, w) {
		p.t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(w, "\n\t"))
	}
	p.lines = nil
}

// times lists when an end sent the segments that match, in seconds.
func (e *end) times(match func(*wire.Segment) bool) *[]float64 {
	var all []float64
	e.passed = func(e *end, s *wire.Segment) {
		if match(s) {
			all = append(all, seconds64(e.now))
		}
	}
	return &all
}

package tcp

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

var worldsDepth = flag.Int("depth", 5, "how many segments of a small world have every fate")

// fates are what can happen to a segment. A copy that comes late belongs to what is
// over by then.
var fates = [...]struct {
	name   string
	lost   bool
	late   time.Duration
	copies time.Duration // after so long a second one
}{
	{name: "delivered"},
	{name: "lost", lost: true},
	{name: "late", late: 300 * ms},
	{name: "doubled", copies: 1500 * ms},
}

// small is a world so small that all of its kind can be walked through: a connection
// is opened, 100 bytes go each way, and it is closed.
type small struct {
	*bout
	crossed bool // both ends open it
	closers int  // who closes unasked: client, server, both
	fates   []int
	sent    int
}

func newSmall(t *testing.T, profile string, crossed bool, closers int) *small {
	w := &small{bout: newBout(catcher{t}, 0, nil), crossed: crossed, closers: closers}
	w.terms = terms{simultaneous: crossed, connections: 1}
	w.delay, w.quiet = 20*ms, true
	for i, s := range w.sides {
		p := ProfileByName(profile)
		for range *worldsDepth { // patience for as much as can be lost
			p.SYNSchedule = append(p.SYNSchedule, time.Minute)
			p.SYNACKSchedule = append(p.SYNACKSchedule, time.Minute)
		}
		s.o.Profile, s.o.ISS = p, wire.SeqOf(1<<32-50) // which wraps while text goes
		s.end.via = func(seg *wire.Segment) { w.fly(s, seg) }
		s.app = func(n News) {
			s.conn.Read(s.now)
			if n&Connected != 0 {
				s.is.wrote = s.conn.Write(s.now, 100)
			}
			if s.is.wrote > 0 && (closers == i || closers == 2) || n&EndOfData != 0 {
				s.is.finished = true
				s.conn.Shutdown(s.now)
			}
		}
	}
	return w
}

// fly gives a segment the fate that is its turn.
func (w *small) fly(s *side, seg *wire.Segment) {
	s.judgeSent(seg)
	f := fates[0]
	if w.sent < len(w.fates) {
		f = fates[w.fates[w.sent]]
	}
	w.sent++
	if !s.quiet {
		s.log(" > " + s.describe(seg) + " " + f.name)
	}
	if !f.lost {
		s.end.fly(seg, f.late)
	}
	if f.copies > 0 {
		s.end.fly(seg, f.copies)
	}
}

// run lets all happen, and says what was wrong.
func (w *small) run() (fault string) {
	defer func() {
		if r := recover(); r != nil {
			fault = fmt.Sprint(r)
		}
	}()
	w.begin()
	for w.step(des.Never) {
	}
	for _, s := range w.sides {
		if c := &s.conn; c.State() != Closed || s.told&(Ended|EndOfData|Failed) != Ended|EndOfData || c.Stats().Delivered != 100 {
			return fmt.Sprintf("%s: %v, told %011b, delivered %d", s.name, c.State(), s.told, c.Stats().Delivered)
		}
	}
	return ""
}

// Every fate of every one of the first segments, in every combination, where one end
// opens or both do, and the one, the other or both close: the oracle agrees at every
// step, all text arrives, and both ends come to CLOSED in order.
func TestSmallWorlds(t *testing.T) {
	count := 0
	for _, name := range ProfileNames() {
		for kind := range 6 {
			var next []int
			for fates := make([]int, *worldsDepth); fates != nil; fates = next {
				count++
				make := func() *small {
					w := newSmall(t, name, kind >= 3, kind%3)
					w.fates = fates
					return w
				}
				w := make()
				if fault := w.run(); fault != "" {
					w = make()
					w.quiet = false
					w.run()
					t.Fatalf("%s, opened by both %v, closed by %d, fates %v: %s\n%s", name, kind >= 3, kind%3, fates, fault, strings.Join(w.lines, "\n"))
				}
				next = following(fates, w.sent)
			}
		}
	}
	t.Logf("%d worlds", count)
}

// following is the next choice of fates after one in which so many segments were
// sent: those of segments that there are not make no difference. Nil follows the last.
func following(now []int, sent int) []int {
	next := slices.Clone(now)
	clear(next[min(sent, len(next)):])
	for i := min(sent, len(next)) - 1; i >= 0; i-- {
		if next[i]++; next[i] < len(fates) {
			return next
		}
		next[i] = 0
	}
	return nil
}

package host

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// waiting makes profiles that differ in the length of TIME-WAIT.
func waiting(lengths ...time.Duration) (profiles []*tcp.Profile) {
	for _, d := range lengths {
		profiles = append(profiles, linux(func(p *tcp.Profile) { p.TimeWait = d }))
	}
	return profiles
}

// admit brings a connection of host i, named by its port, into TIME-WAIT, and
// returns its record: 0 if it did not stay.
func (w *world) admit(now des.Time, i int, port uint16, who wire.Incarnation) uint32 {
	h, st := w.hosts[i], w.stack
	t := tuple{h.address, w.hosts[0].address, port, 9}
	s := st.take(now, h, t, nil)
	st.table.Add(t.hash(), s.ref)
	s.Conn.Open(now, h.opening(now, t, who))
	h.group.tally.move(now, tcp.Closed, tcp.TimeWaiting, now)
	s.state, s.since, s.pair = tcp.TimeWaiting, now, 0
	st.room.enter(now, s)
	st.release(s)
	return st.find(t) &^ inRoom
}

// stay is what the model knows of a record.
type stay struct {
	ref    uint32
	host   int
	until  des.Time
	length time.Duration
	who    wire.Incarnation
}

// Records leave when they expire, in that order and to the nanosecond, whatever
// was restarted, reset or reopened out of the middle, and with one pending event
// for each length in use.
func TestRoomAgainstList(t *testing.T) {
	lengths := []time.Duration{time.Second, 3 * time.Second, 0, 3 * time.Second}
	for seed := range uint64(40) {
		w := newWorld(t, seed, line(), waiting(lengths...)...)
		w.keep = true
		r := &random{draws: des.Stream(seed, 1, "room"), w: w, lengths: lengths}
		w.at(0, r.step)
		w.finish()
		if len(w.changes) != r.born || len(r.stays) != 0 {
			t.Fatalf("seed %d: %d entered, %d left, %d remain", seed, r.born, len(w.changes), len(r.stays))
		}
		for i := 1; i < len(w.changes); i++ {
			if w.changes[i].at < w.changes[i-1].at {
				t.Fatalf("seed %d: departures out of order", seed)
			}
		}
	}
}

// random walks a room and its model.
type random struct {
	w       *world
	draws   *rand.Rand
	lengths []time.Duration
	stays   []stay
	born    int
	checked int
}

func (r *random) step(now des.Time) {
	w := r.w
	r.expire(now)
	i := int(des.Below(r.draws, uint64(max(len(r.stays), 1))))
	switch k := des.Below(r.draws, 8); {
	case k < 4 || len(r.stays) == 0:
		r.born++
		host, who := int(des.Below(r.draws, uint64(len(r.lengths)))), wire.IncarnationOf(1, uint32(r.born), 1)
		ref := w.admit(now, host, uint16(r.born), who)
		if (ref == 0) != (r.lengths[host] == 0) {
			w.t.Fatalf("record %d of a host whose TIME-WAIT is %v", ref, r.lengths[host])
		}
		if ref == 0 {
			r.checked++ // told already
		} else {
			r.stays = append(r.stays, stay{ref, host, now.Add(r.lengths[host]), r.lengths[host], who})
		}
	case k < 6:
		s := r.stays[i]
		w.stack.room.restart(now, s.ref)
		s.until = now.Add(s.length)
		r.stays = append(slices.Delete(r.stays, i, i+1), s) // behind its equals
	default:
		w.stack.room.leave(now, r.stays[i].ref, Reset)
		r.stays = slices.Delete(r.stays, i, i+1)
		r.checked++
	}
	if err := w.audit(); err != nil {
		w.t.Fatal(err)
	}
	pending := 0
	for _, l := range w.stack.room.chains {
		if l.Event.Pending() {
			pending++
		}
	}
	if len(w.stack.room.chains) != 3 || pending > 2 || w.sim.Pending() != pending {
		w.t.Fatalf("%d lists, %d of their events, %d in all", len(w.stack.room.chains), pending, w.sim.Pending())
	}
	if r.born < 400 {
		w.at(time.Duration(now)+time.Duration(des.Below(r.draws, 20e6)), r.step)
	} else {
		w.at(time.Duration(now)+4*time.Second, r.expire)
	}
}

// expire takes out of the model what is over by now, and compares.
func (r *random) expire(now des.Time) {
	var over []stay
	r.stays = slices.DeleteFunc(r.stays, func(s stay) bool {
		if s.until > now {
			return false
		}
		over = append(over, s)
		return true
	})
	slices.SortStableFunc(over, func(a, b stay) int { return int(a.until - b.until) })
	left := r.w.changes[r.checked:]
	if len(left) != len(over) {
		r.w.t.Fatalf("by %v %d left, want %d", now, len(left), len(over))
	}
	for i, s := range over {
		want := change{s.until, r.w.hosts[s.host].node, s.who, tcp.TimeWaiting, tcp.Closed}
		if left[i] != want && !(i > 0 && over[i-1].until == s.until) {
			r.w.t.Fatalf("left %+v, want %+v", left[i], want)
		}
	}
	r.checked = len(r.w.changes)
}

// A hundred thousand records cost one event, and those in the middle go without
// anybody looking for them.
func TestRoomPopulation(t *testing.T) {
	const n = 100_000
	w := newWorld(t, 1, line(), waiting(time.Minute, time.Minute)...)
	var refs []uint32
	for i := range n {
		refs = append(refs, w.admit(des.Time(i), i%2, uint16(i/2), 0))
	}
	room := &w.stack.room
	if w.sim.Pending() != 1 || room.held != n || room.Made() != n {
		t.Fatalf("%d records of %d, %d events", room.held, room.Made(), w.sim.Pending())
	}
	for i := 1; i < n; i += 10 { // and their places are taken again
		room.leave(n, refs[i], Reset)
		refs[i] = w.admit(n, i%2, uint16(i/2), 0)
	}
	if room.Made() != n {
		t.Errorf("%d records made for %d", room.Made(), n)
	}
	before := w.sim.Events()
	w.finish()
	if left := w.tallies[0].Left; left[Expired] != n/2 || w.tallies[1].Left != [Reasons]uint64{Expired: n / 2, Reset: n / 10} {
		t.Errorf("left %v and %v", left, w.tallies[1].Left)
	}
	if rang := w.sim.Events() - before; rang > n {
		t.Errorf("%d events for %d expiries at %d instants", rang, n, n-n/10+1)
	}
}

// What a connection in TIME-WAIT costs, all in all: 80 bytes and its place in the
// table, of which a third at least is in use. Ten million of them fit into a GiB, while
// the table grows, too.
func TestTenMillionWait(t *testing.T) {
	const each, place = unsafe.Sizeof(record{}), ledger.PlaceBytes
	t.Logf("record %d B, place in the table %d B, request %d B, socket %d B, host %d B, connection %d B", each, place,
		unsafe.Sizeof(request{}), unsafe.Sizeof(Socket{}), unsafe.Sizeof(Host{}), unsafe.Sizeof(tcp.Conn{}))
	bytes := func(n int) (records, table uintptr) {
		chunks := uintptr(n>>ledger.ChunkBits + 1)
		table = 64
		for 3*table < 4*uintptr(n) {
			table *= 2
		}
		return chunks << ledger.ChunkBits * each, table * place
	}
	records, table := bytes(10_000_000)
	if sum := records + table + table/2; sum > 1<<30-32<<20 {
		t.Errorf("ten million take %d bytes", sum)
	}

	const n = 3 << 16 // the table is full
	w := newWorld(t, 1, line(), waiting(time.Minute)...)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		w.fill(i)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	records, table = bytes(n)
	if got := uintptr(after.HeapAlloc - before.HeapAlloc); got > records+table+64<<10 {
		t.Errorf("%d records take %d bytes, %.1f each; counted %d and %d", n, got, float64(got)/n, records, table)
	}
	if w.stack.room.held != n || w.stack.table.Places() != 1<<18 {
		t.Errorf("%d records, a table of %d", w.stack.room.held, w.stack.table.Places())
	}
	w.stack.table = ledger.Table{} // none of them ever was a connection
}

// fill puts a record into the room and the table without its ever having been a
// connection.
func (w *world) fill(i int) {
	st := w.stack
	ref := st.room.take()
	rec := st.room.At(ref)
	rec.tuple = tuple{w.hosts[0].address, wire.AddrOf(uint32(100 + i>>14)), 80, uint16(32768 + i&(1<<14-1))}
	st.table.Add(rec.tuple.hash(), ref|inRoom)
	st.room.held++
}

// BenchmarkOneMore is a connection of a host with so many in TIME-WAIT: opened, closed,
// and one that waited longest goes.
func BenchmarkOneMore(b *testing.B) {
	least := 0.0 // ns with a thousand
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			const pace = 20 * time.Microsecond
			w := newWorldOf(b, 2, des.PacketsFirst, func(int) (a, z topo.HalfSpec) { return topo.HalfSpec{Delay: pace}, topo.HalfSpec{Delay: pace} },
				slices.Repeat([]*tcp.Profile{linux(func(p *tcp.Profile) { p.TimeWait, p.TimeWaitMax = time.Duration(n)*pace, 0 })}, 200)...)
			w.listen(0, 80, tcp.Unlimited, each(func() App { return closer(tcp.Connected) }))
			w.stack.Observe(nil)
			next := 0
			one := func() {
				next++
				now := des.Time(next) * des.Time(pace)
				if _, err := w.connect(now, 1+next%199, 0, closer(tcp.EndOfData)); err != nil {
					b.Fatal(err)
				}
				w.sim.Run(now + des.Time(pace))
			}
			for range n + n/10 {
				one()
			}
			for b.Loop() {
				one()
			}
			each := float64(b.Elapsed()) / float64(b.N)
			if least == 0 {
				least = each
			}
			b.ReportMetric(each/least, "of-1000's")
			b.ReportMetric(float64(w.stack.room.held), "waiting")
		})
	}
}

// closer closes at that news.
type closer tcp.News

func (c closer) News(now des.Time, s *Socket, n tcp.News) {
	if n&tcp.News(c) != 0 && n&(tcp.Ended|tcp.Failed) == 0 {
		s.Close(now)
	}
}

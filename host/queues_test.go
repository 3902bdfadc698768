package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
)

// weighing makes every host of the world count what queues hold, under these limits.
func (w *world) weighing(limits *Limits) {
	for i, h := range w.hosts {
		y := w.tallies[i]
		y.Memory, y.Queues = new(metrics.Level), new(QueueTally)
		h.group.limits, h.group.weighs = limits, true
		h.own()
	}
}

// writer writes so much when it is connected, and closes if told to.
func (w *world) writer(n uint64, closes bool) *user {
	return &user{t: w.t, do: func(now des.Time, s *Socket, news tcp.News) {
		if news&tcp.Connected != 0 {
			s.Write(now, n)
			if closes {
				s.Close(now)
			}
		}
	}}
}

// forgetful Apps do not read what comes.
type forgetful struct{ sockets []*Socket }

func (f *forgetful) Accept(_ des.Time, s *Socket) App {
	f.sockets = append(f.sockets, s)
	return f
}

func (f *forgetful) News(des.Time, *Socket, tcp.News) {}

// Servers that do not read hold n times the text and its buffers: of 100 connections
// with 10,000 B each, with Linux 832 B more for each. Those in CLOSE-WAIT, whose
// program has forgotten them, hold theirs until it is gone.
func TestUnreadText(t *testing.T) {
	const n, unread = 100, 10_000
	for _, closes := range []bool{false, true} {
		w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
		w.weighing(nil)
		w.listen(1, 80, -1, new(forgetful))
		w.at(0, func(now des.Time) {
			for range n {
				w.must(w.connect(now, 0, 1, w.writer(unread, closes)))
			}
		})
		w.run(10 * time.Second)
		q := w.tallies[1].Queues
		state := tcp.Established
		if closes {
			state = tcp.CloseWait
		}
		const want = n * (unread + 832)
		if q.All.Value() != want || q.Receive.Value() != want || q.In[state].Value() != want {
			t.Errorf("%v: %d B in queues, %d received, %d in that state, want %d", state, q.All.Value(), q.Receive.Value(), q.In[state].Value(), want)
		}
		if got := w.tallies[1].Memory.Value(); got != want+n*3584 {
			t.Errorf("%v: %d B in all, want %d", state, got, want+n*3584)
		}
		if got := w.tallies[0].Queues.All.Value(); got != 0 {
			t.Errorf("%d B with the senders, all is acknowledged", got)
		}
		if err := w.stack.Audit(); err != nil {
			t.Error(err)
		}
		w.tallies[1].Queues.All.Add(w.sim.Now(), 1)
		if w.stack.Audit() == nil {
			t.Error("a byte too many is not found")
		}
	}
}

// Where the queues of a host hold all that they may, Linux refuses text to those who
// have some to read, FreeBSD loses its segments on the way in. Nothing is lost for
// good: once the programs read, all of it arrives. The queues never hold more than the
// limit and, with Linux, a segment for each who had nothing.
func TestQueueLimit(t *testing.T) {
	const n, each1, limit = 20, 20_000, 100_000
	for _, p := range []*tcp.Profile{tcp.Linux(), tcp.FreeBSD()} {
		w := newWorld(t, 1, line(), tcp.Linux(), p)
		w.weighing(nil)
		w.hosts[1].group.limits = &Limits{Queues: limit}
		servers := new(forgetful)
		w.listen(1, 80, -1, servers)
		w.at(0, func(now des.Time) {
			for range n {
				w.must(w.connect(now, 0, 1, w.writer(each1, false)))
			}
		})
		y := w.tallies[1]
		most := int64(limit)
		if p.Starved == tcp.RefusesText {
			most += n * 3000
		}
		w.at(5*time.Second, func(des.Time) {
			if held := y.Queues.All.Value(); held > most || held < limit/2 || y.MemoryDropped == 0 {
				t.Errorf("%s: %d B in queues, %d segments refused", p.Name, held, y.MemoryDropped)
			}
		})
		var read uint64
		for i := range 600 {
			w.at(time.Duration(6+i)*time.Second, func(now des.Time) {
				for _, s := range servers.sockets {
					read += uint64(s.Read(now))
				}
			})
		}
		w.run(610 * time.Second)
		if read != n*each1 {
			t.Errorf("%s: %d B were read of %d", p.Name, read, n*each1)
		}
		if err := w.stack.Audit(); err != nil {
			t.Error(err)
		}
	}
}

// An orphan that has much to send is reset when the queues of its host hold more than
// they may (tcp_check_oom of Linux); one with little may go on.
func TestStarvedOrphan(t *testing.T) {
	for n, want := range map[uint64]uint64{3000: 0, 4000: 1} {
		w := newWorld(t, 1, line(), linux(func(p *tcp.Profile) { p.ReceiveInitial, p.ReceiveWindow = 1000, 1000 }), tcp.Linux())
		w.weighing(nil)
		w.hosts[1].group.limits = &Limits{Queues: 3000}
		w.listen(1, 80, -1, each(func() App { return w.writer(n, true) }))
		w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, new(forgetful))) })
		w.run(time.Second)
		if got := w.tallies[1].OrphansStarved; got != want {
			t.Errorf("%d B to send: %d orphans reset, want %d", n, got, want)
		}
	}
}

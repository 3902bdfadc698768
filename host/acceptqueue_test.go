package host

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/tcp"
	"netsim/theory"
	"netsim/topo"
)

// held opens a listener at port 80 of host 1 whose connections wait.
func (w *world) held(backlog int, a Acceptor) *Listener {
	l, err := w.hosts[1].Listen(80, backlog, a, new(ListenerTally))
	if err != nil {
		w.t.Fatal(err)
	}
	l.Hold()
	return l
}

// Who waits to be accepted is established, and keeps what came meanwhile: text and
// FIN, or a reset. The App hears of all of it at once, and of a reset nothing more.
func TestNewsWaits(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	var accepted []*user
	l := w.held(4, each(func() App {
		accepted = append(accepted, w.callee())
		return accepted[len(accepted)-1]
	}))
	w.at(0, func(now des.Time) {
		w.must(w.connect(now, 0, 1, &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
			if n&tcp.Connected != 0 {
				s.Write(now, 100)
				s.Close(now)
			}
		}}))
		w.must(w.connect(now, 0, 1, &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
			if n&tcp.Connected != 0 {
				s.Abort(now)
			}
		}}))
	})
	w.at(time.Second, func(now des.Time) {
		y := w.tallies[1]
		if n := y.Count[tcp.CloseWait].Value(); n != 1 || l.Waiting.Value() != 2 || l.HalfOpen.Value() != 0 || len(accepted) != 0 {
			t.Errorf("%d in CLOSE-WAIT, %d wait, %d asking, %d accepted", n, l.Waiting.Value(), l.HalfOpen.Value(), len(accepted))
		}
		if err := w.audit(); err != nil {
			t.Error(err)
		}
		n := 0
		for l.Accept(now) {
			n++
		}
		if n != 2 {
			t.Errorf("%d were accepted", n)
		}
		for i, want := range []tcp.News{tcp.Connected | tcp.Readable | tcp.EndOfData, tcp.Connected | tcp.WasReset} {
			if got := accepted[i].heard[0].what; got != want {
				t.Errorf("connection %d hears %b, want %b", i, got, want)
			}
		}
	})
	w.finish()
	if l.Waiting.Value() != 0 || l.Accepted != 2 {
		t.Errorf("%d wait, %d accepted", l.Waiting.Value(), l.Accepted)
	}
}

// One thread that needs an exponential time for each connection is M/M/1/K as the
// round trip vanishes: backlog 4 makes 5 places, and K is 6 with the one that the
// thread has. A client sends one SYN and is lost if it is dropped.
func TestAcceptThreads(t *testing.T) {
	const n, batches, seed = 40000, 40, 7
	rho := 1.2
	instant := func(int) (a, b topo.HalfSpec) { return }
	once := linux(func(p *tcp.Profile) { p.SYNSchedule = []time.Duration{time.Second} })
	w := newWorldOf(t, seed, des.PacketsFirst, instant, once, tcp.Linux())
	l := w.held(4, w.callees())
	l.Threads(1, dist.Exponential(float64(10*time.Millisecond)))
	arrivals := des.Stream(seed, 1, "arrivals")
	var dropped [batches + 1]uint64 // at the beginning of each batch
	at := time.Duration(0)
	for i := range n {
		at += des.Exponential(arrivals, time.Duration(float64(10*time.Millisecond)/rho))
		w.at(at, func(now des.Time) {
			if i%(n/batches) == 0 {
				dropped[i*batches/n] = l.DroppedAcceptQueue
			}
			w.must(w.connect(now, 0, 1, &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				if n&tcp.Connected != 0 {
					s.Abort(now)
				}
			}}))
		})
	}
	w.finish()
	dropped[batches] = l.DroppedAcceptQueue
	var mean, square float64
	for i, before := range dropped[:batches] {
		x := float64(dropped[i+1]-before) / (n / batches)
		mean += x / batches
		square += x * x / batches
	}
	se := math.Sqrt((square - mean*mean) / (batches - 1))
	want := theory.MM1KLoss(6, rho)
	if z := (mean - want) / se; math.Abs(z) > 4 {
		t.Errorf("seed %d: %.4f of the SYNs dropped, theory %.4f: z = %.1f", seed, mean, want, z)
	}
	if l.DroppedSYNQueue != 0 || l.Overflows != 0 {
		t.Errorf("%d dropped at the SYN queue, %d at the third segment", l.DroppedSYNQueue, l.Overflows)
	}
}

// A handshake that finds the accept queue full is reset where the profile says so, and the
// SYN was answered as any other; else the SYN is dropped once the queue is full.
func TestOverflowResets(t *testing.T) {
	for _, cookies := range []tcp.CookiePolicy{tcp.NoCookies, tcp.AlwaysCookies} {
		for _, resets := range []bool{false, true} {
			p := tcp.FreeBSD()
			p.OverflowResets, p.SYNCookies, p.BacklogPercent = resets, cookies, 100 // of 2, and one
			w := newWorld(t, 1, line(), tcp.Linux(), p)
			l := w.held(2, w.callees())
			failed := 0
			w.at(0, func(now des.Time) {
				for range 5 {
					w.must(w.connect(now, 0, 1, &user{t: t, do: func(_ des.Time, _ *Socket, n tcp.News) {
						if n&tcp.WasReset != 0 {
							failed++
						}
					}}))
				}
			})
			w.run(12 * hop)
			want := 0
			if resets {
				want = 2
			}
			if failed != want || l.Overflows != 2 || l.Waiting.Value() != 3 || l.Dropped() != 0 {
				t.Errorf("cookies %v, resets %v: %d failed, %d wait, %+v", cookies, resets, failed, l.Waiting.Value(), l.ListenerCounters)
			}
			w.at(time.Second, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
			w.run(time.Second + 6*hop)
			if got := l.DroppedAcceptQueue > 0; got == resets {
				t.Errorf("cookies %v, resets %v: a SYN dropped %v", cookies, resets, got)
			}
		}
	}
}

package apps

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// A job of n exchanges takes a round trip to open and one for each exchange, the
// service n times and the time to think n-1 times.
func TestExchanges(t *testing.T) {
	const service, think = 30 * time.Millisecond, 70 * time.Millisecond
	for _, n := range []int{1, 2, 7} {
		w := newWorld(t, plan{})
		f := w.add(Flow{Name: "talk", Request: bytes(200), Response: bytes(1000), Exchanges: times(n), Service: lasting(service), Think: lasting(think)})
		w.empty(f)
		y, k := f.Tally, time.Duration(n)
		only(t, "first_byte_time", &y.FirstByteTime, 1, float64(4*d+service))
		only(t, "job_time", &y.JobTime, 1, float64(2*d+k*(2*d+service)+(k-1)*think))
		if y.Bytes != uint64(n)*1200 {
			t.Errorf("%d exchanges moved %d B", n, y.Bytes)
		}
	}
}

// Without a request the server speaks first, as soon as it has the connection;
// without a response the client is done when it has asked; without either the
// connection is all.
func TestOneSidedTalks(t *testing.T) {
	const service, think = 30 * time.Millisecond, 70 * time.Millisecond
	for _, by := range []By{Client, Server, Both} {
		for _, c := range []struct {
			request, response uint64
			n                 int
			took              time.Duration
		}{
			{0, 1000, 1, 4*d + service},
			{0, 1000, 3, 4*d + 3*service},
			{200, 0, 1, 2 * d},
			{200, 0, 3, 2*d + 2*think},
			{0, 0, 1, 2 * d},
		} {
			if by == Both && c.response == 0 && c.request > 0 {
				continue // the server goes away when the client has asked
			}
			w := newWorld(t, plan{})
			f := w.add(Flow{Name: "talk", Request: bytes(c.request), Response: bytes(c.response), Exchanges: times(c.n), Service: lasting(service), Think: lasting(think), Closing: Closing{By: by}})
			w.empty(f)
			only(t, "job_time", &f.Tally.JobTime, 1, float64(c.took))
			if f.Tally.Bytes != uint64(c.n)*(c.request+c.response) || f.Tally.ClosedSum()-f.Tally.Closed[ByReset] != 1 {
				t.Errorf("%+v, closed by %d: %d B moved, closed %v", c, by, f.Tally.Bytes, f.Tally.Closed)
			}
		}
	}
}

// Both ends of a connection on which nobody speaks close when both have it: the FINs
// cross, and both wait in TIME-WAIT.
func TestBothCloseWithoutData(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "talk", Closing: Closing{By: Both}})
	w.empty(f)
	if f.Tally.Closed[Simultaneous] != 1 || w.client.Entered[tcp.TimeWaiting] != 1 || w.server.Entered[tcp.TimeWaiting] != 1 {
		t.Errorf("closed %v, in TIME-WAIT: %d at the client, %d at the server", f.Tally.Closed, w.client.Entered[tcp.TimeWaiting], w.server.Entered[tcp.TimeWaiting])
	}
	only(t, "lifetime", &f.Tally.Lifetime, 1, float64(5*d))
}

// Messages may be larger than what the connection takes at once: nothing of them
// is lost, whoever closes, and nobody closes before all is handed over.
func TestLargeMessages(t *testing.T) {
	const request, response = 300_000, 500_000
	p := tcp.Linux()
	p.SendBuffer = 100_000
	for _, by := range []By{Client, Server, Both} {
		for _, c := range []Closing{{By: by}, {By: by, How: Half}, {By: by, How: Half, When: RequestSent}} {
			if by != Client && c.When == RequestSent {
				continue // the server closes before it responds
			}
			for _, n := range []int{1, 3} {
				w := newWorld(t, plan{profile: p, half: topo.HalfSpec{Rate: 1e9, Delay: hop, MTU: 1500}})
				f := w.add(Flow{Name: "talk", Request: bytes(request), Response: bytes(response), Exchanges: times(n), Closing: c})
				w.empty(f)
				if y := f.Tally; y.JobsDone != 1 || y.Bytes != uint64(n)*(request+response) || y.Closed[ByReset] != 0 {
					t.Errorf("%+v, %d exchanges: %d done, %d B, closed %v", c, n, y.JobsDone, y.Bytes, y.Closed)
				}
			}
		}
	}
}

// A close that is due some time after the opening does not disturb the talk, nor
// the talk the close: all exchanges take place, once, and the close is in time.
func TestCloseWhileTalking(t *testing.T) {
	const after = 5 * time.Second
	for _, by := range []By{Client, Server} {
		w := newWorld(t, plan{})
		f := w.add(Flow{Name: "talk", Request: bytes(200), Response: bytes(1000), Exchanges: times(5), Service: lasting(50 * time.Millisecond), Think: lasting(100 * time.Millisecond),
			Closing: Closing{By: by, When: OnConnected, After: lasting(after)}})
		w.empty(f)
		opened := 2 * d
		if by == Server {
			opened = 3 * d
		}
		y := f.Tally
		only(t, "lifetime", &y.Lifetime, 1, float64(opened+after+3*d))
		if y.JobsDone != 1 || y.Bytes != 5*1200 {
			t.Errorf("closed by %d: %d jobs done, %d B", by, y.JobsDone, y.Bytes)
		}
	}
}

// A client that is told of the end asks no more; a server that is told of it says
// what it owes before it closes.
func TestEndOfTalk(t *testing.T) {
	const service, think = 30 * time.Millisecond, 200 * time.Millisecond
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "talk", Request: bytes(200), Response: bytes(1000), Exchanges: times(3), Think: lasting(think),
		Closing: Closing{By: Server, When: OnConnected, After: lasting(think / 2), Reply: lasting(time.Second)}})
	w.empty(f)
	if y := f.Tally; y.Bytes != 1200 || y.JobsDone != 0 || y.Closed[Four] != 1 {
		t.Errorf("server first: %d B, %d jobs done, closed %v", y.Bytes, y.JobsDone, y.Closed)
	}
	w = newWorld(t, plan{})
	f = w.add(Flow{Name: "talk", Request: bytes(200), Response: bytes(1000), Service: lasting(service), Closing: Closing{How: Half, When: RequestSent}})
	w.empty(f)
	if y := f.Tally; y.Bytes != 1200 || y.JobsDone != 1 || y.Clean != 1 {
		t.Errorf("half-close: %d B, %d jobs done, %d clean", y.Bytes, y.JobsDone, y.Clean)
	}
	only(t, "close_time", &f.Tally.CloseTime, 1, float64(2*d+service))
}

// A close that a clock brings about ends the talk at once; what was to follow does
// not.
func TestResetBetweenResponses(t *testing.T) {
	const service = 30 * time.Millisecond
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "talk", Response: bytes(1000), Exchanges: times(3), Service: lasting(service), Closing: Closing{By: Server, How: Rst, When: RequestSent}})
	w.empty(f)
	y := f.Tally
	only(t, "lifetime", &y.Lifetime, 1, float64(4*d+2*service)) // the third response would be next
	if y.Bytes != 2000 || y.JobsDone != 0 || y.Closed[ByReset] != 1 {
		t.Errorf("%d B, %d jobs done, closed %v", y.Bytes, y.JobsDone, y.Closed)
	}
}

// Connections to nobody are refused after a round trip, those into the dark give
// up by schedule; both are failures, and settled.
func TestFailures(t *testing.T) {
	lost := func() topo.HalfSpec {
		return topo.HalfSpec{Delay: hop, Rules: []*topo.Rule{topo.NewRule(topo.RuleSpec{Name: "dark", Flow: topo.AnyFlow})}}
	}
	for _, c := range []struct {
		name  string
		half  topo.HalfSpec
		port  uint16
		local uint16
		jobs  uint64
		cause Cause
		took  time.Duration
		syns  uint64 // samples, and in each
		each  float64
	}{
		{"refused", topo.HalfSpec{}, 81, 0, 1, Refused, 2 * d, 1, 1},
		{"timeout", lost(), 80, 0, 1, Timeout, 131 * time.Second, 1, 11},
		{"no port", topo.HalfSpec{}, 80, 7, 2, NoPort, 0, 1, 1},
	} {
		w := newWorld(t, plan{half: c.half})
		f := w.add(Flow{Name: "talk", LocalPort: c.local, Servers: []Target{{Host: w.servers[0], Port: c.port}}, Arrivals: Arrivals{Process: Even, Rate: 1000, Count: c.jobs}})
		w.empty(f)
		y := f.Tally
		if y.Failed[c.cause] != 1 || y.FailedSum() != 1 || y.Attempts != c.jobs || y.SetupTimeAll.Min() != float64(c.took) {
			t.Errorf("%s: failed %v of %d, after %v", c.name, y.Failed, y.Attempts, y.SetupTimeAll.Min())
		}
		only(t, c.name+": syn_sent", &y.SYNSent, c.syns, c.each)
	}
}

// A job counts if it arrives in [From, Until), whenever it ends; a run may end when
// none of these is unsettled, and what it cuts off then was none of them.
func TestCohort(t *testing.T) {
	w := newWorld(t, plan{seed: 3, half: topo.HalfSpec{Delay: hop, Loss: .1}})
	from, until := des.Time(10*time.Second), des.Time(20*time.Second)
	f := w.add(Flow{Name: "web", Request: bytes(200), Response: bytes(1000), Tally: &Tally{From: from, Until: until}, Arrivals: Arrivals{Process: Even, Rate: 10, Stop: ever}})
	w.sim.Run(until)
	cut := *f.Tally
	if w.apps.Unsettled() == 0 || f.Tally.Jobs != 100 {
		t.Fatalf("%d jobs, %d unsettled at the end", f.Tally.Jobs, w.apps.Unsettled())
	}
	for w.apps.Unsettled() > 0 && w.sim.Step(ever) {
	}
	w.balance(f)
	if y := f.Tally; y.Jobs != 100 || y.Undecided != 0 || y.Unclosed != 0 || y.Opened+y.FailedSum() != 100 || w.sim.Now() > until.Add(200*time.Second) {
		t.Errorf("%d jobs: %d opened, %d failed, %d undecided, %d not closed, by %v", y.Jobs, y.Opened, y.FailedSum(), y.Undecided, y.Unclosed, w.sim.Now())
	}
	if y := f.Tally; y.Bytes != 1200*y.JobsDone { // others' are not counted
		t.Errorf("%d B for %d jobs", y.Bytes, y.JobsDone)
	}
	if cut.Opened == f.Tally.Opened {
		t.Error("nothing was under way when the measured time ended")
	}
}

// What the end of a run cuts off is said to be undecided, or not closed.
func TestCut(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "web", Request: bytes(200), Response: bytes(1000), Arrivals: Arrivals{Process: At, Times: []time.Duration{0, time.Second, time.Second + 3*d}}})
	w.sim.Run(des.Time(time.Second + 4*d + d/2)) // the second has sent its FIN, the third its SYN
	w.balance(f)
	if y := f.Tally; y.Undecided != 1 || y.Unclosed != 1 || y.ClosedSum() != 1 || y.CloseSegments.N() != 2 || y.CloseSegments.Min() != 1 {
		t.Errorf("%d undecided, %d not closed, %d closed", y.Undecided, y.Unclosed, y.ClosedSum())
	}
}

// A server's end whose client has gone before it was accepted is nobody's: it ends
// by the reset, or by itself when it is told of a FIN.
func TestStrays(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "rude", Request: bytes(200), Response: bytes(1000), Closing: Closing{How: Rst, When: OnConnected}, Arrivals: Arrivals{Process: Even, Rate: 100, Count: 50}})
	w.empty(f)
	if n := f.Tally.HandshakeTime.N(); n != 0 {
		t.Errorf("%d strays were taken for connections of later talks", n)
	}
	if f.Tally.Closed[ByReset] != 50 || w.listener.Accepted != 50 || w.server.ResetsReceived != 50 {
		t.Errorf("closed %v, %d accepted, %d resets", f.Tally.Closed, w.listener.Accepted, w.server.ResetsReceived)
	}

	w = newWorld(t, plan{}) // a caller that no flow knows
	p := &polite{}
	if _, err := w.clients[0].Connect(0, host.Remote{Address: w.servers[0].Address(), Port: 80}, 0, wire.IncarnationOf(5, 5, 5), p); err != nil {
		t.Fatal(err)
	}
	w.sim.Run(ever)
	if !p.ended || w.pool.Out() != w.stack.Held() || w.server.Count[tcp.CloseWait].Value() != 0 || w.server.Count[tcp.Established].Value() != 0 {
		t.Error("the stray connection goes on")
	}
}

// polite says something and closes.
type polite struct{ ended bool }

func (p *polite) News(now des.Time, s *host.Socket, n tcp.News) {
	if n&tcp.Connected != 0 {
		s.Write(now, 100)
		s.Close(now)
	}
	p.ended = p.ended || n&tcp.Ended != 0
}

// Segments of a connection's old incarnation are counted at the new one.
func TestStaleSegments(t *testing.T) {
	p := tcp.Linux()
	p.TimeWait = 0
	late := topo.NewRule(topo.RuleSpec{Name: "late", Match: topo.MatchData, Flow: topo.AnyFlow, Nth: []topo.Range{{First: 1, Last: 1}}, Do: topo.DoDuplicate, Delay: time.Second + 2*d})
	w := newWorld(t, plan{profile: p, half: topo.HalfSpec{Delay: hop, Rules: []*topo.Rule{late}}})
	f := w.add(Flow{Name: "web", Request: bytes(200), Response: bytes(1000), LocalPort: 5000, Closing: Closing{When: OnConnected, After: lasting(500 * time.Millisecond)}, Arrivals: Arrivals{Process: Even, Rate: 1, Count: 2}})
	w.empty(f)
	if y := f.Tally; y.StaleArrived != 1 || y.StaleAccepted != 0 || y.Bytes != 2*1200 {
		t.Errorf("%d stale segments, %d accepted, %d B", y.StaleArrived, y.StaleAccepted, y.Bytes)
	}
}

// The level of open connections is that of the client's end, from ESTABLISHED to
// where both ends are gone.
func TestOpen(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "web", Request: bytes(200), Response: bytes(1000), Arrivals: Arrivals{Process: Even, Rate: 10, Count: 10}})
	w.empty(f)
	want := metrics.Mul64(10, uint64(5*d)) // from 2d to 7d
	if got := f.Tally.Open.Result().Integral(); got != want {
		t.Errorf("%v connection ns, want %v", got, want)
	}
}

package apps

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
)

// proxied is a world whose first server is a proxy of the others, at port 8080. The
// flow's servers are the proxy.
func proxied(t testing.TB, p plan, pool *Pooling, pick Choice, f Flow) (*world, *Flow, *watched, *host.Tally) {
	p.servers++
	w := newWorld(t, p)
	inner := &Flow{Name: "proxy", Clients: w.servers[:1], Pool: pool, Pick: pick}
	for _, h := range w.servers[1:] {
		inner.Servers = append(inner.Servers, Target{Host: h, Port: 80})
	}
	f.Servers = []Target{{Host: w.servers[0], Port: 8080}}
	made := w.add(f)
	proxy := &watched{Proxy: w.apps.AddProxy(inner)}
	if _, err := w.servers[0].Listen(8080, -1, proxy, new(host.ListenerTally)); err != nil {
		t.Fatal(err)
	}
	return w, made, proxy, w.server
}

// watched is a proxy whose latest relay is known.
type watched struct {
	*Proxy
	last *relay
}

func (p *watched) Accept(now des.Time, s *host.Socket) host.App {
	app := p.Proxy.Accept(now, s)
	if side, ok := app.(*side); ok {
		p.last = side.relay
	}
	return app
}

// A user of a proxy is connected after a round trip to the proxy, which then opens a
// connection of its own. All bytes are delivered, whoever closes.
func TestProxy(t *testing.T) {
	const request, response = 300_000, 500_000
	for _, by := range []By{Client, Server, Both} {
		for _, how := range []How{Fin, Half} {
			w, f, _, _ := proxied(t, plan{servers: 1}, nil, Random, Flow{Name: "web", Request: bytes(request), Response: bytes(response), Exchanges: times(2), Closing: Closing{By: by, How: how}})
			w.empty(f)
			y := f.Tally
			only(t, "setup_time", &y.SetupTime, 1, float64(2*d))
			if y.JobsDone != 1 || y.Bytes != 2*(request+response) || by != Both && y.Closed[ByReset] != 0 {
				t.Errorf("closed by %d, %d: %d jobs done, %d B, closed %v", by, how, y.JobsDone, y.Bytes, y.Closed)
			}
		}
	}
	w, f, _, _ := proxied(t, plan{servers: 1}, nil, Random, Flow{Name: "web", Request: bytes(10), Response: bytes(10)})
	w.empty(f)
	only(t, "job_time", &f.Tally.JobTime, 1, float64(8*d)) // 2d to open, and as much at the proxy, when it knows; 4d there and back
}

// A proxy without a pool opens a connection for each of a user's, and is the one
// that closes it: rate x T in TIME-WAIT. With a pool there are few, whatever the
// users do, and what the servers see are their SYNs.
func TestProxyTimeWait(t *testing.T) {
	const rate, n, seed = 200.0, 300, 8
	const stay = 500 * time.Millisecond
	for _, pool := range []*Pooling{nil, {Size: 100, Idle: time.Hour, MaxRequests: 10}} {
		p := tcp.Linux()
		p.TimeWait = stay
		w, f, _, tally := proxied(t, plan{seed: seed, profile: p, servers: 2}, pool, RoundRobin,
			Flow{Name: "web", Request: dist.Exponential(1000), Response: dist.Exponential(3000), Service: dist.Exponential(1e7), Arrivals: Arrivals{Process: Poisson, Rate: rate, Stop: des.Time((2*n + 10) * stay)}})
		s := w.sample(5*stay, 2*stay, n, func() int64 { return tally.Count[tcp.TimeWaiting].Value() })
		w.sim.Run(des.Time((2*n + 20) * stay))
		want, syns := rate*stay.Seconds(), float64(f.Tally.Jobs)
		if pool != nil {
			want, syns = want/10, syns/10
		}
		mean, variance := s.moments()
		if z := (mean - want) / math.Sqrt(variance/n); math.Abs(z) > 4 {
			t.Errorf("seed %d, pool %v: %v in TIME-WAIT at the proxy, want %v: z = %.1f", seed, pool, mean, want, z)
		}
		if got := float64(w.listener.SYNs); math.Abs(got-syns) > 50 || f.Tally.JobsDone != f.Tally.Jobs {
			t.Errorf("pool %v: servers saw %v SYNs, want about %v; %d of %d jobs done", pool, got, syns, f.Tally.JobsDone, f.Tally.Jobs)
		}
	}
}

// A proxy that has no port left, or whose servers refuse, resets its user.
func TestProxyFails(t *testing.T) {
	for _, pool := range []*Pooling{nil, {Size: 100, Idle: time.Second}} {
		p := tcp.Linux()
		p.PortLow, p.PortHigh = 2000, 2004
		w, f, _, tally := proxied(t, plan{servers: 1, clients: 20, profile: p}, pool, Random,
			Flow{Name: "web", Request: bytes(10), Response: bytes(10), Service: lasting(time.Second), Arrivals: Arrivals{Process: Even, Rate: 100, Count: 20}, Spread: RoundRobin})
		w.empty(f)
		if y := f.Tally; y.Opened != 20 || y.JobsDone != 5 || y.Closed[ByReset] != 15 || tally.PortsRefused != 15 {
			t.Errorf("pool %v: %d opened, %d done, closed %v, %d searches in vain", pool, y.Opened, y.JobsDone, y.Closed, tally.PortsRefused)
		}
		w, f, proxy, _ := proxied(t, plan{servers: 1}, pool, Random, Flow{Name: "web", Request: bytes(10), Response: bytes(10)})
		proxy.flow.Servers[0].Port = 81
		w.empty(f)
		if y := f.Tally; y.Opened != 1 || y.JobsDone != 0 || y.Closed[ByReset] != 1 {
			t.Errorf("pool %v, refused: %d opened, %d done, closed %v", pool, y.Opened, y.JobsDone, y.Closed)
		}
	}
}

// A connection that has ended in order leaves the other what it has still to say; one
// that fails resets the other, even if that has closed its half.
func TestProxyOutlives(t *testing.T) {
	const response = 200_000
	slow := &topo.HalfSpec{Rate: 1_000_000, Delay: hop, MTU: 1500}
	talk := Flow{Name: "web", Request: bytes(100), Response: bytes(response), Service: lasting(time.Second), Closing: Closing{How: Half, When: RequestSent}}
	p := tcp.Linux()
	p.SendBuffer = 20_000
	w, f, _, _ := proxied(t, plan{servers: 1, profile: p, near: slow}, nil, Random, talk)
	w.empty(f)
	if y := f.Tally; y.JobsDone != 1 || y.Bytes != 100+response || y.Closed[ByReset] != 0 {
		t.Errorf("slow user: %d jobs done, %d B, closed %v", y.JobsDone, y.Bytes, y.Closed)
	}
	w, f, _, _ = proxied(t, plan{servers: 1}, nil, Random, talk)
	w.sim.Run(des.Time(500 * time.Millisecond))
	w.apps.talks[0].server.socket.Abort(w.sim.Now())
	w.empty(f)
	if w.client.ResetsReceived != 1 || f.Tally.JobsDone != 0 {
		t.Errorf("server fails: the user heard %d resets, %d jobs done", w.client.ResetsReceived, f.Tally.JobsDone)
	}
}

// A proxy reads no faster than it can write: it never holds more than its buffers,
// however much slower the one side is.
func TestProxyHoldsBack(t *testing.T) {
	p := tcp.Linux()
	p.SendBuffer, p.ReceiveWindow = 20_000, 20_000
	w, f, proxy, _ := proxied(t, plan{servers: 1, profile: p, half: topo.HalfSpec{Rate: 10_000_000, Delay: hop, MTU: 1500}}, nil, Random,
		Flow{Name: "web", Request: bytes(1_000_000), Response: bytes(1_000_000)})
	most := uint64(0)
	for w.sim.Step(ever) {
		if r := proxy.last; r != nil {
			most = max(most, r.front.unsent, r.back.unsent)
		}
	}
	if y := f.Tally; y.JobsDone != 1 || y.Bytes != 2_000_000 || most == 0 || most > 20_000 {
		t.Errorf("%d jobs done, %d B; the proxy held %d B", y.JobsDone, y.Bytes, most)
	}
}

// Proxies over bad links: all ends, and the counts balance.
func TestProxySoak(t *testing.T) {
	for seed := range uint64(60) {
		draws := des.Stream(seed, 1, "proxy soak")
		below := func(n uint64) int { return int(des.Below(draws, n)) }
		p := tcp.Linux()
		p.GiveUp, p.Retries, p.OrphanRetries, p.RTOMax = tcp.ByCount, 60, 60, 4*time.Second
		p.SendBuffer = []uint64{4 << 20, 5000}[below(2)]
		closing := Closing{By: By(below(2)), How: How(below(2)), Reply: lasting(time.Duration(below(2)) * 50 * time.Millisecond)}
		if closing.By == Client && closing.How == Half {
			closing.When = RequestSent
		}
		var pool *Pooling
		if below(2) == 0 {
			pool = &Pooling{Size: 1 + below(3), PerHost: below(2) == 0, MaxRequests: uint64(below(5)), Idle: time.Second}
		}
		w, f, proxy, _ := proxied(t, plan{seed: seed, ties: des.Ties(seed % 3), clients: 1 + below(2), servers: 1 + below(3), profile: p,
			half: topo.HalfSpec{Rate: 20_000_000, Delay: hop, MTU: 1500, Loss: float64(below(11)) / 100, Queue: topo.Limit{Packets: 30}}}, pool, Choice(below(4)),
			Flow{Name: "web", Request: dist.Exponential(8000), Response: dist.Exponential(8000), Exchanges: dist.Uniform(1, 3), Service: dist.Exponential(3e7), Think: dist.Exponential(3e7),
				Closing:  closing,
				Arrivals: Arrivals{Process: Poisson, Rate: 10, Count: 100}})
		w.empty(f)
		if y := f.Tally; y.JobsDone < 95 || proxy.flow.active != nil && total(proxy.flow.active) != 0 {
			t.Errorf("%d of %d jobs done, %v still open", y.JobsDone, y.Jobs, proxy.flow.active)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v %+v", seed, f.Closing, pool)
		}
	}
}

func total(ns []int) (sum int) {
	for _, n := range ns {
		sum += n
	}
	return sum
}

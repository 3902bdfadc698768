package apps_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// star is n clients, a router and a server.
type star struct {
	sim            *des.Sim
	net            *topo.Network
	stack          *host.Stack
	world          *apps.World
	pool           *wire.Pool
	flow           *apps.Flow
	client, server *host.Tally
	listener       host.ListenerTally
}

func newStar(n int, seed uint64, flow *apps.Flow, profile *tcp.Profile) *star {
	w := &star{sim: des.NewSim(des.PacketsFirst, seed), pool: new(wire.Pool), flow: flow}
	book := wire.NewBook()
	w.net = topo.NewNetwork(w.sim, w.pool, book, seed, 1)
	router := w.net.AddNode("router", true)
	server := w.net.AddNode("server", false)
	half := func(d time.Duration) topo.HalfSpec {
		return topo.HalfSpec{Rate: 1e9, Delay: d, MTU: 1500, Queue: topo.Limit{Packets: 1000}}
	}
	w.net.Connect(topo.LinkSpec{Name: "rack", A: router, B: server, Forward: half(time.Millisecond), Back: half(time.Millisecond), Weight: 1})
	sa := w.net.Assign(server, netip.MustParseAddr("10.255.0.1"))
	var nodes []topo.NodeID
	var addrs []wire.Addr
	for i := range n {
		c := w.net.AddNode(fmt.Sprintf("client[%d]", i), false)
		w.net.Connect(topo.LinkSpec{Name: fmt.Sprintf("access[%d]", i), A: c, B: router, Forward: half(4 * time.Millisecond), Back: half(4 * time.Millisecond), Weight: 1})
		nodes = append(nodes, c)
		addrs = append(addrs, w.net.Assign(c, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})))
	}
	if err := w.net.Finish(); err != nil {
		panic(err)
	}
	w.stack = host.NewStack(w.sim, w.net, w.pool, seed, 1)
	w.client, w.server = host.NewTally(profile, 0, des.Never), host.NewTally(profile, 0, des.Never)
	for i, c := range nodes {
		flow.Clients = append(flow.Clients, w.stack.AddHost(host.Config{Node: c, Name: fmt.Sprintf("client[%d]", i), Address: addrs[i], Profile: profile, MTU: 1500, Tally: w.client}))
	}
	s := w.stack.AddHost(host.Config{Node: server, Name: "server", Address: sa, Profile: profile, MTU: 1500, Tally: w.server})
	w.world = apps.NewWorld(w.sim, w.stack, seed, 1)
	if _, err := s.Listen(80, 4096, w.world, &w.listener); err != nil {
		panic(err)
	}
	flow.Servers = []apps.Target{{Host: s, Port: 80}}
	flow.Tally = &apps.Tally{Until: des.Never}
	w.world.Add(flow)
	return w
}

func churn(count uint64) *apps.Flow {
	return &apps.Flow{Name: "web", Request: 200, Response: 1000, Exchanges: 1,
		Arrivals: apps.Arrivals{Process: apps.Poisson, Rate: 5000, Count: count, Stop: des.Never}}
}

func TestChurn(t *testing.T) {
	p := tcp.Linux()
	p.TimeWait = time.Second
	w := newStar(100, 1, churn(20000), p)
	start := time.Now()
	w.sim.Run(des.Never)
	el := time.Since(start)
	y := w.flow.Tally
	fmt.Printf("done %d closed %v failed %v events %d segs %d  %.0f conn/s %.1f ev/conn %.1f pkts/conn\n", y.JobsDone, y.Closed, y.Failed, w.sim.Events(), w.stack.Packets(), 20000/el.Seconds(), float64(w.sim.Events())/20000, float64(w.stack.Packets())/20000)
	fmt.Println(y.SetupTime.Min(), y.SetupTime.Max(), y.CloseSegments.Mean(), w.world.Unsettled())
}

func BenchmarkChurn(b *testing.B) {
	for _, n := range []int{10, 100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := tcp.Linux()
			p.TimeWait = time.Second
			w := newStar(n, 1, churn(uint64(b.N)+20000), p)
			for w.flow.Tally.JobsDone < 20000 {
				w.sim.Step(des.Never)
			}
			b.ReportAllocs()
			b.ResetTimer()
			w.sim.Run(des.Never)
		})
	}
}

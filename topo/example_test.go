package topo_test

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// printer is an end system that says what it gets.
type printer struct {
	pool *wire.Pool
}

func (s printer) Receive(now des.Time, p *wire.Packet) {
	fmt.Printf("%v: packet %d, TTL %d\n", now, p.ID, p.TTL)
	s.pool.Put(p)
}

// Three packets of 1500 B cross a slow link and a router; a rule drops the
// second.
func Example() {
	sim, pool, book := des.NewSim(des.PacketsFirst, 1), new(wire.Pool), wire.NewBook()
	net := topo.NewNetwork(sim, pool, book, 1, 1)

	client, server := net.AddNode("client", false), net.AddNode("server", false)
	router := net.AddNode("router", true)
	from := net.Assign(client, netip.MustParseAddr("10.0.0.1"))
	to := net.Assign(server, netip.MustParseAddr("10.0.1.1"))

	second := topo.NewRule(topo.RuleSpec{Name: "second", Flow: topo.AnyFlow, Nth: []topo.Range{{First: 2, Last: 2}}})
	slow := topo.HalfSpec{Rate: 10e6, Delay: 10 * time.Millisecond}
	net.Connect(topo.LinkSpec{Name: "access", A: client, B: router, Forward: slow, Back: slow})
	core := topo.HalfSpec{Rate: 1e9, Delay: time.Millisecond, Rules: []*topo.Rule{second}}
	net.Connect(topo.LinkSpec{Name: "core", A: router, B: server, Forward: core})
	net.Attach(server, printer{pool})
	if err := net.Finish(); err != nil {
		fmt.Println(err)
		return
	}

	for id := range uint64(3) {
		p := pool.Get()
		*p = wire.Packet{Src: from, Dst: to, Size: 1500, TTL: wire.DefaultTTL, ID: id + 1}
		net.Send(client).Receive(sim.Now(), p)
	}
	sim.Run(des.Never)
	fmt.Println(second.Hits, "dropped;", net.Check(0) == nil)
	// Output:
	// 12.212ms: packet 1, TTL 63
	// 14.612ms: packet 3, TTL 63
	// 1 dropped; true
}

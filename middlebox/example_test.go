package middlebox_test

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/middlebox"
	"netsim/topo"
	"netsim/wire"
)

// server prints who calls.
type server struct {
	book *wire.Book
	pool *wire.Pool
}

func (s server) Receive(now des.Time, p *wire.Packet) {
	fmt.Printf("%v from %v:%d\n", p.Segment.Flags, s.book.IP(p.Src), p.Segment.SrcPort)
	s.pool.Put(p)
}

// A host at home calls a server. The server sees the NAT.
func Example() {
	var pool wire.Pool
	sim, book := des.NewSim(des.PacketsFirst, 1), wire.NewBook()
	net := topo.NewNetwork(sim, &pool, book, 1, 1)
	home, box, far := net.AddNode("home", false), net.AddNode("box", true), net.AddNode("far", false)
	private := net.Assign(home, netip.MustParseAddr("192.168.0.7"))
	public := net.Assign(box, netip.MustParseAddr("203.0.113.1"))
	called := net.Assign(far, netip.MustParseAddr("198.51.100.80"))
	net.Connect(topo.LinkSpec{Name: "lan", A: home, B: box})
	net.Connect(topo.LinkSpec{Name: "wan", A: box, B: far})
	if err := net.Finish(); err != nil {
		fmt.Println(err)
		return
	}
	net.Attach(far, server{book, &pool})
	nat := middlebox.NewNAT(middlebox.NATConfig{
		Config: middlebox.Config{Sim: sim, Net: net, Pool: &pool, Node: box, Name: "box", Tally: new(middlebox.Tally),
			Lives: middlebox.Life(2*time.Hour+4*time.Minute, 4*time.Minute, 2*time.Minute)},
		Inside:  func(id topo.NodeID) bool { return id == home },
		Outside: []wire.Addr{public}, Low: 1024, High: 65535, Preserve: true,
	})

	p := pool.Get()
	*p = wire.Packet{Src: private, Dst: called, TTL: wire.DefaultTTL, Segment: wire.Segment{SrcPort: 5000, DstPort: 80, Flags: wire.SYN}}
	p.Measure()
	net.Send(home).Receive(0, p)
	sim.Run(des.Time(time.Minute))
	fmt.Println(nat.Sessions(), "mapping after a minute")
	sim.Run(des.Time(5 * time.Minute))
	fmt.Println(nat.Sessions(), "after five")
	// Output:
	// SYN from 203.0.113.1:5000
	// 1 mapping after a minute
	// 0 after five
}

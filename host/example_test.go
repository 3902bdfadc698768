package host_test

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// caller closes as soon as its connection is established.
type caller struct{}

func (caller) News(now des.Time, s *host.Socket, n tcp.News) {
	switch {
	case n&tcp.Connected != 0:
		fmt.Println(now, "client: connected after", now.Sub(s.Opened()))
		s.Close(now)
	case n&tcp.Ended != 0:
		fmt.Println(now, "client:", s.Conn.State())
	}
}

// answerer closes when the other end has: it is the App of every connection
// that it accepts.
type answerer struct{}

func (a answerer) Accept(now des.Time, s *host.Socket) host.App {
	fmt.Println(now, "server: accepted")
	return a
}

func (answerer) News(now des.Time, s *host.Socket, n tcp.News) {
	switch {
	case n&tcp.EndOfData != 0:
		s.Close(now)
	case n&tcp.Ended != 0:
		fmt.Println(now, "server:", s.Conn.State())
	}
}

// Two hosts, 10 ms apart, open a connection and close it. TIME-WAIT outlives
// the socket: the server's end is gone long before the client's port is free.
func Example() {
	sim, pool, book := des.NewSim(des.PacketsFirst, 1), new(wire.Pool), wire.NewBook()
	net := topo.NewNetwork(sim, pool, book, 1, 1)
	here, there := net.AddNode("client", false), net.AddNode("server", false)
	from := net.Assign(here, netip.MustParseAddr("10.0.0.1"))
	to := net.Assign(there, netip.MustParseAddr("10.0.0.2"))
	half := topo.HalfSpec{Delay: 10 * time.Millisecond, MTU: 1500}
	net.Connect(topo.LinkSpec{Name: "wire", A: here, B: there, Forward: half, Back: half})
	if err := net.Finish(); err != nil {
		fmt.Println(err)
		return
	}

	stack := host.NewStack(sim, net, pool, 1, 1)
	tally := host.NewTally(tcp.Linux(), 0, des.Never)
	end := host.Config{Profile: tcp.Linux(), MTU: 1500, Tally: tally}
	end.Node, end.Address = here, from
	client := stack.AddHost(end)
	end.Node, end.Address = there, to
	server := stack.AddHost(end)
	if _, err := server.Listen(80, 128, answerer{}, new(host.ListenerTally)); err != nil {
		fmt.Println(err)
		return
	}
	who := wire.IncarnationOf(0, 0, 1)
	if _, err := client.Connect(sim.Now(), host.Remote{Address: to, Port: 80}, 0, who, caller{}); err != nil {
		fmt.Println(err)
		return
	}
	sim.Run(des.Never)
	fmt.Println(sim.Now(), "TIME-WAIT is over after", tally.Stay[tcp.TimeWaiting].Max()/1e9, "s")
	// Output:
	// 20ms client: connected after 20ms
	// 30ms server: accepted
	// 40ms client: TIME-WAIT
	// 50ms server: CLOSED
	// 1m0.04s TIME-WAIT is over after 60 s
}

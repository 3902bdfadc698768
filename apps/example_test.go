package apps_test

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// A client asks a server, 10 ms away, ten times a second for ten seconds; each
// request is a connection of its own, which the client closes.
func Example() {
	const seed, replication = 1, 1
	sim, pool, book := des.NewSim(des.PacketsFirst, seed), new(wire.Pool), wire.NewBook()
	net := topo.NewNetwork(sim, pool, book, seed, replication)
	here, there := net.AddNode("client", false), net.AddNode("server", false)
	from := net.Assign(here, netip.MustParseAddr("10.0.0.1"))
	to := net.Assign(there, netip.MustParseAddr("10.0.0.2"))
	half := topo.HalfSpec{Rate: 1e9, Delay: 10 * time.Millisecond, MTU: 1500}
	net.Connect(topo.LinkSpec{Name: "wire", A: here, B: there, Forward: half, Back: half})
	if err := net.Finish(); err != nil {
		fmt.Println(err)
		return
	}

	stack, profile := host.NewStack(sim, net, pool, seed, replication), tcp.Linux()
	end := host.Config{Profile: profile, MTU: 1500, Tally: host.NewTally(profile, 0, des.Never)}
	end.Node, end.Address = here, from
	client := stack.AddHost(end)
	end.Node, end.Address = there, to
	server := stack.AddHost(end)
	world := apps.NewWorld(sim, stack, seed, replication)
	if _, err := server.Listen(80, 128, world, new(host.ListenerTally)); err != nil {
		fmt.Println(err)
		return
	}

	tally := &apps.Tally{Until: des.Never}
	world.Add(&apps.Flow{
		Name:     "web",
		Arrivals: apps.Arrivals{Process: apps.Even, Rate: 10, Count: 100, Stop: des.Never},
		Clients:  []*host.Host{client},
		Servers:  []apps.Target{{Host: server, Port: 80}},
		Request:  dist.Constant(200), Response: dist.Constant(1000),
		Closing: apps.Closing{By: apps.Client},
		Tally:   tally,
	})
	sim.Run(des.Time(time.Minute))
	fmt.Println(tally.JobsDone, "of", tally.Jobs, "jobs done,", tally.Closed[apps.Three], "closed in three segments")
	fmt.Println("setup", time.Duration(tally.SetupTime.Max()), "job", time.Duration(tally.JobTime.Max()))
	waiting := end.Tally.Count[tcp.TimeWaiting].Value()
	sim.Run(des.Never)
	fmt.Println(waiting, "in TIME-WAIT after a minute, the last until", sim.Now())
	// Output:
	// 100 of 100 jobs done, 100 closed in three segments
	// setup 20.00096ms job 40.012224ms
	// 100 in TIME-WAIT after a minute, the last until 1m9.960013472s
}

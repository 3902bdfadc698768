package des_test

import (
	"fmt"
	"time"

	"netsim/des"
)

// alarm rings every second and owns its event.
type alarm struct {
	sim  *des.Sim
	name string
	ring des.Event
}

func (a *alarm) Fire(now des.Time) {
	fmt.Println(now, a.name)
	a.sim.At(&a.ring, now.Add(time.Second))
}

// Two alarms ring at the same times. The packet's comes first, whoever is
// scheduled first: ties are ordered by rank.
func Example() {
	sim := des.NewSim(des.PacketsFirst, 1)
	owner := sim.Owner()
	timer := &alarm{sim: sim, name: "timer"}
	timer.ring.Bind(timer, owner.Rank(des.Timer))
	packet := &alarm{sim: sim, name: "packet"}
	packet.ring.Bind(packet, owner.Rank(des.Packet))

	sim.At(&timer.ring, des.Time(time.Second))
	sim.At(&packet.ring, des.Time(time.Second))
	sim.Run(des.Time(3 * time.Second)) // the end does not belong to the run
	sim.Cancel(&timer.ring)
	fmt.Println(sim.Events(), "events,", sim.Pending(), "pending")
	// Output:
	// 1s packet
	// 1s timer
	// 2s packet
	// 2s timer
	// 4 events, 1 pending
}

// A stream is known by its name: what one component draws does not depend on
// which others there are.
func ExampleStream() {
	loss := des.Stream(1, 1, "link.core.loss")
	again := des.Stream(1, 1, "link.core.loss")
	other := des.Stream(1, 1, "link.access.loss")
	a, b, c := loss.Uint64(), again.Uint64(), other.Uint64()
	fmt.Println(a == b, a == c)
	// Output: true false
}

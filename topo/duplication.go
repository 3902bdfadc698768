package topo

import (
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// duplication makes a second packet of some. The copy enters the queue after a
// delay of its own, right behind if that is 0: a long one makes stale duplicates.
type duplication struct {
	station
	probability float64
	delay       dist.Dist
}

func (d *duplication) Receive(now des.Time, p *wire.Packet) {
	d.in++
	if !d.chance(d.probability) {
		d.pass(now, p)
		return
	}
	c := d.double(p)
	d.pass(now, p)
	if wait := time.Duration(d.delay.Draw(d.random())); wait > 0 {
		d.hold(now, c, unnumbered, wait)
		return
	}
	d.pass(now, c)
}

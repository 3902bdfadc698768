package topo

import (
	"math/rand/v2"

	"netsim/des"
	"netsim/wire"
)

// loss drops each packet with the same probability, by itself.
type loss struct {
	half        *Half
	next        Sink
	probability float64
	draws       *rand.Rand // made when first drawn from
	in, out     uint64
}

func (l *loss) Receive(now des.Time, p *wire.Packet) {
	l.in++
	if l.draws == nil {
		l.draws = l.half.link.net.stream("link." + l.half.Name() + ".loss")
	}
	if des.Chance(l.draws, l.probability) {
		l.half.drop(now, p, DropLoss)
		return
	}
	l.out++
	l.next.Receive(now, p)
}

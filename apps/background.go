package apps

import (
	"netsim/des"
	"netsim/host"
	"netsim/metrics"
	"netsim/wire"
)

// Packets is what a background flow counts: the packets that were sent in the
// window, whenever they arrive. Delay is from leaving the one host to reaching
// the other, in ns.
type Packets struct {
	Sent, Received uint64
	Delay          metrics.Sample
}

// packet sends one packet of a background flow. All of them are one incarnation,
// by which rules and observers know the flow.
func (f *Flow) packet(now des.Time, from *host.Host, to Target) {
	if f.Tally.measures(now) {
		f.Tally.Packets.Sent++
	}
	from.Send(now, to.address(), int32(f.size()), wire.IncarnationOf(f.number, 0, 1))
}

// size is that of the next packet.
func (f *Flow) size() int64 {
	if v, fixed := f.Packet.Fixed(); fixed {
		return v
	}
	if f.sizes == nil {
		f.sizes = des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+".size")
	}
	return f.Packet.Draw(f.sizes)
}

// Datagram counts a packet that has arrived: [host.Strays].
func (w *World) Datagram(now des.Time, p *wire.Packet) {
	s := &p.Segment
	if int(s.Incarnation.Flow()) >= len(w.flows) {
		return
	}
	t := w.flows[s.Incarnation.Flow()].Tally
	if sent := des.Time(s.Offset); t.measures(sent) {
		t.Packets.Received++
		t.Packets.Delay.Record(int64(now - sent))
		t.Bytes += uint64(p.Size)
	}
}

package host

import (
	"netsim/des"
	"netsim/wire"
)

// Send lets a packet without TCP out of the host: size bytes that load the
// network and want no answer. Its segment is empty but for the oracles: who sent
// it, and as Offset when.
func (h *Host) Send(now des.Time, to wire.Addr, size int32, who wire.Incarnation) {
	st := h.stack
	st.packets++
	p := st.pool.Get()
	p.Segment.Clear()
	p.Segment.Options = 0
	p.Segment.Marks, p.Segment.Incarnation, p.Segment.Offset = wire.Datagram, who, uint64(now)
	p.Src, p.Dst, p.Size = h.address, to, size
	p.Segment.Len = uint32(int(size) - p.HeaderLen())
	p.TTL, p.ECN, p.ID = h.group.ttl, 0, st.packets
	if st.observer != nil {
		st.observer.Sent(now, h.node, p)
	}
	h.out.Receive(now, p)
}

// sink is the end of a packet without TCP.
func (h *Host) sink(now des.Time, p *wire.Packet) {
	st := h.stack
	if st.observer != nil {
		st.observer.Received(now, h.node, p)
	}
	if st.strays != nil {
		st.strays.Datagram(now, p)
	}
	st.pool.Put(p)
}

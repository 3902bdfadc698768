package host

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// pathAge is how long a path MTU is believed (RFC 1191 section 6.3, RFC 8201
// section 4: ten minutes).
const pathAge = 10 * time.Minute

// path is what a host knows of the way to an address.
type path struct {
	mtu   int
	until des.Time
}

// reported takes an ICMP report. It is the matter of the connection whose segment
// it quotes (MUST-54), if that is still open; TIME-WAIT and what the host does not
// know it leaves alone.
func (h *Host) reported(now des.Time, p *wire.Packet) {
	st := h.stack
	h.group.tally.Reports++
	if st.calls != nil {
		st.calls.Reported(now, h.node, p)
	}
	seg := &p.Segment
	ref := st.find(tuple{p.Dst, p.About, seg.SrcPort, seg.DstPort})
	if ref == 0 || ref&inRoom != 0 {
		st.pool.Put(p)
		return
	}
	s := st.socket(now, ref)
	if mtu := s.Conn.Reported(now, p.Report, seg, p.MTU); mtu != 0 {
		h.learn(now, p.About, mtu)
	}
	st.pool.Put(p)
	s.pump(now)
}

// learn keeps the MTU of the path to an address for the connections to come.
func (h *Host) learn(now des.Time, to wire.Addr, mtu int) {
	if mtu >= h.group.mtu {
		return
	}
	r := h.own()
	if r.paths == nil {
		r.paths = map[wire.Addr]path{}
	}
	r.paths[to] = path{mtu, now.Add(pathAge)}
	h.narrow = true
}

// pathMTU is what is known of the path to an address, 0 if nothing is.
func (h *Host) pathMTU(now des.Time, to wire.Addr) int {
	if p, ok := h.rest.paths[to]; ok && now < p.until {
		return p.mtu
	}
	return 0
}

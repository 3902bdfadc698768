package packetdrill

import (
	"netsim/packetdrill/script"
	"netsim/tcp"
	"netsim/wire"
)

// flow is a connection as the segments of a script see it: the numbers of a script
// count from the initial ones that it gives itself.
type flow struct {
	who           wire.Incarnation
	local, remote uint16 // ports
	far           wire.Addr
	near          wire.Addr

	iss        uint32 // live minus scripted, of the host's numbers
	irs        wire.Seq
	known      bool // iss is
	irsKnown   bool
	stamps     map[uint32]uint32 // of the host: live ones by those of the script
	stampBegan bool
	firstStamp [2]uint32 // script's and live
}

// newFlow begins a flow, to which the segments belong from now on.
func (r *runner) newFlow(local, remote uint16, far wire.Addr) *flow {
	f := &flow{local: local, remote: remote, far: far, near: r.local, stamps: map[uint32]uint32{}}
	f.who = wire.IncarnationOf(0, uint32(len(r.flows)+1), 1)
	r.flows = append(r.flows, f)
	r.current = f
	return f
}

// firstPort is the first port of the other side that injected segments come from.
const firstPort = 40000

// flowOf is the flow of a segment in a script: that of its ports, if it names them;
// else the one at hand. What comes first after listen() begins one.
func (r *runner) flowOf(p *script.Packet) *flow {
	if p.Ports != nil {
		local, remote := p.Ports[1], p.Ports[0]
		if !p.Inbound {
			local, remote = remote, local
		}
		for i := len(r.flows) - 1; i >= 0; i-- {
			if f := r.flows[i]; f.local == local && f.remote == remote {
				return f
			}
		}
		return r.newFlow(local, remote, r.remote)
	}
	s := r.subject
	if r.current != nil && (s == nil || s.flow == r.current) {
		return r.current
	}
	if s != nil && s.flow != nil {
		r.current = s.flow
		return s.flow
	}
	port := r.setup.bindPort
	if s != nil && s.port != 0 {
		port = s.port
	}
	f := r.newFlow(port, firstPort+uint16(len(r.flows)), r.remote)
	r.subject = nil // what comes next is of this flow
	return f
}

// of is the flow of a captured packet, nil if no script knows it.
func (r *runner) of(p *wire.Packet) *flow {
	for i := len(r.flows) - 1; i >= 0; i-- {
		f := r.flows[i]
		if f.local == p.Segment.SrcPort && f.remote == p.Segment.DstPort && f.far == p.Dst {
			return f
		}
	}
	return nil
}

// liveAck is an acknowledgment number of the script as it is on the wire.
func (f *flow) liveAck(n script.Number) wire.Seq {
	if n.Absolute {
		return wire.SeqOf(n.Value)
	}
	return wire.SeqOf(n.Value + f.iss)
}

// scriptSeq is a number of the host as the script has it.
func (f *flow) scriptSeq(s wire.Seq) uint32 { return s.Uint32() - f.iss }

// alive reports whether the host has a connection of the flow, or one in TIME-WAIT.
func (r *runner) alive(f *flow) bool {
	for _, c := range r.host.Connections() {
		if c.State != tcp.Listen && c.LocalPort == f.local && c.RemotePort == f.remote && c.Remote == f.far {
			return true
		}
	}
	return false
}

// liveSeq is a number of the script's side on the wire. A SYN says the initial one as
// it is; what follows counts from that.
func (f *flow) liveSeq(n script.Number, syn bool) wire.Seq {
	if n.Absolute || syn && (!f.irsKnown || n.Value == f.irs.Uint32()) {
		return wire.SeqOf(n.Value)
	}
	return wire.SeqOf(n.Value).Add(f.irs.Uint32())
}

// scriptAck is a number of the script's side as it is in the script.
func (f *flow) scriptAck(s wire.Seq) uint32 {
	if f == nil {
		return s.Uint32()
	}
	return s.Uint32() - f.irs.Uint32()
}

package topo

import (
	"errors"
	"fmt"
)

// Held counts the packets that are in the network.
func (n *Network) Held() int {
	var held uint64
	for _, l := range n.links {
		held += l.Forward.held() + l.Back.held()
	}
	return int(held)
}

// Check holds the books of every Sink against each other, between events: what
// came in went out, was dropped, or is held; and all packets taken from the
// pool are in the network or are those that end systems hold elsewhere. It is a
// fault of the simulator if they do not agree.
func (n *Network) Check(elsewhere int) error {
	var faults []error
	for _, l := range n.links {
		if err := errors.Join(l.Forward.audit(), l.Back.audit()); err != nil {
			faults = append(faults, err)
		}
	}
	for i := range n.nodes {
		if r := n.nodes[i].core; r != nil {
			faults = append(faults, balance(n.nodes[i].name, r.in, r.forwarded+r.ended+r.expired+r.stranded))
			if r.box != nil {
				faults = append(faults, r.box.Check())
			}
		}
	}
	if held, out := n.Held(), n.pool.Out(); held+elsewhere != out {
		faults = append(faults, fmt.Errorf("%d packets in the network, %d elsewhere, %d taken from the pool", held, elsewhere, out))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("topo: %w", err)
	}
	return nil
}

// balance compares what came in at a place with what is known of it.
func balance(place string, in, known uint64) error {
	if in != known {
		return fmt.Errorf("%s: %d packets came in, %d went out, were dropped or are held", place, in, known)
	}
	return nil
}

func (h *Half) held() uint64 {
	held := h.queue.held()
	if m := h.more; m != nil {
		if m.line != nil {
			held += m.line.held()
		}
		if m.flight != nil {
			held += m.flight.held
		}
		for _, st := range m.front {
			held += st.held
		}
	}
	return held
}

// audit checks every Sink of the half, that each got what the one before let
// out, and the half as a whole.
func (h *Half) audit() error {
	var faults []error
	check := func(place string, in, known uint64) {
		if in != known { // before names are made, of millions of links
			faults = append(faults, balance(h.Name()+place, in, known))
		}
	}
	s := h.Stats()
	in, out, held := h.queue.in, h.queue.delivered, h.queue.held()
	if h.more != nil && h.more.line != nil {
		q := h.more.line
		in, out, held = q.in, q.delivered, q.held()
	}
	dropped := [Causes]uint64{DropTTL: s.Drops[DropTTL], DropQueue: s.Drops[DropQueue], DropMTU: s.Drops[DropMTU], DropDown: s.Drops[DropDown]}
	check(": queue", in, out+s.Drops[DropQueue]+s.Drops[DropMTU]+s.Drops[DropDown]+held)
	if m := h.more; m != nil {
		visit := func(st *station) {
			check(": "+st.name, st.in+st.copies, st.out+st.dropped+st.held)
			dropped[st.cause] += st.dropped
		}
		for i := len(m.front) - 1; i >= 0; i-- {
			st := m.front[i]
			check(": after "+st.name, in, st.out)
			visit(st)
			in = st.in
		}
		if f := m.flight; f != nil {
			check(": before "+f.name, out, f.in)
			visit(&f.station)
			out = f.out
		}
		if c := m.checksum; c != nil {
			check(": before "+c.name, out, c.in)
			visit(&c.station)
		}
	}
	for cause, n := range dropped {
		if s.Drops[cause] != n {
			check(": drops by "+Cause(cause).String(), s.Drops[cause], n)
		}
	}
	check("", s.Sent+s.Duplicated, s.Delivered+s.Dropped()+h.held())
	return errors.Join(faults...)
}

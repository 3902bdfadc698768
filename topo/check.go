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
		faults = append(faults, l.Forward.audit(), l.Back.audit())
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
	if h.impair != nil {
		for _, k := range h.impair.hooks {
			held += k.held
		}
	}
	return held
}

// audit checks every Sink of the half, that each got what the one before let
// out, and the half as a whole.
func (h *Half) audit() error {
	var faults []error
	check := func(place string, in, known uint64) {
		faults = append(faults, balance(h.Name()+place, in, known))
	}
	q, s := &h.queue, h.Stats()
	check(": queue", q.in, q.delivered+s.Drops[DropQueue]+s.Drops[DropMTU]+q.held())
	in := q.in
	if i := h.impair; i != nil {
		if i.loss != nil {
			check(": after loss", in, i.loss.out)
			check(": loss", i.loss.in, i.loss.out+s.Drops[DropLoss])
			in = i.loss.in
		}
		var dropped uint64
		for at := len(i.hooks) - 1; at >= 0; at-- {
			k := i.hooks[at]
			check(": after rule "+k.rule.Name, in, k.out)
			check(": rule "+k.rule.Name, k.in+k.copies, k.out+k.dropped+k.held)
			in = k.in
			dropped += k.dropped
		}
		check(": rules", dropped, s.Drops[DropRule])
	}
	check("", s.Sent+s.Duplicated, s.Delivered+s.Dropped()+h.held())
	return errors.Join(faults...)
}

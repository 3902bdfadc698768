package topo

import (
	"netsim/des"
	"netsim/wire"
)

// Sink takes packets. The packet is the Sink's from then on: it passes it on or
// puts it back into the pool.
type Sink interface {
	Receive(now des.Time, p *wire.Packet)
}

// Cause says why a packet was dropped.
type Cause uint8

const (
	DropQueue    Cause = iota // the queue was at its limit, or its discipline said so
	DropLoss                  // random loss
	DropRule                  // a rule said so
	DropMTU                   // larger than the MTU; fragmentation is not modelled
	DropTTL                   // the TTL ran out at a router
	DropNoRoute               // nobody there, or no way to it
	DropFiltered              // a middlebox refused it
	DropDown                  // the link was down
	DropCorrupt               // damaged, and a checksum saw it
	Causes                    // how many causes there are
)

var causeNames = [Causes]string{"queue", "loss", "rule", "mtu", "ttl", "no-route", "filtered", "down", "corrupt"}

func (c Cause) String() string { return causeNames[c] }

// Observer is told what happens to packets, before it happens to them. It may
// read the packet, and keeps nothing of it.
type Observer interface {
	// Sent is called by an end system when the packet leaves it.
	Sent(now des.Time, node NodeID, p *wire.Packet)
	// Received is called by an end system when the packet reaches it.
	Received(now des.Time, node NodeID, p *wire.Packet)
	// Dropped is called by the network; at is nil where a node had no route or a
	// middlebox refused.
	Dropped(now des.Time, at *Half, p *wire.Packet, cause Cause)
}

// Stats counts the packets of a half since the start.
type Stats struct {
	Sent       uint64 // came in, duplicates not counted
	Duplicated uint64 // copies made by rules and by duplication
	Delivered  uint64 // reached the other end
	Bytes      uint64 // of the delivered, as IP packets
	Reordered  uint64 // overtaken by one that was sent later (RFC 4737)
	Marked     uint64 // told of congestion (CE of RFC 3168)
	Undetected uint64 // delivered damaged: no checksum saw it
	Drops      [Causes]uint64
}

// Dropped sums the drops.
func (s *Stats) Dropped() uint64 {
	var sum uint64
	for _, n := range s.Drops {
		sum += n
	}
	return sum
}

// Add adds another half's counts.
func (s *Stats) Add(o Stats) {
	s.Sent += o.Sent
	s.Duplicated += o.Duplicated
	s.Delivered += o.Delivered
	s.Bytes += o.Bytes
	s.Reordered += o.Reordered
	s.Marked += o.Marked
	s.Undetected += o.Undetected
	for c := range o.Drops {
		s.Drops[c] += o.Drops[c]
	}
}

// Sub takes away earlier counts of the same, as a warm-up's.
func (s *Stats) Sub(o Stats) {
	s.Sent -= o.Sent
	s.Duplicated -= o.Duplicated
	s.Delivered -= o.Delivered
	s.Bytes -= o.Bytes
	s.Reordered -= o.Reordered
	s.Marked -= o.Marked
	s.Undetected -= o.Undetected
	for c := range o.Drops {
		s.Drops[c] -= o.Drops[c]
	}
}

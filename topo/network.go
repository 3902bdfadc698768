package topo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"

	"netsim/des"
	"netsim/wire"
)

// NodeID numbers the nodes of a network from 0 in the order of adding.
type NodeID uint32

// Network is the nodes and links of one world.
type Network struct {
	sim               *des.Sim
	pool              *wire.Pool
	book              *wire.Book
	seed, replication uint64
	observer          Observer
	remarks           Remarks // the same one, if it has these methods

	nodes    []node
	links    []*Link
	spare    []wholeLink // made and not yet connected: single ones would be rounded up
	at       []NodeID    // by address
	homes    []home      // by address, once finished
	forest   forest
	shared   map[wire.Addr]bool // addresses that any host takes
	media    map[medium]*medium
	holders  *holder // not in use
	unrouted uint64
	faults   []error
	finished bool
}

// node is a host or a router. A host with one link is a leaf: it needs no
// table, since there is one way out and its neighbour knows the way in.
type node struct {
	name     string
	end      Sink
	only     *Half   // a leaf's way out
	core     *router // else its table
	home     home
	address  wire.Addr // the first
	forwards bool
}

// noNode is where an address is that belongs to nobody.
const noNode NodeID = math.MaxUint32

// NewNetwork returns an empty network. Seed and replication choose its random
// streams.
func NewNetwork(sim *des.Sim, pool *wire.Pool, book *wire.Book, seed, replication uint64) *Network {
	return &Network{sim: sim, pool: pool, book: book, seed: seed, replication: replication, media: map[medium]*medium{}}
}

// AddNode adds a router, which forwards, or a host, which does not, however
// many links it has.
func (n *Network) AddNode(name string, forwards bool) NodeID {
	n.building()
	n.nodes = append(n.nodes, node{name: name, forwards: forwards})
	return NodeID(len(n.nodes) - 1)
}

// Nodes counts the nodes.
func (n *Network) Nodes() int { return len(n.nodes) }

// Name returns the name of the node.
func (n *Network) Name(id NodeID) string { return n.nodes[id].name }

// Forwards reports whether the node is a router.
func (n *Network) Forwards(id NodeID) bool { return n.nodes[id].forwards }

// IP returns what an address is written as.
func (n *Network) IP(a wire.Addr) netip.Addr { return n.book.IP(a) }

// Assign gives the node an address and enters it in the book.
func (n *Network) Assign(id NodeID, ip netip.Addr) wire.Addr {
	n.building()
	a := n.book.Add(ip)
	for int(a.Index()) >= len(n.at) {
		n.at = append(n.at, noNode)
	}
	if was := n.at[a.Index()]; was != noNode && was != id {
		n.fault(fmt.Errorf("%v is an address of %s and of %s; each is of one node", ip, n.Name(was), n.Name(id)))
	}
	n.at[a.Index()] = id
	if d := &n.nodes[id]; d.address.IsZero() {
		d.address = a
	}
	return a
}

// NodeOf returns the node that has the address.
func (n *Network) NodeOf(a wire.Addr) (NodeID, bool) {
	if int(a.Index()) >= len(n.at) || n.at[a.Index()] == noNode {
		return 0, false
	}
	return n.at[a.Index()], true
}

// wholeLink is a link with its halves, which come first for their place in cache
// lines.
type wholeLink struct {
	halves [2]Half
	Link
}

// linkChunk is how many links are made at once: as many as fill pages of memory.
const linkChunk = 143

// Connect adds a link. Links are numbered in the order of adding.
func (n *Network) Connect(spec LinkSpec) *Link {
	n.building()
	if len(n.spare) == 0 {
		n.spare = make([]wholeLink, min(linkChunk, max(1, len(n.links)))) // as many again at most
	}
	made := &n.spare[0]
	n.spare = n.spare[1:]
	l := &made.Link
	if spec.Weight == 0 {
		spec.Weight = 1
	}
	*l = Link{spec.Name, spec.A, spec.B, spec.Weight, &made.halves[0], &made.halves[1], n}
	if err := n.checkLink(&spec); err != nil {
		n.fault(fmt.Errorf("link %s: %w", spec.Name, err))
		spec.Forward, spec.Back = HalfSpec{}, HalfSpec{}
	}
	l.Forward.build(n, l, &spec.Forward)
	l.Back.build(n, l, &spec.Back)
	n.links = append(n.links, l)
	return l
}

func (n *Network) checkLink(s *LinkSpec) error {
	var ends error
	switch {
	case int(s.A) >= len(n.nodes) || int(s.B) >= len(n.nodes):
		ends = fmt.Errorf("from node %d to node %d; there are %d", s.A, s.B, len(n.nodes))
	case s.A == s.B:
		ends = fmt.Errorf("both ends are at %s; a link joins two nodes", n.Name(s.A))
	case !(s.Weight > 0 && s.Weight <= math.MaxFloat64):
		ends = fmt.Errorf("a weight of %v; it is positive", s.Weight)
	}
	return errors.Join(ends, s.Forward.check(), s.Back.check())
}

// Links returns the links in the order of adding.
func (n *Network) Links() []*Link { return n.links }

// Attach makes s the end system of the node: packets addressed to it end there.
func (n *Network) Attach(id NodeID, s Sink) {
	n.nodes[id].end = s
	if n.finished {
		n.wire(id)
	}
}

// Send returns where the node's own packets enter the finished network: its
// link, if it has one, or its table. It does not loop: a packet of a node to
// itself is dropped or comes back over the link.
func (n *Network) Send(id NodeID) Sink {
	if !n.finished {
		panic("topo: Send before Finish")
	}
	d := &n.nodes[id]
	if d.only != nil {
		return d.only.door()
	}
	return (*origin)(d.core)
}

// Observe makes o the network's observer, of [Remarks] too if it has their methods; nil
// is none.
func (n *Network) Observe(o Observer) {
	n.observer = o
	n.remarks, _ = o.(Remarks)
}

// Observer returns the observer, or nil.
func (n *Network) Observer() Observer { return n.observer }

// Unrouted counts the packets dropped at nodes that had no way for them.
func (n *Network) Unrouted() uint64 { return n.unrouted }

// discard tells the observer that p was dropped at a half, and its sender where
// that is a router's; else it puts p back.
func (n *Network) discard(now des.Time, at *Half, p *wire.Packet, cause Cause) {
	if n.observer != nil {
		n.observer.Dropped(now, at, p, cause)
	}
	if why := reportOn(cause); why != wire.NoReport {
		n.tell(now, at.From(), p, why, at.MTU())
		return
	}
	n.pool.Put(p)
}

// strand is the end of a packet for which there is no way on; the node is where
// that was found.
func (n *Network) strand(now des.Time, p *wire.Packet, node NodeID, why wire.Report) {
	n.unrouted++
	if n.observer != nil {
		n.observer.Dropped(now, nil, p, DropNoRoute)
	}
	n.tell(now, node, p, why, 0)
}

func (n *Network) stream(name string) *rand.Rand { return des.Stream(n.seed, n.replication, name) }

func (n *Network) fault(err error) { n.faults = append(n.faults, err) }

func (n *Network) building() {
	if n.finished {
		panic("topo: a finished network can only be run")
	}
}

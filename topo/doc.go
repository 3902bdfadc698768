// Package topo is what carries packets: links, the rules and losses on them,
// routers, routes, and the [Network] that holds them together.
//
// Everything a packet passes is a [Sink]; impairments are Sinks that hold
// Sinks. A [Link] is full duplex: two halves that share nothing. Within a
// [Half] a packet meets what its [HalfSpec] lists, in that order: rules, losses,
// damage and duplication; the queue and the transmitter; propagation; the
// checksum at the end. What is not asked for is not there.
//
// A plain half is one FIFO with one event a packet. A [Discipline] (RED, CoDel,
// FQ-CoDel, PIE, DRR, Priority, or one of the user's own) decides when a packet
// leaves, and has two. A half can change while it runs, and a [Gauge] measures it.
//
// A network is built (AddNode, Assign, Connect), finished, given its end systems
// (Attach), and can then only be run. What the user got wrong while building is told by
// [Network.Finish], all of it at once. Packets come from one pool: topo puts
// back those it drops, and [Network.Check] holds that none is lost otherwise.
package topo

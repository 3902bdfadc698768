// Package topo is what carries packets: links, the rules and losses on them,
// routers, routes, and the [Network] that holds them together.
//
// Everything a packet passes is a [Sink]; impairments are Sinks that hold
// Sinks. A [Link] is full duplex: two halves that share nothing. Within a
// [Half] a packet meets the rules in the order of their list, then random loss,
// then the queue; a half without rules and loss has nothing in front of its
// queue.
//
// A network is built (AddNode, Assign, Connect), finished, given its end systems
// (Attach), and can then only be run. What the user got wrong while building is told by
// [Network.Finish], all of it at once. Packets come from one pool: topo puts
// back those it drops, and [Network.Check] holds that none is lost otherwise.
package topo

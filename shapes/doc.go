// Package shapes makes networks by rule: how many nodes of which kind there are
// and who is joined with whom, in the terms of the literature. A [Graph] is
// groups of nodes and groups of links; what nodes and links are like is the
// affair of others.
//
// Random shapes are a function of their seed, and all shapes of a few hosts a
// switch. Hosts are spread evenly: neighbours in number share a switch.
package shapes

// Package packetdrill runs scripts of the packetdrill language against the end
// systems of this simulator: a script calls the socket layer of one host, and is all
// that this host hears of the network.
//
// Run takes a script through virtual time and returns what came of it. The host is a
// [netsim/host.Host] with a profile of tcp, the same as in experiments; nothing here
// knows what it ought to answer.
package packetdrill

// Package middlebox is the boxes between end systems that know connections: a
// [NAT] translates them, a [Firewall] lets pass what belongs to one, a
// [Balancer] spreads them over servers. A box stands in front of a router's
// forwarding, which does the rest.
//
// A box learns of a connection from its first SYN and follows it by the flags of
// the segments that pass, as RFC 5382 and RFC 6146 have it: opening, established,
// closing, in a TIME-WAIT of its own, or reset. Each of these has a life without
// packets, after which the session is forgotten. What that costs is what the
// boxes are here for: ports that cannot be used again, connections that die in
// silence.
//
// Sessions are records without pointers, chained in expiry order on one list for
// each length of life in use, with one event for each list.
package middlebox

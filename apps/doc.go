// Package apps is what people do with a network: flows of conversations between
// hosts. A [Flow] makes jobs by its [Arrivals]; a job opens a connection, talks,
// and closes it the way the flow says; what it took is counted in the flow's
// [Tally].
//
// Jobs may be more than their connections: with a [Pooling] they borrow one, with a
// [Retry] they have several, and users come back. Such a job has a record of its own
// beside its talk.
//
// A talk is a pooled record with both ends of one connection. The server's end
// finds it by the incarnation that segments carry, so both ends are counted as one
// case and nothing is looked up by address.
package apps

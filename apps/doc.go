// Package apps is what people do with a network: flows of conversations between
// hosts. A [Flow] makes jobs by its [Arrivals]; a job opens a connection, talks,
// and closes it the way the flow says; what it took is counted in the flow's
// [Tally].
package apps

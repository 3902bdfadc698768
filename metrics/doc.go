// Package metrics records what a simulation did and says how sure one can be of
// it.
//
// Three recorders take values while a run is under way, without allocating once
// they are warm: a [Level] is a value at every time (connections in TIME-WAIT),
// a [Sample] a value per case (a setup time), a [Series] a level looked at in
// even steps, for figures over time. A plain uint64 counts. Sums and integrals
// are integers of 128 bits, so pooling replications is exact and its order does
// not matter.
//
// A statistic of something never measured is not-a-number, which passes no
// comparison.
//
// Above them are the statistics over independent replications: Student's t
// ([StudentInterval], [TCritical], [Band]), the jackknife for any function of
// pooled recorders ([Jackknife]) and exact intervals of proportions
// ([BinomialInterval]).
package metrics

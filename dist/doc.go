// Package dist draws whole numbers, nanoseconds or bytes or counts, from named
// distributions.
//
// A [Dist] is what the language writes as { dist = ... }: a kind, its parameters
// and bounds. Draws are the same on every machine: logarithms and exponentials
// are those of package des, and each product is rounded by itself. Only what is
// computed once from parameters (the scale of a Weibull distribution from its
// mean) uses package math, whose last bit may differ between architectures.
package dist

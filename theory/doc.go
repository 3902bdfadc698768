// Package theory holds what is known about TCP connections without simulating
// them: closed forms and exact enumerations, each with its conditions and its
// source, to hold simulations against and to draw beside them.
//
// Arguments and results are in base units (seconds, bytes, bit/s, 1/s) where a
// real number will do, and in nanoseconds (time.Duration) where the answer is
// exact to the nanosecond. Probabilities are per packet and direction, and
// independent.
package theory

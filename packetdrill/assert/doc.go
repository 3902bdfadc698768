// Package assert runs the programs in %{ }% of packetdrill scripts: the part of
// Python that such programs are written in: loops, functions and comprehensions over
// numbers, strings, lists and tuples, none of which ever changes. All blocks of a script are one
// program, whose names persist; each is run over the TCP_INFO of its moment.
//
// There is nothing in it that reaches outside, and steps, numbers, strings and
// sequences are bounded: a program takes no longer and no more memory than a
// script may.
package assert

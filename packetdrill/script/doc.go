// Package script reads the packetdrill language, in Google's dialect and that
// of the FreeBSD suites: a line is a time and what happens then, a system call
// with its result, a segment that comes in or is expected, a shell command or
// a program of assertions.
//
// [Parse] yields a [Script]; it knows the form of everything and the meaning of
// nothing. Every fault has its line and column.
package script

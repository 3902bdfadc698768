// Package netsim is a discrete-event network simulator whose question is what
// TCP connections cost to open and to close. The command is in cmd/netsim; the
// packages below it are described in docs/architecture.md. This package holds
// only the tests that keep the house in order.
package netsim

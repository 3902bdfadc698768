package shell

import (
	"fmt"
	"time"
)

// Machine is the system that commands ask and change.
type Machine interface {
	// Sysctl is the value of a variable, SetSysctl gives it one. The error of a
	// name that is not known is an [Unsupported].
	Sysctl(name string) (string, error)
	SetSysctl(name, value string) error
	// Defaults gives variables the values that suites begin with.
	Defaults() error
	// RestoreSysctls gives all of them the values they had before the script.
	RestoreSysctls()
	// Sockets are those of TCP, listeners and TIME-WAIT among them.
	Sockets() []Socket
	// Drop ends a connection without a word to its user's peer but a reset, and reports
	// whether there was one.
	Drop(local, remote string) bool
	// Counters are all of those of nstat; none where there is no such program.
	Counters() []Counter
	// History is where nstat keeps what it printed or wrote down last; nil is nothing.
	History() *map[string]uint64
	// SetMTU changes that of the interface, in bytes.
	SetMTU(mtu int) error
	// FlushMetrics forgets what is known of peers: Fast Open cookies and path MTUs.
	FlushMetrics()
	// Sleep lets time pass.
	Sleep(d time.Duration)
}

// Socket is a line of ss and sockstat. Addresses are without brackets; State is the
// RFC's name: "ESTABLISHED", "FIN-WAIT-1".
type Socket struct {
	Local, Remote         string
	LocalPort, RemotePort uint16
	State                 string
}

// Counter is a line of nstat. One that is Unknown is kept by the system and not here, or
// not in the same way.
type Counter struct {
	Name    string
	Value   uint64
	Unknown bool
}

// Unsupported is the error of what shells have and this one has not.
type Unsupported struct{ What string }

func (u *Unsupported) Error() string { return "unsupported: " + u.What }

func unsupported(format string, args ...any) error { return &Unsupported{fmt.Sprintf(format, args...)} }

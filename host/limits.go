package host

import (
	"errors"
	"time"

	"netsim/dist"
	"netsim/tcp"
)

// Limits is what a host can bear; nil is everything. The hosts of a group share one.
type Limits struct {
	// Memory is how many bytes the connections of a host may hold, by the sizes of its
	// profile, until new ones are refused: connect(), a SYN, or the third segment of a
	// handshake for which there is a request and no socket. 0 is no limit.
	Memory int64

	// Queues is how many bytes of it the queues of the connections may hold, all
	// together, until the profile's Starvation comes (tcp_mem of Linux, its third
	// number); 0 is no limit.
	Queues int64

	// Cores is how many processors the host has for the segments that come in; 0 is
	// one for each. Each works for a segment the time that is drawn from PerSegment,
	// in ns, and PerLookup for every connection that it looks at.
	Cores      int
	PerSegment dist.Dist
	PerLookup  time.Duration
	Lookup     Lookup
}

// Lookup is how a host finds the connection of a segment, which decides how many it
// looks at.
type Lookup uint8

const (
	// ByHash looks at one.
	ByHash Lookup = iota
	// ByList looks at every connection of the host, TIME-WAIT included, until it has
	// found the one: at all of them for a segment of none, such as a SYN, and at half
	// of them else, which is the mean (in_pcblookup of 4.3BSD).
	ByList
)

// ErrNoMemory is ENOBUFS: the connections of the host hold all that they may.
var ErrNoMemory = errors.New("no memory for a connection")

// holdings is what the connections of a host are, where a limit depends on it.
type holdings struct {
	connections int64
	bytes       int64 // queued ones too
	queued      int64
	processor   *processor // nil: one for each segment
}

// move is [Tally.move] for one host.
func (h *holdings) move(y *Tally, from, to tcp.State) {
	if from >= tcp.SynSent {
		h.connections--
	}
	if to >= tcp.SynSent {
		h.connections++
	}
	h.bytes += y.bytes(to) - y.bytes(from)
}

// tight reports that there is no memory for a connection to go from one state to the
// other.
func (h *Host) tight(from, to tcp.State) bool {
	g := h.group
	return g.limits != nil && g.limits.Memory > 0 && h.rest.holdings.bytes+g.tally.bytes(to)-g.tally.bytes(from) > g.limits.Memory
}

// short is tight, and counts the connection that is refused for that.
func (h *Host) short(from, to tcp.State) bool {
	if !h.tight(from, to) {
		return false
	}
	h.group.tally.MemoryRefused++
	return true
}

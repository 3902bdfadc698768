package host

import (
	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// Call is what a user asks of its connection.
type Call uint8

const (
	Connecting   Call = iota // connect()
	Accepting                // accept()
	Writing                  // of so many bytes that were taken
	Reading                  // of so many bytes that were there
	Setting                  // of socket options, see [tcp.Conn.Settings]
	Shutting                 // of the sending direction
	ShuttingRead             // of the other
	Closing
	Aborting
)

// Calls is told what users ask of their connections and what no segment is: it and an
// [Observer] together know all that a connection follows from. It may look, not touch.
type Calls interface {
	// Called is called after the connection knows of a call and before it sends
	// anything because of it.
	Called(now des.Time, s *Socket, what Call, n uint64)
	// Reported is called when ICMP has come to a host.
	Reported(now des.Time, node topo.NodeID, p *wire.Packet)
}

// Record sets who is told of calls; nil is nobody.
func (st *Stack) Record(c Calls) { st.calls = c }

// called tells who wants to know.
func (s *Socket) called(now des.Time, what Call, n uint64) {
	if s.stack.calls != nil {
		s.stack.calls.Called(now, s, what, n)
	}
}

// Put is Write of what is to be sent only with what a later call sends.
func (s *Socket) Put(now des.Time, n uint64) uint64 {
	n = s.Conn.Write(now, n)
	s.called(now, Writing, n)
	return n
}

// Joined reports that calls are made while the user is told news: what they send goes
// when the user has been told, all together.
func (s *Socket) Joined() bool { return s.pumping }

// Host is the connection's.
func (s *Socket) Host() *Host { return s.host }

// At is the host of a node, nil if that is none.
func (st *Stack) At(node topo.NodeID) *Host {
	if int(node) >= len(st.hosts) {
		return nil
	}
	return st.hosts[node]
}

// Listener is the one of a port, nil if nobody listens there.
func (h *Host) Listener(port uint16) *Listener { return h.listener(port) }

// FastOpenKeys are those of the listener's cookies, the first of which makes them.
func (l *Listener) FastOpenKeys() [][16]byte { return l.fastKeys() }

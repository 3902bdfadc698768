package host

import (
	"netsim/tcp"
	"netsim/wire"
)

// Connection is a line of what a host has open.
type Connection struct {
	Local, Remote         wire.Addr
	LocalPort, RemotePort uint16
	State                 tcp.State
	Socket                *Socket // nil of a request, of a listener and in TIME-WAIT
}

// Connections lists the listeners of the host, its connections and those in
// TIME-WAIT.
func (h *Host) Connections() (list []Connection) {
	for l := h.listeners; l != nil; l = l.next {
		list = append(list, Connection{LocalPort: l.port, State: tcp.Listen})
	}
	st := h.stack
	for ref := range st.table.All() {
		t := st.tupleOf(ref)
		if node, _ := st.net.NodeOf(t.local); node != h.node {
			continue
		}
		c := Connection{Local: t.local, Remote: t.remote, LocalPort: t.localPort, RemotePort: t.remotePort, State: tcp.SynReceived}
		switch {
		case ref&inRoom != 0:
			c.State = tcp.TimeWaiting
		case ref&asking == 0:
			c.Socket = st.sockets[ref]
			c.State = c.Socket.Conn.State()
		}
		list = append(list, c)
	}
	return list
}

// ForgetPeers forgets what the host has learnt of others: the MTU of paths, cookies of
// Fast Open and who is proven.
func (h *Host) ForgetPeers() {
	r := h.own()
	r.paths, r.cookies, r.proven, h.narrow = nil, nil, nil, false
}

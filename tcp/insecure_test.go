package tcp

import (
	"testing"

	"netsim/wire"
)

// FreeBSD's switches: with insecure_rst a RST anywhere in the window ends the
// connection, with insecure_syn a SYN there does; elsewhere nothing has changed.
func TestInsecure(t *testing.T) {
	for _, c := range []struct {
		flags    wire.Flags
		rst, syn bool
		at       uint32
		ends     bool
	}{
		{wire.RST, false, false, 1, false}, {wire.RST, true, false, 1, true}, {wire.RST, false, true, 1, false}, {wire.RST, true, false, 1 << 30, false},
		{wire.SYN, false, false, 1, false}, {wire.SYN, false, true, 1, true}, {wire.SYN, true, false, 1, false}, {wire.SYN, false, true, 1 << 30, false},
	} {
		p := FreeBSD()
		p.InsecureRST, p.InsecureSYN = c.rst, c.syn
		conn := inState(Established, p)
		conn.Segment(at(5), &wire.Segment{Flags: c.flags, Seq: conn.rcvNxt.Add(c.at)})
		if got := conn.State() == Closed; got != c.ends {
			t.Errorf("%+v: ended %t", c, got)
		}
	}
}

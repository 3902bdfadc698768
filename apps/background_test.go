package apps

import (
	"testing"
	"time"

	"netsim/des"
)

// Packets of a background flow arrive whole and in their time, none of them
// counted as a connection or a segment; what was sent before the window is not
// counted, wherever it arrives.
func TestBackground(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "noise", Packet: 1000, Arrivals: Arrivals{Process: Even, Rate: 1000, Count: 3000},
		Tally: &Tally{From: des.Time(time.Second), Until: des.Time(2 * time.Second)}})
	w.sim.Run(ever)
	y, p := f.Tally, &f.Tally.Packets
	if p.Sent != 1000 || p.Received != 1000 || y.Bytes != 1e6 || y.Attempts != 0 || y.Jobs != 0 {
		t.Errorf("%d sent, %d received, %d B, %d attempts, %d jobs; want 1000, 1000, 1000000, 0, 0", p.Sent, p.Received, y.Bytes, y.Attempts, y.Jobs)
	}
	if p.Delay.Min() != float64(d) || p.Delay.Max() != float64(d) {
		t.Errorf("delay from %v to %v ns, want %v", p.Delay.Min(), p.Delay.Max(), d)
	}
	if w.server.Received != 0 || w.server.ResetsSent != 0 {
		t.Errorf("the server's TCP took %d segments, and sent %d resets", w.server.Received, w.server.ResetsSent)
	}
	if err := w.net.Check(w.stack.Held()); err != nil {
		t.Error(err)
	}
}

// Nothing is allocated for a packet, once there are packets.
func TestBackgroundAllocatesNothing(t *testing.T) {
	w := newWorld(t, plan{})
	w.add(Flow{Name: "noise", Packet: 1000, Arrivals: Arrivals{Process: Poisson, Rate: 1e4}})
	w.sim.Run(des.Time(time.Second))
	now := w.sim.Now()
	if n := testing.AllocsPerRun(10, func() { now = now.Add(100 * time.Millisecond); w.sim.Run(now) }); n != 0 {
		t.Errorf("%v allocations in a tenth of a second", n)
	}
}

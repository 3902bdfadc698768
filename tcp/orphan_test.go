package tcp

import "testing"

// An orphan that probes a shut window which is answered, but never opens: to RFC
// 9293 (MUST-37) it lives as long as the answers; Linux ends it when its probes
// would be 120 s apart (tcp_probe_timer): at an RTO of 202 ms, for a round trip of
// 2 ms, .202*(2^10-1) = 206.6 s after the window shut.
func TestOrphanBeforeAShutWindow(t *testing.T) {
	for _, ends := range []bool{true, false} {
		profile := plain(Linux())
		profile.OrphanProbesEnd = ends
		profile.ReceiveInitial, profile.ReceiveWindow = 2000, 2000
		p := connected(t, profile, 1*ms)
		p.client.write(5000)
		p.runFor(5) // the window is shut
		p.client.close()
		var gone float64
		p.client.app = func(n News) { gone = seconds64(p.now) }
		p.run(at(3600))
		if ends && (gone < 206.6 || gone > 207) || !ends && gone != 0 {
			t.Errorf("ends %v: gone at %v s", ends, gone)
		}
		if !ends && p.client.conn.State() != FinWait1 {
			t.Errorf("%v", p.client.conn.State())
		}
	}
}

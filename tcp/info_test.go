package tcp

import "testing"

// Both ends of a connection know of each other what they sent: an opener's SYN counts
// among what was acknowledged and delivered, a listener's SYN,ACK does not among its
// segments.
func TestInfo(t *testing.T) {
	p := connected(t, Linux(), 10*ms)
	p.server.reader(false)
	p.at(1, func() { p.client.write(3000) })
	p.run(at(1.005))
	i := p.client.conn.Info()
	if i.State != Established || i.Unacked != 3 || i.Delivered != 1 || i.BytesAcked != 1 || i.NotSent != 0 || i.TextSent != 3 ||
		i.MSS != 1448 || i.AdvMSS != 1448 || i.Window != 10*1448 || i.Threshold != NoThreshold || i.CA != CAOpen {
		t.Errorf("in flight: %+v", i)
	}
	p.run(at(2))
	i = p.client.conn.Info()
	if i.Unacked != 0 || i.Delivered != 4 || i.BytesAcked != 3001 || i.SegmentsOut != 5 || i.SRTT != 20*ms || !i.SACK || !i.Timestamps || i.SendScale != 10 {
		t.Errorf("acknowledged: %+v", i)
	}
	j := p.server.conn.Info()
	if j.BytesReceived != 3000 || j.SegmentsIn != 5 || j.BytesAcked != 0 || j.Delivered != 1 || j.SegmentsOut != i.SegmentsIn-1 {
		t.Errorf("the other end: %+v", j)
	}
	p.client.shutdown()
	p.run(at(3))
	if i, j = p.client.conn.Info(), p.server.conn.Info(); i.State != FinWait2 || i.BytesAcked != 3002 || i.Delivered != 5 || j.BytesReceived != 3001 {
		t.Errorf("half closed: %+v\n%+v", i, j)
	}
}

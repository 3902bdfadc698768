package tcp

// prr is Proportional Rate Reduction (RFC 6937): in fast recovery, how much is sent
// follows from how much has arrived, so that the window comes down evenly to the
// threshold. The sums are its prr_delivered, prr_out and RecoverFS.
type prr struct{ delivered, out, flight uint32 }

// reduce sets the window in fast recovery from what an acknowledgment tells was
// delivered. One that advances and tells of no loss is safe: then the window may
// grow back as in slow start (PRR-SSRB), else only as text arrives (PRR-CRB).
func (c *Conn) reduce(delivered uint32, safe bool) {
	if !c.profile.PRR || delivered == 0 {
		return
	}
	p := &c.rec.prr
	p.delivered += delivered
	mss, pipe := c.effectiveMSS(), c.pipe()
	var send int64
	if pipe > c.ssthresh {
		send = (int64(p.delivered)*int64(c.ssthresh)+int64(p.flight)-1)/int64(p.flight) - int64(p.out)
	} else {
		limit := int64(p.delivered) - int64(p.out)
		if safe {
			limit = max(limit, int64(delivered)) + int64(mss)
		}
		send = min(int64(c.ssthresh)-int64(pipe), limit)
	}
	c.cwnd = max(pipe+uint32(max(send, 0)), mss)
}

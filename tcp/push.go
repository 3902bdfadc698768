package tcp

import "time"

// pushes reports whether the segment just filled in, of new text before the last byte
// written, ends a burst that has a PSH of its own (Linux __tcp_transmit_skb since 5.4:
// what is handed to the card in one piece). A burst of one segment has none.
func (c *Conn) pushes() bool {
	if c.run++; c.run == 1 {
		c.most = c.burst()
	}
	if c.run < c.most {
		if n, fin := c.sendable(c.next, false); n > 0 || fin {
			return false // the burst goes on
		}
	}
	several := c.run > 1
	c.run = 0
	return several
}

// burst is how many segments are handed to the card in one piece: what the pace, twice
// the window a round trip, or 1.2 times it out of slow start, lets go in 1/1024 s, and
// more on a path that is short (Linux tcp_tso_autosize, tcp_update_pacing_rate).
func (c *Conn) burst() uint8 {
	const card = 1 << 16 // bytes that it takes
	mss := int64(c.effectiveMSS())
	half := max(int64(c.cwnd)/mss/2, 1) // tcp_cwnd_test
	srtt := max(c.srtt, time.Microsecond)
	tenths := int64(12)
	if c.cwnd < c.ssthresh/2 {
		tenths = 20
	}
	bytes := int64(c.cwnd) * tenths * int64(time.Second) / (10 * 1024 * int64(srtt))
	if shift := srtt / (512 * time.Microsecond); shift < 32 {
		bytes += card >> shift
	}
	return uint8(min(max(min(bytes, card)/mss, 2), half, 127))
}

package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// rack is Recent Acknowledgment (RFC 8985 section 5.2): a segment is lost when one
// that was sent after it has arrived, and the time by which segments overtake each
// other has passed.
type rack struct {
	newest    sent          // of all that arrived, the segment sent last
	rtt       time.Duration // its round trip
	least     time.Duration // the shortest round trip so far, 0 before the first
	wait      time.Duration // until the next segment is late, 0 if none waits
	reordered bool          // seen to happen
	factor    uint32        // of the reordering window, in quarters of the shortest round trip
	persist   uint32        // recoveries until it is one again
	grown     bool          // the factor has grown in the round trip that ends at until
	until     wire.Seq
}

// longAgo is before everything.
const longAgo des.Time = -1 << 62

func (k *rack) begin() { k.newest.at, k.factor = longAgo, 1 }

// rackACK is RFC 8985 section 6.2, after the steps that [hearing.note] takes.
func (c *Conn) rackACK(now des.Time) {
	k, h := &c.rec.rack, &c.rec.heard
	if h.newest.at != longAgo {
		k.rtt = now.Sub(h.newest.at)
		if later(&h.newest, &k.newest) {
			k.newest = h.newest
		}
	}
	if h.rtt > 0 && (k.least == 0 || h.rtt < k.least) {
		k.least = h.rtt
	}
	k.reordered = k.reordered || h.reordered
	c.rackDetect(now)
}

// rackDetect is step 5: it marks what is late lost, copies that were sent again
// included, and notes when the next will be. What was sent once stands in the order
// of time.
func (c *Conn) rackDetect(now des.Time) {
	k, b := &c.rec.rack, &c.rec.board
	k.wait = 0
	due := k.rtt + c.reorderWindow()
	for i := range b.n {
		s := b.at(i)
		switch {
		case s.is&arrived != 0 || s.is&(gone|again) == gone:
		case later(&k.newest, s):
			if left := s.at.Add(due).Sub(now); left > 0 {
				k.wait = max(k.wait, left)
			} else {
				b.set(i, s.is&^again|gone)
			}
		case s.is&ambiguous == 0:
			return
		}
	}
}

// reorderWindow is step 4. Before reordering was seen, three segments that have
// arrived are enough, as ever.
func (c *Conn) reorderWindow() time.Duration {
	r := c.rec
	if !r.rack.reordered && (r.phase != open || r.board.pieces >= c.profile.DupThresh) {
		return 0
	}
	return min(time.Duration(r.rack.factor)*r.rack.least/4, c.srtt)
}

// late reports whether s would be lost by now had a segment sent after it arrived.
func (k *rack) late(s *sent, now des.Time, window time.Duration) bool {
	return s.at.Add(k.rtt+window) <= now
}

// widen makes the reordering window wider, once a round trip: something was sent
// again that had only been late.
func (k *rack) widen(una, nxt wire.Seq) {
	if k.grown && una.Before(k.until) {
		return
	}
	k.grown, k.until = true, nxt
	k.factor++
	k.persist = 16
}

// passed counts a recovery that is over: the window is narrow again after sixteen.
func (k *rack) passed() {
	if k.persist > 0 {
		k.persist--
	}
	if k.persist == 0 {
		k.factor = 1
	}
}

// watch sets the alarm of retransmission after an acknowledgment: for what is late
// next, else for the tail, else as RFC 6298 has it.
func (c *Conn) watch(now des.Time) {
	r := c.rec
	switch {
	case c.has(orderTimer):
		c.rtxAt = r.rtoAt
	case c.has(tailTimer):
		c.rtxAt = c.after(now, c.backedOff())
	}
	c.off(orderTimer | tailTimer)
	switch {
	case c.rtxAt == des.Never:
	case c.profile.RACK && r.board.n > 0 && r.rack.wait > 0:
		if at := c.after(now, r.rack.wait); at < c.rtxAt {
			r.rtoAt, c.rtxAt = c.rtxAt, at
			c.on(orderTimer)
		}
	default:
		c.watchTail(now)
	}
}

// orderExpired looks again for what is late by now.
func (c *Conn) orderExpired(now des.Time) {
	c.off(orderTimer)
	c.rtxAt = c.rec.rtoAt
	c.rackDetect(now)
	if c.rec.phase == open && c.rec.board.due > 0 {
		c.enterRecovery(now)
	}
	c.watch(now)
}

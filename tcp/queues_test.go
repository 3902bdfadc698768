package tcp

import "testing"

// Text that follows each other stands in as few buffers as it fits into, and each takes
// as much beside it: what Linux counts for a queue (SO_MEMINFO), here for 64 KiB.
func TestBuffered(t *testing.T) {
	linux, free := Linux(), Linux()
	free.Buffer = 0
	for n, want := range map[uint64][2]int64{0: {0, 0}, 1: {833, 833}, 10000: {10832, 10832}, 65536: {66368, 66368},
		65537: {67201, 66369}, 1 << 20: {1<<20 + 16*832, 1<<20 + 832}} {
		if got := [2]int64{linux.Buffered(n), free.Buffered(n)}; got != want {
			t.Errorf("%d bytes take %d, want %d", n, got, want)
		}
	}
}

// What was written and not acknowledged, what arrived and was not read, and each range
// beyond a gap stand in buffers of their own. The text of a connection that is over is
// nobody's.
func TestQueues(t *testing.T) {
	profile := plain(Linux())
	p := connected(t, profile, 1*ms)
	c, s := &p.client.conn, &p.server.conn
	p.client.write(3000)
	if got := c.Queues(); got != (Queues{Send: 3832}) || s.Queues() != (Queues{}) {
		t.Errorf("written: %+v, at the peer %+v", got, s.Queues())
	}
	p.runFor(5)
	if got := s.Queues(); got != (Queues{Receive: 3832}) || c.Queues() != (Queues{}) {
		t.Errorf("arrived: %+v, left with its sender %+v", got, c.Queues())
	}
	for _, at := range []uint32{1000, 2000, 5000} { // the first two are one range
		text := from(0, 0, 1)
		text.Flags, text.Seq, text.Ack, text.Len, text.Offset = 0x10, s.rcvNxt.Add(at), s.una, 1000, 3000+uint64(at)
		text.Incarnation = c.own
		s.Segment(p.now, &text)
	}
	if got := s.Queues(); got != (Queues{Receive: 3832, Ahead: 2832 + 1832}) || got.Sum() != 3832+4664 {
		t.Errorf("beyond a gap: %+v", got)
	}
	if s.Prune(); s.Queues() != (Queues{Receive: 3832}) || s.Prune() {
		t.Errorf("pruned: %+v", s.Queues())
	}
	s.Read(p.now)
	if s.Queues() != (Queues{}) {
		t.Errorf("read: %+v", s.Queues())
	}
	c.Write(p.now, 100)
	if c.Abort(p.now); c.Queues() != (Queues{}) {
		t.Errorf("aborted: %+v", c.Queues())
	}
}

// Text that is refused was never there: in order a shut window answers it, and the peer
// sends it again when that has opened; what else the segment says counts.
func TestRefuse(t *testing.T) {
	profile := plain(Linux())
	p := connected(t, profile, 1*ms)
	c, s := &p.client.conn, &p.server.conn
	p.server.write(10)
	p.runFor(100)
	s.Refuse()
	p.client.write(1000)
	p.run(p.now.Add(2 * ms))
	if s.Unread() != 0 || c.wnd != 0 || s.side.refuses {
		t.Errorf("%d B taken, the peer's window is %d", s.Unread(), c.wnd)
	}
	p.runFor(5000)
	if s.Read(p.now) != 1000 || s.Stats().Misplaced != 0 || c.wnd == 0 {
		t.Errorf("%d B delivered in the end, window %d", s.Stats().Delivered, c.wnd)
	}
}

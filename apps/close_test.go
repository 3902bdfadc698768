package apps

import (
	"fmt"
	"testing"
	"time"

	"netsim/metrics"
	"netsim/tcp"
)

// ending is what a close comes to.
type ending struct {
	style          Style
	segments       float64 // with FIN or RST, or first to acknowledge a FIN
	client, server uint64  // in TIME-WAIT
	took           time.Duration
	closers        uint64 // whose close took that
	life           time.Duration
	done           bool // the job was
	open           bool // it is for ever
	dirty          bool // an end saw a RST after its FIN
	loose          bool // only style and job are looked at
}

// endingOf says what must come of a conversation of a request and a response on a
// line of d each way, without loss. connect() is at 0. The client is connected, and
// asks, at 2d; server and request at 3d; the response is there at 4d.
func endingOf(c Closing) ending {
	at := map[By]map[When]time.Duration{
		Client: {OnConnected: 2 * d, RequestSent: 2 * d, Done: 4 * d},
		Server: {OnConnected: 3 * d, RequestSent: 3 * d, Done: 3 * d},
	}
	at[Both] = at[Client]
	after, reply := span(c.After), span(c.Reply)
	closing := at[c.By][c.When] + after
	early := c.When != Done && after == 0 // before anything is said in answer
	accepted := closing >= 3*d            // the server has its end
	e := ending{done: !early, closers: 1}
	orderly := func(segments float64, style Style) ending {
		e.style, e.segments = style, segments
		e.took, e.life = 2*d+reply, closing+3*d+reply
		return e
	}
	switch {
	case c.By == Nobody:
		return ending{done: true, open: true}
	case c.How == Rst:
		e = ending{style: ByReset, segments: 1, life: closing + d, done: e.done}
		switch {
		case c.By == Server && early && c.When == OnConnected:
			e.segments = 2 // and one for the request
		case !accepted: // nobody else is there yet
			e.life = closing
		case c.By == Both:
			e.segments, e.life = 2, closing
		}
		return e
	case c.How == Fin && early && c.By == Server && c.When == OnConnected: // the request comes when nobody will read
		return ending{style: ByReset, loose: true}
	case c.How == Fin && early && c.By != Server && c.When == RequestSent: // or the response does
		e = ending{style: ByReset, segments: 3, life: 5 * d}
		e.dirty = reply == 0 // the reply is out before the reset comes
		return e
	case c.How == Half && early && c.By != Server && c.When == RequestSent:
		e.done = true // the reader is still there
	}
	switch {
	case c.By == Both && accepted:
		orderly(4, Simultaneous)
		e.client, e.server, e.closers, e.took, e.life = 1, 1, 2, 2*d, closing+2*d
		return e
	case c.By == Server:
		e.server = 1
	default:
		e.client = 1
	}
	switch {
	case reply < 0:
		return ending{segments: 2, done: e.done, open: true}
	case reply == 0: // the ACK of a FIN waits for it, beside text, too
		return orderly(3, Three)
	}
	return orderly(4, Four)
}

// only checks that a sample is n times the same value.
func only(t *testing.T, what string, s *metrics.Sample, n uint64, value float64) {
	t.Helper()
	if s.N() != n || n > 0 && (s.Min() != value || s.Max() != value) {
		t.Errorf("%s: %d samples of %v to %v; want %d of %v", what, s.N(), s.Min(), s.Max(), n, value)
	}
}

// Every way to close, by whom, when and how, to the nanosecond.
func TestEveryClose(t *testing.T) {
	for _, by := range []By{Client, Server, Both, Nobody} {
		for _, how := range []How{Fin, Half, Rst} {
			for _, when := range []When{Done, RequestSent, OnConnected} {
				for _, after := range []time.Duration{0, 50 * time.Millisecond} {
					for _, reply := range []time.Duration{0, 50 * time.Millisecond, -1} {
						c := Closing{By: by, How: how, When: when, After: lasting(after), Reply: lasting(reply)}
						t.Run(fmt.Sprint(by, how, when, after, reply), func(t *testing.T) { testClose(t, c) })
					}
				}
			}
		}
	}
}

func testClose(t *testing.T, c Closing) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "talk", Request: bytes(200), Response: bytes(1000), Closing: c})
	want, y := endingOf(c), f.Tally
	if want.open {
		w.sim.Run(ever)
		w.balance(f)
		// A close() that nobody answers is over with FIN-WAIT-2; a shutdown() is not.
		if settled := c.By == Nobody || c.How == Fin; (w.apps.Unsettled() == 0) != settled {
			t.Errorf("%d unsettled", w.apps.Unsettled())
		}
		if y.Unclosed != 1 || y.ClosedSum() != 0 {
			t.Errorf("%d not closed, %d closed", y.Unclosed, y.ClosedSum())
		}
	} else {
		w.empty(f)
		if dirty := y.Dirty == 1; dirty != want.dirty && !want.loose {
			t.Errorf("dirty: %v", dirty)
		}
		if y.Closed[want.style] != 1 {
			t.Errorf("closed %v, want style %d", y.Closed, want.style)
		}
	}
	only(t, "setup_time", &y.SetupTime, 1, float64(2*d))
	if done := y.JobsDone == 1; done != want.done {
		t.Errorf("job done: %v", done)
	}
	if want.done {
		only(t, "job_time", &y.JobTime, 1, float64(4*d))
		only(t, "handshake_time", &y.HandshakeTime, 1, float64(2*d))
		only(t, "setup_segments", &y.SetupSegments, 1, 3)
	}
	if want.loose {
		return
	}
	if client, server := w.client.Entered[tcp.TimeWaiting], w.server.Entered[tcp.TimeWaiting]; client != want.client || server != want.server {
		t.Errorf("TIME-WAIT: client %d, server %d; want %d and %d", client, server, want.client, want.server)
	}
	segments := uint64(1)
	if c.By == Nobody {
		segments = 0
	}
	only(t, "close_segments", &y.CloseSegments, segments, want.segments)
	closers, lives := want.closers, uint64(1)
	if want.open {
		lives = 0
	}
	only(t, "close_time", &y.CloseTime, closers, float64(want.took))
	only(t, "lifetime", &y.Lifetime, lives, float64(want.life))
	if orderly := closers == 1 && !want.open; orderly { // FIN in to CLOSED: the reply's delay and a round trip
		only(t, "close_time_passive", &y.CloseTimePassive, 1, float64(2*d+span(c.Reply)))
	}
}

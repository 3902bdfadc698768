package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// What comes for a connection that does not exist is answered by a RST that its
// sender must believe (RFC 9293 section 3.10.7.1): at the number it acknowledges,
// or acknowledging all it has. A RST is not answered.
func TestResetsForNobody(t *testing.T) {
	seq, ack := wire.SeqOf(1000), wire.SeqOf(5000)
	zero := wire.SeqOf(0)
	for _, c := range []struct {
		name  string
		in    wire.Segment
		flags wire.Flags // of the answer, 0 if none
		seq   wire.Seq
		ack   wire.Seq
	}{
		{"SYN", wire.Segment{Flags: wire.SYN, Seq: seq}, wire.RST | wire.ACK, zero, seq.Add(1)},
		{"text", wire.Segment{Flags: wire.PSH, Seq: seq, Len: 100}, wire.RST | wire.ACK, zero, seq.Add(100)},
		{"FIN", wire.Segment{Flags: wire.FIN, Seq: seq, Len: 100}, wire.RST | wire.ACK, zero, seq.Add(101)},
		{"ACK", wire.Segment{Flags: wire.ACK, Seq: seq, Ack: ack}, wire.RST, ack, zero},
		{"SYN,ACK", wire.Segment{Flags: wire.SYN | wire.ACK, Seq: seq, Ack: ack}, wire.RST, ack, zero},
		{"FIN,ACK", wire.Segment{Flags: wire.FIN | wire.ACK, Seq: seq, Ack: ack}, wire.RST, ack, zero},
		{"RST", wire.Segment{Flags: wire.RST, Seq: seq}, 0, zero, zero},
		{"RST,ACK", wire.Segment{Flags: wire.RST | wire.ACK, Seq: seq, Ack: ack}, 0, zero, zero},
	} {
		w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
		w.keep = true
		c.in.SrcPort, c.in.DstPort = 7, 9
		w.deliver(w.hosts[1], w.hosts[0], c.in)
		w.finish() // host 0 does not answer the answer
		if c.flags == 0 {
			if len(w.sent) != 0 {
				t.Errorf("%s: answered", c.name)
			}
			continue
		}
		if len(w.sent) != 1 {
			t.Errorf("%s: %d answers", c.name, len(w.sent))
			continue
		}
		if s := w.sent[0].seg; s.Flags != c.flags || s.Seq != c.seq || s.Ack != c.ack || s.SrcPort != 9 || s.DstPort != 7 {
			t.Errorf("%s: answered by %+v", c.name, s)
		}
		if w.tallies[1].ResetsSent != 1 || w.tallies[0].ResetsReceived != 1 {
			t.Errorf("%s: %d resets sent, %d received", c.name, w.tallies[1].ResetsSent, w.tallies[0].ResetsReceived)
		}
	}
}

// strays notes the resets it is told of.
type strays struct{ of []wire.Incarnation }

func (s *strays) Reset(_ des.Time, who wire.Incarnation) { s.of = append(s.of, who) }
func (s *strays) Unasked(des.Time, wire.Incarnation)     {}
func (s *strays) Datagram(des.Time, *wire.Packet)        {}

// Whoever wants to know is told of resets for connections that do not exist, not
// of those that a connection sends.
func TestWitness(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	var seen strays
	w.stack.Witness(&seen)
	who := wire.IncarnationOf(1, 2, 3)
	w.deliver(w.hosts[1], w.hosts[0], wire.Segment{Flags: wire.ACK, Incarnation: who})
	w.listen(1, 80, 128, w.callees())
	u := w.idle()
	u.do = func(now des.Time, s *Socket, n tcp.News) {
		if n&tcp.Connected != 0 {
			s.Abort(now)
		}
	}
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.finish()
	if len(seen.of) != 1 || seen.of[0] != who || w.tallies[0].ResetsSent != 1 {
		t.Errorf("told of %v", seen.of)
	}
}

// closed is a world in which host 0 has closed a connection to host 1, by itself
// in TIME-WAIT since 8 hops, both ends using fixed ports.
func closed(t *testing.T, client *tcp.Profile) (*world, *record) {
	w := newWorld(t, 1, line(), client, tcp.Linux())
	w.keep = true
	w.listen(1, 80, 128, w.callees())
	w.at(0, func(now des.Time) {
		w.must(w.hosts[0].Connect(now, Remote{w.hosts[1].address, 80}, 5000, wire.IncarnationOf(1, 1, 1), w.caller()))
	})
	w.run(time.Second)
	ref := w.stack.find(tuple{w.hosts[0].address, w.hosts[1].address, 5000, 80})
	if ref&inRoom == 0 {
		t.Fatal("no record")
	}
	w.sent = nil
	return w, w.stack.room.At(ref &^ inRoom)
}

const entered = 8 * hop // TIME-WAIT, in the world of closed

// from makes a segment of the other end of the record's connection.
func (r *record) from(flags wire.Flags, seq wire.Seq, stamp uint32) wire.Segment {
	return wire.Segment{SrcPort: r.tuple.remotePort, DstPort: r.tuple.localPort, Flags: flags, Seq: seq, Ack: r.tcp.SndNxt,
		Options: wire.HasTimestamps, TSVal: r.tcp.TSRecent + stamp}
}

// A FIN that comes once more is acknowledged, and TIME-WAIT begins again: here
// because the rule of a link dropped its ACK, and by hand.
func TestTimeWaitRestarts(t *testing.T) {
	t.Run("lost ACK", func(t *testing.T) {
		w := newWorldOf(t, 1, des.PacketsFirst, func(i int) (from, to topo.HalfSpec) {
			if i == 0 {
				from = drops(topo.RuleSpec{Name: "last", Match: topo.MatchAckOfFIN, Nth: []topo.Range{{First: 1, Last: 1}}})
				return from, line()
			}
			return line(), line()
		}, tcp.Linux(), tcp.Linux())
		w.keep = true
		w.listen(1, 80, 128, w.callees())
		w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
		w.finish()
		// The server's FIN, sent at 6 hops, comes again after an RTO of 20 + 200 ms.
		stay, y := 220*time.Millisecond+time.Minute, w.tallies[0]
		if s := &y.Stay[tcp.TimeWaiting]; y.Restarted != 1 || s.Max() != float64(stay) || y.Left[Expired] != 1 {
			t.Errorf("restarted %d times, TIME-WAIT took %v; want %v", y.Restarted, time.Duration(s.Max()), stay)
		}
	})
	t.Run("old FIN", func(t *testing.T) {
		w, r := closed(t, tcp.Linux())
		w.at(20*time.Second, func(des.Time) {
			w.deliver(w.hosts[0], w.hosts[1], r.from(wire.FIN|wire.ACK, r.tcp.RcvNxt.Add(^uint32(0)), 1))
		})
		w.finish()
		answer := w.by(0)
		if len(answer) != 1 || answer[0].at != des.Time(20*time.Second) || answer[0].seg.Flags != wire.ACK || answer[0].seg.Ack != r.tcp.RcvNxt {
			t.Errorf("answered by %+v", answer)
		}
		// The server has no connection, and resets: the ACK's number is the one that
		// TIME-WAIT expects, so it dies (RFC 1337, section 2.2) after another 4 hops.
		if y := w.tallies[0]; y.Restarted != 1 || y.Left[Reset] != 1 || y.Stay[tcp.TimeWaiting].Max() != float64(20*time.Second+4*hop-entered) {
			t.Errorf("restarted %d, left %v, after %v", y.Restarted, y.Left, time.Duration(y.Stay[tcp.TimeWaiting].Max()))
		}
	})
}

// A RST at the number that TIME-WAIT expects kills it, and the port is free, but
// for a host with the fix of RFC 1337 section 3; any other RST is ignored.
func TestAssassination(t *testing.T) {
	for _, c := range []struct {
		fixed  bool
		beside uint32
		dies   bool
	}{{false, 0, true}, {false, 1, false}, {true, 0, false}} {
		w, r := closed(t, linux(func(p *tcp.Profile) { p.RFC1337 = c.fixed }))
		w.at(10*time.Second, func(des.Time) {
			w.deliver(w.hosts[0], w.hosts[1], r.from(wire.RST, r.tcp.RcvNxt.Add(c.beside), 1))
		})
		w.finish()
		y, stay, left := w.tallies[0], time.Minute, Expired
		if c.dies {
			stay, left = 10*time.Second-entered, Reset
		}
		if y.Left[left] != 1 || y.Stay[tcp.TimeWaiting].Max() != float64(stay) || y.Restarted != 0 || len(w.sent) != 0 {
			t.Errorf("fix %v, RST at RCV.NXT+%d: left %v after %v, %d answers", c.fixed, c.beside, y.Left, time.Duration(y.Stay[tcp.TimeWaiting].Max()), len(w.sent))
		}
	}
}

// A SYN of a newer connection takes the place of a server's TIME-WAIT (RFC 6191);
// what is left of the old connection then is stale to the new one.
// Proves SHLD-4, MAY-2.
func TestReopening(t *testing.T) {
	w := newWorld(t, 1, line(), linux(func(p *tcp.Profile) { p.TimeWait = 0 }), tcp.Linux())
	y := w.listen(1, 80, 128, each(func() App { return w.caller() }))
	old, young := wire.IncarnationOf(1, 1, 1), wire.IncarnationOf(1, 1, 2)
	open := func(now des.Time, who wire.Incarnation, u *user) *Socket {
		return w.must(w.hosts[0].Connect(now, Remote{w.hosts[1].address, 80}, 5000, who, u))
	}
	w.at(0, func(now des.Time) { open(now, old, w.callee()) })
	var again *Socket
	w.at(time.Second, func(now des.Time) {
		if n := w.tallies[1].Count[tcp.TimeWaiting].Value(); n != 1 {
			t.Errorf("%d in TIME-WAIT at the server", n)
		}
		again = open(now, young, w.idle())
	})
	w.at(time.Second+3*hop, func(des.Time) { // the new connection is in SYN-RECEIVED
		server := tuple{w.hosts[1].address, w.hosts[0].address, 80, 5000}
		find := func() *Socket {
			s := w.stack.socket(w.sim.Now(), w.stack.find(server))
			s.pump(w.sim.Now()) // a request again
			return s
		}
		if s := find(); s.Incarnation() != young || s.Conn.State() != tcp.SynReceived {
			t.Fatalf("%v in %v", s.Incarnation(), s.Conn.State())
		}
		w.deliver(w.hosts[1], w.hosts[0], wire.Segment{SrcPort: 5000, DstPort: 80, Flags: wire.ACK, Seq: wire.SeqOf(1), Incarnation: old})
		if c := find().Conn.Stats(); c.StaleArrived != 1 || c.StaleAccepted != 0 {
			t.Errorf("%d stale segments, %d accepted", c.StaleArrived, c.StaleAccepted)
		}
	})
	w.at(2*time.Second, func(now des.Time) { again.Close(now) })
	w.finish()
	if s := w.tallies[1]; s.Left != [Reasons]uint64{Reopened: 1, Expired: 1} || s.SYNs != (SYNs{Opened: 2}) || y.Accepted != 2 {
		t.Errorf("left %v, %+v, %d accepted", s.Left, s.SYNs, y.Accepted)
	}
}

// A SYN that comes to the TIME-WAIT of a client, where nobody listens, is an old
// duplicate: acknowledged, counted, and nothing changes.
func TestSYNIntoTimeWaitOfClient(t *testing.T) {
	w, r := closed(t, linux(func(p *tcp.Profile) { p.RFC1337 = true })) // or the server's RST to the ACK would end it
	for i, stamp := range []uint32{1, ^uint32(0)} {                     // one that might reopen, one that PAWS refuses
		w.at(time.Duration(10*(i+1))*time.Second, func(des.Time) {
			w.deliver(w.hosts[0], w.hosts[1], r.from(wire.SYN, r.tcp.RcvNxt.Add(1), stamp))
		})
	}
	w.at(25*time.Second, func(des.Time) {
		if n := w.tallies[0].Count[tcp.TimeWaiting].Value(); n != 1 {
			t.Errorf("%d in TIME-WAIT", n)
		}
	})
	w.finish()
	answers := w.by(0)
	if len(answers) != 2 || answers[0].seg.Flags != wire.ACK || answers[0].seg.Ack != r.tcp.RcvNxt || answers[0].at != des.Time(10*time.Second) {
		t.Errorf("%d answers: %+v", len(answers), answers)
	}
	if y := w.tallies[0]; y.SYNs != (SYNs{TimeWait: 2}) || y.Left[Expired] != 1 {
		t.Errorf("%+v, left %v", y.SYNs, y.Left)
	}
}

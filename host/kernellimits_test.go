package host

import (
	"errors"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// What follows was measured on Linux 6.18.44, too: numbers rather than segments.

// 3000 SYNs, of which nobody completes a handshake, at listen(backlog) with
// net.core.somaxconn 4096.
func TestKernelSYNQueue(t *testing.T) {
	for _, c := range []struct {
		backlog, most  int
		cookies        tcp.CookiePolicy
		held, answered int64
	}{
		{128, 2048, tcp.NoCookies, 129, 129},
		{128, 2048, tcp.OverflowCookies, 129, 3000},
		{4096, 2048, tcp.NoCookies, 1537, 1537}, // three quarters and one, for peers without history
		{4096, 256, tcp.NoCookies, 193, 193},
	} {
		p := linux(func(p *tcp.Profile) { p.MaxSYNBacklog, p.SYNCookies = c.most, c.cookies })
		w := newWorld(t, 1, line(), tcp.Linux(), p)
		y := w.listen(1, 80, c.backlog, w.callees())
		w.flood(1024, 3000)
		if y.HalfOpen.Value() != c.held || int64(w.stack.Packets()) != c.answered {
			t.Errorf("backlog %d of %d, cookies %v: %d held, %d answered; want %d, %d", c.backlog, c.most, c.cookies, y.HalfOpen.Value(), w.stack.Packets(), c.held, c.answered)
		}
		if y.CookiesSent != uint64(c.answered-c.held) || y.Dropped() != uint64(3000-c.answered) || (y.DroppedUnproven > 0) != (c.held > 129) {
			t.Errorf("backlog %d of %d, cookies %v: %+v", c.backlog, c.most, c.cookies, y.ListenerCounters)
		}
		w.finish()
	}
}

// A peer that has been connected once is proven: it gets the last quarter.
func TestProvenPeer(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), linux(func(p *tcp.Profile) { p.MaxSYNBacklog, p.SYNCookies = 256, tcp.NoCookies }), tcp.Linux())
	y := w.listen(1, 80, 4096, w.callees())
	w.at(0, func(now des.Time) { w.must(w.connect(now, 2, 1, w.caller())) })
	w.at(time.Second, func(now des.Time) {
		w.flood(1024, 300)
		w.must(w.connect(now, 2, 1, w.caller()))
		w.must(w.connect(now, 0, 1, w.caller()))
	})
	w.run(time.Second + 3*hop)
	if y.SYNs != 303 || y.DroppedUnproven != 300-193+1 {
		t.Errorf("%d SYNs, %d dropped", y.SYNs, y.DroppedUnproven)
	}
	w.finish()
}

// A range of 100 ports, connections that are closed at once: how many connect()
// succeed at four times, and where the first fifty ports lie. With tcp_tw_reuse and
// timestamps a TIME-WAIT of a second or more is followed.
func TestKernelPorts(t *testing.T) {
	for _, c := range []struct {
		reuse      tcp.ReusePolicy
		timestamps bool
		connected  [4]int // at 0, 0.9, 2.4 and 62.4 s
	}{
		{tcp.NoReuse, true, [4]int{100, 0, 0, 100}},
		{tcp.AlwaysReuse, false, [4]int{100, 0, 0, 100}},
		{tcp.AlwaysReuse, true, [4]int{100, 0, 100, 100}}, // 20 of 20 that were tried, and of the rest 80
	} {
		p := ranged(40000, 40099, tcp.ParityPort)
		p.TWReuse, p.Timestamps = c.reuse, c.timestamps
		w := newWorld(t, 1, line(), p, tcp.Linux())
		w.listen(1, 80, tcp.Unlimited, w.callees())
		for i, at := range []time.Duration{0, 900 * time.Millisecond, 2400 * time.Millisecond, 62400 * time.Millisecond} {
			w.at(at, func(now des.Time) {
				ports := w.connectAll(now, 0, 1)
				if len(ports) != c.connected[i] {
					t.Errorf("reuse %v, timestamps %v: %d connected at %v, want %d", c.reuse, c.timestamps, len(ports), at, c.connected[i])
				}
				for j, port := range ports[:min(50, len(ports))] {
					if i == 0 && port%2 != 0 {
						t.Errorf("port %d, the %dth, is odd", port, j+1)
					}
				}
			})
		}
		w.finish()
		if reused := w.tallies[0].Left[Reused]; reused > 0 != (c.connected[2] > 0) {
			t.Errorf("reuse %v, timestamps %v: %d reused", c.reuse, c.timestamps, reused)
		}
	}
}

// A listener is closed while its connections wait in TIME-WAIT: bind() finds the
// port taken, and with SO_REUSEADDR it is listened at again.
func TestKernelBind(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	l := w.held(1, each(func() App { return w.caller() }))
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.callee())) })
	w.at(time.Second, func(now des.Time) {
		l.Accept(now) // closes
	})
	w.at(2*time.Second, func(now des.Time) {
		l.Stop(now)
		if w.tallies[1].Count[tcp.TimeWaiting].Value() != 1 || !w.hosts[1].Taken(80) || w.hosts[1].Taken(81) {
			t.Error("TIME-WAIT does not hold the port, or holds another")
		}
		w.listen(1, 80, 1, w.callees())
		if _, err := w.hosts[1].Listen(80, 1, w.callees(), new(ListenerTally)); !errors.Is(err, ErrInUse) {
			t.Errorf("and twice: %v", err)
		}
	})
	w.finish()
	if w.hosts[1].Taken(80) {
		t.Error("taken after all is over")
	}
}

// A listener that stops forgets its requests and resets what nobody has accepted.
func TestStop(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	l := w.held(4, w.callees())
	u := w.idle()
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
	w.at(time.Second, func(now des.Time) {
		w.flood(1000, 2)
		if l.HalfOpen.Value() != 2 || l.Waiting.Value() != 1 {
			t.Errorf("%d requests, %d wait", l.HalfOpen.Value(), l.Waiting.Value())
		}
		l.Stop(now)
		if l.HalfOpen.Value() != 0 || l.Waiting.Value() != 0 || w.stack.requests.held != 0 {
			t.Errorf("stopped: %d requests, %d wait", l.HalfOpen.Value(), l.Waiting.Value())
		}
	})
	w.finish()
	if u.end().what&tcp.WasReset == 0 {
		t.Errorf("the client heard %b", u.end().what)
	}
}

// One four-tuple's initial sequence numbers, 1.0154, 2.0223 and 3.0344 s after the
// first. The clock of the kernel was read some ms late.
func TestKernelISN(t *testing.T) {
	p := tcp.Linux()
	first := tcp.ISN(0, p.ISNTick, [2]uint64{1, 2}, 3)
	for _, m := range []struct {
		after time.Duration
		n     int32
	}{{1015400 * time.Microsecond, 15793169}, {2022300 * time.Microsecond, 31600534}, {3034400 * time.Microsecond, 47412939}} {
		got := tcp.ISN(des.Time(m.after), p.ISNTick, [2]uint64{1, 2}, 3).Sub(first)
		if late := time.Duration(got-m.n) * p.ISNTick; late.Abs() > 10*time.Millisecond {
			t.Errorf("after %v the number has grown by %d, %v from the kernel's %d", m.after, got, late, m.n)
		}
	}
}

// After 30 requests and responses the peer closes, and the application does after
// so long: what is sent from when the FIN came. The ACK waits for 40 ms, late by up to
// an eighth and by what the machine was busy with.
func TestKernelCloseWarm(t *testing.T) {
	type segment struct {
		after time.Duration
		flags wire.Flags
	}
	const merged = wire.FIN | wire.ACK
	for _, c := range []struct {
		close  time.Duration
		kernel []segment
	}{
		{0, []segment{{100 * time.Microsecond, merged}}},
		{5 * time.Millisecond, []segment{{5200 * time.Microsecond, merged}}},
		{20 * time.Millisecond, []segment{{23400 * time.Microsecond, merged}}},
		{35 * time.Millisecond, []segment{{35900 * time.Microsecond, merged}}},
		{45 * time.Millisecond, []segment{{55300 * time.Microsecond, wire.ACK}, {55500 * time.Microsecond, merged}}},
		{100 * time.Millisecond, []segment{{43200 * time.Microsecond, wire.ACK}, {101100 * time.Microsecond, merged}}},
	} {
		w := newWorld(t, 1, topo.HalfSpec{}, tcp.Linux(), tcp.Linux())
		w.keep = true
		var came des.Time
		w.listen(1, 80, 4, each(func() App {
			return &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				switch {
				case n&tcp.EndOfData != 0:
					came = now
					w.at(time.Duration(now)+c.close, func(now des.Time) { s.Close(now) })
				case n&tcp.Readable != 0:
					s.Write(now, 100)
				}
			}}
		}))
		w.at(0, func(now des.Time) {
			left := 30
			w.must(w.connect(now, 0, 1, &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				switch {
				case n&(tcp.Ended|tcp.Failed) != 0:
				case left > 0:
					left--
					s.Write(now, 100)
				case n&tcp.Readable != 0:
					w.at(time.Duration(now)+500*time.Millisecond, func(now des.Time) { s.Close(now) })
				}
			}}))
		})
		w.finish()
		var got []sent
		for _, s := range w.by(1) {
			if came > 0 && s.at >= came {
				got = append(got, s)
			}
		}
		if len(got) != len(c.kernel) {
			t.Errorf("closed after %v: %d segments, want %d", c.close, len(got), len(c.kernel))
			continue
		}
		for i, k := range c.kernel {
			after := got[i].at.Sub(came)
			if late := k.after - after; got[i].seg.Flags != k.flags || late < 0 || late > after/8+12*time.Millisecond {
				t.Errorf("closed after %v: %v after %v, the kernel %v after %v", c.close, got[i].seg.Flags, after, k.flags, k.after)
			}
		}
	}
}

// A cookie brings back what it holds, its segment size the next that it can name,
// for two minutes and to nobody else.
func TestCookies(t *testing.T) {
	for _, c := range []struct {
		mss        uint16
		told       uint32 // in a segment, 12 bytes less with timestamps
		timestamps bool
		age        time.Duration
		forged     bool
		accepted   uint64
	}{
		{1460, 1448, true, 0, false, 1}, {1459, 1440, false, 0, false, 1}, {600, 524, true, 59 * time.Second, false, 1},
		{100, 536, false, 0, false, 1}, {9000, 1448, true, 0, false, 1},
		{1460, 0, true, 121 * time.Second, false, 0}, {1460, 0, false, 0, true, 0},
	} {
		w := newWorld(t, 1, line(), tcp.Linux(), linux(func(p *tcp.Profile) { p.SYNCookies = tcp.AlwaysCookies }))
		w.keep = true
		u := w.idle()
		var accepted *Socket
		y := w.listen(1, 80, 4, acceptor(func(s *Socket) App { accepted = s; return u }))
		syn := wire.Segment{SrcPort: 9, DstPort: 80, Flags: wire.SYN, Seq: wire.SeqOf(77), Options: wire.HasMSS | wire.HasScale | wire.SACKPermitted, MSS: c.mss, Scale: 5}
		if c.timestamps {
			syn.Options |= wire.HasTimestamps
		}
		w.at(time.Minute, func(des.Time) { w.deliver(w.hosts[1], w.hosts[0], syn) })
		w.at(time.Minute+c.age+time.Millisecond, func(des.Time) {
			answer := w.by(1)[0].seg
			ack := wire.Segment{SrcPort: 9, DstPort: 80, Flags: wire.ACK, Seq: syn.Seq.Add(1), Ack: answer.Seq.Add(1), Window: 30000, Options: syn.Options & wire.HasTimestamps, TSEcr: answer.TSVal}
			if c.timestamps {
				ack.Window >>= syn.Scale
			}
			if c.forged {
				ack.Ack = ack.Ack.Add(1 << 20)
			}
			w.deliver(w.hosts[1], w.hosts[0], ack)
			bad := uint64(0)
			if c.forged {
				bad = 1
			}
			if y.CookiesSent != 1 || y.Accepted != c.accepted || y.CookiesBad != bad || y.HalfOpen.Value() != 0 {
				t.Errorf("%+v: %+v", c, y.ListenerCounters)
			}
			if c.accepted == 0 {
				if last := w.by(1)[len(w.by(1))-1].seg; last.Flags != wire.RST {
					t.Errorf("%+v: answered by %v", c, last.Flags)
				}
				return
			}
			accepted.Write(w.sim.Now(), 5000)
			if sent := w.by(1)[1].seg; sent.Len != c.told {
				t.Errorf("%+v: segments of %d bytes", c, sent.Len)
			}
			accepted.Abort(w.sim.Now())
		})
		w.finish()
	}
}

// acceptor gives a connection its App.
type acceptor func(*Socket) App

func (a acceptor) Accept(_ des.Time, s *Socket) App { return a(s) }

package host

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// RFC 7413 section 4: the first connection gets a cookie and saves nothing; each one
// after it has its request at the server after half a round trip instead of one and a
// half, and the response after one instead of two. Hosts know their cookies by
// server, servers theirs by client.
func TestFastOpenSavesARoundTrip(t *testing.T) {
	const rtt = 4 * hop
	for _, listens := range []int{0, 5} {
		w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
		var begun des.Time
		var arrived, answered []time.Duration
		l, err := w.hosts[1].Listen(80, tcp.Unlimited, each(func() App {
			return &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				if n&tcp.Readable != 0 {
					arrived = append(arrived, now.Sub(begun))
					s.Write(now, 200)
				}
				if n&tcp.EndOfData != 0 && n&(tcp.Ended|tcp.Failed) == 0 {
					s.Close(now)
				}
			}}
		}), new(ListenerTally))
		if err != nil {
			t.Fatal(err)
		}
		l.FastOpen = int32(listens)
		for i := range 3 {
			w.at(time.Duration(i)*time.Second, func(now des.Time) {
				begun = now
				w.must(w.hosts[0].ConnectWith(now, Remote{w.hosts[1].address, 80}, 0, wire.IncarnationOf(0, uint32(i), 1), &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
					if n&tcp.Readable != 0 {
						answered = append(answered, now.Sub(begun))
						s.Close(now)
					}
				}}, &tcp.Settings{FastOpen: true, Early: 100}))
			})
		}
		w.finish()
		for i := range 3 {
			want := rtt + rtt/2
			if i > 0 && listens > 0 {
				want = rtt / 2
			}
			if len(arrived) != 3 || arrived[i] != want || answered[i] != want+rtt/2 {
				t.Fatalf("fast_open %d: requests after %v, responses after %v; want %v for number %d", listens, arrived, answered, want, i)
			}
		}
		if l.fast != 0 {
			t.Errorf("%d still wait", l.fast)
		}
	}
}

// RFC 7413 section 5.1: no more than so many may be open by a cookie and not yet
// proven by a third segment; the next ones are opened as ever. A cookie of another
// host is none, and draws the right one.
func TestFastOpenIsBounded(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux(), tcp.Linux())
	accepted := 0
	l, err := w.hosts[1].Listen(80, tcp.Unlimited, each(func() App { accepted++; return w.idle() }), new(ListenerTally))
	if err != nil {
		t.Fatal(err)
	}
	l.FastOpen = 2
	w.keep = true
	syn := func(from int, port uint16, c tcp.FastCookie) {
		w.deliver(w.hosts[1], w.hosts[from], wire.Segment{SrcPort: port, DstPort: 80, Flags: wire.SYN, Len: 10, Window: 1000,
			Options: wire.HasCookie, CookieLen: c.Len, Cookie: c.Bytes, Incarnation: wire.IncarnationOf(9, uint32(port), 1)})
	}
	good := w.hosts[1].fastCookie(tuple{w.hosts[1].address, w.hosts[0].address, 80, 1000}, w.hosts[1].fastKeys()[0])
	w.at(0, func(des.Time) {
		syn(2, 2000, good) // of another host
		for port := range uint16(4) {
			syn(0, 1000+port, good)
		}
		if accepted != 2 || l.fast != 2 || l.HalfOpen.Value() != 3 {
			t.Errorf("%d accepted, %d wait, %d half open", accepted, l.fast, l.HalfOpen.Value())
		}
		for i, s := range w.by(1) {
			gave := s.seg.Options&wire.HasCookie != 0
			acks := s.seg.Ack.Uint32()
			if want := []uint32{1, 11, 11, 1, 1}[i]; acks != want || gave != (i == 0) {
				t.Errorf("SYN %d: acknowledges %d, want %d; a cookie: %v", i, acks, want, gave)
			}
		}
	})
	w.run(time.Second) // nobody knows of them, who reset them: their SYNs may have been forged
	if l.fast != 2 || !l.fastFull(w.sim.Now()) || l.HalfOpen.Value() != 0 {
		t.Errorf("%d wait, %d half open", l.fast, l.HalfOpen.Value())
	}
	if l.fastFull(w.sim.Now().Add(fastPenalty)) {
		t.Errorf("%d places are taken after a minute", l.fast)
	}
}

// The cookies are those of Linux, byte by byte: its own tests have these two of the
// key a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4 and of zeros (tools/testing/selftests/net).
func TestFastCookieOfLinux(t *testing.T) {
	var key [16]byte
	for i := range key {
		key[i] = [...]byte{0xa1, 0xb2, 0xc3, 0xd4}[i/4]
	}
	four := [2]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.168.0.1")}
	six := [2]netip.Addr{netip.MustParseAddr("fd3d:fa7b:d17d::1"), netip.MustParseAddr("fd3d:0a0b:17d6::1")}
	for _, c := range []struct {
		of   [2]netip.Addr
		key  [16]byte
		want string
	}{{four, key, "3021b9d889017eeb"}, {four, [16]byte{}, "b7c12350a90dc8f5"}, {six, key, "c1d1e9742a47a9bc"}, {six, [16]byte{}, "82af1a8f9a205c34"}} {
		if got := FastCookie(c.of[0], c.of[1], c.key); fmt.Sprintf("%x", got) != c.want {
			t.Errorf("%v: %x, want %s", c.of, got, c.want)
		}
	}
}

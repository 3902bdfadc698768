package tcp

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// script is bytes that are read as what happens to a connection, for a fuzzer to
// write: segments with any options as bytes, ICMP reports, calls of the user, time.
type script struct {
	left []byte
	c    *Conn
	o    *Opening
	now  des.Time
	book *wire.Book
	ends [2]wire.Addr
}

func (x *script) byte() (b byte) {
	if len(x.left) > 0 {
		b, x.left = x.left[0], x.left[1:]
	}
	return b
}

func (x *script) two() uint16 { return uint16(x.byte())<<8 | uint16(x.byte()) }

// near is a distance: small ones matter most, and can be large.
func (x *script) near() uint32 {
	n := int32(int16(x.two()))
	if n&3 == 3 {
		n <<= 16
	}
	return uint32(n)
}

// segment is a TCP header from the script, parsed. Its numbers are made to count from
// those that the connection waits for.
func (x *script) segment() (s wire.Segment, ok bool) {
	options := int(x.byte()%11) * 4
	raw := make([]byte, 40+options, 40+options+2000)
	raw[20+12], raw[20+13] = byte(20+options)/4<<4, x.byte()
	binary.BigEndian.PutUint16(raw[20+14:], x.two())
	seq, ack := x.near(), x.near()
	text := int(x.two()) % 2000
	x.left = x.left[copy(raw[40:], x.left):]
	raw = raw[:len(raw)+text]
	raw[0], raw[8], raw[9] = 4<<4|5, wire.DefaultTTL, 6
	binary.BigEndian.PutUint16(raw[2:], uint16(len(raw)))
	copy(raw[12:], []byte{10, 0, 0, 2, 10, 0, 0, 1})
	binary.BigEndian.PutUint16(raw[10:], ^folded(raw[:20], 0))
	binary.BigEndian.PutUint16(raw[20+16:], ^folded(raw[12:], uint32(6+len(raw)-20)))
	var p wire.Packet
	if err := wire.ParsePacket(raw, x.book, &p); err != nil && !errors.Is(err, wire.ErrOption) {
		return s, false
	}
	s = p.Segment
	c := x.c
	s.Seq, s.Ack = c.rcvNxt.Add(seq), c.nxt.Add(ack)
	s.TSVal, s.TSEcr = c.tsRecent+s.TSVal>>16, c.tsNow(x.now)-s.TSEcr>>16
	for i := range s.SACK {
		b := &s.SACK[i]
		b.Left, b.Right = c.una.Add(b.Left.Uint32()>>18), c.una.Add(b.Right.Uint32()>>18)
	}
	s.Incarnation = c.peer
	start := s.Seq
	if s.Flags.Has(wire.SYN) {
		start = start.Add(1)
	}
	if s.Offset = c.rcvOffset + uint64(int64(start.Sub(c.rcvNxt))); c.state <= SynSent {
		s.Offset = 0
	}
	s.ECN = x.byte() & 3
	return s, true
}

// folded is the sum of RFC 1071.
func folded(raw []byte, sum uint32) uint16 {
	for i := 0; i < len(raw); i += 2 {
		sum += uint32(raw[i]) << 8
		if i+1 < len(raw) {
			sum += uint32(raw[i+1])
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return uint16(sum)
}

// act does the next thing of the script.
func (x *script) act() {
	c := x.c
	switch x.byte() % 16 {
	default:
		if s, ok := x.segment(); ok {
			c.Segment(x.now, &s)
		}
	case 7:
		quoted := wire.Segment{Seq: c.una.Add(x.near()), Len: uint32(x.two())}
		c.Reported(x.now, wire.NetUnreachable+wire.Report(x.byte()%uint8(wire.ParameterProblem)), &quoted, x.two())
	case 8:
		c.Write(x.now, uint64(x.two()))
	case 9:
		c.ReadUpTo(x.now, uint32(x.two()))
	case 10:
		[...]func(des.Time){c.Shutdown, c.Close, c.Shutdown, c.Abort}[x.byte()%4](x.now)
	case 11:
		c.Set(x.now, &Settings{NoDelay: x.byte()&1 != 0, KeepAlive: x.byte()&1 != 0, UserTimeout: time.Duration(x.byte()) * time.Second,
			Lingers: x.byte()&1 != 0, Linger: time.Duration(x.byte()) * time.Second})
	case 12:
		x.now = x.now.Add(time.Duration(x.two()) * ms)
	case 13, 14, 15:
		if d := c.Deadline(); d != des.Never {
			x.now = max(x.now, d)
			c.Timeout(x.now)
		}
	}
}

// started is a connection of a state, with what options negotiate already in force
// or not.
func (x *script) started(state State, profile *Profile, with byte) *Conn {
	x.o = &Opening{Profile: profile, ISS: iss, MTU: 1500, Incarnation: self}
	if with&1 != 0 {
		x.o.Settings = &Settings{FastOpen: with&2 != 0, Early: 3000, DeferAccept: time.Duration(with&4) * time.Second}
		x.o.FastCookie = given
	}
	x.o.Early = with&8 != 0
	switch state {
	case SynSent:
		c := new(Conn)
		c.Open(0, x.o)
		drain(c)
		return c
	case Listen:
		c := new(Conn)
		c.Listen(0, x.o)
		return c
	}
	offers := *profile
	c := inState(state, profile) // which makes it plain
	*profile = offers
	for i, f := range []flags{useSACK, useTS, useScale, useECN} {
		if with>>(4+i)&1 != 0 && state >= SynReceived {
			c.on(f)
			c.sndScale = 7
		}
	}
	return c
}

// Whatever options a segment has, as bytes, in whatever state, whatever ICMP says and
// the user does in between: no panic, the invariants hold after every step, what is
// sent comes to an end and can be encoded, and no alarm rings twice at one time.
func FuzzScript(f *testing.F) {
	rng := des.Stream(1, 0, "scripts")
	for range 400 {
		data := make([]byte, 20+rng.IntN(400))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		f.Add(uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), data)
	}
	book := wire.NewBook()
	ends := [2]wire.Addr{book.Add(netip.AddrFrom4([4]byte{10, 0, 0, 1})), book.Add(netip.AddrFrom4([4]byte{10, 0, 0, 2}))}
	f.Fuzz(func(t *testing.T, state, profile, with uint8, data []byte) {
		names := ProfileNames()
		x := &script{left: data, book: book, ends: ends}
		p := ProfileByName(names[int(profile)%len(names)])
		p.RACK, p.PRR, p.FRTO = p.RACK != (profile&32 != 0), p.PRR != (profile&64 != 0), p.FRTO != (profile&128 != 0)
		x.c = x.started(State(state%uint8(States)), p, with)
		x.c.Write(0, 5000)
		x.settle(t)
		for len(x.left) > 0 && x.c.State() != Closed {
			x.act()
			x.settle(t)
			if x.c.State() == TimeWaiting {
				x.inTimeWait(t)
				return
			}
		}
	})
}

// settle takes all that is to be sent, and looks at it.
func (x *script) settle(t *testing.T) {
	var s wire.Segment
	var raw []byte
	for n := 0; x.c.Emit(x.now, &s); n++ {
		if n > 2000 {
			t.Fatalf("%v: there is no end of what is sent", x.c.State())
		}
		p := wire.Packet{Src: x.ends[0], Dst: x.ends[1], TTL: wire.DefaultTTL, Segment: s}
		var q wire.Packet
		raw = wire.AppendPacket(raw[:0], x.book, &p)
		if err := wire.ParsePacket(raw, x.book, &q); err != nil || !alike(&q.Segment, &s) {
			t.Fatalf("sent %+v, came %+v: %v", s, q.Segment, err)
		}
	}
	if x.c.profile == nil {
		return
	}
	if err := x.c.Check(); err != nil {
		t.Fatal(err)
	}
	x.c.News()
	for n := 0; x.c.Deadline() <= x.now; n++ {
		if x.c.Timeout(x.now); n > 3 {
			t.Fatalf("%v: rings again and again at %v", x.c.State(), x.now)
		}
		for x.c.Emit(x.now, &s) {
		}
	}
	if x.c.Compact() && x.c.profile == x.o.Profile && !x.c.Early() {
		var r Request
		x.c.Request(&r)
		again := new(Conn)
		again.Resume(x.o, &r)
		if err := again.Check(); err != nil {
			t.Fatal(err)
		}
		x.c = again
	}
}

// inTimeWait lets the rest of the script be for the record.
func (x *script) inTimeWait(t *testing.T) {
	var w TimeWait
	var reply wire.Segment
	for x.c.TimeWait(&w); len(x.left) > 0; {
		s, ok := x.segment()
		if !ok {
			continue
		}
		v := w.Segment(x.now, x.c.profile, &s, &reply)
		if v&Die != 0 && s.Flags&(wire.RST|wire.SYN) == 0 || v&Reopen != 0 && !s.Flags.Has(wire.SYN) {
			t.Fatalf("verdict %04b on %v", v, s.Flags)
		}
		if Reset(&s, &reply) == s.Flags.Has(wire.RST) {
			t.Fatalf("reset of %v", s.Flags)
		}
	}
}

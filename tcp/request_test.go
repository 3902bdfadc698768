package tcp

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/wire"
)

// A Request holds all of a connection in SYN-RECEIVED: whatever SYN began it and
// whatever came since, it is the same connection, field by field, when it is
// resumed.
func TestRequestIsWhole(t *testing.T) {
	const seed = 5
	if size := unsafe.Sizeof(Request{}); size > 88 {
		t.Errorf("a Request is %d bytes", size)
	}
	r := rand.New(rand.NewPCG(seed, 0))
	compact := 0
	for i := range 2000 {
		profile := []*Profile{Linux(), RFC9293(), plain(RFC9293())}[i%3]
		profile.SYNACK = SYNACKPolicy(r.IntN(3))
		o := Opening{Profile: profile, ISS: wire.SeqOf(r.Uint32()), MTU: 1500, IPv6: r.IntN(2) == 0, TSOffset: 7, Incarnation: 42}
		var c, d Conn
		now := des.Time(time.Second)
		emit := func() {
			for s := new(wire.Segment); c.Emit(now, s); {
			}
			c.News()
			c.Trail()
		}
		c.Listen(now, &o)
		syn := wire.Segment{Flags: wire.SYN, Seq: wire.SeqOf(r.Uint32()), Window: uint16(r.Uint32()), Options: wire.Options(r.IntN(16)),
			MSS: uint16(r.IntN(3000)), Scale: uint8(r.IntN(16)), TSVal: r.Uint32(), Incarnation: 42}
		c.Segment(now, &syn)
		emit()
		for range r.IntN(6) {
			now = now.Add(time.Duration(r.IntN(3e9)))
			s := syn
			s.TSVal += uint32(r.IntN(3))
			s.Incarnation += wire.Incarnation(r.IntN(2))
			switch r.IntN(4) {
			case 0: // the SYN comes again
			case 1:
				s.Flags, s.Seq = wire.RST, s.Seq.Add(uint32(r.IntN(3000)+2))
			case 2:
				s.Flags, s.Seq = wire.FIN, s.Seq.Add(uint32(r.IntN(3000)))
			case 3:
				now = max(now, c.Deadline())
				c.Timeout(now)
				emit()
				continue
			}
			c.Segment(now, &s)
			emit()
		}
		if !c.Compact() {
			continue
		}
		compact++
		var q Request
		c.Events() // which its host has taken by then
		c.Request(&q)
		d.Resume(&o, &q)
		if !reflect.DeepEqual(c, d) {
			t.Fatalf("seed %d, case %d:\nwas %+v\nis  %+v", seed, i, c, d)
		}
	}
	if compact < 1000 {
		t.Errorf("%d of 2000 were compact", compact)
	}
}

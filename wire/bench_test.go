package wire_test

import (
	"testing"

	"netsim/wire"
)

func benchPackets(w world) map[string]*wire.Packet {
	data := &wire.Packet{Src: w.four[0], Dst: w.four[1], TTL: 64, Segment: wire.Segment{
		Flags: wire.ACK, Len: 1448, Options: wire.HasTimestamps, TSVal: 1, TSEcr: 2}}
	k := known(w)
	syn, sack, six := k["SYN of Linux"].packet, k["duplicate ACK with SACK"].packet, k["SYN with a cookie, IPv6"].packet
	return map[string]*wire.Packet{"data": data, "syn": &syn, "sack": &sack, "cookie6": &six}
}

func TestNoAllocations(t *testing.T) {
	w := newWorld()
	buf := make([]byte, 0, 2048)
	for name, p := range benchPackets(w) {
		var got wire.Packet
		var d wire.Digest
		for what, f := range map[string]func(){
			"append":   func() { buf = wire.AppendPacket(buf[:0], w.Book, p) },
			"parse":    func() { _ = wire.ParsePacket(buf, w.Book, &got) },
			"digest":   func() { d.Add(1, p) },
			"describe": func() { buf = p.Segment.AppendText(buf[:0], wire.Origin{}) },
		} {
			buf = wire.AppendPacket(buf[:0], w.Book, p)
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s %s: %v allocations", what, name, n)
			}
		}
	}
}

func BenchmarkAppendPacket(b *testing.B) {
	w := newWorld()
	for name, p := range benchPackets(w) {
		b.Run(name, func(b *testing.B) {
			buf := make([]byte, 0, 2048)
			b.ReportAllocs()
			for b.Loop() {
				buf = wire.AppendPacket(buf[:0], w.Book, p)
			}
		})
	}
}

func BenchmarkParsePacket(b *testing.B) {
	w := newWorld()
	for name, p := range benchPackets(w) {
		b.Run(name, func(b *testing.B) {
			raw := wire.AppendPacket(nil, w.Book, p)
			var got wire.Packet
			b.ReportAllocs()
			for b.Loop() {
				if err := wire.ParsePacket(raw, w.Book, &got); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHeaderLen(b *testing.B) {
	segments := [4]wire.Segment{{Options: linuxSYN}, {}, {Options: wire.HasTimestamps}, {Options: wire.HasTimestamps}}
	n := 0
	for i := 0; b.Loop(); i++ {
		n += segments[i&3].HeaderLen()
	}
	if n == 0 {
		b.Fatal("no headers")
	}
}

func BenchmarkDigest(b *testing.B) {
	p := benchPackets(newWorld())["data"]
	var d wire.Digest
	for b.Loop() {
		d.Add(1, p)
	}
}

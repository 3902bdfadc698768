package wire_test

import (
	"reflect"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// fullPacket has every field set, and as many options as fit.
func fullPacket(w world) wire.Packet {
	return wire.Packet{Src: w.four[0], Dst: w.four[1], Size: 1500, TTL: 64, ECN: 1, ID: 1 << 40, Segment: wire.Segment{
		SrcPort: 1, DstPort: 2, Seq: wire.SeqOf(3), Ack: wire.SeqOf(4), Len: 5, Window: 6, Flags: wire.ACK,
		Options: 127, Timeout: 12, Urgent: 7, MSS: 8, Scale: 9, Blocks: 4, CookieLen: 16, TSVal: 10, TSEcr: 11,
		Marks: wire.Again, Incarnation: 12, Offset: 13,
		SACK:   [4]wire.Block{{Left: wire.SeqOf(1), Right: wire.SeqOf(2)}, {Left: wire.SeqOf(3), Right: wire.SeqOf(4)}},
		Cookie: [16]byte{1, 2, 3},
	}}
}

func digest(packets ...wire.Packet) string {
	var d wire.Digest
	for i := range packets {
		d.Add(des.Time(i), &packets[i])
	}
	return d.Sum()
}

// Every field counts but those that are for whoever holds the packet, and the
// marks. Reflection finds them, so that a new one cannot be forgotten.
func TestDigestTakesEveryField(t *testing.T) {
	w := newWorld()
	base := fullPacket(w)
	base.Report = wire.TooBig // MTU and About are a report's
	seen := map[string]string{digest(base): "the packet itself"}
	var visit func(path string, get func(*wire.Packet) reflect.Value)
	visit = func(path string, get func(*wire.Packet) reflect.Value) {
		p := base
		v := get(&p)
		switch {
		case path == ".Next" || path == ".Time" || path == ".Segment.Marks":
			return
		case path == ".Src":
			p.Src = w.six[0]
		case path == ".Dst":
			p.Dst = w.six[1]
		case path == ".About":
			p.About = w.six[0]
		case v.Type() == reflect.TypeFor[wire.Seq]():
			v.Set(reflect.ValueOf(wire.SeqOf(99)))
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				visit(path+"."+v.Type().Field(i).Name, func(p *wire.Packet) reflect.Value { return get(p).Field(i) })
			}
			return
		case v.Kind() == reflect.Array:
			for i := range v.Len() {
				visit(path+"."+string(rune('0'+i)), func(p *wire.Packet) reflect.Value { return get(p).Index(i) })
			}
			return
		case path == ".Segment.Blocks" || path == ".Segment.CookieLen":
			v.SetUint(v.Uint() - 1) // they are at their most
		case v.Kind() == reflect.Bool:
			v.SetBool(!v.Bool())
		case v.CanUint():
			v.SetUint(v.Uint() ^ 1)
		case v.CanInt():
			v.SetInt(v.Int() ^ 1)
		}
		sum := digest(p)
		if other, ok := seen[sum]; ok {
			t.Errorf("%s does not tell from %s", path, other)
		}
		seen[sum] = path
	}
	visit("", func(p *wire.Packet) reflect.Value { return reflect.ValueOf(p).Elem() })
	if len(seen) < 40 {
		t.Errorf("only %d fields were tried", len(seen))
	}
}

func TestDigestOrderTimeAndCount(t *testing.T) {
	w := newWorld()
	a, b := fullPacket(w), fullPacket(w)
	b.Segment.Seq = b.Segment.Seq.Add(1)
	sums := map[string]bool{digest(): true, digest(a): true, digest(b): true, digest(a, b): true, digest(b, a): true, digest(a, a): true}
	var d wire.Digest
	d.Add(1, &a)
	sums[d.Sum()] = true
	if len(sums) != 7 {
		t.Errorf("%d different sums of 7 sequences", len(sums))
	}
	d.Add(2, &b)
	if d.Count() != 2 {
		t.Errorf("Count() = %d, want 2", d.Count())
	}
}

// Stale fields of options that are not carried do not count.
func TestDigestMasksOptions(t *testing.T) {
	const seed = 4
	w := newWorld()
	r := des.Stream(seed, 0, "wire.digest")
	for range 1000 {
		p := w.randomPacket(r)
		if got, want := digest(p), digest(carried(p)); got != want {
			t.Fatalf("seed %d: %+v: %s, without what is not carried %s", seed, p, got, want)
		}
	}
}

// The numbers that every machine must give. They change only with the digest
// itself, and then the golden digests of whole runs change too.
func TestDigestGolden(t *testing.T) {
	const seed = 5
	w := newWorld()
	r := des.Stream(seed, 0, "wire.digest")
	var d wire.Digest
	for i := range 1000 {
		p := w.randomPacket(r)
		p.Segment.Incarnation, p.Segment.Offset = wire.Incarnation(i), uint64(i)<<33
		d.Add(des.Time(i)*1e9, &p)
	}
	if got, want := d.Sum(), "66c08a790f680e6b"; got != want {
		t.Errorf("seed %d: %s, want %s", seed, got, want)
	}
}

// A bit that changes anywhere changes half of the digest's bits: within 4 sigma
// of the binomial's 32 of 64, over 2,000 packets.
func TestDigestAvalanche(t *testing.T) {
	const seed, n = 6, 2000
	w := newWorld()
	r := des.Stream(seed, 0, "wire.digest")
	changed := 0
	for range n {
		p := w.randomPacket(r)
		before := digest(p)
		p.Segment.Window ^= 1 << r.IntN(16)
		changed += hammingHex(before, digest(p))
	}
	// mean 32n, variance 16n
	if z := (float64(changed) - 32*n) / (4 * 44.7213595); z < -4 || z > 4 {
		t.Errorf("seed %d: %d of %d bits changed, z = %.1f", seed, changed, 64*n, z)
	}
}

func hammingHex(a, b string) int {
	n := 0
	for i := range a {
		for x := hexDigit(a[i]) ^ hexDigit(b[i]); x != 0; x &= x - 1 {
			n++
		}
	}
	return n
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"netsim/capture"
	"netsim/des"
	"netsim/wire"
)

// write captures the conversation: the packets in turn at two interfaces.
func write(t *testing.T, options capture.Options) ([]byte, *capture.Writer) {
	t.Helper()
	book, packets := conversation()
	var file bytes.Buffer
	w, err := capture.New(&file, book, options)
	if err != nil {
		t.Fatal(err)
	}
	interfaces := []int{w.Interface("client", ""), w.Interface("server", "")}
	for i := range packets {
		if err := w.Packet(des.Time(1_000_000_001*i), interfaces[i%2], &packets[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), w
}

func TestReadBack(t *testing.T) {
	raw, _ := write(t, capture.Options{Comment: "run 3, seed 42"})
	f := read(t, raw)
	// The whole of it: no machine, no system.
	if want := (pcapgo.NgSectionInfo{Application: "netsim", Comment: "run 3, seed 42"}); f.section != want {
		t.Errorf("section %+v, want %+v", f.section, want)
	}
	if len(f.interfaces) != 2 {
		t.Fatalf("%d interfaces", len(f.interfaces))
	}
	for i, name := range []string{"client", "server"} {
		got := f.interfaces[i]
		if got.Name != name || got.OS+got.Description+got.Comment+got.Filter != "" {
			t.Errorf("interface %d: %+v: it must have a name and no more", i, got)
		}
		if got.LinkType != layers.LinkTypeEthernet || got.SnapLength != 0 || got.TimestampResolution != 9 || got.TimestampOffset != 0 {
			t.Errorf("interface %d: %+v", i, got)
		}
		last := time.Unix(0, int64(4+i)*1_000_000_001)
		if s := got.Statistics; s.PacketsReceived != 3 || s.PacketsDropped != 0 || !s.LastUpdate.Equal(last) {
			t.Errorf("interface %d: %+v", i, s)
		}
	}
	book, packets := conversation()
	if len(f.packets) != len(packets) {
		t.Fatalf("%d packets of %d", len(f.packets), len(packets))
	}
	for i, r := range f.packets {
		p := &packets[i]
		if r.InterfaceIndex != i%2 || r.Timestamp.UnixNano() != int64(i)*1_000_000_001 || r.Length != 14+int(p.Size) || len(r.frame) != r.Length {
			t.Errorf("packet %d: %+v", i, r)
		}
		if got, want := r.frame[14:], wire.AppendPacket(nil, book, p); !bytes.Equal(got, want) {
			t.Errorf("packet %d:\ngot  % x\nwant % x", i, got, want)
		}
		eth := decode(t, r.frame).LinkLayer().(*layers.Ethernet)
		src, dst := fmt.Sprintf("02:00:00:00:00:%02x", p.Src.Index()), fmt.Sprintf("02:00:00:00:00:%02x", p.Dst.Index())
		if eth.SrcMAC.String() != src || eth.DstMAC.String() != dst {
			t.Errorf("packet %d: from %v to %v, want %s and %s", i, eth.SrcMAC, eth.DstMAC, src, dst)
		}
	}
}

func TestSameBytesTwice(t *testing.T) {
	a, _ := write(t, capture.Options{Comment: "seed 1", Snap: 60})
	b, _ := write(t, capture.Options{Comment: "seed 1", Snap: 60})
	if !bytes.Equal(a, b) {
		t.Error("two captures of the same differ")
	}
}

func TestSnap(t *testing.T) {
	whole, _ := write(t, capture.Options{})
	want := read(t, whole).packets
	for _, snap := range []int{1, 13, 14, 35, 54, 100, 1000, 1 << 20} {
		raw, _ := write(t, capture.Options{Snap: snap})
		f := read(t, raw)
		if f.interfaces[0].SnapLength != uint32(snap) {
			t.Errorf("snap %d: the interface says %d", snap, f.interfaces[0].SnapLength)
		}
		if len(f.packets) != len(want) {
			t.Fatalf("snap %d: %d packets of %d", snap, len(f.packets), len(want))
		}
		for i, r := range f.packets {
			if r.Length != want[i].Length || !bytes.Equal(r.frame, want[i].frame[:min(snap, r.Length)]) {
				t.Errorf("snap %d, packet %d: %d bytes of %d", snap, i, len(r.frame), r.Length)
			}
		}
	}
}

// The first packet that does not fit ends the capture, though later ones would.
func TestMax(t *testing.T) {
	whole, _ := write(t, capture.Options{})
	all := read(t, whole).packets
	block := func(r record) int64 { return 32 + int64(len(r.frame)+3)/4*4 }
	rest := int64(len(whole)) // what is not packets
	for _, r := range all {
		rest -= block(r)
	}
	for fit := range all {
		var room int64
		for _, r := range all[:fit+1] {
			room += block(r)
		}
		for _, c := range []struct {
			max  int64
			want int
		}{{room, fit + 1}, {room - 1, fit}} {
			raw, w := write(t, capture.Options{Max: c.max})
			f := read(t, raw)
			left := len(all) - c.want
			if len(f.packets) != c.want || w.LeftOut() != uint64(left) {
				t.Errorf("maximum %d: %d packets and %d left out, want %d and %d", c.max, len(f.packets), w.LeftOut(), c.want, left)
			}
			if size := int64(len(raw)); size-rest > c.max || c.want == fit+1 && size-rest != c.max {
				t.Errorf("maximum %d: %d bytes of packets", c.max, size-rest)
			}
			var seen, dropped uint64
			for _, about := range f.interfaces {
				seen += about.Statistics.PacketsReceived
				dropped += about.Statistics.PacketsDropped
			}
			if seen != uint64(len(all)) || dropped != uint64(left) {
				t.Errorf("maximum %d: the file says %d seen, %d left out", c.max, seen, dropped)
			}
		}
	}
}

func TestInterfaceNames(t *testing.T) {
	book, packets := conversation()
	var file bytes.Buffer
	w, err := capture.New(&file, book, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a", "b", "a", "", "b"} {
		if got, want := w.Interface(name, ""), []int{0, 1, 0, 2, 1}[i]; got != want {
			t.Errorf("%q is interface %d, want %d", name, got, want)
		}
	}
	for _, i := range []int{-1, 3} {
		if err := w.Packet(0, i, &packets[0]); err == nil {
			t.Errorf("interface %d was taken", i)
		}
	}
}

// A capture of nothing is a file nevertheless, with an interface, which the
// library asks for.
func TestEmpty(t *testing.T) {
	var file bytes.Buffer
	w, err := capture.New(&file, wire.NewBook(), capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := read(t, file.Bytes())
	if f.section.Application != "netsim" || len(f.interfaces) != 1 || f.interfaces[0].Name != "" || len(f.packets) != 0 {
		t.Errorf("%+v", f)
	}
}

func TestBadOptions(t *testing.T) {
	for _, o := range []capture.Options{{Snap: -1}, {Snap: 1 << 31}, {Max: -1}, {Comment: strings.Repeat("x", 1<<16)}} {
		if _, err := capture.New(&bytes.Buffer{}, wire.NewBook(), o); err == nil {
			t.Errorf("snap %d, maximum %d and a comment of %d bytes were taken", o.Snap, o.Max, len(o.Comment))
		}
	}
}

// The length of a text has 16 bits: a comment is refused beyond (TestBadOptions),
// a name is cut.
func TestLongestTexts(t *testing.T) {
	const longest = 1<<16 - 1
	var file bytes.Buffer
	w, err := capture.New(&file, wire.NewBook(), capture.Options{Comment: strings.Repeat("c", longest)})
	if err != nil {
		t.Fatal(err)
	}
	w.Interface(strings.Repeat("n", longest+1), "")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := read(t, file.Bytes())
	if comment, name := len(f.section.Comment), len(f.interfaces[0].Name); comment != longest || name != longest {
		t.Errorf("a comment of %d bytes and a name of %d", comment, name)
	}
}

// broken takes some bytes and then fails.
type broken struct{ room int }

var errFull = errors.New("no space left")

func (b *broken) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// The buffer hides an error for a while, unless the comment alone overflows it.
func TestErrorOfTheWriterIsTold(t *testing.T) {
	book, packets := conversation()
	for _, c := range []struct{ room, comment int }{{0, 0}, {0, 60_000}, {5000, 0}, {100_000, 0}} {
		w, err := capture.New(&broken{c.room}, book, capture.Options{Comment: strings.Repeat("x", c.comment)})
		if err != nil {
			t.Fatal(err)
		}
		interfaces := []int{w.Interface("a", ""), w.Interface("b", "")}
		for i := range 1000 {
			if err = w.Packet(0, interfaces[i%2], &packets[3]); err != nil {
				break
			}
		}
		if !errors.Is(err, errFull) {
			t.Errorf("%+v: Packet returned %v", c, err)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("%+v: Close returned %v", c, err)
		}
	}
}

// An error that comes with the last bytes is told by Close, of nothing too.
func TestErrorOfTheEndIsTold(t *testing.T) {
	for _, comment := range []int{0, 60_000} {
		w, err := capture.New(&broken{0}, wire.NewBook(), capture.Options{Comment: strings.Repeat("x", comment)})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("a comment of %d bytes: Close returned %v", comment, err)
		}
	}
}

func TestPacketDoesNotAllocate(t *testing.T) {
	book, packets := conversation()
	w, err := capture.New(&broken{1 << 40}, book, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := w.Interface("a", "")
	for _, p := range []*wire.Packet{&packets[3], &packets[5]} {
		if n := testing.AllocsPerRun(100, func() { _ = w.Packet(1, i, p) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func BenchmarkPacket(b *testing.B) {
	book, packets := conversation()
	w, err := capture.New(&broken{1 << 60}, book, capture.Options{Snap: 128})
	if err != nil {
		b.Fatal(err)
	}
	i := w.Interface("a", "")
	for b.Loop() {
		if err := w.Packet(1, i, &packets[3]); err != nil {
			b.Fatal(err)
		}
	}
}

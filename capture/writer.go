package capture

import (
	"fmt"
	"io"
	"math"
	"time"
	"unicode/utf8"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"netsim/des"
	"netsim/wire"
)

// Options say what is kept.
type Options struct {
	Comment string // for the section: which run and seed this is
	Snap    int    // the most bytes of a frame that are kept; 0 keeps all
	Max     int64  // the most bytes of packet blocks that are written; 0 is no limit
	Names   []Name // of addresses, for readers that resolve them
}

// maxText is the longest comment or name that the length of a pcapng option can
// tell; the library would write a longer one under a wrong length.
const maxText = math.MaxUint16

// check returns what no file can be made of.
func (o Options) check() error {
	switch {
	case len(o.Comment) > maxText:
		return fmt.Errorf("capture: a comment of %d bytes, of which %d fit", len(o.Comment), maxText)
	case o.Snap < 0 || o.Snap > math.MaxInt32:
		return fmt.Errorf("capture: a snap length of %d bytes; 0 (all) to %d can be", o.Snap, math.MaxInt32)
	case o.Max < 0:
		return fmt.Errorf("capture: a maximum of %d bytes; it is positive, or 0 for none", o.Max)
	}
	return nil
}

// Writer writes one pcapng file. It is not for use by several goroutines.
type Writer struct {
	out        io.Writer
	file       *pcapgo.NgWriter // on out, from the first interface on
	err        error            // the first of writing; nothing is written after it
	book       *wire.Book
	options    Options
	interfaces []counts
	known      map[string]int

	frame   []byte // the one at hand
	size    int64  // bytes of packet blocks written
	full    bool   // Max was reached
	leftOut uint64
}

// counts are what a file says at its end of an interface.
type counts struct {
	last          des.Time
	seen, leftOut uint64
}

// New starts a file on w, of packets between addresses of the book. An error is
// of the options. The caller closes w, after [Writer.Close].
func New(w io.Writer, book *wire.Book, options Options) (*Writer, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	return &Writer{out: w, book: book, options: options, known: map[string]int{}}, nil
}

// Interface returns the number of the interface that has this name, and adds it,
// so described, if there is none. Should writing fail, the next Packet or Close says
// so.
func (w *Writer) Interface(name, description string) int {
	if i, ok := w.known[name]; ok {
		return i
	}
	i := len(w.interfaces)
	w.known[name] = i
	w.interfaces = append(w.interfaces, counts{})
	if w.err == nil {
		w.err = w.describe(name, description)
	}
	return i
}

// describe writes what an interface is, and before the first what the file is,
// for the library starts a file with both. The fields left empty here are those
// that would tell the machine.
func (w *Writer) describe(name, description string) (err error) {
	about := pcapgo.NgInterface{
		Name:        cut(name),
		Description: cut(description),
		LinkType:    layers.LinkTypeEthernet,
		SnapLength:  uint32(w.options.Snap),
	}
	if w.file != nil {
		_, err = w.file.AddInterface(about)
		return err
	}
	section := pcapgo.NgSectionInfo{Application: "netsim", Comment: w.options.Comment}
	w.file, err = pcapgo.NewNgWriterInterface(w.out, about, pcapgo.NgWriterOptions{SectionInfo: section})
	if err == nil && len(w.options.Names) > 0 { // behind the interface, as the library has it
		if err = w.file.Flush(); err == nil {
			_, err = w.out.Write(w.names())
		}
	}
	return err
}

// cut leaves of a text what its length can tell, in whole characters.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Packet writes that p was seen at an interface, and what is to be said of it. Once
// a packet would exceed the maximum, it and all after it are left out, so that the
// file has no holes. An error is of an interface that does not exist, or the first of
// the writer.
func (w *Writer) Packet(now des.Time, iface int, p *wire.Packet, comments ...string) error {
	if iface < 0 || iface >= len(w.interfaces) {
		return fmt.Errorf("capture: no interface %d among %d", iface, len(w.interfaces))
	}
	if w.err != nil {
		return w.err
	}
	length := ethernetLen + p.HeaderLen() + int(p.Segment.Len)
	kept := length
	if w.options.Snap > 0 {
		kept = min(kept, w.options.Snap)
	}
	c := &w.interfaces[iface]
	c.last = now
	c.seen++
	if !w.room(kept, comments) {
		w.leftOut++
		c.leftOut++
		return nil
	}
	w.frame = appendFrame(w.frame[:0], w.book, p, kept)
	w.err = w.file.WritePacketWithOptions(gopacket.CaptureInfo{
		Timestamp: clock(now), CaptureLength: kept, Length: length, InterfaceIndex: iface,
	}, w.frame, pcapgo.NgPacketOptions{Comments: comments})
	return w.err
}

// room takes the block of a frame out of the maximum, if that much is left.
func (w *Writer) room(kept int, comments []string) bool {
	const around = 32 // bytes of an enhanced packet block that are neither frame nor options
	block := around + int64((kept+3)&^3)
	for i := range comments {
		comments[i] = cut(comments[i])
		block += int64(4 + (len(comments[i])+3)&^3)
	}
	if len(comments) > 0 {
		block += 4 // the end of the options
	}
	if w.options.Max > 0 && w.size+block > w.options.Max {
		w.full = true
	}
	if w.full {
		return false
	}
	w.size += block
	return true
}

// LeftOut counts the packets that had no room under the maximum.
func (w *Writer) LeftOut() uint64 { return w.leftOut }

// Close ends the file with how many packets were seen and left out at each
// interface, and returns the first error of writing. A file without an interface
// gets one that has no name: there are readers that take no other.
func (w *Writer) Close() error {
	if len(w.interfaces) == 0 {
		w.Interface("", "")
	}
	for i, c := range w.interfaces {
		if w.err == nil {
			w.err = w.file.WriteInterfaceStats(i, pcapgo.NgInterfaceStatistics{
				LastUpdate: clock(c.last), PacketsReceived: c.seen, PacketsDropped: c.leftOut,
			})
		}
	}
	if w.err == nil {
		w.err = w.file.Flush()
	}
	return w.err
}

// clock is a simulated time as the library wants it.
func clock(t des.Time) time.Time { return time.Unix(0, int64(t)) }

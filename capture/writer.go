package capture

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"netsim/des"
	"netsim/wire"
)

// Options say what is kept.
type Options struct {
	Comment string // for the section: which run and seed this is
	Snap    int    // the most bytes of a frame that are kept; 0 keeps all
	Max     int64  // the most bytes of packet blocks that are written; 0 is no limit
}

// check returns what no file can be made of.
func (o Options) check() error {
	switch {
	case len(o.Comment) > maxOptionLen:
		return fmt.Errorf("capture: a comment of %d bytes, of which %d fit", len(o.Comment), maxOptionLen)
	case o.Snap < 0 || o.Snap > math.MaxInt32:
		return fmt.Errorf("capture: a snap length of %d bytes", o.Snap)
	case o.Max < 0:
		return fmt.Errorf("capture: a maximum of %d bytes", o.Max)
	}
	return nil
}

// Writer writes one pcapng file. It is not for use by several goroutines.
type Writer struct {
	out        *bufio.Writer // keeps its first error
	book       *wire.Book
	options    Options
	interfaces []counts
	names      map[string]int

	block   []byte // the one at hand
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
// of the options, or of w. The caller closes w, after [Writer.Close].
func New(w io.Writer, book *wire.Book, options Options) (*Writer, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	c := &Writer{out: bufio.NewWriter(w), book: book, options: options, names: map[string]int{}}
	c.block = sectionBlock(c.block, options.Comment)
	_, err := c.out.Write(c.block)
	return c, err
}

// Interface returns the number of the interface that has this name, and adds it
// if there is none. Should writing fail, the next Packet or Close says so.
func (w *Writer) Interface(name string) int {
	if i, ok := w.names[name]; ok {
		return i
	}
	i := len(w.interfaces)
	w.names[name] = i
	w.interfaces = append(w.interfaces, counts{})
	w.block = interfaceBlock(w.block, name[:min(len(name), maxOptionLen)], w.options.Snap)
	_, _ = w.out.Write(w.block)
	return i
}

// Packet writes that p was seen at an interface. Once a packet would exceed the
// maximum, it and all after it are left out, so that the file has no holes.
// An error is of an interface that does not exist, or the first of the writer.
func (w *Writer) Packet(now des.Time, iface int, p *wire.Packet) error {
	if iface < 0 || iface >= len(w.interfaces) {
		return fmt.Errorf("capture: no interface %d among %d", iface, len(w.interfaces))
	}
	length := ethernetLen + p.HeaderLen() + int(p.Segment.Len)
	kept := length
	if w.options.Snap > 0 {
		kept = min(kept, w.options.Snap)
	}
	c := &w.interfaces[iface]
	c.last = now
	c.seen++
	if !w.room(packetBlockLen + (kept+3)&^3) {
		w.leftOut++
		c.leftOut++
		return nil
	}
	w.block = beginPacket(w.block, iface, uint64(now), kept, length)
	w.block = appendFrame(w.block, w.book, p, kept)
	w.block = endBlock(pad(w.block))
	_, err := w.out.Write(w.block)
	return err
}

// room takes n bytes of the maximum, if they are left.
func (w *Writer) room(n int) bool {
	if w.options.Max > 0 && w.size+int64(n) > w.options.Max {
		w.full = true
	}
	if w.full {
		return false
	}
	w.size += int64(n)
	return true
}

// LeftOut counts the packets that had no room under the maximum.
func (w *Writer) LeftOut() uint64 { return w.leftOut }

// Close ends the file with how many packets were seen and left out at each
// interface, and returns the first error of writing.
func (w *Writer) Close() error {
	for i, c := range w.interfaces {
		w.block = statisticsBlock(w.block, i, c)
		if _, err := w.out.Write(w.block); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

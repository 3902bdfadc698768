package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"netsim/capture"
	"netsim/des"
	"netsim/experiments/language"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Capture records packets of a run in the folder's captures: those that the file
// asks for, a file for each [capture.NAME], or else those that hosts send and
// receive, whole, a file for each group of nodes. An interface is a host, or the
// start of one direction of a link. They come to their places with the other
// results: [Options].Capture.
func (f *Folder) Capture(p *Point, w *World) (io.Closer, error) {
	dir := filepath.Join(f.stage, "captures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	c := &capturer{World: w, dir: dir, about: p.about(w.Replication), lines: lineage{}, causes: map[topo.NodeID]cause{}}
	c.prefix = p.prefix()
	for _, k := range w.needs.Captures {
		if err := c.open(k); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	w.tap.to = c
	w.Observe(c)
	return c, nil
}

// prefix is how the names of a point's captures begin.
func (p *Point) prefix() string {
	if point := p.Name(); point != "" {
		return fileName(point) + "-"
	}
	return ""
}

// Captured reports whether the folder has all captures of a run from before, and if so
// keeps them: [Options].Captured.
func (f *Folder) Captured(p *Point, replication int, captures []language.Capture) bool {
	var from []string
	for _, k := range captures {
		path := filepath.Join(f.Path, "captures", p.prefix()+k.Name+".pcapng")
		file, err := os.Open(path)
		if err != nil {
			return false
		}
		head := make([]byte, 1<<12)
		n, _ := io.ReadFull(file, head) // a short file has a short head
		_ = file.Close()                // it was only read
		if !bytes.Contains(head[:n], []byte(signed(p.about(replication), &k))) {
			return false
		}
		from = append(from, path)
	}
	dir := filepath.Join(f.stage, "captures")
	if os.MkdirAll(dir, 0o755) != nil {
		return false
	}
	for _, path := range from { // beside the others of a set that is published as a whole
		packets, err := os.ReadFile(path)
		if err != nil || os.WriteFile(filepath.Join(dir, filepath.Base(path)), packets, 0o644) != nil {
			for _, path := range from {
				_ = os.Remove(filepath.Join(dir, filepath.Base(path))) // they are made again
			}
			return false
		}
	}
	return true
}

// signed is the comment of a file: which run it is of, and what it takes of that.
func signed(about string, k *language.Capture) string {
	return about + ", " + digested(fmt.Sprintf("%+v", *k))
}

// about says which run it is: all that it takes to make it again.
func (p *Point) about(replication int) string {
	words := filepath.Base(p.study.File.Name)
	if title := p.study.File.Title; title != "" {
		words = title + "\n" + words
	}
	if name := p.Name(); name != "" {
		words += ", " + name
	}
	for _, set := range p.study.File.Sets {
		words += ", --set " + set
	}
	return fmt.Sprintf("%s, seed %d, replication %d, run %s", words, p.study.Seed, replication, p.identity.run(p.study.Seed, replication))
}

// fileName is the name of a point as part of that of a file.
func fileName(point string) string { return strings.NewReplacer(" ", "-", "/", "_").Replace(point) }

// capturer is the observer behind the captures of a run. A packet is written when it
// is known what has become of it, with that as a comment: whether it was lost, and
// which changes of state it has led to.
type capturer struct {
	*World
	dir, prefix string
	about       string // what is captured
	files       []*captureFile
	nodes       map[topo.NodeID][]lens
	halves      map[*topo.Half][]lens
	lines       lineage
	causes      map[topo.NodeID]cause
	err         error
}

// captureFile is one file. What it takes is of these flows, by number; nil: of all.
type captureFile struct {
	*capture.Writer
	*os.File
	*language.Capture
	hold
	flows map[uint32]bool
}

// lens is where the packets of a place go.
type lens struct {
	file  *captureFile
	iface int
}

func (c *capturer) open(k language.Capture) error {
	// Exclusively: a file system may take two names for one.
	file, err := os.OpenFile(filepath.Join(c.dir, c.prefix+k.Name+".pcapng"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	cf := &captureFile{File: file, Capture: &k}
	c.files = append(c.files, cf)
	if cf.Writer, err = capture.New(file, c.Book, capture.Options{Comment: signed(c.about, &k), Snap: k.Snap, Max: k.Max, Names: c.hostNames()}); err != nil {
		return err
	}
	for _, what := range k.What {
		if cf.flows == nil {
			cf.flows = map[uint32]bool{}
		}
		cf.flows[uint32(c.flowNumber(strings.TrimPrefix(what, "flow.")))] = true
	}
	for _, at := range k.At {
		c.place(cf, at)
	}
	return nil
}

// place begins to look at a place for a file.
func (c *capturer) place(cf *captureFile, at language.Place) {
	if at.Kind == "node" {
		if c.nodes == nil {
			c.nodes = map[topo.NodeID][]lens{}
		}
		ids := c.World.nodes[at.Node].ids
		first, after := at.Members(len(ids))
		for _, id := range ids[first:after] {
			name := c.Net.Name(id)
			c.nodes[id] = append(c.nodes[id], lens{cf, cf.Interface(name, "what "+name+" sends and receives")})
		}
		return
	}
	if c.halves == nil {
		c.halves = map[*topo.Half][]lens{}
	}
	for h := range c.halvesOf(at) {
		way := "what is offered to the link from " + c.Net.Name(h.From()) + " to " + c.Net.Name(h.To())
		c.halves[h] = append(c.halves[h], lens{cf, cf.Interface(h.Name(), way)})
	}
}

// mostNames is how many hosts are named in a file: few readers want more.
const mostNames = 1 << 12

// hostNames are the names of all that have addresses.
func (c *capturer) hostNames() (list []capture.Name) {
	for a := range c.Book.All() {
		if id, ok := c.Net.NodeOf(a); ok && len(list) < mostNames {
			list = append(list, capture.Name{Addr: a, Name: c.Net.Name(id)})
		}
	}
	return list
}

// Close ends the files.
func (c *capturer) Close() error {
	c.release(des.Never)
	for _, f := range c.files {
		if f.Writer != nil {
			c.err = errors.Join(c.err, f.Writer.Close())
		}
		c.err = errors.Join(c.err, f.File.Sync(), f.File.Close())
	}
	return c.err
}

// release writes what is known to the end.
func (c *capturer) release(now des.Time) {
	for _, f := range c.files {
		f.release(now, func(k *held) {
			if c.err == nil {
				c.err = f.Packet(k.at, k.iface, &k.packet, k.remarks...)
			}
		})
	}
}

func (c *capturer) note(now des.Time, at []lens, p *wire.Packet, remarks []string) {
	for _, l := range at {
		if l.file.takes(now, p) {
			l.file.add(now, l.iface, p, slices.Clone(remarks))
			if p.Report != wire.NoReport { // of its end no observer is told
				l.file.settle(now, p.ID)
			}
		}
	}
}

func (f *captureFile) takes(now des.Time, p *wire.Packet) bool {
	who := p.Segment.Incarnation
	return now >= des.Time(f.Start) && (f.Stop == 0 || now < des.Time(f.Stop)) && (f.flows == nil || who != 0 && f.flows[who.Flow()])
}

// Offered notes what is offered to a link.
func (c *capturer) Offered(now des.Time, h *topo.Half, p *wire.Packet) {
	c.release(now)
	c.note(now, c.halves[h], p, remarks(p))
}

// Sent notes what a host sends.
func (c *capturer) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	c.release(now)
	c.lines.saw(p)
	who := p.Segment.Incarnation
	if last := c.causes[node]; !last.received || !last.leadsTo(now, who) {
		c.causes[node] = cause{at: now, packet: p.ID, of: [2]wire.Incarnation{who, who}}
	}
	c.note(now, c.nodes[node], p, remarks(p))
}

// Received notes what a host receives.
func (c *capturer) Received(now des.Time, node topo.NodeID, p *wire.Packet) {
	c.release(now)
	c.lines.saw(p)
	say := remarks(p)
	nth, last, old, who := c.lines.earlier(p)
	if nth > 0 {
		say = append(say, stale(nth, last, old))
	}
	c.causes[node] = cause{at: now, packet: p.ID, received: true, of: [2]wire.Incarnation{p.Segment.Incarnation, who}}
	c.note(now, c.nodes[node], p, say)
	for _, f := range c.files {
		f.settle(now, p.ID)
	}
}

// Dropped notes why a packet does not arrive, where it was seen last.
func (c *capturer) Dropped(now des.Time, at *topo.Half, p *wire.Packet, why topo.Cause) {
	c.release(now)
	for _, f := range c.files {
		if k := f.last(p.ID); k != nil {
			if why == topo.DropFiltered { // Refused has said by whom
				f.settle(now, p.ID)
				continue
			}
			words := fate(why, at, now-k.at)
			if p.Segment.Marks&wire.Duplicate != 0 {
				words = "the network's copy of it was " + words
			} else {
				f.settle(now, p.ID)
			}
			k.remarks = append(k.remarks, words)
		}
	}
}

// Refused notes why a host or a middlebox drops a packet, where it was seen last.
func (c *capturer) Refused(now des.Time, node topo.NodeID, p *wire.Packet, why string) {
	c.release(now)
	for _, f := range c.files {
		if k := f.last(p.ID); k != nil {
			k.remarks = append(k.remarks, "lost: "+c.Net.Name(node)+": "+why+later(now-k.at))
			f.settle(now, p.ID)
		}
	}
}

// Rewritten notes which ends a middlebox gives a packet, where it was seen last.
func (c *capturer) Rewritten(now des.Time, node topo.NodeID, p *wire.Packet, had topo.Ends) {
	c.release(now)
	for _, f := range c.files {
		if k := f.last(p.ID); k != nil {
			k.remarks = append(k.remarks, c.Net.Name(node)+" rewrote it: "+c.rewritten(had, topo.EndsOf(p)))
		}
	}
}

// rewritten says what differs.
func (c *capturer) rewritten(had, has topo.Ends) string {
	var list []string
	change := func(what string, a wire.Addr, port uint16, b wire.Addr, to uint16) {
		if a != b || port != to {
			list = append(list, fmt.Sprintf("%s %v -> %v", what, netip.AddrPortFrom(c.Book.IP(a), port), netip.AddrPortFrom(c.Book.IP(b), to)))
		}
	}
	change("source", had.Src, had.SrcPort, has.Src, has.SrcPort)
	change("destination", had.Dst, had.DstPort, has.Dst, has.DstPort)
	return strings.Join(list, ", ")
}

// State notes a change of state at the segment that has led to it, if one has.
func (c *capturer) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	if by := c.causes[node]; by.leadsTo(now, who) {
		for _, f := range c.files {
			if k := f.last(by.packet); k != nil {
				k.remarks = append(k.remarks, changed(c.Net.Name(node), from, to))
			}
		}
	}
}

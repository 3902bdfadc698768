package experiments

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	c := &capturer{World: w, dir: dir}
	if point := p.Name(); point != "" {
		c.prefix = fileName(point) + "-"
	}
	for _, k := range w.needs.Captures {
		if err := c.open(k); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	w.tap.to = c
	w.Observe(c)
	return c, nil
}

// fileName is the name of a point as part of that of a file.
func fileName(point string) string { return strings.NewReplacer(" ", "-", "/", "_").Replace(point) }

// capturer is the observer behind the captures of a run.
type capturer struct {
	*World
	dir, prefix string
	files       []*captureFile
	nodes       map[topo.NodeID][]lens
	halves      map[*topo.Half][]lens
	err         error
}

// captureFile is one file. What it takes is of these flows, by number; nil: of all.
type captureFile struct {
	*capture.Writer
	*os.File
	*language.Capture
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
	comment := fmt.Sprintf("netsim, seed %d, replication %d", c.Spec.Run.Seed, c.Replication)
	if cf.Writer, err = capture.New(file, c.Book, capture.Options{Comment: comment, Snap: k.Snap, Max: k.Max}); err != nil {
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
			c.nodes[id] = append(c.nodes[id], lens{cf, cf.Interface(c.Net.Name(id))})
		}
		return
	}
	if c.halves == nil {
		c.halves = map[*topo.Half][]lens{}
	}
	for h := range c.halvesOf(at) {
		c.halves[h] = append(c.halves[h], lens{cf, cf.Interface(h.Name())})
	}
}

// Close ends the files.
func (c *capturer) Close() error {
	for _, f := range c.files {
		if f.Writer != nil {
			c.err = errors.Join(c.err, f.Writer.Close())
		}
		c.err = errors.Join(c.err, f.File.Sync(), f.File.Close())
	}
	return c.err
}

func (c *capturer) note(now des.Time, at []lens, p *wire.Packet) {
	for _, l := range at {
		if c.err == nil && l.file.takes(now, p) {
			c.err = l.file.Packet(now, l.iface, p)
		}
	}
}

func (f *captureFile) takes(now des.Time, p *wire.Packet) bool {
	who := p.Segment.Incarnation
	return now >= des.Time(f.Start) && (f.Stop == 0 || now < des.Time(f.Stop)) && (f.flows == nil || who != 0 && f.flows[who.Flow()])
}

// Offered notes what is offered to a link.
func (c *capturer) Offered(now des.Time, h *topo.Half, p *wire.Packet) { c.note(now, c.halves[h], p) }

// Sent notes what a host sends.
func (c *capturer) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	c.note(now, c.nodes[node], p)
}

// Received notes what a host receives.
func (c *capturer) Received(now des.Time, node topo.NodeID, p *wire.Packet) {
	c.note(now, c.nodes[node], p)
}

// Dropped is nothing to be captured: what is lost was offered to a link.
func (c *capturer) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

// State is no packet.
func (c *capturer) State(des.Time, topo.NodeID, wire.Incarnation, tcp.State, tcp.State) {}

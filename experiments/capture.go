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
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Capture records the packets that the hosts of a world send and receive, in the
// folder's captures: a file for each group of nodes, an interface for each
// member. They come to their places with the other results: [Options].Capture.
func (f *Folder) Capture(p *Point, w *World) (io.Closer, error) {
	dir := filepath.Join(f.stage, "captures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	c := &capturer{at: make([]lens, w.Net.Nodes())}
	for i := range w.Spec.Nodes {
		n := &w.Spec.Nodes[i]
		if n.Router() {
			continue
		}
		name := n.Name
		if point := p.Name(); point != "" {
			name = strings.ReplaceAll(point, " ", "-") + "-" + name
		}
		if err := c.open(w, filepath.Join(dir, name+".pcapng"), w.nodes[n.Name].ids); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	w.Observe(c)
	return c, nil
}

// captureMost bounds a capture in bytes. Packets are captured whole, so that
// readers can verify their checksums.
const captureMost = 100e6

// capturer is the observer behind a capture.
type capturer struct {
	files []*captureFile
	at    []lens // by node
	err   error
}

type captureFile struct {
	*capture.Writer
	*os.File
}

// lens is where the packets of a node go.
type lens struct {
	file  *captureFile
	iface int
}

func (c *capturer) open(w *World, path string, members []topo.NodeID) error {
	// Exclusively: a file system may take two names for one.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	cf := &captureFile{File: file}
	c.files = append(c.files, cf)
	comment := fmt.Sprintf("netsim, seed %d, replication %d", w.Spec.Run.Seed, w.Replication)
	cf.Writer, err = capture.New(file, w.Book, capture.Options{Comment: comment, Max: captureMost})
	if err != nil {
		return err
	}
	for _, id := range members {
		c.at[id] = lens{cf, cf.Interface(w.Net.Name(id))}
	}
	return nil
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

func (c *capturer) note(now des.Time, node topo.NodeID, p *wire.Packet) {
	if l := c.at[node]; l.file != nil && c.err == nil {
		c.err = l.file.Packet(now, l.iface, p)
	}
}

func (c *capturer) Sent(now des.Time, node topo.NodeID, p *wire.Packet) { c.note(now, node, p) }

func (c *capturer) Received(now des.Time, node topo.NodeID, p *wire.Packet) { c.note(now, node, p) }

func (c *capturer) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

func (c *capturer) State(des.Time, topo.NodeID, wire.Incarnation, tcp.State, tcp.State) {}

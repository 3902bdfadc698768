package shapes

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/multi"
)

// site is a node of a file.
type site struct {
	name     string
	lat, lon float64 // degrees, NaN if not known
}

// describe takes what files say of a node in the words of the Topology Zoo.
func (s *site) describe(key, value string) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) {
		f = math.NaN()
	}
	switch strings.ToLower(key) {
	case "label":
		s.name = value
	case "latitude":
		s.lat = f
	case "longitude":
		s.lon = f
	}
}

// file reads GraphML, as the Internet Topology Zoo has it, or DOT. Every node is
// a router. Where all have coordinates, the delay of a link is that of light in
// fibre along the great circle. Links of a node with itself are left out.
func file(b *builder) {
	read := readGraphML
	switch ext := strings.ToLower(filepath.Ext(b.sizes.File)); ext {
	case ".graphml", ".xml":
	case ".dot", ".gv":
		read = readDOT
	default:
		b.wrong("file", "write a .graphml or .dot file", "%q is of no kind that is known", b.sizes.File)
		return
	}
	sites, pairs, err := read(b.data)
	if err != nil {
		b.wrong("file", "", "%s: %v", b.sizes.File, err)
		return
	}
	if len(sites) == 0 {
		b.wrong("file", "", "%s has no nodes", b.sizes.File)
		return
	}
	n := len(sites)
	routers := b.group("router", true, n)
	located := true
	names, places := make([]string, n), make([]Place, n)
	for i, s := range sites {
		names[i], places[i] = s.name, Place{s.lon, s.lat}
		located = located && !math.IsNaN(s.lat+s.lon)
	}
	b.Groups[routers].Names = names
	b.links("core", routers, routers, pairs)
	if located {
		b.Groups[routers].Places = places
		perKm := b.sizes.PerKm
		if perKm == 0 {
			perKm = 5 * time.Microsecond
		}
		b.delays(func(p Pair) float64 { return float64(perKm) * kilometres(places[p.A], places[p.B]) })
	}
	b.hosts("host", "access", or(b.sizes.Hosts, n), routers, n)
}

// kilometres is the length of the great circle between two places in degrees, by
// the haversine formula, rounded so that machines agree.
func kilometres(p, q Place) float64 {
	const radius = 6371.0
	rad := func(degrees float64) float64 { return degrees * math.Pi / 180 }
	square := func(x float64) float64 { return x * x }
	across := square(math.Sin(rad(q.Y-p.Y)/2)) + float64(math.Cos(rad(p.Y))*math.Cos(rad(q.Y))*square(math.Sin(rad(q.X-p.X)/2)))
	return math.Round(2 * radius * math.Asin(math.Min(1, math.Sqrt(across))))
}

// graphML is what is read of a GraphML document.
type graphML struct {
	Keys []struct {
		ID   string `xml:"id,attr"`
		Name string `xml:"attr.name,attr"`
	} `xml:"key"`
	Graphs []struct {
		Nodes []struct {
			ID   string `xml:"id,attr"`
			Data []struct {
				Key   string `xml:"key,attr"`
				Value string `xml:",chardata"`
			} `xml:"data"`
		} `xml:"node"`
		Edges []struct {
			Source string `xml:"source,attr"`
			Target string `xml:"target,attr"`
		} `xml:"edge"`
	} `xml:"graph"`
}

func readGraphML(data []byte) (sites []site, pairs []Pair, err error) {
	var doc graphML
	if err := xml.NewDecoder(bytes.NewReader(data)).Decode(&doc); err != nil {
		return nil, nil, err
	}
	if len(doc.Graphs) != 1 {
		return nil, nil, fmt.Errorf("%d graphs; one is read", len(doc.Graphs))
	}
	words := map[string]string{}
	for _, k := range doc.Keys {
		words[k.ID] = k.Name
	}
	number := map[string]uint32{}
	for _, n := range doc.Graphs[0].Nodes {
		if _, twice := number[n.ID]; twice {
			return nil, nil, fmt.Errorf("two nodes %q", n.ID)
		}
		number[n.ID] = uint32(len(sites))
		s := site{n.ID, math.NaN(), math.NaN()}
		for _, d := range n.Data {
			s.describe(words[d.Key], strings.TrimSpace(d.Value))
		}
		sites = append(sites, s)
	}
	for _, e := range doc.Graphs[0].Edges {
		p, ok := number[e.Source]
		q, found := number[e.Target]
		if !ok || !found {
			return nil, nil, fmt.Errorf("an edge from %q to %q, of which one is no node", e.Source, e.Target)
		}
		if p != q {
			pairs = append(pairs, Pair{p, q})
		}
	}
	return sites, pairs, nil
}

// dotGraph receives what gonum reads; its own order is that of the file.
type dotGraph struct {
	*multi.UndirectedGraph
	nodes []*dotNode
	pairs []Pair
}

type dotNode struct {
	site
	id int64
}

func (n *dotNode) ID() int64          { return n.id }
func (n *dotNode) SetDOTID(id string) { n.name = id }

func (n *dotNode) SetAttribute(a encoding.Attribute) error {
	n.describe(a.Key, a.Value)
	return nil
}

func (g *dotGraph) NewNode() graph.Node {
	n := &dotNode{site{"", math.NaN(), math.NaN()}, int64(len(g.nodes))}
	g.nodes = append(g.nodes, n)
	return n
}

func (g *dotGraph) SetLine(l graph.Line) {
	if p, q := uint32(l.From().ID()), uint32(l.To().ID()); p != q {
		g.pairs = append(g.pairs, Pair{p, q})
	}
}

func readDOT(data []byte) (sites []site, pairs []Pair, err error) {
	g := &dotGraph{UndirectedGraph: multi.NewUndirectedGraph()}
	if err := dot.UnmarshalMulti(data, g); err != nil {
		return nil, nil, err
	}
	for _, n := range g.nodes {
		sites = append(sites, n.site)
	}
	return sites, g.pairs, nil
}

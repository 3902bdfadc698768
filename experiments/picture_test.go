package experiments

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"netsim/experiments/language"
	"netsim/plots"
	"netsim/shapes"
)

// drawn is a topology of those sizes, set up and looked at.
func drawn(t *testing.T, from, to string, sizes ...string) *language.Spec {
	t.Helper()
	return parse(t, "[topology.t]\n"+strings.Join(sizes, "\n")+"\n[default.link]\ndelay = \"1 ms\"\n[flow.f]\nfrom = \""+from+"\"\nto = \""+to+":80\"\n").Points[0].Spec
}

// place is where the first glyph of that name is.
func place(t *testing.T, p *plots.Network, name string) (x, y float64, count int) {
	t.Helper()
	for _, v := range p.Nodes {
		if v.Label == name {
			return v.X, v.Y, v.Count
		}
	}
	t.Fatalf("no %s in the picture", name)
	return 0, 0, 0
}

// TestPictures: in the picture of every shape each glyph has a place of its own,
// all nodes are there, and it is the same each time.
func TestPictures(t *testing.T) {
	for _, sizes := range []string{
		"shape = \"star\"\nhosts = 7", "shape = \"star\"\nhosts = 5000", "shape = \"chain\"\nrouters = 4", "shape = \"ring\"\nrouters = 5\nhosts = 70",
		"shape = \"tree\"\ndepth = 3", "shape = \"fat-tree\"\nk = 4", "shape = \"fat-tree\"\nk = 12", "shape = \"leaf-spine\"\nleaves = 3\nspines = 2\nhosts = 50",
		"shape = \"waxman\"\nrouters = 40", "shape = \"barabasi-albert\"\nrouters = 40",
	} {
		s := drawn(t, "t_host", "t_host", sizes)
		p := Picture(s, "")
		count, want := 0, 0
		at := map[[2]float64]string{}
		for _, v := range p.Nodes {
			count += v.Count
			if other, ok := at[[2]float64{v.X, v.Y}]; ok || math.IsNaN(v.X+v.Y) || math.IsInf(v.X+v.Y, 0) {
				t.Errorf("%s: %s and %s are at %v, %v", sizes, v.Label, other, v.X, v.Y)
			}
			at[[2]float64{v.X, v.Y}] = v.Label
		}
		for i := range s.Nodes {
			want += s.Nodes[i].Count
		}
		if count != want || len(p.Links) == 0 {
			t.Errorf("%s: %d nodes are drawn of %d", sizes, count, want)
		}
		var first, again bytes.Buffer
		if err := errors.Join(p.Encode(&first, "svg"), Picture(s, "").Encode(&again, "svg")); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Errorf("%s: two pictures, %v", sizes, err)
		}
	}
	if err := Picture(drawn(t, "t_host", "t_host", "shape = \"star\"\nhosts = 3"), "").Encode(io.Discard, "gif"); err == nil {
		t.Error("a picture as gif")
	}
}

// TestDumbbellLooksLikeOne: from left to right.
func TestDumbbellLooksLikeOne(t *testing.T) {
	p := Picture(drawn(t, "t_left", "t_right", "shape = \"dumbbell\"\nleft = 3\nright = 20"), "")
	left, _, _ := place(t, p, "t_left[0]")
	west, height, _ := place(t, p, "t_router[0]")
	east, level, _ := place(t, p, "t_router[1]")
	right, _, n := place(t, p, "t_right")
	if !(left < west && west < east && east < right) || height != level || n != 20 {
		t.Errorf("at %v, %v, %v, %v, at heights %v and %v; %d at the right", left, west, east, right, height, level, n)
	}
}

// TestTiersOfAFatTree: hosts below edge below aggregation below core, one each
// where there are many.
func TestTiersOfAFatTree(t *testing.T) {
	p := Picture(drawn(t, "t_host", "t_host", "shape = \"fat-tree\"\nk = 16"), "")
	below := -1.
	for _, name := range []string{"t_host", "t_edge", "t_aggregation", "t_core"} {
		_, y, n := place(t, p, name)
		if y <= below || n < 64 {
			t.Errorf("%d %s at %v", n, name, y)
		}
		below = y
	}
	if len(p.Nodes) != 4 || len(p.Links) != 3 || p.Links[0].Count != 1024 {
		t.Errorf("%+v", p)
	}
}

// TestHostsWithinRouters: where hundreds of routers are drawn, their hosts are not.
func TestHostsWithinRouters(t *testing.T) {
	p := Picture(drawn(t, "t_host", "t_host", "shape = \"waxman\"\nrouters = 200"), "")
	if len(p.Nodes) != 200 || !strings.Contains(p.Caption, "Each circle stands for its hosts, too.") {
		t.Errorf("%d nodes, %s", len(p.Nodes), p.Caption)
	}
}

// TestDOTIsReadBack: what is written for Graphviz is a file of a topology.
func TestDOTIsReadBack(t *testing.T) {
	var b bytes.Buffer
	if err := WriteDOT(&b, drawn(t, "t_host", "t_host", "shape = \"fat-tree\"\nk = 4")); err != nil {
		t.Fatal(err)
	}
	file, _ := shapes.Of("file")
	g, err := file.New(shapes.Sizes{File: "x.dot"}, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	router := g.Group("router")
	if router.Count != 36 || len(g.Link("core").Pairs) != 48 || router.Names[0] != "t_edge[0]" && router.Names[0] != "t_host[0]" {
		t.Errorf("%d nodes, %d links, the first is %s", router.Count, len(g.Link("core").Pairs), router.Names[0])
	}
}

// TestSummarize: what a network is made of, how far it reaches, what flows cross.
func TestSummarize(t *testing.T) {
	var b bytes.Buffer
	if err := Summarize(&b, drawn(t, "t_host", "t_host", "shape = \"fat-tree\"\nk = 4")); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"nodes 36 ", "t_core 4 router", "links 48 ", "t_pod 16 t_edge to t_aggregation", "diameter 6 links",
		"flow f 240 ways of 2 to 6, mean 5.47 links", "delay 2 ms to 6 ms, mean 5.4667 ms"} { // 1*2 + 2*4 + 12*6 over 15
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

package experiments

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// kinds is a sweep with a figure of each kind that everything lacks.
const kinds = `
title = "Kinds of figures"
[run]
duration = "20 s"
replications = 3
[node.client]
[node.server]
tcp.time_wait = "5 s"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "20/s" }
request = "200 B"
response = "2 kB"
close.by = "server"
[sweep.axes]
link.wire.loss = ["0 %", "5 %", "10 %"]
node.server.tcp.time_wait = ["2 s", "5 s"]
[figure.hist]
kind = "hist"
of = "flow.web.setup_time"
series = "link.wire.loss"
where = "node.server.tcp.time_wait == 5"
log = "x"
theory = "handshake(flow.web)"
[figure.stack]
kind = "stack"
of = ["node.server.syn_received.count", "node.server.established.count", "node.server.last_ack.count", "node.server.time_wait.count"]
facet = "link.wire.loss"
where = "node.server.tcp.time_wait == 5"
[figure.scatter]
kind = "scatter"
x = "link.wire.loss"
y = "flow.web.setup_time.mean"
color = "node.server.time_wait.count.mean"
series = "node.server.tcp.time_wait"
[figure.box]
kind = "box"
x = "link.wire.loss"
y = "flow.web.setup_time.mean"
series = "node.server.tcp.time_wait"
[figure.violin]
kind = "violin"
x = "link.wire.loss"
of = "flow.web.setup_time"
log = "y"
where = "node.server.tcp.time_wait == 5"
[figure.map]
kind = "heatmap"
x = "node.server.tcp.time_wait"
y = "link.wire.loss"
z = "node.server.time_wait.count.mean"
theory = "flow.web.arrivals.rate * node.server.tcp.time_wait"
[figure.remarks]
kind = "line"
x = "100 * link.wire.loss"
x_label = "loss (%)"
y = "node.server.time_wait.count.mean"
series = "node.server.tcp.time_wait"
line_y = { "20/s for 5 s" = "flow.web.arrivals.rate * 5" }
line_x = "4"
notes = { "Here one in ten is lost." = ["10", "90"] }
`

// TestKindsOfFigures holds what is drawn against what was measured.
func TestKindsOfFigures(t *testing.T) {
	s := study(t, kinds)
	dir := t.TempDir()
	s.File.Output.Figures = []string{"svg"}
	if err := s.Draw(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	rows := func(name string) (rows []map[string]string) {
		f, err := os.Open(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		all, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all[1:] {
			m := map[string]string{}
			for i, key := range all[0] {
				m[key] = r[i]
			}
			rows = append(rows, m)
		}
		return rows
	}
	num := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	shares := map[string]float64{}
	for _, r := range rows("hist") {
		shares[r["series"]] += num(r["y"])
		const n = 1200 // 20 /s for 20 s, three times
		if p := num(r["theory"]); math.Abs(num(r["y"])-p) > 4*math.Sqrt(p/n)+4.0/n {
			t.Errorf("hist: %s of %s from %s s on, by theory %g", r["y"], r["series"], r["x"], p)
		}
	}
	for _, loss := range []string{"0 %", "5 %", "10 %"} {
		if math.Abs(shares["loss = "+loss]-1) > 1e-9 {
			t.Errorf("hist: shares at %s sum to %g: %v", loss, shares[loss], shares)
		}
	}
	at := func(loss, wait string) *Point {
		for _, p := range s.Points {
			if p.Cases[0].Name == loss && p.Cases[1].Name == wait {
				return p
			}
		}
		t.Fatalf("no point %s, %s", loss, wait)
		return nil
	}
	for _, r := range rows("map") {
		want := 20 * num(strings.TrimSuffix(r["x"], " s"))
		if r["panel"] == "simulation" {
			want = at(r["y"], r["x"]).value(t, "node.server.time_wait.count.mean")
		}
		if got := num(r["z"]); math.Abs(got-want) > 1e-9*want {
			t.Errorf("map: %s at %s, %s is %g, want %g", r["panel"], r["x"], r["y"], got, want)
		}
	}
	if n := len(rows("map")); n != 12 {
		t.Errorf("map: %d cells, want 6 measured and 6 of theory", n)
	}
	for _, r := range rows("box") {
		if r["n"] != "3" {
			t.Errorf("box: %s replications at %s, want 3", r["n"], r["x"])
		}
	}
	for _, r := range rows("violin") {
		if m := at(r["x"], "5 s").value(t, "flow.web.setup_time.p50"); math.Abs(num(r["median"])/m-1) > 0.02 {
			t.Errorf("violin: median %s at %s, measured %g", r["median"], r["x"], m)
		}
	}
	if n := len(rows("scatter")); n != 6 {
		t.Errorf("scatter: %d points, want 6", n)
	}
	panels := map[string]float64{}
	for _, r := range rows("stack") {
		if strings.Contains(r["series"], "TIME-WAIT") && num(r["x"]) >= 10 {
			panels[r["panel"]] = max(panels[r["panel"]], num(r["y"]))
		}
	}
	if len(panels) != 3 || panels["loss = 0 %"] < 80 || panels["loss = 0 %"] > 130 {
		t.Errorf("stack: TIME-WAIT reaches %v, want three panels near 100", panels)
	}
	for name, want := range map[string]string{"remarks": "20/s for 5 s", "map": "simulation", "stack": "TIME-WAIT"} { // order-free: each by itself
		svg, err := os.ReadFile(filepath.Join(dir, name+".svg"))
		if err != nil || !strings.Contains(string(svg), want) {
			t.Errorf("%s does not say %q (%v)", name, want, err)
		}
	}
}

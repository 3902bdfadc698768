package language

import (
	"fmt"
	"slices"
	"strings"
)

// A figure of each kind has these keys, besides those of all.
const (
	anyFigure = " kind facet where title caption width"
	anyChart  = " log x_label y_label line_x line_y notes" + anyFigure
)

var figureKeys = map[string]string{
	"ladder":  "flow connection part fold mark between" + anyFigure,
	"states":  "node" + anyFigure,
	"time":    "overlay of theory theory_band between series" + anyChart,
	"cdf":     "overlay of theory series" + anyChart,
	"ccdf":    "overlay of theory series" + anyChart,
	"hist":    "of theory series" + anyChart,
	"line":    "overlay x y theory series" + anyChart,
	"bar":     "x y theory series" + anyChart,
	"scatter": "overlay x y color theory series z_label" + anyChart,
	"box":     "of x y series" + anyChart,
	"violin":  "of x y series" + anyChart,
	"stack":   "of x y between" + anyChart,
	"heatmap": "x y z theory log x_label y_label z_label" + anyFigure,
}

// content reads what a figure shows.
func (d *drawing) content(g *Figure, path string) {
	data := Scope{names: d.names, Metrics: true, Pairs: true}
	over := Scope{names: d.names, Metrics: true, Time: g.Kind == "time"}
	switch g.Kind {
	case "ladder":
		d.ladder(g, path)
	case "states":
		d.node(g, path)
	case "time":
		g.Of = d.metric(path, Level)
		g.Theory = d.curves(path+".theory", over)
		g.Band = d.expr(path+".theory_band", over, Number)
	case "cdf", "ccdf", "hist":
		g.Of = d.metric(path, Sample)
		g.Theory = d.curves(path+".theory", Scope{names: d.names}, Distributed)
	case "stack":
		if d.given[path+".of"] != nil || d.given[path+".x"] == nil {
			g.Levels = d.levels(path)
		} else {
			g.X, g.Y = d.across(path, Number), d.needed(path, "y", data)
		}
	case "box", "violin":
		g.X = d.across(path, Number, Text)
		if d.given[path+".of"] != nil {
			g.Of = d.metric(path, Sample)
		} else {
			g.Y = d.needed(path, "y", data, Number, List)
		}
	case "heatmap":
		g.X, g.Up = d.across(path, Number, Text), d.up(path)
		g.Z = d.needed(path, "z", data)
		g.Theory = d.curves(path+".theory", data)
	default:
		kinds := []Kind{Number}
		if g.Kind == "bar" {
			kinds = append(kinds, Text)
		}
		g.X, g.Y = d.across(path, kinds...), d.needed(path, "y", data)
		g.Color = d.expr(path+".color", data, Number)
		g.Theory = d.curves(path+".theory", over)
	}
	d.remarks(g, path)
	d.overlay(g, path)
	g.Where = d.expr(path+".where", Scope{names: d.names}, Truth)
	if log, ok := d.config.value(path + ".log"); ok {
		axes := log.(string)
		g.LogX, g.LogY, g.LogZ = strings.Contains(axes, "x"), strings.Contains(axes, "y"), strings.Contains(axes, "z")
		if g.LogZ && g.Color == nil && g.Z == nil && !d.bad(path+".z") {
			d.fault(path+".log", wrongf("", "this figure has no z"))
		}
	}
}

func (d *drawing) ladder(g *Figure, path string) {
	if d.need(path, "flow", `"`+strings.Join(append(d.under("flow"), "web")[:1], "")+`"`) && !slices.Contains(d.names.of("flow"), g.Flow) {
		d.fault(path+".flow", wrongf("", "%s", meant(fmt.Sprintf("no flow %q", g.Flow), g.Flow, d.names.of("flow"))))
	} else if g.Flow != "" && d.background(g.Flow) {
		d.fault(path+".flow", wrongf("", "flow.%s is packets without connections, and has no ladder", g.Flow))
	}
}

// node reads the key node, that of hosts.
func (d *drawing) node(g *Figure, path string) {
	if g.Node == "" {
		return
	}
	if nodes := d.names.of("node"); !slices.Contains(nodes, g.Node) {
		d.fault(path+".node", wrongf("", "%s", meant(fmt.Sprintf("no node %q", g.Node), g.Node, nodes)))
	} else if i := slices.IndexFunc(d.Points[0].Spec.Nodes, func(n Node) bool { return n.Name == g.Node }); i >= 0 && d.Points[0].Spec.Nodes[i].Router() {
		d.fault(path+".node", wrongf("", "node.%s is a router, and has no connections", g.Node))
	}
}

// across reads the key x, which is of parameters.
func (d *drawing) across(path string, kinds ...Kind) *Expr {
	if !d.need(path, "x", `"link.NAME.loss"`) {
		return nil
	}
	return d.expr(path+".x", Scope{names: d.names}, kinds...)
}

// up reads the key y of a heat map, which is of parameters, too.
func (d *drawing) up(path string) *Expr {
	if !d.need(path, "y", `"link.NAME.loss"`) {
		return nil
	}
	return d.expr(path+".y", Scope{names: d.names}, Number, Text)
}

// needed reads a key of curves that must be there.
func (d *drawing) needed(path, key string, scope Scope, kind ...Kind) []Curve {
	if !d.need(path, key, `"flow.NAME.setup_time.mean"`) {
		return nil
	}
	return d.curves(path+"."+key, scope, kind...)
}

// levels reads the key of, a list of levels.
func (d *drawing) levels(path string) (all []Slot) {
	if !d.need(path, "of", `["node.NAME.established.count", "node.NAME.time_wait.count"]`) {
		return nil
	}
	v, _ := d.config.value(path + ".of")
	paths, several := v.([]string)
	if !several {
		paths = []string{v.(string)}
	}
	for _, p := range paths {
		if s := d.wholeMetric(path+".of", p, Level); s != nil {
			all = append(all, *s)
		}
	}
	return all
}

// Note is a point of a figure with what is to be said of it.
type Note struct {
	Text string
	X, Y *Expr
}

// remarks reads what a chart points out.
func (d *drawing) remarks(g *Figure, path string) {
	fixed := Scope{names: d.names}
	g.LinesX, g.LinesY = d.curves(path+".line_x", fixed), d.curves(path+".line_y", fixed)
	s := d.given[path+".notes"]
	if s == nil || s.bad {
		return
	}
	texts, ok := s.raw.(map[string]any)
	if !ok {
		d.fault(path+".notes", wrongf(`write notes = { "the knee" = ["60", "0.1"] }`, "%s is no table of points", shown(s.raw)))
		return
	}
	for _, text := range d.inOrder(d.indexOf(s.file), s.path, texts) {
		at := d.indexOf(s.file).find(dot(s.path, text)).value
		point, ok := texts[text].([]any)
		var xy []*Expr
		for _, v := range point {
			if source, text := v.(string); text {
				xy = append(xy, d.compile(s, at, source, fixed, []Kind{Number}))
			}
		}
		if !ok || len(point) != 2 || len(xy) != 2 {
			d.faults = append(d.faults, s.faultAt(at, wrongf(`write ["60", "0.1"], expressions of x and y`, "%s is no point", shown(texts[text]))))
			continue
		}
		g.Notes = append(g.Notes, Note{text, xy[0], xy[1]})
	}
}

package language

import (
	"maps"
	"slices"
	"strings"
)

// Comparison is a number at some points against the same at others that differ from
// them in what is named, replication by replication.
type Comparison struct {
	Name        string
	Metric      *Expr
	Base, Other Picked
}

// Picked is what points have at some axes: the raw value by the path of the axis.
type Picked map[string]any

// Has tells whether a point is one of them.
func (c Picked) Has(p *Point) bool {
	for path, raw := range c { // order-free: all must hold
		if !slices.ContainsFunc(p.Cases, func(at Choose) bool { return at.Path == path && at.is(raw) }) {
			return false
		}
	}
	return true
}

// is tells whether a raw value is that of the choice.
func (c *Choose) is(raw any) bool {
	if c.Value == nil {
		return raw == c.Name
	}
	v, w := keyOf(c.Path).Type.value(raw)
	return w == nil && Format(v) == Format(c.Value)
}

// Beside tells whether two points differ in nothing but what is compared.
func (c *Comparison) Beside(base, other *Point) bool {
	if !c.Base.Has(base) || !c.Other.Has(other) {
		return false
	}
	for i, at := range base.Cases {
		_, a := c.Base[at.Path]
		_, b := c.Other[at.Path]
		if !a && !b && other.Cases[i].Name != at.Name {
			return false
		}
	}
	return true
}

// readPoint reads { case.reuse = "off" }, a table of tables, as paths.
func readPoint(raw any) (any, *wrong) {
	table, ok := raw.(map[string]any)
	c := Picked{}
	var flatten func(path string, table map[string]any)
	flatten = func(path string, table map[string]any) {
		for word, v := range table { // order-free: each has its own path
			full := strings.TrimPrefix(path+"."+word, ".")
			if below, ok := v.(map[string]any); ok {
				flatten(full, below)
			} else {
				c[full] = v
			}
		}
	}
	flatten("", table)
	if !ok || len(c) == 0 {
		return nil, wrongf(`write { case.NAME = "..." }`, "%s is no choice of points", shown(raw))
	}
	return c, nil
}

// compared reads the comparisons.
func (d *drawing) compared() (all []*Comparison) {
	for _, name := range d.under("compare") {
		path := "compare." + name
		c := &Comparison{Name: name}
		if d.need(path, "metric", `"flow.NAME.failed.fraction"`) {
			c.Metric = d.expr(path+".metric", Scope{names: d.names, Metrics: true}, Number)
		}
		c.Base, c.Other = d.points(path, "base"), d.points(path, "other")
		all = append(all, c)
	}
	return all
}

// points reads which points are meant, and holds them against those there are.
func (d *drawing) points(path, key string) Picked {
	if !d.need(path, key, `{ case.NAME = "..." }`) {
		return nil
	}
	v, _ := d.config.value(path + "." + key)
	c := v.(Picked)
	for _, at := range slices.Sorted(maps.Keys(c)) {
		if !slices.ContainsFunc(d.Axes, func(a Axis) bool { return a.Has(at) }) {
			var axes []string
			for _, a := range d.Axes {
				axes = append(axes, a.Paths...)
			}
			d.fault(path+"."+key, wrongf("", "%s", meant(at+" does not vary in this file", at, axes)))
			return c
		}
	}
	if !d.pinned && !slices.ContainsFunc(d.Points, c.Has) {
		d.fault(path+"."+key, wrongf("", "there is no such point"))
	}
	return c
}

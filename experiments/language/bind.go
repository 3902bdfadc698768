package language

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// follows reports whether a value is computed from others, and no copy of one.
func (c *config) follows(path string) bool {
	s := c.given[path]
	return s != nil && slices.ContainsFunc(s.parts, func(p part) bool {
		_, lone := p.expr.copies()
		return p.expr != nil && !lone
	})
}

// bind makes the Spec of a configuration.
func (c *config) bind() *Spec {
	s := &Spec{config: c}
	c.fill("run", &s.Run)
	s.Run.WarmupSaid = c.set("run.warmup")
	c.fill("routing", &s.Routing)
	for _, name := range c.under("routing.route") {
		r := Route{Name: name}
		c.fill("routing.route."+name, &r)
		s.Routing.Routes = append(s.Routing.Routes, r)
	}
	for _, name := range c.under("param") {
		if v, ok := c.value("param." + name); ok {
			s.Params = append(s.Params, Param{name, v, c.follows("param." + name)})
		}
	}
	for _, name := range c.under("node") {
		n := Node{Name: name}
		c.fill("node."+name, &n)
		n.Count, n.Addresses = max(1, n.Count), max(1, n.Addresses) // were it refused
		n.TCP = c.profile("node." + name)
		c.systems["node."+name] = n.TCP
		for _, l := range c.under("node." + name + ".listen") {
			listener := Listener{Name: l, Implied: !c.set("node." + name + ".listen." + l + ".port")}
			c.fill("node."+name+".listen."+l, &listener)
			n.Listeners = append(n.Listeners, listener)
		}
		c.shapeNode(&n)
		s.Nodes = append(s.Nodes, n)
	}
	for _, name := range c.under("link") {
		l := Link{Name: name}
		c.fill("link."+name, &l)
		for _, r := range c.under("link." + name + ".rule") {
			rule := Rule{Name: r}
			c.fill("link."+name+".rule."+r, &rule)
			l.Rules = append(l.Rules, rule)
		}
		if len(l.Ends) == 1 {
			l.Ends = []string{l.Ends[0], l.Ends[0]}
		}
		c.shapeLink(&l)
		c.traces(&l)
		s.Links = append(s.Links, l)
	}
	for _, name := range c.under("flow") {
		f := Flow{Name: name}
		c.fill("flow."+name, &f)
		f.From, f.To = slices.Clone(f.From), slices.Clone(f.To)
		c.arrivalTimes(&f)
		s.Flows = append(s.Flows, f)
	}
	s.Events = c.events()
	c.captures(s)
	return s
}

// fill sets the fields of a struct from the paths in their tags. A pointer is set
// only by what the file says, not by defaults: nil leaves it to the profile.
func (c *config) fill(path string, into any) {
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		tag, ok := v.Type().Field(i).Tag.Lookup("key")
		if !ok {
			continue
		}
		field, at := v.Field(i), path+"."+tag
		if keyOf(at) == nil {
			c.fill(at, field.Addr().Interface())
			continue
		}
		value, ok := c.value(at)
		if !ok {
			continue
		}
		if f, isForm := value.(form); isForm || field.Type() == reflect.TypeFor[Law]() {
			fillForm(field, value, f)
			continue
		}
		if field.Kind() == reflect.Pointer && (field.Type().Implements(reflect.TypeFor[form]()) || !c.set(at)) {
			continue
		}
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		field.Set(reflect.ValueOf(value).Convert(field.Type()))
	}
}

// fillForm sets a field to what may be a table; a field that has no room for it
// stays as it is, but for the first value of a schedule.
func fillForm(field reflect.Value, value any, f form) {
	if f == nil {
		field.Set(reflect.ValueOf(lawOf(value)))
		return
	}
	v := reflect.ValueOf(f)
	s, isSchedule := f.(Schedule)
	switch t := field.Type(); {
	case t == v.Type():
		field.Set(v)
	case t == reflect.PointerTo(v.Type()):
		field.Set(reflect.New(v.Type()))
		field.Elem().Set(v)
	case isSchedule && t == reflect.TypeFor[Law]():
		field.Set(reflect.ValueOf(lawOf(time.Duration(math.Round(s.Values[0] * 1e9)))))
	case isSchedule && field.CanFloat():
		field.SetFloat(s.Values[0])
	case isSchedule && field.CanInt():
		field.SetInt(int64(s.Values[0]))
	}
}

// listeners gives every destination its port and its listener. A port without
// one makes a listener: port 80 that of name p80.
func (c *config) listeners() {
	for _, node := range c.under("node") {
		c.resolve("node." + node + ".balance.to")
	}
	for _, flow := range c.under("flow") {
		if !c.background(flow) {
			c.resolve("flow." + flow + ".to")
		}
	}
}

// resolve finds the listeners of a list of targets.
func (c *config) resolve(path string) {
	v, _ := c.value(path)
	targets, _ := v.([]Target)
	resolved := slices.Clone(targets)
	for i, t := range resolved {
		if kind, _ := c.value("node." + t.Node + ".kind"); kind == "balancer" {
			resolved[i] = c.service(path, t)
			if c.proxy(t.Node) && resolved[i].Port > 0 {
				resolved[i] = c.listener(path, resolved[i])
			}
		} else if c.has["node."+t.Node] {
			resolved[i] = c.listener(path, t)
		}
	}
	if len(resolved) > 0 {
		c.done[path] = resolved
	}
}

// listener finds or makes the listener of one target.
func (c *config) listener(path string, t Target) Target {
	above := "node." + t.Node + ".listen"
	names := c.under(above)
	switch {
	case t.Listener == "" && t.Port == 0 && len(names) == 1:
		t.Listener = names[0]
	case t.Listener == "" && t.Port == 0:
		c.fault(path, wrongf(fmt.Sprintf(`write "%s:80"`, t), "%q has no port", t))
		return t
	}
	for _, name := range names {
		port, ok := c.value(above + "." + name + ".port")
		switch {
		case name == t.Listener && ok:
			t.Port = uint16(port.(int64))
			return t
		case name == t.Listener:
			return t // its missing port is reported there
		case t.Listener == "" && port == int64(t.Port):
			t.Listener = name
			return t
		}
	}
	if t.Listener != "" {
		c.fault(path, wrongf("", "%s", meant("no listener "+quoted(t.Listener)+" at "+t.Node, t.Listener, names)))
		return t
	}
	t.Listener = fmt.Sprint("p", t.Port)
	table := above + "." + t.Listener
	c.declare(table)
	c.done[table+".port"] = int64(t.Port)
	return t
}

package language

import (
	"fmt"
	"slices"
	"strings"
)

// arrivalKeys are the keys of arrivals that each process has, besides its own
// name.
var arrivalKeys = map[string][]string{
	"once":      {"start", "per", "batch"},
	"at":        {"times", "per", "batch"},
	"even":      {"rate", "per", "count", "start", "stop", "batch"},
	"poisson":   {"rate", "per", "count", "start", "stop", "batch"},
	"on-off":    {"rate", "per", "count", "start", "stop", "batch", "on", "off"},
	"renewal":   {"gap", "per", "count", "start", "stop", "batch"},
	"mmpp":      {"rates", "stay", "per", "count", "start", "stop", "batch"},
	"trace":     {"file", "per", "batch"},
	"triggered": {"by", "fan_out", "wait", "start", "stop"},
	"users":     {"users", "think", "per", "count", "start", "stop"},
}

func (c *config) checkFlow(s *Spec, f *Flow) {
	path := "flow." + f.Name
	if c.bad(path + ".kind") {
		return
	}
	if c.need(path, "from", `"client"`) {
		for i, t := range f.From {
			c.checkTarget(s, path+".from", i, t, "opens")
			if t.Port != 0 || t.Listener != "" {
				c.faultPart(path+".from", i, wrongf("the port it comes from is local.port", "%q has a port", t))
			}
		}
	}
	for i, t := range f.From {
		if n := s.Node(t.Node); n != nil && !n.Router() && f.LocalAddress > n.Addresses && !c.bad(path+".local.address") {
			c.fault(path+".local.address", wrongf(fmt.Sprintf("write addresses = %d under [node.%s]", f.LocalAddress, n.Name), "%q has %d addresses, no %dth", f.From[i].Node, n.Addresses, f.LocalAddress))
		}
	}
	if c.need(path, "to", `"server:80"`) {
		for i, t := range f.To {
			c.checkTarget(s, path+".to", i, t, "accepts")
		}
	}
	if len(f.From) == 1 && len(f.To) == 1 && f.From[0].Node == f.To[0].Node && s.Node(f.From[0].Node) != nil && s.Node(f.From[0].Node).Count == 1 {
		c.fault(path+".to", wrongf("", "%q cannot connect to itself", f.To[0].Node))
	}
	c.checkArrivals(s, f)
	c.checkBackground(s, f)
	c.checkAttack(s, f)
	c.checkPool(f)
	c.checkTalk(f)
	c.checkRelayed(s, f)
	c.checkInitial(f)
	if f.Close.By == "nobody" {
		for _, key := range []string{"how", "when", "after", "reply"} {
			if at := path + ".close." + key; c.set(at) && !c.fromDefault(at, path) {
				c.fault(at, wrongf(`write close.by = "client"`, "nobody closes"))
			}
		}
	}
}

// checkPool looks at what jobs and connections that are not one have to do with
// each other.
func (c *config) checkPool(f *Flow) {
	path := "flow." + f.Name
	if v, fixed := f.Retry.Backoff.Fixed(); (v > 0 || !fixed) && f.Retry.Times == 0 && !c.bad(path+".retry.times") {
		c.fault(path+".retry.backoff", wrongf("add times = 1", "nothing is tried again"))
	}
	p := &f.Pool
	limited := p.MaxRequests != Unlimited || p.MaxAge != Never || p.IdleTimeout != Never
	if p.Size == 0 {
		if limited && !f.Packets() {
			c.need(path, "pool.size", "10")
		}
		return
	}
	for key, law := range map[string]*Law{"request": &f.Request, "response": &f.Response} { // order-free: faults are sorted
		if v, fixed := law.Fixed(); fixed && v == 0 && !c.bad(path+"."+key) {
			c.faultAt(path, path+"."+key, wrongf(fmt.Sprintf(`add %s = "1 kB" under [%s]`, key, path), "a job that borrows a connection asks and is answered"))
		}
	}
	if f.Close.When != "done" {
		c.fault(path+".close.when", wrongf(`leave it out`, "connections of a pool are closed when their jobs are done"))
	}
	if f.Close.By == "nobody" && limited {
		c.fault(path+".close.by", wrongf(`write close.by = "client", or a pool without limits`, "nobody closes what the pool has no more use for"))
	}
}

// checkInitial looks whether it is known what a flow would have left in TIME-WAIT.
func (c *config) checkInitial(f *Flow) {
	path := "flow." + f.Name
	if f.Initial != "steady" {
		return
	}
	why := ""
	reply, fixed := f.Close.Reply.Fixed()
	switch p := f.Arrivals.Process; {
	case p != "even" && p != "poisson":
		why = fmt.Sprintf("arrivals of process %q have no steady rate", p)
	case f.Arrivals.Count != Unlimited || f.Arrivals.Start > 0:
		why = "arrivals that begin or end have not always been"
	case f.Pool.Size > 0:
		why = "a pool has its own times of closing"
	case f.LocalPort != 0:
		why = "a port that is bound holds one connection"
	case f.Close.By == "nobody" || f.Close.How == "rst" || f.Close.How == "linger" || fixed && reply == Never:
		why = "it leaves nobody in TIME_WAIT"
	default:
		return
	}
	c.fault(path+".initial", wrongf(`write run.warmup instead, several times tcp.time_wait`, "%s", why))
}

// fromDefault tells whether a path has its value from [default], which is of
// many and need not suit each.
func (c *config) fromDefault(path, table string) bool {
	return !strings.Contains(c.given[path].path, table+".")
}

// checkTarget looks for the node a target names, and the members of it.
func (c *config) checkTarget(s *Spec, path string, i int, t Target, does string) {
	w := s.member(c, t)
	if n := s.Node(t.Node); w == nil && n.Kind != "" && n.Router() && (n.Kind != "balancer" || does != "accepts") {
		w = wrongf("", "%q is a %s, which %s no connections", t.Node, n.Kind, does)
	}
	if w != nil {
		c.faultPart(path, i, w)
	}
}

func (c *config) checkArrivals(s *Spec, f *Flow) {
	a, path := &f.Arrivals, "flow."+f.Name+".arrivals"
	if c.bad(path + ".process") {
		return
	}
	for _, key := range keysBelow("flow.*.arrivals.") {
		if at := path + "." + key; key != "process" && c.set(at) && !slices.Contains(arrivalKeys[a.Process], key) {
			right := `write process = "poisson" or "even"`
			if process := map[string]string{"times": "at", "users": "users", "think": "users", "on": "on-off", "off": "on-off", "gap": "renewal",
				"rates": "mmpp", "stay": "mmpp", "by": "triggered", "fan_out": "triggered", "wait": "triggered", "file": "trace"}[key]; process != "" {
				right = "write process = " + quoted(process)
			}
			c.fault(at, wrongf(right, "process %q has no %s", a.Process, key))
		}
	}
	if a.Per == "pair" && a.Process == "users" {
		c.fault(path+".per", wrongf(`write per = "host"`, "a user calls whichever server is picked"))
	}
	switch a.Process {
	case "even", "poisson", "on-off":
		if !c.set("flow." + f.Name + ".load.of") {
			c.need(path, "rate", `"10/s"`)
		}
		if a.Process == "on-off" {
			c.need(path, "on", `"100 ms"`)
			c.need(path, "off", `{ dist = "pareto", mean = "400 ms", alpha = 1.5 }`)
		}
	case "users":
		c.need(path, "users", "100")
		if v, _ := a.Think.Fixed(); c.need(path, "think", `{ dist = "exponential", mean = "1 s" }`) && v == 0 {
			c.fault(path+".think", wrongf(`write "1 ms"`, "a user who never thinks asks for ever at one instant where nothing can be had"))
		}
	case "renewal":
		c.need(path, "gap", `{ dist = "weibull", mean = "100 ms", k = 0.5 }`)
	case "mmpp":
		c.need(path, "rates", `["100/s", "1000/s"]`)
		c.need(path, "stay", `["9 s", "1 s"]`)
		if n, m := len(a.States), len(a.Stay); n != m && n > 0 && m > 0 {
			c.fault(path+".stay", wrongf("write one for each", "%d stays are of %d rates", m, n))
		}
	case "trace":
		c.need(path, "file", `"arrivals.txt"`)
	case "triggered":
		c.checkTrigger(s, f)
	case "at":
		c.need(path, "times", `["0 s", "1 s"]`)
		if !slices.IsSorted(a.Times) {
			c.fault(path+".times", wrongf("", "the times are not in order"))
		}
	}
	switch d := s.Run.Duration; {
	case a.Stop > 0 && a.Stop <= a.Start:
		c.fault(path+".stop", wrongf("", "ends, at %s, before it starts, at %s", Format(a.Stop), Format(a.Start)))
	case d > 0 && a.Start >= d:
		c.fault(path+".start", wrongf("", "starts, at %s, when the run is over, at %s", Format(a.Start), Format(d)))
	}
}

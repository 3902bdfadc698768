package language

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// arrivalTimes reads the file of a flow whose arrivals have one.
func (c *config) arrivalTimes(f *Flow) {
	path := "flow." + f.Name + ".arrivals.file"
	if f.Arrivals.Process != "trace" || f.Arrivals.File == "" || !c.set(path) {
		return
	}
	data, err := c.file.read(c.given[path].file, f.Arrivals.File)
	if err != nil {
		c.fault(path, wrongf("a file is named from where the one is that names it", "%v", err))
		return
	}
	times, w := readTimes(f.Arrivals.File, string(data))
	if w != nil {
		c.fault(path, w)
		return
	}
	f.Arrivals.Times = times
	c.sums[path] = fmt.Sprintf("%x", sha256.Sum256(data))
}

// readTimes reads a time a line, upwards. A first line that is a unit is that of all
// lines. What follows # says nothing.
func readTimes(name, text string) (times []time.Duration, w *wrong) {
	unit := ""
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if len(times) == 0 && unit == "" && durations.units[line] != nil {
			unit = line
			continue
		}
		t, w := readDuration(line + unit)
		if w != nil {
			return nil, wrongf(`write "1.5 s", or the unit alone in the first line`, "%s:%d: %s", name, i+1, w.what)
		}
		times = append(times, t)
	}
	if len(times) == 0 || !slices.IsSorted(times) {
		return nil, wrongf("", "%s: times are there, and ascend", name)
	}
	return times, nil
}

// checkTrigger looks for the flow whose requests begin jobs, and for one that would
// begin its own.
func (c *config) checkTrigger(s *Spec, f *Flow) {
	path := "flow." + f.Name + ".arrivals"
	if !c.need(path, "by", `"web"`) {
		return
	}
	seen := map[string]bool{f.Name: true}
	for at := f.Arrivals.By; ; {
		by := s.flow(at)
		switch {
		case by == nil:
			c.fault(path+".by", wrongf("", "%s", meant("no flow "+quoted(at), at, c.under("flow"))))
			return
		case by.Kind != "conversation" || f.Kind != "conversation":
			c.fault(path+".by", wrongf("", "requests trigger jobs, and a flow of kind %q has none", map[bool]string{true: f.Kind, false: by.Kind}[by.Kind == "conversation"]))
			return
		case seen[at]:
			c.fault(path+".by", wrongf("", "flow.%s would trigger itself", at))
			return
		case by.Arrivals.Process != "triggered":
			return
		}
		seen[at] = true
		at = by.Arrivals.By
	}
}

// flow returns the flow of that name, nil if there is none.
func (s *Spec) flow(name string) *Flow {
	for i := range s.Flows {
		if s.Flows[i].Name == name {
			return &s.Flows[i]
		}
	}
	return nil
}

// checkTalk looks at who speaks first, and at what is left unread.
func (c *config) checkTalk(f *Flow) {
	path := "flow." + f.Name
	says := func(l *Law) bool { v, fixed := l.Fixed(); return !fixed || v > 0 }
	if f.Speaks == "server" {
		switch {
		case !says(&f.Response) && !c.bad(path+".response"):
			c.fault(path+".speaks", wrongf(fmt.Sprintf(`add response = "100 B" under [%s]`, path), "a server that says nothing cannot speak first"))
		case f.Pool.Size > 0:
			c.fault(path+".speaks", wrongf("leave it out", "a job that borrows a connection speaks first"))
		case f.FastOpen:
			c.fault(path+".speaks", wrongf("leave one of them out", "with fast_open the first request rides on the SYN"))
		}
	}
	if f.Close.How != "unread" || c.bad(path+".close.how") {
		return
	}
	for by, l := range map[string]*Law{"client": &f.Response, "server": &f.Request} { // order-free: one of them is meant
		if f.Close.By == by && !says(l) {
			what := map[string]string{"client": "response", "server": "request"}[by]
			c.fault(path+".close.how", wrongf(fmt.Sprintf(`add %s = "1 kB" under [%s]`, what, path), "there is nothing that the %s could leave unread", by))
		}
	}
}

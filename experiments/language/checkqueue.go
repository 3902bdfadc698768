package language

import (
	"slices"
	"strings"
	"time"
)

// Queue is a queue and its discipline. What is 0 or nil is as the discipline's
// source has it.
type Queue struct {
	Kind        string        `key:"kind"` // drop-tail, red, codel, fq-codel, pie, priority, drr
	Limit       Limit         `key:"limit"`
	ECN         bool          `key:"ecn"`
	Min         Limit         `key:"min"`
	Max         Limit         `key:"max"`
	Probability float64       `key:"probability"`
	Weight      float64       `key:"weight"`
	Gentle      bool          `key:"gentle"`
	Target      time.Duration `key:"target"`
	Interval    time.Duration `key:"interval"`
	Quantum     int64         `key:"quantum"` // B
	Flows       int64         `key:"flows"`
	Bands       []string      `key:"bands"` // the kinds of segments that go first, in order
}

// queueKeys are the keys of each discipline besides kind and limit.
var queueKeys = map[string][]string{
	"drop-tail": nil,
	"red":       {"ecn", "min", "max", "probability", "weight", "gentle"},
	"codel":     {"ecn", "target", "interval"},
	"fq-codel":  {"ecn", "target", "interval", "quantum", "flows"},
	"pie":       {"ecn", "target", "interval"},
	"priority":  {"bands"},
	"drr":       {"quantum", "flows"},
}

// queueTakes tells whether a key below queue means anything to the discipline.
func (c *config) queueTakes(table, key string) bool {
	kind, _ := c.value(table + ".kind")
	word, _ := kind.(string)
	return key == "kind" || key == "limit" || slices.Contains(queueKeys[word], key)
}

// checkQueue looks at the queue of a link, or of one direction of it.
func (c *config) checkQueue(q *Queue, table string) {
	if c.bad(table + ".kind") {
		return
	}
	for k := range Keys() {
		key, ok := strings.CutPrefix(k.Path, "link.*.queue.")
		if !ok || !c.set(table+"."+key) || c.queueTakes(table, key) {
			continue
		}
		right := "leave it out"
		if keys := queueKeys[q.Kind]; len(keys) > 0 {
			right = "it has " + strings.Join(keys, " ")
		}
		c.fault(table+"."+key, wrongf(right, "means nothing to %s", q.Kind))
	}
	own := !strings.Contains(table, ".forward.") && !strings.Contains(table, ".back.")
	if q.Kind == "priority" && own {
		c.need(table, "bands", `["syn", "ack"]`)
	}
	for i, band := range q.Bands {
		flow, isFlow := strings.CutPrefix(band, "flow.")
		if isFlow && c.set(table+".bands") && !c.has["flow."+flow] {
			c.faultPart(table+".bands", i, wrongf("", "%s", meant("no flow "+quoted(flow), flow, c.under("flow"))))
		}
	}
	if q.Kind != "red" || !own && !c.set(table+".min") && !c.set(table+".max") {
		return
	}
	low, high := q.Min, q.Max
	switch {
	case low == (Limit{}) && high == (Limit{}):
	case low == (Limit{}) || high == (Limit{}):
		c.fault(table, wrongf("give both", "min and max belong together"))
	case low.Time > 0 || high.Time > 0 || (low.Bytes > 0) != (high.Bytes > 0):
		c.fault(table+".max", wrongf("write both in packets, or both in bytes", "%s and %s do not compare", low, high))
	case low.Packets+int64(low.Bytes) >= high.Packets+int64(high.Bytes):
		c.fault(table+".max", wrongf("", "max, %s, is not above min, %s", high, low))
	}
}

package language

import (
	"slices"
	"strings"
	"time"
)

// backgroundKeys are the keys of a background flow besides those of its arrivals
// and its load; all that is missing here is about connections.
var backgroundKeys = []string{"kind", "label", "from", "to", "spread", "pick", "size"}

// flowKeys are all the keys below [flow.NAME].
var flowKeys = keysBelow("flow.*.")

// background tells whether a flow is one of packets without connections.
func (c *config) background(flow string) bool {
	kind, _ := c.value("flow." + flow + ".kind")
	return kind == "background"
}

// belongs tells whether a key below [flow.NAME] means anything to that kind of
// flow.
func (c *config) belongs(flow, key string) bool {
	ofPackets := key == "size" || strings.HasPrefix(key, "load.")
	switch {
	case c.forged(flow):
		return strings.HasPrefix(key, "arrivals.") || slices.Contains(attackKeys, key)
	case key == "spoof":
		return false
	case !c.background(flow):
		return !ofPackets
	}
	return ofPackets || strings.HasPrefix(key, "arrivals.") || slices.Contains(backgroundKeys, key)
}

// Packets tells whether the flow is one of packets without connections.
func (f *Flow) Packets() bool { return f.Kind == "background" }

// loads gives every flow that is a share of a link's rate the rate of its own.
func (c *config) loads() {
	for _, flow := range c.under("flow") {
		table := "flow." + flow
		at := table + ".load.of"
		of, _ := c.value(at)
		link, _ := of.(string)
		share, _ := c.value(table + ".load.share")
		size, _ := c.value(table + ".size")
		if link == "" || share == nil || size == nil || !c.background(flow) {
			continue
		}
		rate, overhead, w := c.capacity(link)
		if w != nil {
			c.fault(at, w)
			continue
		}
		c.done[table+".arrivals.rate"] = Frequency(c.peak(table) * Base(share).(float64) * rate / (8 * (meanSize(size) + float64(overhead))))
	}
}

// peak is by how much the rate within the bursts of a flow is above its mean.
func (c *config) peak(flow string) float64 {
	on, _ := c.value(flow + ".arrivals.on")
	off, _ := c.value(flow + ".arrivals.off")
	process, _ := c.value(flow + ".arrivals.process")
	if process != "on-off" || on == nil || off == nil {
		return 1
	}
	return 1 + meanLength(off)/meanLength(on)
}

// meanSize is the mean of a size or a law of them, in bytes.
func meanSize(v any) float64 {
	if l, ok := v.(Law); ok {
		return l.Dist.Mean()
	}
	return float64(v.(Size))
}

// meanLength is the mean of a duration or a law of them, in ns.
func meanLength(v any) float64 {
	if l, ok := v.(Law); ok {
		return l.Dist.Mean()
	}
	return float64(v.(time.Duration))
}

// capacity is the rate in bit/s, the mean one of a schedule, of "link.NAME", or of one direction of it,
// and what each packet takes there besides its own bytes.
func (c *config) capacity(of string) (rate float64, overhead int64, w *wrong) {
	words := strings.Split(of, ".")
	way := ""
	if n := len(words) - 1; words[n] == "forward" || words[n] == "back" {
		way, words = words[n], words[:n]
	}
	if len(words) != 2 || words[0] != "link" {
		return 0, 0, wrongf(`write "link.NAME", or "link.NAME.forward"`, "%q is no link", of)
	}
	path := strings.Join(words, ".")
	if !c.has[path] {
		return 0, 0, wrongf("", "%s", meant("no link "+quoted(words[1]), words[1], c.under("link")))
	}
	var rates [2]float64
	var overheads [2]Size
	for i, d := range []string{"forward", "back"} {
		v, _ := c.value(path + "." + d + ".rate")
		if v != Rate(Unlimited) && v != nil {
			rates[i], _ = Base(v).(float64) // of a schedule its mean
		}
		v, _ = c.value(path + "." + d + ".overhead")
		overheads[i], _ = v.(Size)
	}
	i := 0
	switch {
	case way == "back":
		i = 1
	case way == "" && (rates[0] != rates[1] || overheads[0] != overheads[1]):
		return 0, 0, wrongf(`write "`+path+`.forward" or "`+path+`.back"`, "%s differs by direction", path)
	}
	if rates[i] <= 0 {
		return 0, 0, wrongf(`write rate = "10 Mbps" under [`+path+`], or arrivals.rate here`, "%s has no rate to be loaded", of)
	}
	return rates[i], int64(overheads[i]), nil
}

// checkBackground looks at what is special to a flow of packets.
func (c *config) checkBackground(s *Spec, f *Flow) {
	path := "flow." + f.Name
	for _, key := range flowKeys {
		at := path + "." + key
		if !c.set(at) || c.belongs(f.Name, key) || c.fromDefault(at, path) {
			continue
		}
		switch {
		case f.Forges():
			c.fault(at, wrongf("leave it out", "a flow of kind %q sends forged segments, and has no connections", f.Kind))
		case f.Packets():
			c.fault(at, wrongf("leave it out", "a background flow sends packets, and opens no connections"))
		case key == "spoof":
			c.fault(at, wrongf(`write kind = "syn-flood" for forged segments`, "a flow of conversations has its own addresses"))
		default:
			c.fault(at, wrongf(`write kind = "background" for packets without connections`, "a flow of conversations has no %s", key))
		}
	}
	if !f.Packets() {
		return
	}
	for i, t := range f.To {
		if t.Port != 0 || t.Listener != "" {
			c.faultPart(path+".to", i, wrongf("write "+quoted(t.Node), "%q has a port, and packets without connections have none", t))
		}
	}
	switch of, share := c.set(path+".load.of"), c.set(path+".load.share"); {
	case of != share:
		c.need(path, map[bool]string{true: "load.share", false: "load.of"}[of], map[bool]string{true: `"50 %"`, false: `"link.NAME"`}[of])
	case of && c.set(path+".arrivals.rate"):
		c.fault(path+".arrivals.rate", wrongf("leave one of them out", "load.share says the rate already"))
	case of && f.Load.Share == 0 && !c.bad(path+".load.share"):
		c.fault(path+".load.share", wrongf("leave the flow out", "a share of nothing"))
	}
	if p := f.Arrivals.Process; c.set(path+".load.of") && p != "even" && p != "poisson" && p != "on-off" && !c.bad(path+".arrivals.process") {
		c.faultAt(path, path+".arrivals.process", wrongf(`write arrivals.process = "poisson", or "even" for a constant rate`, "process %q has no rate by which it could load a link", p))
	}
	low, high := f.Size.Dist.Bounds()
	_, fixed := f.Size.Dist.Fixed()
	switch {
	case c.bad(path+".size") || low >= leastDatagram && high <= 65535:
	case fixed:
		c.fault(path+".size", wrongf("write 48 B to 65535 B", "%d B is no packet", low))
	default:
		c.fault(path+".size", wrongf(`give it min = "48 B" and max = "1500 B"`, "%s may be less than 48 B or more than 65535 B, which is no packet", f.Size))
	}
}

// leastDatagram is an IPv6 header and one of UDP, in bytes.
const leastDatagram = 48

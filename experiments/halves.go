package experiments

import (
	"slices"
	"strings"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/topo"
)

// halves are both directions of member i of a group, called name. A delay that is drawn is
// drawn once for the member, for both directions if the file gives them one.
func (w *World) halves(l *language.Link, name string, i int) (forward, back topo.HalfSpec) {
	forward, back = w.half(&l.Forward), w.half(&l.Back)
	forward.Changes = changing(w.Spec, l.Name)
	back.Changes = forward.Changes
	stream := "link." + name + ".delay"
	forward.Delay = w.delay(&l.Forward, i, stream)
	if l.Back.Delay.String() != l.Forward.Delay.String() {
		stream = "link." + name + ".back.delay"
	}
	back.Delay = w.delay(&l.Back, i, stream)
	return forward, back
}

// delay is that of member i in one direction: a shape's, or a draw.
func (w *World) delay(d *language.Direction, i int, stream string) time.Duration {
	if d.Delays != nil {
		return d.Delays[i]
	}
	if v, fixed := d.Delay.Fixed(); fixed {
		return v
	}
	return time.Duration(d.Delay.Dist.Draw(des.Stream(w.seed, uint64(w.Replication), stream)))
}

func (w *World) half(d *language.Direction) topo.HalfSpec {
	s := topo.HalfSpec{Rate: d.Rate, MTU: int32(d.MTU), Overhead: int32(d.Overhead), Queue: limitOf(d.Queue.Limit),
		Loss: d.Loss, Corrupt: d.Corrupt, Duplicate: d.Duplicate, DuplicateDelay: d.DuplicateDelay.Dist,
		Jitter: d.Jitter.Dist, Reorder: d.Reorder, Discipline: w.discipline(&d.Queue), ECN: d.Queue.ECN, Trace: d.Opportunities}
	if d.Bursts != nil {
		s.Bursts = chainOf(*d.Bursts)
	}
	if d.Lost != nil {
		s.Script = listOf(*d.Lost)
	}
	return s
}

func chainOf(b language.Bursts) *topo.GilbertElliott {
	return &topo.GilbertElliott{P: b.P, R: b.R, Good: b.Good, Bad: b.Bad}
}

func listOf(l language.LostPackets) *topo.Script {
	return &topo.Script{Lost: l.Numbers, Period: l.Repeat}
}

func limitOf(l language.Limit) topo.Limit {
	return topo.Limit{Packets: l.Packets, Bytes: int64(l.Bytes), Time: l.Time}
}

// discipline makes one for one half; nil is drop-tail, which a link has by itself.
func (w *World) discipline(q *language.Queue) topo.Discipline {
	switch q.Kind {
	case "red":
		return &topo.RED{Min: limitOf(q.Min), Max: limitOf(q.Max), Probability: q.Probability, Weight: q.Weight, Gentle: q.Gentle}
	case "codel":
		return &topo.CoDel{Target: q.Target, Interval: q.Interval}
	case "fq-codel":
		return &topo.FQCoDel{Target: q.Target, Interval: q.Interval, Quantum: q.Quantum, Flows: int(q.Flows)}
	case "pie":
		return &topo.PIE{Target: q.Target, Update: q.Interval}
	case "drr":
		return &topo.DRR{Quantum: q.Quantum, Flows: int(q.Flows)}
	case "priority":
		p := new(topo.Priority)
		for _, word := range q.Bands {
			band := topo.Band{Flow: topo.AnyFlow}
			if flow, isFlow := strings.CutPrefix(word, "flow."); isFlow {
				band.Flow = w.flowNumber(flow)
			} else {
				band.Match, _ = topo.ParseMatch(word) // the language has checked the words
			}
			p.Bands = append(p.Bands, band)
		}
		return p
	}
	return nil
}

// gauges measure the queues of a group of links, forward and back, and both
// together.
type gauges struct{ both, forward, back topo.Gauge }

// measure gives the links their gauges.
func (g *links) measure() {
	g.gauges = new(gauges)
	g.gauges.forward.Of, g.gauges.back.Of = []*topo.Gauge{&g.gauges.both}, []*topo.Gauge{&g.gauges.both}
	for _, l := range g.members {
		l.Forward.Measure(&g.gauges.forward)
		l.Back.Measure(&g.gauges.back)
	}
}

// of is the gauge of a direction, "" for both.
func (g *gauges) of(way string) *topo.Gauge {
	switch way {
	case "forward":
		return &g.forward
	case "back":
		return &g.back
	}
	return &g.both
}

// Open begins the measurement.
func (g *gauges) Open(now des.Time) {
	for _, way := range directions {
		g.of(way).Open(now)
	}
}

// Hold accounts for what was until now, and goes on.
func (g *gauges) Hold(now des.Time) {
	for _, way := range directions {
		g.of(way).Hold(now)
	}
}

// Close ends it.
func (g *gauges) Close(now des.Time) {
	for _, way := range directions {
		g.of(way).Close(now)
	}
}

// directions of a link as metrics name them; "" is both.
var directions = []string{"", "forward", "back"}

// gauged are the metrics that need a gauge.
var gauged = []string{"busy", "queued.packets", "queued.bytes", "queue_wait", "sojourn"}

// queueOf is the group of links whose queues a metric is about, "" if it is about
// none.
func queueOf(s language.Slot) string {
	kind, name := s.Of()
	_, what := directionOf(strings.Split(s.What(), "."))
	if kind != "link" || !slices.Contains(gauged, strings.Join(what, ".")) {
		return ""
	}
	return name
}

// directionOf takes the direction from the head of a metric's words.
func directionOf(words []string) (way string, what []string) {
	if len(words) > 0 && slices.Contains(directions[1:], words[0]) {
		return words[0], words[1:]
	}
	return "", words
}

// level returns the recorder of a level, as the words behind the link's name say.
func (g *links) level(words []string) *metrics.Level {
	if g == nil || g.gauges == nil {
		return nil
	}
	at, what := directionOf(words)
	q := g.gauges.of(at)
	switch strings.Join(what, ".") {
	case "busy":
		return &q.Busy
	case "queued.packets":
		return &q.Packets
	case "queued.bytes":
		return &q.Bytes
	}
	return nil
}

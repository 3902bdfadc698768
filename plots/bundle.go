package plots

import (
	"fmt"
	"slices"
)

// leastRun is how many data segments are drawn as one arrow.
const leastRun = 5

// bundle draws the data segments of a bulk transfer as one message from the
// first's departure to the last's arrival, and so the ACKs that come back for
// them. What tells something else is left alone: a segment that is lost, comes
// again or twice, or carries another flag. A run ends where a state changes, where
// data comes from the other side, and at a silence of silent or more. The panel
// must be in sequence.
func (p *LadderPanel) bundle(silent int64) {
	r := p.bundler(silent)
	for from := range p.Hosts {
		for to := range p.Hosts {
			for _, run := range r.runs(from, to) {
				r.join(run, p.data(run))
				for _, acks := range r.acks(run) {
					r.join(acks, p.acknowledgements(acks))
				}
			}
		}
	}
	p.Messages = slices.DeleteFunc(r.joined, func(m Message) bool { return m.From == m.To })
}

// A bundler knows where a panel's runs end.
type bundler struct {
	*LadderPanel
	joined   []Message    // those that are part of another lead nowhere
	states   [][]int64    // when one begins at a host
	texts    [][]int64    // when data arrives at a host
	silences []int64      // when they end
	copied   map[text]int // segments that were sent or came more than once
}

// text names a data segment.
type text struct {
	from, to int
	seq      uint32
}

func (m *Message) text() text { return text{m.From, m.To, m.Seq} }

func (p *LadderPanel) bundler(silent int64) *bundler {
	r := &bundler{LadderPanel: p, joined: slices.Clone(p.Messages), silences: p.silences(silent), copied: map[text]int{}}
	r.states, r.texts = make([][]int64, len(p.Hosts)), make([][]int64, len(p.Hosts))
	for _, s := range p.States {
		r.states[s.Host] = append(r.states[s.Host], s.From)
	}
	for i := range p.Messages {
		m := &p.Messages[i]
		if m.Len > 0 && m.Arrived >= 0 {
			r.texts[m.To] = append(r.texts[m.To], m.Arrived)
		}
		if m.Len > 0 {
			r.copied[m.text()]++
		}
	}
	for _, t := range r.texts {
		slices.Sort(t)
	}
	return r
}

// within returns whether one of the times, which are in order, is in (after, to].
func within(times []int64, after, to int64) bool {
	i, _ := slices.BinarySearch(times, after+1)
	return i < len(times) && times[i] <= to
}

// usual reports whether a message is one of many: nothing but data, or nothing
// but an ACK, that arrived.
func (m *Message) usual() bool {
	return m.Plain && m.Arrived >= 0 && !m.Again && !m.Duplicate
}

// runs lists the data segments from host to host that follow each other, where
// they are many.
func (r *bundler) runs(from, to int) (all [][]int) {
	var run []int
	end := func() {
		if len(run) >= leastRun {
			all = append(all, run)
		}
		run = nil
	}
	for i := range r.Messages {
		m := &r.Messages[i]
		if m.From != from || m.To != to || m.Len == 0 && m.usual() {
			continue
		}
		data := m.Len > 0 && m.usual() && r.copied[m.text()] == 1
		if !data || len(run) > 0 && !r.follows(&r.Messages[run[len(run)-1]], m) {
			end()
		}
		if data {
			run = append(run, i)
		}
	}
	end()
	return all
}

// follows reports whether nothing came between two data segments.
func (r *bundler) follows(before, m *Message) bool {
	return m.Seq == before.Seq+before.Len && m.Arrived >= before.Arrived && !r.parted(before, m) &&
		!within(r.texts[m.From], before.Sent, m.Sent) && !within(r.states[m.To], before.Arrived, m.Arrived)
}

// parted reports whether their sender changed its state between two messages, or
// all was silent.
func (r *bundler) parted(before, m *Message) bool {
	return within(r.states[m.From], before.Sent, m.Sent) || within(r.silences, before.Sent, m.Sent)
}

// acks lists the ACKs that answer a run of data, those together that follow each
// other.
func (r *bundler) acks(run []int) (all [][]int) {
	first, last := &r.Messages[run[0]], &r.Messages[run[len(run)-1]]
	high, end := first.Seq, last.Seq+last.Len
	var some []int
	part := func() {
		if len(some) > 1 {
			all = append(all, some)
		}
		some = nil
	}
	for i := run[0]; i < len(r.Messages); i++ {
		m := &r.Messages[i]
		if m.From != first.To || m.To != first.From || m.Sent < first.Arrived {
			continue
		}
		if m.usual() && m.Ack-end-1 < 1<<31 { // what is sent from here on answers more
			break
		}
		answer := m.Len == 0 && m.usual() && m.Ack-high-1 < end-high // and none of the same again
		if len(some) > 0 {
			before := &r.Messages[some[len(some)-1]]
			if !answer || m.Arrived < before.Arrived || r.parted(before, m) {
				part()
			}
		}
		if answer {
			some, high = append(some, i), m.Ack
		}
	}
	part()
	return all
}

// join puts one message in the place of several.
func (r *bundler) join(members []int, m Message) {
	for _, i := range members {
		r.joined[i].To = r.joined[i].From
	}
	r.joined[members[0]] = m
}

// data is a run of data segments as one message.
func (p *LadderPanel) data(run []int) Message {
	m, last := p.Messages[run[0]], p.Messages[run[len(run)-1]]
	sizes := "%d B each"
	longest := m.Len
	for _, i := range run {
		if l := p.Messages[i].Len; l != m.Len {
			sizes, longest = "up to %d B each", max(longest, l)
		}
	}
	m.Label = fmt.Sprintf("%d segments", len(run))
	m.Detail = fmt.Sprintf("seq %d:%d, "+sizes, m.Seq, last.Seq+last.Len, longest)
	m.Arrived, m.Len = last.Arrived, last.Seq+last.Len-m.Seq
	return m
}

// acknowledgements is a run of ACKs as one message.
func (p *LadderPanel) acknowledgements(acks []int) Message {
	m, last := p.Messages[acks[0]], p.Messages[acks[len(acks)-1]]
	m.Label, m.Detail = fmt.Sprintf("%d ACKs", len(acks)), fmt.Sprintf("up to %d", last.Ack)
	m.Arrived, m.Ack = last.Arrived, last.Ack
	return m
}

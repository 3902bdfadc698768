package experiments

import (
	"fmt"
	"slices"
	"strings"

	"netsim/experiments/language"
	"netsim/plots"
	"netsim/tcp"
)

// ladder makes a ladder of one connection of a flow, a panel for each case.
func (d *drawer) ladder() *plots.Ladder {
	f := d.figure
	l := &plots.Ladder{Name: f.Name, Title: f.Title, Caption: f.Caption, Fold: f.Fold, Width: f.Width}
	if l.Caption == "" {
		l.Caption = d.restsOn(fmt.Sprintf("seed %d, replication 1", d.study.Seed))
	}
	for _, facet := range d.facets {
		panel := plots.LadderPanel{Title: facet.label}
		connections := facet.points[0].Ladders[f.Flow]
		if i := f.Connection - 1; i >= 0 && i < len(connections) {
			panel = connections[i]
			panel.Title = facet.label
			cutPart(&panel, f.Part)
			d.cutTime(&panel)
			bracketTimeWait(&panel)
			bracketRetransmissions(&panel)
			pointOut(&panel, f.Mark)
		}
		l.Panels = append(l.Panels, panel)
	}
	return l
}

// pointOut marks the segments with a flag or data, and the states, that the file
// wants marked.
func pointOut(p *plots.LadderPanel, marks []string) {
	p.Messages, p.Marked = slices.Clone(p.Messages), nil
	for _, mark := range marks {
		for i := range p.Messages {
			m := &p.Messages[i]
			m.Marked = m.Marked || mark == "data" && m.Len > 0 || slices.Contains(strings.Split(m.Label, ", "), strings.ToUpper(mark))
		}
		p.Marked = append(p.Marked, strings.ToUpper(strings.ReplaceAll(mark, "_", "-")))
	}
}

// MostTraced is the highest number of a connection that can be traced.
const MostTraced = 1000

// Ladder is one connection of a flow in every case; an empty name is the first
// flow that has connections. The study must have traced that many.
func (s *Study) Ladder(flow string, connection int) (*plots.Ladder, error) {
	flows := s.Points[0].Spec.Flows
	for i := range flows {
		if flow == "" && !flows[i].Packets() {
			flow = flows[i].Name
		}
	}
	if !slices.ContainsFunc(flows, func(f language.Flow) bool { return f.Name == flow }) {
		var names []string
		for i := range flows {
			names = append(names, flows[i].Name)
		}
		return nil, fmt.Errorf("%s has no flow %q; it has %s", s.File.Name, flow, strings.Join(names, ", "))
	}
	l := &plots.Ladder{Name: flow, Title: s.File.Title, Caption: fmt.Sprintf("connection %d of flow %s, seed %d", connection, flow, s.Seed)}
	for _, p := range s.Points {
		if connection < 1 || connection > len(p.Ladders[flow]) {
			return nil, fmt.Errorf("flow %q made %d connections, so there is no connection %d", flow, len(p.Ladders[flow]), connection)
		}
		panel := p.Ladders[flow][connection-1]
		panel.Title = p.Label()
		bracketTimeWait(&panel)
		bracketRetransmissions(&panel)
		l.Panels = append(l.Panels, panel)
	}
	return l, nil
}

// cutPart leaves of a ladder its opening, which ends when both ends are
// ESTABLISHED, or its closing, which begins with the first FIN or RST.
func cutPart(p *plots.LadderPanel, part string) {
	switch part {
	case "opening":
		end := int64(-1)
		for _, s := range p.States {
			if s.State == tcp.Established.String() {
				end = max(end, s.From)
			}
		}
		if end >= 0 {
			keep(p, 0, end)
		}
	case "closing":
		i := slices.IndexFunc(p.Messages, func(m plots.Message) bool {
			return strings.Contains(m.Label, "FIN") || strings.Contains(m.Label, "RST")
		})
		if i >= 0 {
			p.Messages = p.Messages[i:]
			keep(p, p.Messages[0].Sent, 1<<62)
		}
	}
}

// cutTime leaves what is between the times of the figure.
func (d *drawer) cutTime(p *plots.LadderPanel) {
	if b := d.figure.Between; len(b) == 2 {
		keep(p, int64(b[0]), int64(b[1]))
	}
}

// keep leaves the messages sent in [from, to) and the states until then, what
// begins at its end included. Of a host that is closed at from it leaves that.
func keep(p *plots.LadderPanel, from, to int64) {
	p.Messages = slices.DeleteFunc(slices.Clone(p.Messages), func(m plots.Message) bool { return m.Sent < from || m.Sent >= to })
	var states []plots.StateSpan
	for _, s := range p.States {
		goes := slices.ContainsFunc(p.States, func(n plots.StateSpan) bool { return n.Host == s.Host && n.From >= s.To && n != s })
		if s.To >= 0 && (s.To < from || s.To == from && goes) || s.From > to {
			continue
		}
		s.From = max(s.From, from)
		if s.To > to {
			s.To = -1
		}
		states = append(states, s)
	}
	p.States = states
}

// bracketTimeWait marks how long TIME-WAIT lasted: 2 MSL, which every FIN that
// arrives begins anew (RFC 9293, 3.10.7.4, eighth).
func bracketTimeWait(p *plots.LadderPanel) {
	for _, s := range p.States {
		if s.State != tcp.TimeWaiting.String() || s.To <= s.From {
			continue
		}
		var again []int64
		for _, m := range p.Messages {
			if m.To == s.Host && strings.Contains(m.Label, "FIN") && s.From < m.Arrived && m.Arrived < s.To {
				again = append(again, m.Arrived)
			}
		}
		slices.Sort(again)
		from := s.From
		for _, to := range append(slices.Compact(again), s.To) {
			p.Timers = append(p.Timers, plots.Bracket{Host: s.Host, Label: "2 MSL", From: from, To: to})
			from = to
		}
	}
}

// bracketRetransmissions marks the timers that rang for want of an answer (RFC 6298):
// from when a segment was sent until it was sent again, where its host heard nothing
// between. What it heard may have set the timer anew, or be why it sent again.
func bracketRetransmissions(p *plots.LadderPanel) {
	holds := func(m *plots.Message) bool {
		return m.Len > 0 || strings.Contains(m.Label, "SYN") || strings.Contains(m.Label, "FIN")
	}
	for i := range p.Messages {
		m := &p.Messages[i]
		if !m.Again || m.Duplicate || !holds(m) {
			continue
		}
		from := int64(-1)
		for j := range p.Messages {
			if before := &p.Messages[j]; before.From == m.From && before.Seq == m.Seq && before.Sent < m.Sent && !before.Duplicate && holds(before) {
				from = max(from, before.Sent)
			}
		}
		heard := slices.ContainsFunc(p.Messages, func(h plots.Message) bool { return h.To == m.From && from < h.Arrived && h.Arrived <= m.Sent })
		set := plots.Bracket{Host: m.From, Label: "RTO", From: from, To: m.Sent}
		if from >= 0 && !heard && !slices.Contains(p.Timers, set) {
			p.Timers = append(p.Timers, set)
		}
	}
}

package experiments

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"netsim/des"
	"netsim/plots"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// moves counts how often connections go from state to state: a [host.Observer].
type moves struct {
	names []string // of the groups of hosts
	group []int    // by node, -1 for routers
	went  [][tcp.States][tcp.States]uint64
}

func newMoves(w *World) *moves {
	m := &moves{group: slices.Repeat([]int{-1}, w.Net.Nodes())}
	for i := range w.Spec.Nodes {
		n := &w.Spec.Nodes[i]
		if n.Router() {
			continue
		}
		for _, id := range w.nodes[n.Name].ids {
			m.group[id] = len(m.names)
		}
		m.names = append(m.names, n.Name)
	}
	m.went = make([][tcp.States][tcp.States]uint64, len(m.names))
	return m
}

// State counts a move. What a segment opens comes from a listener, which stays as it
// is and of which the observer is not told.
func (m *moves) State(_ des.Time, node topo.NodeID, _ wire.Incarnation, from, to tcp.State) {
	if from == tcp.Closed && (to == tcp.SynReceived || to == tcp.Established) {
		from = tcp.Listen
	}
	if g := m.group[node]; g >= 0 {
		m.went[g][from][to]++
	}
}

func (m *moves) Sent(des.Time, topo.NodeID, *wire.Packet) {}

func (m *moves) Received(des.Time, topo.NodeID, *wire.Packet) {}

func (m *moves) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

// found are the moves of each group.
func (m *moves) found() map[string][]plots.Move {
	if m == nil {
		return nil
	}
	all := map[string][]plots.Move{}
	for g, name := range m.names {
		all[name] = []plots.Move{}
		for from := range m.went[g] {
			for to, n := range m.went[g][from] {
				if n > 0 && from != to {
					all[name] = append(all[name], plots.Move{From: tcp.State(from).String(), To: tcp.State(to).String(), Count: n})
				}
			}
		}
	}
	return all
}

// states makes a state diagram, a panel for each case.
func (d *drawer) states() (*plots.States, error) {
	f := d.figure
	s := &plots.States{Name: f.Name, Title: f.Title, Width: f.Width,
		Caption: cmp.Or(f.Caption, d.restsOn(fmt.Sprintf("seed %d, replication 1", d.study.Seed)))}
	for _, facet := range d.facets {
		found := facet.points[0].Moves
		if found == nil {
			return nil, errors.New("the changes of state were not counted in these results; run the experiment again")
		}
		panel := plots.StatesPanel{Title: facet.label}
		for _, name := range slices.Sorted(maps.Keys(found)) {
			if f.Node == "" || f.Node == name {
				panel.Moves = append(panel.Moves, found[name]...)
			}
		}
		s.Panels = append(s.Panels, panel)
	}
	return s, nil
}

package report

import (
	"encoding/json"
	"html/template"
	"maps"
	"slices"

	"netsim/experiments"
	"netsim/plots"
)

// ladder is a connection that the page draws itself, to be stepped through.
type ladder struct {
	Title string
	Data  template.JS // a ladderData
}

// ladderData is what the script of the page takes. Times are ns.
type ladderData struct {
	Hosts    []string      `json:"hosts"`
	Messages []ladderArrow `json:"messages"`
	States   []ladderState `json:"states"`
	More     int           `json:"more,omitempty"` // messages that are left out
}

type ladderArrow struct {
	From    int    `json:"from"`
	To      int    `json:"to"`
	Sent    int64  `json:"sent"`
	Arrived int64  `json:"arrived"` // -1: never
	Label   string `json:"label"`
	Detail  string `json:"detail,omitempty"`
	Lost    string `json:"lost,omitempty"`
	Again   bool   `json:"again,omitempty"`
	Copy    bool   `json:"copy,omitempty"`
	Old     bool   `json:"old,omitempty"`    // of an earlier connection between the same ports
	Before  bool   `json:"before,omitempty"` // and sent since
}

type ladderState struct {
	Host  int    `json:"host"`
	State string `json:"state"`
	From  int64  `json:"from"`
	To    int64  `json:"to"` // -1: to the end
}

const (
	mostLadders = 12
	mostArrows  = 300
)

// ladders are the connections that were traced.
func ladders(s *experiments.Study) (all []ladder) {
	for _, p := range s.Points {
		for _, flow := range slices.Sorted(maps.Keys(p.Ladders)) {
			for i, panel := range p.Ladders[flow] {
				if len(all) == mostLadders {
					return all
				}
				if len(panel.Messages) == 0 {
					continue
				}
				title := "flow " + flow
				if i > 0 || len(p.Ladders[flow]) > 1 {
					title += ", connection " + string(rune('1'+i))
				}
				if label := p.Label(); label != "" {
					title = label + ": " + title
				}
				all = append(all, ladder{title, data(&panel)})
			}
		}
	}
	return all
}

func data(p *plots.LadderPanel) template.JS {
	d := ladderData{Hosts: p.Hosts}
	for i, m := range p.Messages {
		if i == mostArrows {
			d.More = len(p.Messages) - i
			break
		}
		d.Messages = append(d.Messages, ladderArrow{m.From, m.To, m.Sent, m.Arrived, m.Label, m.Detail, m.Lost, m.Again, m.Duplicate, m.Old, m.Before})
	}
	for _, s := range p.States {
		d.States = append(d.States, ladderState{s.Host, s.State, s.From, s.To})
	}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // of strings and numbers
	}
	return template.JS(text)
}

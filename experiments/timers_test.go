package experiments

import (
	"testing"

	"netsim/plots"
)

// TestRetransmissionBrackets: a SYN that is lost twice rings a timer of 1 s twice (Linux
// doubles it from the fifth on), and what an ACK made a host send again rings none.
func TestRetransmissionBrackets(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
rule.syn = { match = "syn", nth = "1..2", do = "drop" }
[flow.talk]
from = "client"
to = "server:7"
[figure.all]
kind = "ladder"
flow = "talk"
`)
	d := &drawer{study: s, figure: s.File.Figures[0], facets: []group{{points: s.Points}}}
	var rang []plots.Bracket
	for _, b := range d.ladder().Panels[0].Timers {
		if b.Label == "RTO" {
			rang = append(rang, b)
		}
	}
	if len(rang) != 2 || rang[0] != (plots.Bracket{Host: 0, Label: "RTO", From: 0, To: 1e9}) || rang[1] != (plots.Bracket{Host: 0, Label: "RTO", From: 1e9, To: 2e9}) {
		t.Errorf("timers rang %+v, want after 1 s and 1 s more", rang)
	}
	p := plots.LadderPanel{Hosts: []string{"a", "b"}, Messages: []plots.Message{
		{From: 0, To: 1, Sent: 0, Arrived: -1, Label: "PSH, ACK", Seq: 1, Len: 9},
		{From: 1, To: 0, Sent: 5, Arrived: 50, Label: "ACK"},
		{From: 0, To: 1, Sent: 50, Arrived: 60, Label: "PSH, ACK", Seq: 1, Len: 9, Again: true},
	}}
	if bracketRetransmissions(&p); len(p.Timers) != 0 {
		t.Errorf("an ACK that makes a host send again is a timer: %v", p.Timers)
	}
}

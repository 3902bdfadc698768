package experiments

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"netsim/plots"
)

// TestLostLastACK holds the ladder of the reason for TIME-WAIT: the last ACK is
// lost, the FIN comes again and finds somebody who answers, 2 MSL begin anew.
func TestLostLastACK(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
rule.last = { match = "ack-of-fin", from = "client", nth = 1, do = "drop" }
[flow.talk]
from = "client"
to = "server:7"
request = "100 B"
response = "100 B"
close = { by = "client", reply = "100 ms" }
[figure.ladder]
kind = "ladder"
flow = "talk"
part = "closing"
fold = "500 ms"
`)
	d := &drawer{study: s, figure: s.File.Figures[0], facets: []group{{points: s.Points}}}
	panel := d.ladder().Panels[0]
	var got []string
	for _, m := range panel.Messages {
		got = append(got, strings.Join(strings.Fields(strings.Join([]string{panel.Hosts[m.From], m.Label, m.Lost, map[bool]string{true: "again"}[m.Again]}, " ")), " "))
	}
	want := []string{"client FIN, ACK", "server ACK", "server FIN, ACK", "client ACK rule", "server FIN, ACK again", "client ACK"}
	if !slices.Equal(got, want) {
		t.Errorf("messages are %q, want %q", got, want)
	}
	again := panel.Messages[4]
	brackets := []plots.Bracket{
		{Host: 0, Label: "2 MSL", From: panel.Messages[2].Arrived, To: again.Arrived},
		{Host: 0, Label: "2 MSL", From: again.Arrived, To: again.Arrived + 60e9},
		{Host: 1, Label: "RTO", From: panel.Messages[2].Sent, To: again.Sent},
	}
	if !slices.Equal(panel.Timers, brackets) {
		t.Errorf("brackets are %+v; want one from the first FIN to the second, one of 60 s from there, and one until the FIN was sent again, %+v", panel.Timers, brackets)
	}
	if last := panel.States[len(panel.States)-1]; last.From >= last.To {
		t.Errorf("%+v", last)
	}
	var text bytes.Buffer
	if err := d.ladder().Text(&text, 100); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"LAST-ACK", "TIME-WAIT", "rule", "60 s"} {
		if !strings.Contains(text.String(), words) {
			t.Errorf("the ladder as text has no %q:\n%s", words, &text)
		}
	}
}

// TestCopies holds that a copy that the network made is marked, begins with the
// original and arrives by itself, whichever of the two comes first.
func TestCopies(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
rule.twice = { match = "syn", do = "duplicate", delay = "5 ms" }
[flow.talk]
from = "client"
to = "server:7"
`)
	var got []plots.Message
	for _, m := range s.Points[0].Ladders["talk"][0].Messages {
		if m.Label == "SYN" {
			got = append(got, m)
		}
	}
	slices.SortFunc(got, func(a, b plots.Message) int { return int(a.Arrived - b.Arrived) })
	if len(got) != 2 || got[0].Sent != 0 || got[1].Sent != 0 || got[0].Arrived != 10e6 || got[1].Arrived != 15e6 || got[0].Duplicate || !got[1].Duplicate {
		t.Errorf("SYNs are %+v", got)
	}
}

// TestTraceLabels holds that hosts are called by their labels.
func TestTraceLabels(t *testing.T) {
	s := study(t, `
[node.client]
count = 2
label = "Zürich"
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.a]
from = "client[1]"
to = "server:7"
`)
	if hosts := s.Points[0].Ladders["a"][0].Hosts; !slices.Equal(hosts, []string{"Zürich[1]", "server"}) {
		t.Errorf("hosts are %v", hosts)
	}
}

// TestTraceOfTheFirst holds that the first connections of each flow are traced
// and no others.
func TestTraceOfTheFirst(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.a]
from = "client"
to = "server:7"
arrivals = { process = "even", rate = "100/s", count = 10 }
[flow.b]
from = "client"
to = "server:8"
`)
	ladders := s.Points[0].Ladders
	if len(ladders["a"]) != 3 || len(ladders["b"]) != 1 {
		t.Fatalf("%d and %d connections are traced, want 3 and 1", len(ladders["a"]), len(ladders["b"]))
	}
	for i, p := range ladders["a"] {
		if p.Messages[0].Label != "SYN" || p.Messages[0].Sent != int64(i)*10e6 {
			t.Errorf("connection %d begins with %+v", i+1, p.Messages[0])
		}
	}
	if _, err := s.Ladder("a", 3); err != nil {
		t.Error(err)
	}
	for flow, want := range map[string]string{"a": `flow "a" made 3 connections, so there is no connection 4`, "c": `test.toml has no flow "c"; it has a, b`} {
		if _, err := s.Ladder(flow, 4); err == nil || err.Error() != want {
			t.Errorf("connection 4 of flow %s: %v", flow, err)
		}
	}
}

// TestPart holds what the opening and the closing of a connection are.
func TestPart(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.talk]
from = "client"
to = "server:7"
request = "100 B"
response = "100 B"
`)
	labels := func(part string) (all []string) {
		p := s.Points[0].Ladders["talk"][0]
		cutPart(&p, part)
		for _, m := range p.Messages {
			all = append(all, m.Label)
		}
		return all
	}
	if got := strings.Join(labels("opening"), "; "); got != "SYN; SYN, ACK; ACK; PSH, ACK" { // the request leaves with the ACK
		t.Errorf("the opening is %s", got)
	}
	if got := strings.Join(labels("closing"), "; "); got != "FIN, ACK; FIN, ACK; ACK" {
		t.Errorf("the closing is %s", got)
	}
	if all := labels("all"); len(all) < 8 {
		t.Errorf("all of it is %v", all)
	}
}

// TestLadderOfBulk holds that a response of 100 kB is a few lines of a ladder,
// from the numbers of its segments, and all of the table.
func TestLadderOfBulk(t *testing.T) {
	s := study(t, pair+`
rate = "100 Mbps"
delay = "25 ms"
[flow.talk]
from = "client"
to = "server:7"
request = "200 B"
response = "100 kB"
`)
	l, err := s.Ladder("talk", 1)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := l.Text(&text, 120); err != nil {
		t.Fatal(err)
	}
	segments := 0
	for _, m := range l.Panels[0].Messages {
		if m.From == 1 && m.Len > 0 {
			segments++
		}
	}
	if segments != 70 { // 69 of 1448 B and one of 88 B
		t.Errorf("100 kB are %d segments", segments)
	}
	for _, words := range []string{"69 segments  seq 1:99913, 1448 B each", "ACKs  up to 98465"} {
		if !strings.Contains(text.String(), words) {
			t.Errorf("no %q in\n%s", words, &text)
		}
	}
	if n := strings.Count(text.String(), "\n"); n > 24 {
		t.Errorf("%d lines:\n%s", n, &text)
	}
}

// TestClosedBefore holds that the closing of a connection shows who was CLOSED as
// it began, and nobody's state that had gone by then.
func TestClosedBefore(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.talk]
from = "client"
to = "server:7"
request = "100 B"
response = "100 B"
close = { by = "client", how = "rst" }
[figure.ladder]
kind = "ladder"
flow = "talk"
part = "closing"
`)
	d := &drawer{study: s, figure: s.File.Figures[0], facets: []group{{points: s.Points}}}
	var text bytes.Buffer
	l := d.ladder()
	l.Title, l.Caption = "", ""
	if err := l.Text(&text, 60); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
               client                  server
                  |                       | ESTABLISHED 40 ms
40 ms      CLOSED |- RST, ACK  seq 101~ ->| CLOSED      50 ms
`, "\n")
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", &text, want)
	}
}

// TestPointOut holds what figure.mark marks: segments by flag and states by name,
// and nothing of the ladder that others share.
func TestPointOut(t *testing.T) {
	shared := plots.LadderPanel{
		Messages: []plots.Message{{Label: "SYN"}, {Label: "SYN, ACK"}, {Label: "PSH, ACK", Len: 3}, {Label: "FIN, ACK"}, {Label: "ACK"}},
		States:   []plots.StateSpan{{State: "FIN-WAIT-1"}, {State: "TIME-WAIT"}},
	}
	for marks, want := range map[string]string{ // order-free: each by itself
		"": "", "syn": "01", "fin": "3", "data fin": "23", "time_wait": "b", "fin_wait_1 rst": "a",
	} {
		p := shared
		pointOut(&p, strings.Fields(marks))
		got := ""
		for i, m := range p.Messages {
			if m.Marked {
				got += string(rune('0' + i))
			}
			if shared.Messages[i].Marked {
				t.Fatal("the shared ladder was marked")
			}
		}
		for i, s := range p.States {
			if slices.Contains(p.Marked, s.State) {
				got += string(rune('a' + i))
			}
		}
		if got != want {
			t.Errorf("mark %q: %q, want %q", marks, got, want)
		}
	}
}

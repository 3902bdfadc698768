package plots

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var galleryDir = flag.String("gallery", "", "write the gallery as pictures into this directory")

// TestGallery draws every figure below and, with -gallery DIR, saves it, to be
// looked at. What can be told without eyes is checked by TestNothingClipped.
func TestGallery(t *testing.T) {
	if *galleryDir == "" {
		t.Skip("no -gallery directory")
	}
	if err := os.MkdirAll(*galleryDir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(galleryFigures(), moreFigures()...) {
		if _, err := f.Save(*galleryDir, Formats); err != nil {
			t.Error(err)
		}
	}
	for _, l := range galleryLadders() {
		if _, err := l.Save(*galleryDir, Formats); err != nil {
			t.Error(err)
		}
		if err := l.Text(os.Stdout, 80); err != nil {
			t.Error(err)
		}
	}
}

func galleryFigures() []Figure {
	return []Figure{
		filling("filling-1", 1, 84), filling("filling-6", 6, 174),
		setup("cdf-1", CDF, 1, 84), setup("ccdf-6", CCDF, 6, 84), setup("ccdf-6-wide", CCDF, 6, 174),
		erlang("line-2", 2, 84), erlang("line-8", 8, 174), facets("facets-7-wide", 7, 174), facets("facets-3", 3, 84),
		profiles("bar-1", 1, 84), profiles("bar-3", 3, 174), ports("log-log", 84),
	}
}

// filling is the population of TIME-WAIT from an empty start, with its theory.
func filling(name string, series int, width float64) Figure {
	f := Figure{Name: name, Kind: Time, Title: "TIME-WAIT fills up", Width: width,
		Caption: "Poisson arrivals, TIME-WAIT of 60 s. Band: 95 % over 20 replications; theory: λ·min(t, T) ± 2σ.",
		XLabel:  "time", XUnit: "s", YLabel: "connections in TIME-WAIT", Panels: make([]Panel, 1)}
	for k := range series {
		rate := 20 * float64(k+1)
		label := fmt.Sprintf("%g/s", rate)
		r := rand.New(rand.NewPCG(1, uint64(k)))
		var data, theory Series
		for i := range 301 {
			x := float64(i) / 2
			mean := rate * min(x, 60)
			y := mean + math.Sqrt(mean)*r.NormFloat64()/2
			data.X, data.Y = append(data.X, x), append(data.Y, y)
			data.Low, data.High = append(data.Low, y-math.Sqrt(mean)), append(data.High, y+math.Sqrt(mean))
			theory.X, theory.Y = append(theory.X, x), append(theory.Y, mean)
			theory.Low, theory.High = append(theory.Low, mean-2*math.Sqrt(mean)), append(theory.High, mean+2*math.Sqrt(mean))
		}
		data.Label, theory.Label, theory.Theory = label, label, true
		f.Panels[0].Series = append(f.Panels[0].Series, data, theory)
	}
	return f
}

// setup is a connection's setup time under loss: flights plus a 1 s timer that
// doubles.
func setup(name string, kind Kind, series int, width float64) Figure {
	f := Figure{Name: name, Kind: kind, Title: "Connection setup time under loss", Width: width,
		Caption: "20 000 attempts for each loss rate, one-way delay 50 ms, SYN timer 1 s, doubled.",
		XLabel:  "setup time", XUnit: "s", YLabel: "share of connections", LogX: true, LogY: kind == CCDF,
		Panels: make([]Panel, 1)}
	for k := range series {
		loss := []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.3}[k]
		r := rand.New(rand.NewPCG(2, uint64(k)))
		data := Series{Label: fmt.Sprintf("loss %g %%", 100*loss)}
		for range 20000 {
			x, rto := 0.1+0.002*r.Float64(), 1.0
			for r.Float64() < 1-(1-loss)*(1-loss) && x < 60 {
				x, rto = x+rto, 2*rto
			}
			data.X = append(data.X, x)
		}
		theory := Series{Label: data.Label, Theory: true, Steps: true}
		q := 1 - (1-loss)*(1-loss)
		for n, x, rto := 1, 0.101, 1.0; n <= 7; n, x, rto = n+1, x+rto, 2*rto {
			y := math.Pow(q, float64(n))
			if kind == CDF {
				y = 1 - y
			}
			theory.X, theory.Y = append(theory.X, x), append(theory.Y, y)
		}
		f.Panels[0].Series = append(f.Panels[0].Series, data, theory)
	}
	return f
}

// erlang is blocking against load, with confidence bars and two theories.
func erlang(name string, series int, width float64) Figure {
	f := Figure{Name: name, Kind: Line, Title: "A client runs out of ports", Width: width,
		Caption: "1 000 ports, one destination. Bars: 95 % by Student's t over 10 replications.",
		XLabel:  "arrival rate", XUnit: "conn/s", YLabel: "refused for want of a port", Panels: make([]Panel, 1)}
	fluid := Series{Label: "fluid", Theory: true}
	for k := range series {
		r := rand.New(rand.NewPCG(3, uint64(k)))
		data := Series{Label: fmt.Sprintf("reuse %d", k)}
		exact := Series{Label: "Erlang B", Theory: true}
		for i := range 12 {
			x := 4 + 2*float64(i)
			y := max(0, 1-1000/(60*x)) / float64(k+1)
			data.X, data.Y = append(data.X, x), append(data.Y, y+0.01*r.NormFloat64())
			data.Low, data.High = append(data.Low, y-0.03), append(data.High, y+0.03)
			exact.X, exact.Y = append(exact.X, x), append(exact.Y, y+0.01)
			if k == 0 {
				fluid.X, fluid.Y = append(fluid.X, x), append(fluid.Y, max(0, 1-1000/(60*x)))
			}
		}
		f.Panels[0].Series = append(f.Panels[0].Series, data, exact)
	}
	f.Panels[0].Series = append(f.Panels[0].Series, fluid)
	return f
}

func facets(name string, n int, width float64) Figure {
	f := erlang(name, 2, width)
	panel := f.Panels[0]
	f.Panels = nil
	for i := range n {
		p := Panel{Title: fmt.Sprintf("profile %c: TIME-WAIT %d s", 'A'+i, 30*(i+1)), Series: panel.Series}
		if i == 4 {
			p.Series = nil
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func profiles(name string, series int, width float64) Figure {
	f := Figure{Name: name, Kind: Bar, Title: "What a connection leaves behind", Width: width,
		Caption: "150 connections/s for 10 minutes.", YLabel: "memory held", YUnit: "B",
		Categories: []string{"linux", "freebsd", "windows", "rfc9293 as written", "macos"}, Panels: make([]Panel, 1)}
	for k := range series {
		s := Series{Label: []string{"TIME-WAIT", "ESTABLISHED", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK"}[k]}
		theory := Series{Label: s.Label, Theory: true}
		for i := range f.Categories {
			y := 1e6 * float64(5-i) / float64(k+1)
			s.Y, s.Low, s.High = append(s.Y, y), append(s.Low, 0.9*y), append(s.High, 1.1*y)
			theory.Y = append(theory.Y, 1.02*y)
		}
		f.Panels[0].Series = append(f.Panels[0].Series, s, theory)
	}
	return f
}

func ports(name string, width float64) Figure {
	s := Series{Label: "größte Zahl, µ ≤ 3 ± 1"}
	for i := range 7 {
		x := math.Pow(10, float64(i)-2)
		s.X, s.Y = append(s.X, x), append(s.Y, 60*x)
	}
	return Figure{Name: name, Kind: Line, Title: "Every decade: ± µ ≤ ≥ λ·T → ∞", Width: width, LogX: true, LogY: true,
		XLabel: "rate", XUnit: "conn/s", YLabel: "held", YUnit: "B", Panels: []Panel{{Series: []Series{s, {Label: "λ·T", X: s.X, Y: s.Y, Theory: true}}}}}
}

const ms = int64(time.Millisecond)

func galleryLadders() []Ladder {
	all := Ladder{Name: "ladder-all-wide", Width: 174, Title: "Ways to open and close",
		Panels: []LadderPanel{handshake(), simultaneous(), fourSegments(), retried()}}
	return []Ladder{
		{Name: "ladder-handshake", Title: "Three segments open a connection", Panels: []LadderPanel{handshake()},
			Caption: "100 Mbit/s, 10 ms each way."},
		{Name: "ladder-close", Panels: []LadderPanel{fourSegments()}},
		{Name: "ladder-lost-ack", Title: "The last ACK is lost, and TIME-WAIT answers", Panels: []LadderPanel{lostAck()},
			Caption: "Linux profile, TIME-WAIT of 60 s."},
		{Name: "ladder-busy", Title: "Data both ways", Panels: []LadderPanel{busy()}},
		{Name: "ladder-busy-wide", Title: "Data both ways", Panels: []LadderPanel{busy()}, Width: 174},
		{Name: "ladder-simultaneous", Title: "Both at the same instant", Panels: []LadderPanel{openBoth(), simultaneous()}},
		{Name: "ladder-crossings", Title: "What crosses", Panels: []LadderPanel{openBoth(), crossedAck()}, Width: 174},
		{Name: "ladder-crossed-ack", Panels: []LadderPanel{crossedAck()}},
		{Name: "ladder-three", Title: "Through a NAT", Panels: []LadderPanel{nat()}, Width: 120},
		all,
	}
}

func handshake() LadderPanel {
	const d = 10048 * ms / 1000
	return LadderPanel{Title: "handshake", Hosts: []string{"client", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: 0, Arrived: d, Label: "SYN", Detail: "seq 0"},
			{From: 1, To: 0, Sent: d, Arrived: 2 * d, Label: "SYN,ACK", Detail: "seq 0 ack 1"},
			{From: 0, To: 1, Sent: 2 * d, Arrived: 3 * d, Label: "ACK", Detail: "seq 1 ack 1"},
			{From: 0, To: 1, Sent: 2 * d, Arrived: 3*d + 16000, Label: "ACK", Detail: "seq 1 ack 1 len 200"},
		},
		States: []StateSpan{
			{0, "SYN-SENT", 0, 2 * d}, {0, "ESTABLISHED", 2 * d, -1},
			{1, "LISTEN", 0, d}, {1, "SYN-RECEIVED", d, 3 * d}, {1, "ESTABLISHED", 3 * d, -1},
		}}
}

func fourSegments() LadderPanel {
	at := func(x float64) int64 { return int64(x * 1e6) }
	return LadderPanel{Title: "four segments", Hosts: []string{"client", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: at(100), Arrived: at(110), Label: "FIN,ACK", Detail: "seq 201 ack 1001"},
			{From: 1, To: 0, Sent: at(110), Arrived: at(120), Label: "ACK", Detail: "seq 1001 ack 202"},
			{From: 1, To: 0, Sent: at(160), Arrived: at(170), Label: "FIN,ACK", Detail: "seq 1001 ack 202"},
			{From: 0, To: 1, Sent: at(170), Arrived: at(180), Label: "ACK", Detail: "seq 202 ack 1002"},
		},
		States: []StateSpan{
			{0, "ESTABLISHED", at(95), at(100)}, {0, "FIN-WAIT-1", at(100), at(120)}, {0, "FIN-WAIT-2", at(120), at(170)},
			{0, "TIME-WAIT", at(170), at(60170)}, {0, "CLOSED", at(60170), -1},
			{1, "ESTABLISHED", at(95), at(110)}, {1, "CLOSE-WAIT", at(110), at(160)}, {1, "LAST-ACK", at(160), at(180)}, {1, "CLOSED", at(180), -1},
		},
		Timers: []Bracket{{0, "2MSL", at(170), at(60170)}}}
}

func lostAck() LadderPanel {
	at := func(x float64) int64 { return int64(x * 1e6) }
	return LadderPanel{Hosts: []string{"client", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: at(0), Arrived: at(10), Label: "FIN,ACK", Detail: "seq 201 ack 1001"},
			{From: 1, To: 0, Sent: at(10), Arrived: at(20), Label: "ACK", Detail: "ack 202"},
			{From: 1, To: 0, Sent: at(10), Arrived: at(20.1), Label: "FIN,ACK", Detail: "seq 1001 ack 202"},
			{From: 0, To: 1, Sent: at(20.1), Arrived: -1, Label: "ACK", Detail: "ack 1002", Lost: "rule last_ack"},
			{From: 1, To: 0, Sent: at(210), Arrived: at(220), Label: "FIN,ACK", Detail: "seq 1001 ack 202", Again: true},
			{From: 0, To: 1, Sent: at(220), Arrived: at(230), Label: "ACK", Detail: "ack 1002", Duplicate: true},
		},
		States: []StateSpan{
			{0, "FIN-WAIT-1", 0, at(20)}, {0, "FIN-WAIT-2", at(20), at(20.1)}, {0, "TIME-WAIT", at(20.1), at(60220)}, {0, "CLOSED", at(60220), -1},
			{1, "ESTABLISHED", 0, at(10)}, {1, "CLOSE-WAIT", at(10), at(10)}, {1, "LAST-ACK", at(10), at(230)}, {1, "CLOSED", at(230), -1},
		},
		Timers: []Bracket{{1, "RTO", at(10), at(210)}, {0, "2MSL", at(20.1), at(220)}, {0, "2MSL", at(220), at(60220)}}}
}

func simultaneous() LadderPanel {
	return LadderPanel{Title: "simultaneous close", Hosts: []string{"client", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: 0, Arrived: 10 * ms, Label: "FIN,ACK", Detail: "seq 1 ack 1"},
			{From: 1, To: 0, Sent: 0, Arrived: 10 * ms, Label: "FIN,ACK", Detail: "seq 1 ack 1"},
			{From: 0, To: 1, Sent: 10 * ms, Arrived: 20 * ms, Label: "ACK", Detail: "ack 2"},
			{From: 1, To: 0, Sent: 10 * ms, Arrived: 20 * ms, Label: "ACK", Detail: "ack 2"},
		},
		States: []StateSpan{
			{0, "FIN-WAIT-1", 0, 10 * ms}, {0, "CLOSING", 10 * ms, 20 * ms}, {0, "TIME-WAIT", 20 * ms, -1},
			{1, "FIN-WAIT-1", 0, 10 * ms}, {1, "CLOSING", 10 * ms, 20 * ms}, {1, "TIME-WAIT", 20 * ms, -1},
		}}
}

func openBoth() LadderPanel {
	return LadderPanel{Title: "simultaneous open", Hosts: []string{"a", "b"},
		Messages: []Message{
			{From: 0, To: 1, Sent: 0, Arrived: 25 * ms, Label: "SYN", Detail: "seq 0, win 65535"},
			{From: 1, To: 0, Sent: 5 * ms, Arrived: 30 * ms, Label: "SYN", Detail: "seq 0, win 65535"},
			{From: 1, To: 0, Sent: 25 * ms, Arrived: 50 * ms, Label: "SYN, ACK", Detail: "seq 0, ack 1, win 65535"},
			{From: 0, To: 1, Sent: 30 * ms, Arrived: 55 * ms, Label: "SYN, ACK", Detail: "seq 0, ack 1, win 65535"},
		},
		States: []StateSpan{
			{0, "SYN-SENT", 0, 30 * ms}, {0, "SYN-RECEIVED", 30 * ms, 50 * ms}, {0, "ESTABLISHED", 50 * ms, -1},
			{1, "SYN-SENT", 5 * ms, 25 * ms}, {1, "SYN-RECEIVED", 25 * ms, 55 * ms}, {1, "ESTABLISHED", 55 * ms, -1},
		}}
}

// crossedAck is a retransmission that leaves while the ACK is under way.
func crossedAck() LadderPanel {
	return LadderPanel{Title: "an ACK comes too late", Hosts: []string{"client", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: 0, Arrived: 150 * ms, Label: "PSH, ACK", Detail: "seq 1:201, ack 1, len 200"},
			{From: 1, To: 0, Sent: 150 * ms, Arrived: 300 * ms, Label: "ACK", Detail: "ack 201"},
			{From: 0, To: 1, Sent: 200 * ms, Arrived: 350 * ms, Label: "PSH, ACK", Detail: "seq 1:201, ack 1, len 200", Again: true},
			{From: 1, To: 0, Sent: 350 * ms, Arrived: 500 * ms, Label: "ACK", Detail: "ack 201", Duplicate: true},
		},
		States: []StateSpan{{0, "ESTABLISHED", 0, -1}, {1, "ESTABLISHED", 0, -1}},
		Timers: []Bracket{{0, "RTO", 0, 200 * ms}}}
}

// retried is a SYN that nobody answers.
func retried() LadderPanel {
	p := LadderPanel{Title: "nobody answers", Hosts: []string{"client", "server"}}
	at, rto := int64(0), int64(time.Second)
	p.States = []StateSpan{{0, "SYN-SENT", 0, int64(131 * time.Second)}, {0, "CLOSED", int64(131 * time.Second), -1}}
	for i := range 4 {
		p.Messages = append(p.Messages, Message{From: 0, To: 1, Sent: at, Arrived: -1, Label: "SYN", Detail: "seq 0", Lost: "link loss", Again: i > 0})
		p.Timers = append(p.Timers, Bracket{0, "RTO", at, at + rto})
		at, rto = at+rto, 2*rto
	}
	return p
}

func busy() LadderPanel {
	p := LadderPanel{Hosts: []string{"client", "server"},
		States: []StateSpan{{0, "ESTABLISHED", 0, -1}, {1, "ESTABLISHED", 0, -1}}}
	for i := range int64(5) {
		p.Messages = append(p.Messages,
			Message{From: 0, To: 1, Sent: i * 120e3, Arrived: 10*ms + i*120e3, Label: "ACK", Detail: fmt.Sprintf("seq %d len 1460", 1+1460*i)},
			Message{From: 1, To: 0, Sent: 10*ms + i*120e3, Arrived: 20*ms + i*120e3, Label: "ACK", Detail: fmt.Sprintf("ack %d", 1+1460*(i+1))})
	}
	p.Messages = append(p.Messages, Message{From: 1, To: 0, Sent: 2 * ms, Arrived: 12 * ms, Label: "PSH,ACK", Detail: "seq 1 len 1000"})
	return p
}

func nat() LadderPanel {
	return LadderPanel{Hosts: []string{"client", "nat", "server"},
		Messages: []Message{
			{From: 0, To: 1, Sent: 0, Arrived: 1 * ms, Label: "SYN", Detail: "seq 0"},
			{From: 1, To: 2, Sent: 1 * ms, Arrived: 11 * ms, Label: "SYN", Detail: "seq 0"},
			{From: 2, To: 1, Sent: 11 * ms, Arrived: 21 * ms, Label: "SYN,ACK", Detail: "seq 0 ack 1"},
			{From: 1, To: 0, Sent: 21 * ms, Arrived: 22 * ms, Label: "SYN,ACK", Detail: "seq 0 ack 1"},
			{From: 0, To: 2, Sent: 22 * ms, Arrived: 33 * ms, Label: "ACK", Detail: "ack 1"},
		},
		States: []StateSpan{{0, "SYN-SENT", 0, 22 * ms}, {0, "ESTABLISHED", 22 * ms, -1},
			{1, "transitory", 1 * ms, -1},
			{2, "LISTEN", 0, 11 * ms}, {2, "SYN-RECEIVED", 11 * ms, 33 * ms}, {2, "ESTABLISHED", 33 * ms, -1}}}
}

package plots

import (
	"os"
	"strings"
	"testing"
)

func diagrams() []States {
	busy := StatesPanel{Title: "client and server", Moves: []Move{
		{"CLOSED", "SYN-SENT", 1204000}, {"LISTEN", "SYN-RECEIVED", 1203977}, {"SYN-SENT", "ESTABLISHED", 1203961}, {"SYN-RECEIVED", "ESTABLISHED", 1203961},
		{"SYN-RECEIVED", "CLOSED", 16}, {"SYN-SENT", "CLOSED", 39}, {"ESTABLISHED", "FIN-WAIT-1", 1203800}, {"ESTABLISHED", "CLOSE-WAIT", 1203800},
		{"ESTABLISHED", "CLOSED", 161}, {"FIN-WAIT-1", "FIN-WAIT-2", 1203000}, {"FIN-WAIT-1", "CLOSING", 12}, {"FIN-WAIT-1", "TIME-WAIT", 788},
		{"CLOSE-WAIT", "LAST-ACK", 1203788}, {"LAST-ACK", "CLOSED", 1203788}, {"FIN-WAIT-2", "TIME-WAIT", 1203000}, {"CLOSING", "TIME-WAIT", 12}, {"TIME-WAIT", "CLOSED", 1203800},
	}}
	every := StatesPanel{Title: "every way there is", Moves: []Move{{"LISTEN", "ESTABLISHED", 7}}}
	for i, w := range ways {
		every.Moves = append(every.Moves, Move{w.from, w.to, 10000000 - uint64(i)})
	}
	for _, name := range stateNames {
		every.Moves = append(every.Moves, Move{name, "CLOSED", 123456})
	}
	one := StatesPanel{Moves: []Move{{"CLOSED", "SYN-SENT", 1}, {"SYN-SENT", "ESTABLISHED", 1}}}
	return []States{
		{Name: "states", Title: "Ways that connections went", Caption: "Poisson arrivals; one run.", Panels: []StatesPanel{busy}},
		{Name: "states-wide", Title: "Ways that connections went", Width: 174, Panels: []StatesPanel{busy}},
		{Name: "states-two", Width: 174, Title: "größer: µ ≤ λ", Panels: []StatesPanel{every, one}},
		{Name: "states-every", Panels: []StatesPanel{every}}, {Name: "states-none", Panels: []StatesPanel{{}}}, {Name: "states-empty"},
	}
}

// TestStatesStandApart: nothing leaves the page, and no text covers another, with
// every arrow in use.
func TestStatesStandApart(t *testing.T) {
	for _, s := range diagrams() {
		d := s.draw()
		onPage(t, s.Name, d)
		apart(t, s.Name, d)
		var boxes [][]point
		for _, m := range d.marks {
			if m.text != "" {
				boxes = append(boxes, m.box())
			}
		}
		for _, m := range d.marks {
			for i := 1; m.line.width > 0 && len(m.path) < 6 && i < len(m.path); i++ {
				for _, b := range boxes {
					if overlap(b, m.path[i-1:i+1]) {
						t.Errorf("%s: an arrow from %.0f to %.0f runs through the text at %.0f", s.Name, m.path[i-1], m.path[i], b[0])
					}
				}
			}
		}
	}
}

// TestStatesCount: every move is told: on its arrow, in the state that was left, or
// below. The table has all.
func TestStatesCount(t *testing.T) {
	s := diagrams()[3]
	drawn := texts(s.draw())
	for _, want := range []string{"10 M", "123 456 broken", "Besides: LISTEN to ESTABLISHED 7."} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is not told", want)
		}
	}
	table := string(s.table())
	for _, want := range []string{
		"every way there is,LISTEN,SYN-RECEIVED,rcv SYN,\"snd SYN, ACK\",9999996\n", "every way there is,ESTABLISHED,CLOSED,\"reset, abort or timeout\",,123456\n",
		"every way there is,LISTEN,ESTABLISHED,,,7\n",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if w, l := weight(1000, 1000), weight(1, 1000); w != heaviest || l >= w || l < lightest {
		t.Errorf("arrows are %g and %g wide", w, l)
	}
}

func TestStatesRefuse(t *testing.T) {
	s := States{Name: "s", Panels: []StatesPanel{{Moves: []Move{{"CLOSED", "NOWHERE", 1}}}}}
	if _, err := s.Save(t.TempDir(), Formats); err == nil {
		t.Error("a state that is none is drawn")
	}
	dir := t.TempDir()
	for _, s := range diagrams() {
		if *galleryDir != "" {
			dir = *galleryDir
		}
		paths, err := s.Save(dir, Formats)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

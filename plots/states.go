package plots

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// States is the state diagram of RFC 9293, figure 5, with how often connections
// went each way. Panels stand side by side as far as each keeps 84 mm.
type States struct {
	Name    string // file name without extension
	Title   string
	Caption string
	Width   float64 // mm; 0 means 84
	Style   Style
	Panels  []StatesPanel
}

// StatesPanel is one diagram. Of several moves between the same states the counts
// are summed.
type StatesPanel struct {
	Title string
	Moves []Move
}

// Move is how often connections went from a state to another, both by the names of
// the RFC: "SYN-SENT". A way to CLOSED that the figure does not have is the end by
// a reset, an abort or a timeout, and stands in the state that was left; where the
// figure has one, such ends count there.
type Move struct {
	From, To string
	Count    uint64
}

// Encode writes the diagram: see [Picture]. Its table is of every way with its event
// and count.
func (s *States) Encode(w io.Writer, format string) error { return s.picture().write(w, format) }

// Save writes files of the diagram: see [Picture].
func (s *States) Save(dir string, formats []string) ([]string, error) {
	return s.picture().save(dir, formats)
}

// Absent lists what no font has: see [Picture].
func (s *States) Absent() []rune { return s.picture().absent() }

func (s *States) picture() *picture {
	return &picture{s.Name, s.check, func() *drawing { return s.draw().styled(s.Style) }, s.table}
}

func (s *States) check() error {
	for _, p := range s.Panels {
		for _, m := range p.Moves {
			if !slices.Contains(stateNames, m.From) || !slices.Contains(stateNames, m.To) {
				return fmt.Errorf("plots: states %s: panel %q: %q to %q: want names of RFC 9293", s.Name, p.Title, m.From, m.To)
			}
		}
	}
	return nil
}

// stateNames are the states of RFC 9293, section 3.3.2.
var stateNames = []string{"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
	"FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"}

// way is an arrow of the figure: what happens, what is done, and where it runs, in
// a grid of three columns and seven rows with steps in points beside that.
type way struct {
	from, to string
	event    string // "rcv SYN"
	action   string // "snd SYN, ACK"
	path     []spot
	label    spot // of its last line, the count
	align    float64
}

// spot is a place of the grid and a step from it.
type spot struct{ column, row, dx, dy float64 }

// seats are the states' places. CLOSED is drawn twice, as in the RFC.
var seats = []struct {
	name        string
	column, row float64
}{
	{"CLOSED", 1, 0}, {"LISTEN", 1, 1}, {"SYN-RECEIVED", 0, 2}, {"SYN-SENT", 2, 2}, {"ESTABLISHED", 1, 3},
	{"FIN-WAIT-1", 0, 4}, {"CLOSE-WAIT", 2, 4}, {"FIN-WAIT-2", 0, 5}, {"CLOSING", 1, 5}, {"LAST-ACK", 2, 5},
	{"TIME-WAIT", 1, 6}, {"CLOSED", 2, 6},
}

const (
	seatWide, seatHigh = 62.0, 28.0
	half, tall         = seatWide / 2, seatHigh / 2
	rowStep            = 64.0
	overhead           = 30.0 // above the first row, for what opens
)

// ways are the arrows of figure 5 and, of its notes, that from FIN-WAIT-1 to TIME-WAIT.
var ways = []way{
	{"CLOSED", "LISTEN", "passive OPEN", "", []spot{{1, 0, -8, tall}, {1, 1, -8, -tall}}, spot{1, 0.5, -11, 6}, 1},
	{"LISTEN", "CLOSED", "CLOSE", "", []spot{{1, 1, 8, -tall}, {1, 0, 8, tall}}, spot{1, 0.5, 11, 6}, 0},
	{"CLOSED", "SYN-SENT", "active OPEN", "snd SYN", []spot{{1, 0, half, -6}, {2, 0, 20, -6}, {2, 2, 20, -tall}}, spot{1, 0, half + 3, -9}, 0},
	{"SYN-SENT", "CLOSED", "CLOSE", "or failure", []spot{{2, 2, 8, -tall}, {2, 0, 8, 6}, {1, 0, half, 6}}, spot{2, 1, 5, -4}, 1},
	{"LISTEN", "SYN-RECEIVED", "rcv SYN", "snd SYN, ACK", []spot{{1, 1, -half, 5}, {0, 1, -2, 5}, {0, 2, -2, -tall}}, spot{0, 1, 1, 32}, 0},
	{"SYN-RECEIVED", "LISTEN", "rcv RST", "", []spot{{0, 2, -18, -tall}, {0, 1, -18, -5}, {1, 1, -half, -5}}, spot{0, 1, -18, -8}, 0},
	{"LISTEN", "SYN-SENT", "SEND", "snd SYN", []spot{{1, 1, half, 5}, {2, 1, -12, 5}, {2, 2, -12, -tall}}, spot{2, 1, -15, 32}, 1},
	{"SYN-SENT", "SYN-RECEIVED", "rcv SYN", "snd SYN, ACK", []spot{{2, 2, -half, 0}, {0, 2, half, 0}}, spot{1, 2, 0, 25}, 0.5},
	{"SYN-RECEIVED", "ESTABLISHED", "rcv ACK", "of SYN", []spot{{0, 2, 18, tall}, {0, 3, 18, -5}, {1, 3, -half, -5}}, spot{0, 3, 21, -8}, 0},
	{"SYN-SENT", "ESTABLISHED", "rcv SYN, ACK", "snd ACK", []spot{{2, 2, -6, tall}, {2, 3, -6, -5}, {1, 3, half, -5}}, spot{2, 3, -9, -8}, 1},
	{"SYN-RECEIVED", "FIN-WAIT-1", "CLOSE", "snd FIN", []spot{{0, 2, -18, tall}, {0, 4, -18, -tall}}, spot{0, 3, -15, 14}, 0},
	{"ESTABLISHED", "FIN-WAIT-1", "CLOSE", "snd FIN", []spot{{1, 3, -half, 5}, {0, 3, 18, 5}, {0, 4, 18, -tall}}, spot{0, 3, 21, 32}, 0},
	{"ESTABLISHED", "CLOSE-WAIT", "rcv FIN", "snd ACK", []spot{{1, 3, half, 5}, {2, 3, -6, 5}, {2, 4, -6, -tall}}, spot{2, 3, -9, 32}, 1},
	{"FIN-WAIT-1", "FIN-WAIT-2", "rcv ACK", "of FIN", []spot{{0, 4, -18, tall}, {0, 5, -18, -tall}}, spot{0, 4.5, -15, 10}, 0},
	{"FIN-WAIT-1", "CLOSING", "rcv FIN", "snd ACK", []spot{{0, 4, half, -4}, {1, 4, 12, -4}, {1, 5, 12, -tall}}, spot{1, 4, 15, 24}, 0},
	{"FIN-WAIT-1", "TIME-WAIT", "rcv FIN, ACK", "snd ACK", []spot{{0, 4, half, 5}, {0.5, 4, -3, 5}, {0.5, 6, -3, -5}, {1, 6, -half, -5}}, spot{0.5, 4, 0, 32}, 0},
	{"CLOSE-WAIT", "LAST-ACK", "CLOSE", "snd FIN", []spot{{2, 4, 6, tall}, {2, 5, 6, -tall}}, spot{2, 4.5, 3, 10}, 1},
	{"FIN-WAIT-2", "TIME-WAIT", "rcv FIN", "snd ACK", []spot{{0, 5, -18, tall}, {0, 6, -18, 5}, {1, 6, -half, 5}}, spot{0, 6, -15, 0}, 0},
	{"CLOSING", "TIME-WAIT", "rcv ACK", "of FIN", []spot{{1, 5, 12, tall}, {1, 6, 12, -tall}}, spot{1, 5.5, 15, 10}, 0},
	{"LAST-ACK", "CLOSED", "rcv ACK", "of FIN", []spot{{2, 5, 6, tall}, {2, 6, 6, -tall}}, spot{2, 5.5, 3, 10}, 1},
	{"TIME-WAIT", "CLOSED", "2 MSL", "", []spot{{1, 6, half, 0}, {2, 6, -half, 0}}, spot{1.5, 6, 0, 30}, 0.5},
}

// visits is what a panel counts.
type visits struct {
	went    map[[2]string]uint64
	entered map[string]uint64
	ended   map[string]uint64 // otherwise than by a way of the figure
	besides []Move            // ways that the figure does not have
	most    uint64
}

func (p *StatesPanel) visits() visits {
	v := visits{map[[2]string]uint64{}, map[string]uint64{}, map[string]uint64{}, nil, 0}
	for _, m := range p.Moves {
		v.went[[2]string{m.From, m.To}] += m.Count
		v.entered[m.To] += m.Count
	}
	for _, from := range stateNames {
		for _, to := range stateNames {
			n := v.went[[2]string{from, to}]
			drawn := slices.ContainsFunc(ways, func(w way) bool { return w.from == from && w.to == to })
			switch {
			case n == 0:
			case drawn:
				v.most = max(v.most, n)
			case to == closed:
				v.ended[from] = n
			default:
				v.besides = append(v.besides, Move{from, to, n})
			}
		}
	}
	return v
}

// table lists the ways of the figure, and those that were gone besides.
func (s *States) table() []byte {
	var b bytes.Buffer
	b.WriteString("panel,from,to,event,action,count\n")
	for _, p := range s.Panels {
		v := p.visits()
		row := func(from, to, event, action string, n uint64) {
			cells := []string{p.Title, from, to, event, action, strconv.FormatUint(n, 10)}
			for i := range cells {
				cells[i] = csvCell(cells[i])
			}
			b.WriteString(strings.Join(cells, ",") + "\n")
		}
		for _, w := range ways {
			row(w.from, w.to, w.event, w.action, v.went[[2]string{w.from, w.to}])
		}
		for _, from := range stateNames {
			if n := v.ended[from]; n > 0 {
				row(from, closed, "reset, abort or timeout", "", n)
			}
		}
		for _, m := range v.besides {
			row(m.From, m.To, "", "", m.Count)
		}
	}
	return b.Bytes()
}

// besides says what the figure has no arrow for.
func (v *visits) note() string {
	var parts []string
	for _, m := range v.besides {
		parts = append(parts, fmt.Sprintf("%s to %s %s", m.From, m.To, tally(m.Count)))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Besides: " + strings.Join(parts, ", ") + "."
}

// tally writes a count: whole up to a million, then to three digits.
func tally(n uint64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.3g G", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.3g M", float64(n)/1e6)
	case n >= 1e4:
		return fmt.Sprintf("%d %03d", n/1000, n%1000)
	}
	return strconv.FormatUint(n, 10)
}

// draw puts as many panels side by side as keep 84 mm.
func (s *States) draw() *drawing {
	width := cmp.Or(s.Width, column) * millimetre
	cols := max(1, min(len(s.Panels), int((width+1)/(column*millimetre))))
	each := columnWidth(width, cols)
	d := &drawing{title: cmp.Or(s.Title, s.Name), w: width}
	y := d.lines(margin, margin, 0, titles, black, titles.wrap(s.Title, width-2*margin)) + 2
	for i := 0; i < len(s.Panels); i += cols {
		low := y
		for k := range min(cols, len(s.Panels)-i) {
			low = max(low, s.Panels[i+k].draw(d, margin+float64(k)*(each+columnGap), y, each))
		}
		y = low + panelGap
	}
	if len(s.Panels) == 0 {
		d.text(point{width / 2, y + 20}, 0.5, labels, grey, "no data")
		y += 40
	}
	d.h = d.lines(margin, y, 0, small, grey, small.wrap(s.Caption, width-2*margin)) + margin
	return d
}

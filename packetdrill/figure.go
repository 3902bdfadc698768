package packetdrill

import (
	"strings"
	"time"

	"netsim/plots"
)

// columns of a script's ladder.
const (
	program = iota
	kernel
	peer
)

// Ladder is what happened as a figure: calls go from the program to the host, and
// segments between the host and the script. Where the script failed stands what it
// expected, as lost, and what came.
func (res *Result) Ladder(name string) *plots.Ladder {
	p := plots.LadderPanel{Hosts: []string{"program", "host", "script"}, States: res.states}
	for _, row := range res.Rows {
		m := plots.Message{Sent: int64(row.At), Arrived: int64(row.At)}
		switch row.Kind {
		case Called:
			m.From, m.To = program, kernel
			m.Label, m.Detail = cutCall(row.Text)
		case In, Out:
			m.From, m.To = peer, kernel
			if row.Kind == Out {
				m.From, m.To = kernel, peer
			}
			m.Label, m.Detail = cutSegment(row.Text)
		case Mismatch:
			m.From, m.To, m.Arrived = kernel, peer, -1
			m.Label, m.Detail, m.Lost, m.Marked = row.Text, row.Got, "not as expected", true
		}
		p.Messages = append(p.Messages, m)
	}
	return &plots.Ladder{Name: name, Title: name, Fold: time.Second, Panels: []plots.LadderPanel{p}, Caption: res.Verdict.String() + " " + res.File}
}

// cutCall parts "connect(3, ..., ...) = 0" into its name and the rest.
func cutCall(text string) (label, detail string) {
	if i := strings.IndexByte(text, '('); i > 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// flagWords are the letters that scripts write for flags.
var flagWords = map[rune]string{ // order-free: looked up by letter
	'S': "SYN", 'F': "FIN", 'R': "RST", 'P': "PSH", '.': "ACK", 'U': "URG", 'E': "ECE", 'W': "CWR",
}

// cutSegment parts "S. 0:0(0) ack 1" into the names of its flags and the rest.
func cutSegment(text string) (label, detail string) {
	letters, detail, _ := strings.Cut(text, " ")
	var words []string
	for _, letter := range letters {
		if flagWords[letter] == "" {
			return text, "" // of ICMP
		}
		words = append(words, flagWords[letter])
	}
	return strings.Join(words, ", "), detail
}

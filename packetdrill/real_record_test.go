//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"netsim/packetdrill/script"
	"netsim/packetdrill/shell"
	"netsim/wire"
)

// recorded runs a script against the simulated host as [RunKernel] does with record: what
// the script expects is passed over, and the rows are what happened.
func recorded(file, src string, o Options) *Result {
	res := &Result{File: file}
	r, err := prepare(file, src, o)
	if err != nil {
		res.Verdict, res.Text = Fail, err.Error()
		return res
	}
	err = r.recordAll()
	res.Rows = r.rows
	if err != nil {
		res.Verdict, res.Pos, res.Text = Unsupported, r.event.Pos, err.Error()
	}
	return res
}

func (r *runner) recordAll() error {
	r.base, r.begun = r.now(), r.now()
	for _, s := range r.script.Init {
		if err := r.shell(s); err != nil {
			return err
		}
	}
	r.base = r.now()
	r.last = r.base
	for _, e := range r.script.Events {
		r.event = e
		at := r.due(&e.When)
		if err := r.reach(at); err != nil {
			return err
		}
		r.writeDown()
		if p, is := e.What.(*script.Packet); is && !p.Inbound {
			r.last, r.injected = at, false
			continue
		}
		if c, is := e.What.(*script.Code); is {
			r.last, r.injected = r.now(), false
			if s := r.lastSocket(); s != nil {
				r.rows = append(r.rows, Row{At: r.now().Sub(r.base), Pos: c.Pos, Kind: Called, Text: infoText(r.info(s))})
			}
			continue
		}
		if c, is := e.What.(*script.Call); is && !numbers[c.Name] {
			c.Result = nil // whatever it is
		}
		switch err := r.happen(e).(type) {
		case nil:
		case *failure:
			if n := len(r.rows) - 1; n >= 0 && r.rows[n].Kind == Called && r.rows[n].Pos == e.Pos && err.at != e.Pos && err.at.Line != 0 {
				r.rows[n].Text += ", with " + err.got + " for " + err.want
			}
		default:
			return err
		}
		r.writeDown()
	}
	if err := r.reach(r.now().Add(300 * time.Millisecond)); err != nil {
		return err
	}
	r.writeDown()
	r.rows = append(r.rows, counterRows(r.Counters())...)
	return nil
}

// counterRows are what is counted in the end, but for what a recording shows better.
func counterRows(counters []shell.Counter) (rows []Row) {
	for _, c := range counters {
		if _, kept := counted[c.Name]; kept && c.Value > 0 && !strings.HasSuffix(c.Name, "Segs") {
			rows = append(rows, Row{At: 1000 * time.Hour, Kind: Called, Text: fmt.Sprintf("%s %d", c.Name, c.Value)})
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Text, b.Text) })
	return rows
}

// numbers are the calls whose result is the descriptor that scripts know them by.
var numbers = map[string]bool{"socket": true, "accept": true, "accept4": true, "epoll_create": true, "epoll_create1": true}

// writeDown makes rows of what was sent.
func (r *runner) writeDown() {
	for i := range r.sent {
		c := &r.sent[i]
		f := r.of(&c.packet)
		if f != nil && c.packet.Segment.Flags.Has(wire.SYN) {
			f.iss, f.known = c.packet.Segment.Seq.Uint32(), true
		}
		r.rows = append(r.rows, Row{At: c.at.Sub(r.base), Pos: r.event.Pos, Kind: Out, Text: liveText(f, &c.packet)})
	}
	r.sent = r.sent[:0]
}

// infoText are the fields of a TCP_INFO that recordings show.
func infoText(info map[string]uint64) string {
	text := "TCP_INFO"
	for _, name := range strings.Fields(infoRecorded) {
		text += fmt.Sprintf(" %s=%d", name, info["tcpi_"+name])
	}
	return text
}

// infoRecorded are those that do not depend on how fast a machine is.
const infoRecorded = "state ca_state retransmits probes backoff options snd_mss advmss unacked sacked lost retrans snd_cwnd snd_ssthresh " +
	"total_retrans bytes_acked bytes_received notsent_bytes segs_in segs_out data_segs_out delivered snd_wnd"

// own is what two machines have differently: clocks of timestamps, and windows that are
// open, but for the first one.
var own = [...]*regexp.Regexp{regexp.MustCompile(`TS val \d+ ecr \d+`), regexp.MustCompile(`(^[^S]* ack \d+) win [1-9]\d*`)}

// key is what must be the same in two rows for them to be of the same thing.
func (r *Row) key() string {
	text := r.Text
	if strings.HasPrefix(text, "TCP_INFO") {
		return "TCP_INFO"
	}
	if r.Kind == Out {
		text = own[1].ReplaceAllString(own[0].ReplaceAllString(text, ""), "$1")
	}
	return fmt.Sprint(r.Kind) + text
}

// writeBoth writes what two machines did, what only the first did with a minus and what
// only the second did with a plus.
func writeBoth(w io.Writer, first, second []Row) (same bool) {
	long := make([][]int, len(first)+1)
	for i := range long {
		long[i] = make([]int, len(second)+1)
	}
	for i := len(first) - 1; i >= 0; i-- {
		for j := len(second) - 1; j >= 0; j-- {
			long[i][j] = max(long[i+1][j], long[i][j+1])
			if first[i].key() == second[j].key() {
				long[i][j] = long[i+1][j+1] + 1
			}
		}
	}
	same = true
	line := func(mark string, r *Row, text string) {
		fmt.Fprintf(w, "%s %10.4f %4d %c %s\n", mark, r.At.Seconds(), r.Line, " <>!"[r.Kind], text)
		same = same && mark == " "
	}
	i, j, before := 0, 0, time.Duration(0)
	for i < len(first) || j < len(second) {
		switch {
		case i < len(first) && j < len(second) && first[i].key() == second[j].key():
			mark, text := " ", differing(&first[i], &second[j])
			if text != first[i].Text {
				mark = "~"
			}
			if d := (first[i].At - second[j].At).Abs(); d > max(30*time.Millisecond, (first[i].At-before)/8) {
				mark = "~"
				text += fmt.Sprintf("    (+ at %.4f)", second[j].At.Seconds())
			}
			line(mark, &first[i], text)
			before = first[i].At
			i, j = i+1, j+1
		case j == len(second) || i < len(first) && long[i+1][j] >= long[i][j+1]:
			line("-", &first[i], first[i].Text)
			i++
		default:
			line("+", &second[j], second[j].Text)
			j++
		}
	}
	return same
}

// differing is what a row says; of TCP_INFO the fields that are not the same.
func differing(a, b *Row) string {
	if a.key() != "TCP_INFO" || a.Text == b.Text {
		return a.Text
	}
	text := "TCP_INFO"
	of := strings.Fields(b.Text)
	for i, field := range strings.Fields(a.Text) {
		if i < len(of) && field != of[i] {
			text += fmt.Sprintf(" %s (+ %s)", field, of[i])
		}
	}
	return text
}

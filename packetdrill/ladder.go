package packetdrill

import (
	"fmt"
	"io"
	"time"

	"netsim/packetdrill/script"
)

// RowKind is what a Row of a ladder is.
type RowKind uint8

const (
	Called   RowKind = iota // a call and its result, a command, a program
	In                      // a segment that the script injected
	Out                     // a segment that the host sent, as expected
	Mismatch                // what was expected, and in Got what came
)

// Row is what happened at a time of a script.
type Row struct {
	At time.Duration
	script.Pos
	Kind      RowKind
	Text, Got string
}

// WriteLadder writes what happened up to where the script failed: calls, segments to
// the host, segments from it, and in the end what was expected beside what came.
func (res *Result) WriteLadder(w io.Writer) {
	for _, row := range res.Rows {
		at := fmt.Sprintf("%10.6f %4d ", row.At.Seconds(), row.Line)
		switch row.Kind {
		case Called:
			fmt.Fprintf(w, "  %s   %s\n", at, row.Text)
		case In:
			fmt.Fprintf(w, "  %s <  %s\n", at, row.Text)
		case Out:
			fmt.Fprintf(w, "  %s >  %s\n", at, row.Text)
		case Mismatch:
			if row.Text != "" {
				fmt.Fprintf(w, "  %s !  expected  %s\n", at, row.Text)
				fmt.Fprintf(w, "  %*s !  got       %s\n", len(at), "", row.Got)
			} else {
				fmt.Fprintf(w, "  %s !  %s\n", at, row.Got)
			}
		}
	}
}

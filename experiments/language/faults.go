package language

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a file, both counted from 1; columns are characters. The
// zero Pos is no place.
type Pos struct{ Line, Col int }

// A Fault is one thing wrong with an experiment: where, at which path, what, and
// what would be right.
type Fault struct {
	File  string `json:"file"` // as given by the user; "--set" for the command line
	Line  int    `json:"line"`
	Col   int    `json:"col"`
	Path  string `json:"path"`
	What  string `json:"what"`
	Right string `json:"right,omitempty"`
}

// String writes "file:line:col: path: what; right".
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Col)
	}
	if f.Path != "" {
		b.WriteString(": " + f.Path)
	}
	b.WriteString(": " + f.What)
	if f.Right != "" {
		b.WriteString("; " + f.Right)
	}
	return b.String()
}

// Faults are all the faults of one file, in the order of its lines.
type Faults []Fault

// Error writes a line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// tidy sorts the faults by place and drops repetitions: the points of one file
// share most of what can be wrong.
func (fs Faults) tidy() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Path, b.Path))
	})
	return slices.Compact(fs)
}

// err returns the faults as an error, nil if there are none.
func (fs Faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs.tidy()
}

// wrong is what is the matter with a value, before it is known where it stands.
type wrong struct{ what, right string }

func (w *wrong) Error() string { return strings.TrimSuffix(w.what+"; "+w.right, "; ") }

// notYet is what every part of the language is refused with that this version
// does not have.
var notYet = &wrong{what: "not yet: this version of netsim does not have it"}

// wrongf makes a wrong of its two halves.
func wrongf(right, what string, args ...any) *wrong {
	return &wrong{what: fmt.Sprintf(what, args...), right: right}
}

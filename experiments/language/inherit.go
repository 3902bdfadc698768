package language

import (
	"path/filepath"
	"slices"
	"strings"
)

// Open reads the file that extends or include names: its path as messages call
// it, relative to the experiment, and its text.
type Open func(path string) (source []byte, err error)

// Piece is a file that an experiment takes in.
type Piece struct {
	Name string // its path, as Open was given it
	Text []byte
}

// pieceList notes what is opened.
type pieceList struct{ all []Piece }

func (l *pieceList) noting(open Open) Open {
	if open == nil {
		return nil
	}
	return func(path string) ([]byte, error) {
		text, err := open(path)
		if err == nil && !slices.ContainsFunc(l.all, func(p Piece) bool { return p.Name == path }) {
			l.all = append(l.all, Piece{path, text})
		}
		return text, err
	}
}

// nested is how many files may extend each other.
const nested = 8

// pieces are the tables that an included file may have.
var pieces = []string{"template", "default", "node", "link", "topology", "param"}

// inherit merges what the file extends and includes below its own: the parent, then
// each piece in order, without the tables that remove names.
func (r *reader) inherit(open Open, above []string) {
	own := *r
	extends, include, remove := r.given(&layer{}, "extends"), r.given(&layer{}, "include"), r.given(&layer{}, "remove")
	var below reader
	add := func(s *setting, at Pos, name string) *reader {
		path := filepath.ToSlash(filepath.Join(filepath.Dir(r.file), name))
		refuse := func(format string, args ...any) *reader {
			own.faults = append(own.faults, s.faultAt(at, wrongf("", format, args...)))
			own.shape = true
			return nil
		}
		switch {
		case open == nil:
			return refuse("%s cannot be read from here", name)
		case slices.Contains(above, path):
			return refuse("%s extends or includes itself", name)
		case len(above) >= nested:
			return refuse("files lie more than %d deep in each other", nested)
		}
		source, err := open(path)
		if err != nil {
			return refuse("%s", err)
		}
		p, ok := read(path, string(source))
		if ok {
			p.inherit(open, append(slices.Clip(above), path))
		}
		own.shape = own.shape || !ok
		return p
	}
	if extends != nil && !extends.bad {
		if p := add(extends, extends.where, extends.value().(string)); p != nil {
			below.merge(p)
		}
	}
	if include != nil && !include.bad {
		for i, name := range include.value().([]string) {
			if p := add(include, include.parts[i].where, name); p != nil {
				p.onlyPieces()
				below.merge(p)
			}
		}
	}
	if remove != nil && !remove.bad {
		for i, path := range remove.value().([]string) {
			if !below.remove(path) {
				own.faults = append(own.faults, remove.faultAt(remove.parts[i].where, wrongf("", "nothing inherited is called %q", path)))
			}
		}
	}
	below.merge(&own)
	below.file, below.index = own.file, own.index
	*r = below
}

// onlyPieces refuses what an included file may not have.
func (r *reader) onlyPieces() {
	for _, e := range r.base.entries {
		if word := strings.SplitN(e.path, ".", 2)[0]; !slices.Contains(pieces, word) && !slices.Contains([]string{"title", "about", "include", "remove"}, word) {
			r.faults = append(r.faults, e.faultAt(e.at, wrongf("it may have "+strings.Join(pieces, ", "), "a file that is included has no %s", word)))
		}
	}
	for _, a := range slices.Concat(r.axes, r.swept) {
		r.faults = append(r.faults, Fault{a.file, a.at.Line, a.at.Col, a.full, "a file that is included has no cases and no sweep", ""})
	}
}

// merge puts a stronger reader over this one, table by table and leaf by leaf.
func (r *reader) merge(over *reader) {
	r.base.lay(&over.base)
	r.sources = append(slices.Clone(over.sources), r.sources...)
	r.faults = append(r.faults, over.faults...)
	r.shape = r.shape || over.shape
	for _, a := range over.axes {
		i := slices.IndexFunc(r.axes, func(b *axis) bool { return b.paths[0] == a.paths[0] })
		if i < 0 {
			r.axes = append(r.axes, a)
			continue
		}
		for _, s := range a.steps {
			r.axes[i].lay(s)
		}
	}
	inherited := r.swept[:len(r.swept):len(r.swept)] // one file has no axis twice
	for _, a := range over.swept {
		i := slices.IndexFunc(inherited, func(b *axis) bool { return b.paths[0] == a.paths[0] })
		if i < 0 {
			r.swept = append(r.swept, a)
			continue
		}
		r.swept[i] = a
	}
}

// lay puts a case over the one of its name, or behind the others.
func (a *axis) lay(s *step) {
	for _, mine := range a.steps {
		if mine.choices[0].Name == s.choices[0].Name {
			mine.layer.lay(&s.layer)
			return
		}
	}
	a.steps = append(a.steps, s)
}

// remove takes away a table or a value and reports whether it was there.
func (r *reader) remove(path string) (found bool) {
	below := func(p string) bool {
		hit := p == path || strings.HasPrefix(p, path+".")
		found = found || hit
		return hit
	}
	r.base.entries = slices.DeleteFunc(r.base.entries, func(e entry) bool { return below(e.path) })
	r.base.names = slices.DeleteFunc(r.base.names, below)
	for _, axes := range []*[]*axis{&r.axes, &r.swept} {
		*axes = slices.DeleteFunc(*axes, func(a *axis) bool { return below(a.full) })
	}
	for _, a := range r.axes {
		a.steps = slices.DeleteFunc(a.steps, func(s *step) bool { return below(a.full + "." + s.choices[0].Name) })
	}
	r.base.has = map[string]bool{}
	for _, n := range r.base.names {
		r.base.has[n] = true
	}
	return found
}

// mark finds where a path stands, in the file itself or in those below it.
func (f *File) mark(path string) (file string, m *mark) {
	for _, x := range f.sources {
		if m := x.marks[path]; m != nil {
			return x.file, m
		}
	}
	return "", nil
}

// indexOf is the index of the file that a setting stands in.
func (f *File) indexOf(file string) *index {
	for _, x := range f.sources {
		if x.file == file {
			return x
		}
	}
	return f.sources[0]
}

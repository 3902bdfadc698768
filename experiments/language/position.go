package language

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// index knows the place of every key of a source, in the order of the file.
type index struct {
	file  string
	src   string
	lines []int // offset of each line's first byte
	marks map[string]*mark
	count int
}

// mark is where a key and its value stand.
type mark struct {
	order  int
	key    Pos // for a table, its [header] or the first key that implies it
	value  Pos
	items  []Pos // the elements of a list
	header bool  // has a [header] of its own
}

func newIndex(file, src string) *index {
	x := &index{file: file, src: src, lines: []int{0}, marks: map[string]*mark{}}
	for i := range len(src) {
		if src[i] == '\n' {
			x.lines = append(x.lines, i+1)
		}
	}
	return x
}

// pos returns line and column of a byte offset.
func (x *index) pos(offset int) Pos {
	offset = min(offset, len(x.src))
	line := sort.SearchInts(x.lines, offset+1)
	return Pos{line, utf8.RuneCountInString(x.src[x.lines[line-1]:offset]) + 1}
}

// add notes a key, and the tables above it that it implies. The first place of
// a table stands, unless a header of its own follows.
func (x *index) add(path []string, key, value int, header bool) *mark {
	at := mark{key: x.pos(key), value: x.pos(value)}
	for i := range path {
		name := join(path[:i+1])
		m, last := x.marks[name], i == len(path)-1
		if m == nil {
			m = &mark{order: x.count, key: at.key, value: at.value}
			x.marks[name] = m
			x.count++
		}
		if last && header && !m.header {
			m.key, m.value, m.header = at.key, at.value, true
		}
	}
	return x.marks[join(path)]
}

// find returns the mark of a path or, where the file has none, of the nearest
// table above it.
func (x *index) find(path string) *mark {
	for p := path; p != ""; p = parent(p) {
		if m := x.marks[p]; m != nil {
			return m
		}
	}
	return &mark{key: Pos{1, 1}, value: Pos{1, 1}}
}

// join writes a path as TOML would: words with dots, quoted where they must be.
func join(path []string) string {
	words := make([]string, len(path))
	for i, w := range path {
		if bare.FindString(w) != w || w == "" {
			w = strconv.Quote(w)
		}
		words[i] = w
	}
	return strings.Join(words, ".")
}

// parent is the path without its last word.
func parent(path string) string {
	return path[:max(0, strings.LastIndexByte(path, '.'))]
}

// last is the last word of a path.
func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

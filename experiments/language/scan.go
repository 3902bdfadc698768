package language

import (
	"regexp"
	"slices"
	"strings"
)

// scanner finds where the keys and values of a TOML source stand. It reads only
// the structure and leaves the judgement of syntax to the TOML decoder, but for
// what that accepts and TOML forbids, and for slips it can name better.
type scanner struct {
	src    string
	at     int
	index  *index
	table  []string // of the last [header]
	open   []string // tables made by dotted keys since the last header
	made   map[string]origin
	faults Faults
	fixes  []fix // unquoted values, to be quoted before decoding
	depth  int
	lost   bool // beyond understanding: what follows is not read
	deep   bool // deeper than any decoder should be asked to go
}

// origin is how a table came to be, which decides who may add to it.
type origin struct {
	by   maker
	line int
}

type maker uint8

const (
	byHeader maker = iota + 1 // [a.b]
	byDots                    // a.b.c = 1, under another header
	byBraces                  // a.b = { }
)

type fix struct {
	from, to int
	text     string
}

// scan reads the whole source as far as it can be understood.
func scan(file, src string) *scanner {
	s := &scanner{src: src, index: newIndex(file, src), made: map[string]origin{}}
	for !s.lost {
		s.blank(true)
		if s.at >= len(src) {
			break
		}
		if src[s.at] == '[' {
			s.header()
		} else {
			s.keyValue(s.table)
		}
		if s.blank(false); s.at < len(src) && src[s.at] != '\n' {
			s.lost = true
		}
	}
	return s
}

// repaired is the source with its unquoted values quoted, so that the faults
// behind the first are found too.
func (s *scanner) repaired() string {
	var b strings.Builder
	at := 0
	for _, f := range s.fixes {
		b.WriteString(s.src[at:f.from] + f.text)
		at = f.to
	}
	return b.String() + s.src[at:]
}

func (s *scanner) fault(offset int, path []string, w *wrong) {
	p := s.index.pos(offset)
	s.faults = append(s.faults, Fault{File: s.index.file, Line: p.Line, Col: p.Col, Path: join(path), What: w.what, Right: w.right})
}

// blank skips spaces and a comment; with lines, line ends and more comments too.
func (s *scanner) blank(lines bool) {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			s.at++
		case c == '#':
			s.at += len(until(s.src[s.at:], "\n"))
		default:
			return
		}
	}
}

func (s *scanner) next(c byte) bool {
	if s.at < len(s.src) && s.src[s.at] == c {
		s.at++
		return true
	}
	return false
}

// until returns s up to the first of the stops, or all of it.
func until(s, stops string) string {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return s[:i]
	}
	return s
}

func (s *scanner) header() {
	start := s.at
	s.at++
	if s.next('[') {
		path, _ := s.dotted()
		s.fault(start, path, wrongf("write ["+join(path)+".NAME]", "tables have names here, not numbers"))
		s.lost = true
		return
	}
	path, ok := s.dotted()
	if s.blank(false); !ok || !s.next(']') {
		s.lost = true
		if ok && s.next('[') {
			s.fault(start, path, wrongf("", "a group is set up as a whole; a member that differs is a [node.NAME] of its own"))
		}
		return
	}
	s.open = s.open[:0]
	for i := range path {
		name := join(path[:i+1])
		switch from := s.made[name]; {
		case from.by == byBraces:
			s.fault(start, path, closed(name, from.line))
		case from.by == byDots && i == len(path)-1:
			s.fault(start, path, wrongf("write all of it in one of the two ways", "%s was made by dotted keys at line %d", name, from.line))
		}
	}
	s.made[join(path)] = origin{byHeader, s.index.pos(start).Line}
	s.table = path
	s.index.add(path, start, start, true)
}

func closed(table string, line int) *wrong {
	return wrongf("write all of it there, or all of it under ["+table+"]", "%s was closed by its { } at line %d", table, line)
}

// dotted reads a key: bare or quoted words with dots between them.
func (s *scanner) dotted() ([]string, bool) {
	var path []string
	for {
		s.blank(false)
		switch rest := s.src[s.at:]; {
		case strings.HasPrefix(rest, `"`), strings.HasPrefix(rest, `'`):
			quote := rest[:1]
			word := until(rest[1:], quote+"\n")
			if s.at += len(word) + 1; !s.next(quote[0]) {
				return path, false
			}
			path = append(path, word)
		default:
			word := bare.FindString(rest)
			if word == "" {
				return path, false
			}
			s.at += len(word)
			path = append(path, word)
		}
		if s.blank(false); !s.next('.') {
			return path, true
		}
		if len(path) == deepest {
			return path, s.tooDeep()
		}
	}
}

// deepest is the number of words in a path, and of brackets in a value, that no
// experiment needs.
const deepest = 32

// tooDeep gives up; it returns false for its caller to pass on.
func (s *scanner) tooDeep() bool {
	if !s.deep {
		s.fault(s.at, nil, wrongf("", "nested too deeply"))
	}
	s.lost, s.deep = true, true
	return false
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]+`)

// keyValue reads "key = value" in a table, which may be an inline one.
func (s *scanner) keyValue(table []string) {
	start := s.at
	key, ok := s.dotted()
	if s.blank(false); !ok || !s.next('=') {
		s.lost = true
		return
	}
	path := append(append([]string(nil), table...), key...)
	line := s.index.pos(start).Line
	for i := len(table) + 1; i < len(path); i++ {
		name := join(path[:i])
		switch from := s.made[name]; from.by {
		case byBraces:
			s.fault(start, path, closed(name, from.line))
		case byHeader:
			s.fault(start, path, wrongf("write this key there", "%s has a header of its own at line %d", name, from.line))
		case byDots:
			if !slices.Contains(s.open, name) {
				s.fault(start, path, wrongf("write all of it in one place", "%s was made by dotted keys at line %d", name, from.line))
			}
		default:
			s.made[name] = origin{byDots, line}
			s.open = append(s.open, name)
		}
	}
	s.blank(false)
	m := s.index.add(path, start, s.at, false)
	s.value(path, m)
}

// value skips a value, noting what stands inside it; m is nil for what lies
// within a list, which has no keys.
func (s *scanner) value(path []string, m *mark) {
	rest := s.src[s.at:]
	switch {
	case rest == "":
		s.lost = true
	case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, `'''`):
		s.text(rest[:3])
	case rest[0] == '"' || rest[0] == '\'':
		s.text(rest[:1])
	case rest[0] == '[':
		s.list(path, m)
	case rest[0] == '{':
		if m != nil {
			s.made[join(path)] = origin{byBraces, m.key.Line}
		}
		s.at++
		s.items('}', func() { s.keyValue(path) })
	default:
		s.scalar(path, until(rest, ",]}#\r\n"))
	}
}

func (s *scanner) list(path []string, m *mark) {
	s.at++
	s.items(']', func() {
		if m != nil {
			m.items = append(m.items, s.index.pos(s.at))
		}
		s.value(path, nil)
	})
}

// items reads what stands between brackets, with commas.
func (s *scanner) items(end byte, item func()) {
	if s.depth++; s.depth > deepest {
		s.tooDeep()
	}
	defer func() { s.depth-- }()
	for s.blank(true); !s.lost && !s.next(end); s.blank(true) {
		if s.at >= len(s.src) {
			s.lost = true
			return
		}
		item()
		if s.blank(true); !s.next(',') && (s.at >= len(s.src) || s.src[s.at] != end) {
			s.lost = true
		}
	}
}

// text skips a string with its quotes: one of them, or three.
func (s *scanner) text(quote string) {
	for s.at += len(quote); s.at < len(s.src); s.at++ {
		switch {
		case strings.HasPrefix(s.src[s.at:], quote):
			s.at += len(quote)
			for extra := 0; len(quote) == 3 && extra < 2 && s.next(quote[0]); extra++ {
			}
			return
		case quote[0] == '"' && s.src[s.at] == '\\':
			s.at++
		case len(quote) == 1 && s.src[s.at] == '\n':
			s.lost = true
			return
		}
	}
	s.lost = true
}

var (
	tomlScalar = regexp.MustCompile(`^(true|false|[+-]?(inf|nan|[0-9][0-9_]*(\.[0-9_]+)?([eE][+-]?[0-9_]+)?)|0[xob][0-9a-fA-F_]+|\d{4}-\d\d-\d\d.*|\d\d:\d\d.*)$`)
	leading    = regexp.MustCompile(`^[+-]?[0-9][0-9_.]*`)
)

// scalar skips a value without quotes. One that needs them is named: nothing is
// forgotten more often than the quotes of a quantity.
func (s *scanner) scalar(path []string, token string) {
	start := s.at
	s.at += len(token)
	token = strings.TrimRight(token, " \t")
	if tomlScalar.MatchString(token) {
		return
	}
	number := leading.FindString(token)
	if token == "" || strings.ContainsAny(token, `"'[{=\`) && token[0] != '=' {
		s.lost = true
		return
	}
	want, at := token, start
	if number != "" && len(number) < len(token) {
		want, at = number+" "+strings.TrimSpace(token[len(number):]), start+len(number)
	}
	for at > start && at < len(s.src) && s.src[at] == ' ' {
		at++
	}
	s.fault(at, path, wrongf("", "%s must be quoted: %s = %q", token, path[len(path)-1], want))
	s.fixes = append(s.fixes, fix{start, start + len(token), quoted(want)})
}

// quoted writes a TOML string that holds s, whatever is in it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

package assert

import "strings"

// token is a word, number, string or sign; kinds "name", "number", "string", "op",
// "line" (its end), "indent", "dedent" and "end".
type token struct {
	kind, text string
	line       int
	from, to   int // in the source
}

// signs, the longer first.
var signs = []string{"**=", "//=", "<<=", ">>=", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ";", ".", "@"}

// scanner is a block on its way into tokens.
type scanner struct {
	src     string
	at      int
	line    int
	tokens  []token
	open    int   // brackets
	fresh   bool  // at the beginning of a line
	first   int   // blanks at the beginning of the block
	margin  int   // blanks of a line that is not indented, -1 if none is known
	indents []int // beyond that
}

// scan splits a block. What stands on its first line is not indented, as it stands
// behind the opening bracket; the first other line sets what is no indentation.
func scan(src string) []token {
	s := &scanner{src: src, line: 1, margin: -1, indents: []int{0}}
	s.blanks()
	s.first = s.at
	for s.at < len(src) {
		if s.fresh {
			s.indentation()
		}
		if s.at < len(src) {
			s.token()
		}
	}
	s.add("line", s.at)
	for range s.indents[1:] {
		s.add("dedent", s.at)
	}
	s.add("end", s.at)
	return s.tokens
}

// add makes a token of what was read from a place on.
func (s *scanner) add(kind string, from int) {
	s.tokens = append(s.tokens, token{kind, s.src[from:s.at], s.line, from, s.at})
}

func (s *scanner) blanks() {
	for s.at < len(s.src) && (s.src[s.at] == ' ' || s.src[s.at] == '\t') {
		s.at++
	}
}

// while reads on as long as it may.
func (s *scanner) while(may func(c byte) bool) {
	for s.at < len(s.src) && may(s.src[s.at]) {
		s.at++
	}
}

// indentation reads the blanks of a line that has more than these.
func (s *scanner) indentation() {
	s.fresh = false
	from := s.at
	s.blanks()
	if s.at == len(s.src) || strings.IndexByte("\n\r#", s.src[s.at]) >= 0 {
		return
	}
	width := s.at - from
	if s.margin < 0 {
		s.margin = width
		if n := len(s.tokens); n > 1 && s.tokens[n-2].text == ":" {
			s.margin = s.first // the block of what stands on the first line
		}
	}
	top := func() int { return s.indents[len(s.indents)-1] }
	if width -= s.margin; width > top() {
		s.indents = append(s.indents, width)
		s.add("indent", s.at)
		if len(s.indents) > maxDepth {
			fault(s.line, "blocks lie more than %d deep in each other", maxDepth)
		}
	}
	for len(s.indents) > 1 && width < top() {
		s.indents = s.indents[:len(s.indents)-1]
		s.add("dedent", s.at)
	}
	if width != top() {
		fault(s.line, "the indentation is of no line above")
	}
}

// token reads one, or what is between them.
func (s *scanner) token() {
	c, from := s.src[s.at], s.at
	switch {
	case c == '\n':
		if n := len(s.tokens); s.open == 0 {
			if n > 0 && s.tokens[n-1].kind != "line" {
				s.add("line", s.at)
			}
			s.fresh = true
		}
		s.line++
		s.at++
	case c == ' ' || c == '\t' || c == '\r':
		s.at++
	case c == '#':
		s.while(func(c byte) bool { return c != '\n' })
	case strings.HasPrefix(s.src[s.at:], "\\\n"):
		s.line++
		s.at += 2
	case isLetter(c):
		s.while(isName)
		if s.at < len(s.src) && (s.src[s.at] == '"' || s.src[s.at] == '\'') && s.at-from <= 2 {
			unsupported(s.line, "strings with a prefix")
		}
		s.add("name", from)
	case isDigit(c) || c == '.' && s.at+1 < len(s.src) && isDigit(s.src[s.at+1]):
		hex := strings.HasPrefix(s.src[from:], "0x")
		s.while(func(c byte) bool {
			exponent := !hex && s.at > from && s.src[s.at-1]|0x20 == 'e' && (c == '+' || c == '-')
			return isName(c) || c == '.' || exponent
		})
		s.add("number", from)
	case c == '"' || c == '\'':
		text, to := quoted(s.src, s.at, s.line)
		s.tokens = append(s.tokens, token{"string", text, s.line, from, to})
		s.line += strings.Count(s.src[from:to], "\n")
		s.at = to
	default:
		s.sign()
	}
}

// sign reads an operator or a bracket.
func (s *scanner) sign() {
	from := s.at
	for _, sign := range signs {
		if !strings.HasPrefix(s.src[from:], sign) {
			continue
		}
		switch sign {
		case "(", "[", "{":
			s.open++
		case ")", "]", "}":
			s.open = max(s.open-1, 0)
		}
		s.at += len(sign)
		s.add("op", from)
		return
	}
	fault(s.line, "%q has no meaning here", s.src[from])
}

// quoted reads a string that begins at i, and returns where it ends.
func quoted(src string, i, line int) (string, int) {
	quote := src[i : i+1]
	if strings.HasPrefix(src[i:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	var b strings.Builder
	for i += len(quote); i < len(src) && (len(quote) == 3 || src[i] != '\n'); i++ {
		if strings.HasPrefix(src[i:], quote) {
			return b.String(), i + len(quote)
		}
		if src[i] != '\\' || i+1 == len(src) {
			b.WriteByte(src[i])
			continue
		}
		i++
		switch src[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '\\', '\'', '"':
			b.WriteByte(src[i])
		case '\n':
		default:
			b.WriteString(src[i-1 : i+1])
		}
	}
	fault(line, "the string has no end")
	return "", 0
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isName(c byte) bool   { return isDigit(c) || isLetter(c) }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

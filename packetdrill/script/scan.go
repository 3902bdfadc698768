package script

import (
	"fmt"
	"strings"
)

// parser reads the text of a script from left to right.
type parser struct {
	file   string
	src    string
	at     int
	starts []int // offsets of the lines
	depth  int
}

// fault carries an Error up to Parse.
type fault struct{ err *Error }

func (p *parser) failAt(at Pos, format string, args ...any) {
	panic(fault{&Error{p.file, at, fmt.Sprintf(format, args...)}})
}

func (p *parser) fail(format string, args ...any) { p.failAt(p.pos(), format, args...) }

// maxDepth bounds how deep values lie in each other.
const maxDepth = 50

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail("values lie more than %d deep in each other", maxDepth)
	}
}

func (p *parser) exit() { p.depth-- }

func (p *parser) pos() Pos { return p.posOf(p.at) }

func (p *parser) posOf(at int) Pos {
	low, high := 0, len(p.starts)
	for high-low > 1 {
		if mid := (low + high) / 2; p.starts[mid] <= at {
			low = mid
		} else {
			high = mid
		}
	}
	return Pos{low + 1, at - p.starts[low] + 1}
}

// peek is the byte that comes, 0 at the end.
func (p *parser) peek() byte {
	if p.at >= len(p.src) {
		return 0
	}
	return p.src[p.at]
}

func (p *parser) next() { p.at++ }

func (p *parser) done() bool { return p.at >= len(p.src) }

// looking reports whether s comes.
func (p *parser) looking(s string) bool { return strings.HasPrefix(p.src[min(p.at, len(p.src)):], s) }

// accept takes s if it comes.
func (p *parser) accept(s string) bool {
	if !p.looking(s) {
		return false
	}
	p.at += len(s)
	return true
}

// want takes s, which must come.
func (p *parser) want(s string) {
	if p.space(); !p.accept(s) {
		p.fail("%q expected, found %s", s, p.found())
	}
}

// acceptWord takes the word if it comes whole.
func (p *parser) acceptWord(s string) bool {
	rest := p.at + len(s)
	if !p.looking(s) || rest < len(p.src) && isName(p.src[rest]) {
		return false
	}
	p.at = rest
	return true
}

// found describes what comes, for messages.
func (p *parser) found() string {
	if p.done() {
		return "the end of the script"
	}
	if p.peek() == '\n' {
		return "the end of the line"
	}
	end := p.at
	for end < len(p.src) && end-p.at < 20 && isName(p.src[end]) {
		end++
	}
	return fmt.Sprintf("%q", p.src[p.at:max(end, p.at+1)])
}

// space passes blanks, line ends and comments.
func (p *parser) space() { p.pass(" \t\r\n") }

// blanks passes blanks and comments, and stays on the line.
func (p *parser) blanks() { p.pass(" \t\r") }

func (p *parser) pass(white string) {
	for !p.done() {
		switch c := p.peek(); {
		case strings.IndexByte(white, c) >= 0:
			p.next()
		case p.looking("\\\n"), p.looking("\\\r\n"): // the line goes on
			p.at += strings.IndexByte(p.src[p.at:], '\n') + 1
		case p.looking("//"), c == '#':
			for !p.done() && p.peek() != '\n' {
				p.next()
			}
		case p.looking("/*"):
			at := p.pos()
			end := strings.Index(p.src[p.at+2:], "*/")
			if end < 0 {
				p.failAt(at, "the comment has no end")
			}
			p.at += end + 4
		default:
			return
		}
	}
}

// word reads a name.
func (p *parser) word() string {
	from := p.at
	for isName(p.peek()) {
		p.next()
	}
	if from == p.at {
		p.fail("a word expected, found %s", p.found())
	}
	return p.src[from:p.at]
}

// until takes everything up to the mark and the mark.
func (p *parser) until(mark, what string) string {
	at := p.pos()
	end := strings.Index(p.src[p.at:], mark)
	if end < 0 {
		p.failAt(at, "%s has no closing %s", what, mark)
	}
	text := p.src[p.at : p.at+end]
	p.at += end + len(mark)
	return text
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }
func isName(c byte) bool   { return isDigit(c) || isLetter(c) }

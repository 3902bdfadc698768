package script

import (
	"strconv"
	"strings"
)

// Expr is an argument or a result of a call.
type Expr struct {
	Pos
	Kind ExprKind
	Int  int64
	Text string   // a word's name, a string's text, a call's name, an operator
	Args []*Expr  // elements, fields, arguments, operands
	Keys []string // of a struct: the names of its fields, "" where there is none
}

// ExprKind is what an Expr is.
type ExprKind uint8

const (
	Ellipsis ExprKind = iota // ...: the script's own
	Int
	Word     // a symbol
	String   // in double quotes
	Apply    // htons(8080)
	Binary   // a | b
	Unary    // -a, ~a
	List     // [a, b]
	Struct   // {a = 1, b}
	FloatLit // a number with a point, in Text
)

// expression = term { "|" term }.
func (p *parser) expression() *Expr {
	e := p.term()
	for {
		before := p.at
		p.space()
		if p.peek() != '|' {
			p.at = before
			return e
		}
		at := p.pos()
		p.next()
		e = &Expr{Pos: at, Kind: Binary, Text: "|", Args: []*Expr{e, p.term()}}
	}
}

func (p *parser) term() *Expr {
	p.enter()
	defer p.exit()
	p.space()
	e := &Expr{Pos: p.pos()}
	c := p.peek()
	switch {
	case p.accept("..."):
		e.Kind = Ellipsis
	case c == '"':
		e.Kind, e.Text = String, p.quoted()
	case c == '[':
		e.Kind, e.Args = List, p.list('[', ']', nil)
	case c == '{':
		e.Kind = Struct
		e.Args = p.list('{', '}', &e.Keys)
	case c == '(':
		p.next()
		e = p.expression()
		p.want(")")
	case c == '-' || c == '~' || c == '&':
		p.next()
		e.Kind, e.Text, e.Args = Unary, string(c), []*Expr{p.term()}
	case isDigit(c) || c == '.':
		p.number(e)
	case isLetter(c):
		e.Kind, e.Text = Word, p.word()
		if p.peek() == '(' {
			e.Kind, e.Args = Apply, p.list('(', ')', nil)
		}
	default:
		p.fail("a value expected, found %s", p.found())
	}
	return e
}

// list reads elements between two delimiters; with keys not nil, an element may be
// name = value or .name = value.
func (p *parser) list(open, closing byte, keys *[]string) (elements []*Expr) {
	p.want(string(open))
	for p.space(); p.peek() != closing; p.space() {
		key := ""
		if keys != nil {
			key = p.key()
		}
		elements = append(elements, p.expression())
		if keys != nil {
			*keys = append(*keys, key)
		}
		if p.space(); p.peek() != ',' {
			break
		}
		p.next()
	}
	p.want(string(closing))
	return elements
}

// key reads the name of a field and its equals sign, if that is what comes.
func (p *parser) key() string {
	before := p.at
	p.space()
	if p.peek() == '.' && !p.looking("...") {
		p.next()
	}
	if !isLetter(p.peek()) {
		p.at = before
		return ""
	}
	name := p.word()
	if p.peek() == '(' { // the length, as in msg_iov(1)=
		end := strings.IndexAny(p.src[p.at:], ")\n")
		if end < 0 || p.src[p.at+end] != ')' {
			p.at = before
			return ""
		}
		p.at += end + 1
	}
	if p.space(); p.peek() != '=' && p.peek() != ':' {
		p.at = before
		return ""
	}
	p.next()
	return name
}

// number reads an integer, decimal, octal or hexadecimal, or a number with a point.
func (p *parser) number(e *Expr) {
	from := p.at
	for isDigit(p.peek()) || isLetter(p.peek()) || p.peek() == '.' && !p.looking("...") {
		p.next()
	}
	text := p.src[from:p.at]
	e.Kind = Int
	n, err := strconv.ParseInt(text, 0, 64)
	if err == nil {
		e.Int = n
		return
	}
	if u, err := strconv.ParseUint(text, 0, 64); err == nil {
		e.Int = int64(u)
		return
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		p.failAt(e.Pos, "%q is not a number", text)
	}
	e.Kind, e.Text = FloatLit, text
}

// quoted reads a string in double quotes, with the escapes of C.
func (p *parser) quoted() string {
	at := p.pos()
	from := p.at
	p.next()
	for p.peek() != '"' {
		if p.peek() == 0 || p.peek() == '\n' {
			p.failAt(at, "the string has no closing quote on its line")
		}
		if p.peek() == '\\' {
			p.next()
		}
		p.next()
	}
	p.next()
	raw := p.src[from:p.at]
	if text, err := strconv.Unquote(raw); err == nil {
		return text
	}
	return strings.Trim(raw, `"`) // an escape of C that Go does not have: octal of one digit
}

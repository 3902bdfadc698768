package assert

import (
	"math/big"
	"strconv"
	"strings"
)

// node is a statement or an expression. Of an operation, op is its sign and args
// what it is of.
type node struct {
	op, text    string
	line        int
	args        []*node
	value       any     // of a literal
	body, other []*node // of if
}

type parser struct {
	src    string
	tokens []token
	depth  int
}

// parse reads a block.
func parse(src string) (list []*node) {
	p := &parser{src: src, tokens: scan(src)}
	for p.peek().kind != "end" {
		list = append(list, p.statement()...)
	}
	return list
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if len(p.tokens) > 1 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// is reports whether the sign or word comes, accept takes it then, want insists.
func (p *parser) is(text string) bool {
	t := p.peek()
	return t.text == text && (t.kind == "op" || t.kind == "name")
}

func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) want(text string) {
	if !p.accept(text) {
		t := p.peek()
		fault(t.line, "%q was expected, found %s", text, t.found())
	}
}

func (t token) found() string {
	switch t.kind {
	case "line", "end", "indent", "dedent":
		return "the end of the line"
	}
	return strconv.Quote(t.text)
}

func (p *parser) enter(line int) {
	if p.depth++; p.depth > maxDepth {
		fault(line, "expressions lie more than %d deep in each other", maxDepth)
	}
}

// statement reads one line, or a compound statement.
func (p *parser) statement() (list []*node) {
	t := p.peek()
	p.enter(t.line)
	defer func() { p.depth-- }()
	switch {
	case t.kind == "line":
		p.next()
		return nil
	case t.kind == "indent":
		fault(t.line, "the line is indented, and nothing above says why")
	case p.accept("if"):
		return []*node{p.conditional(t.line)}
	case p.accept("for"):
		return []*node{p.loop(t.line)}
	case p.accept("while"):
		return []*node{{op: "while", line: t.line, args: []*node{p.ternary()}, body: p.suite()}}
	case p.accept("def"):
		return []*node{p.function(t.line)}
	}
	for {
		list = append(list, p.simple())
		if !p.accept(";") || p.peek().kind == "line" {
			break
		}
	}
	if t := p.next(); t.kind != "line" {
		fault(t.line, "the end of the line was expected, found %s", t.found())
	}
	return list
}

// conditional reads what follows if or elif.
func (p *parser) conditional(line int) *node {
	p.enter(line)
	defer func() { p.depth-- }()
	s := &node{op: "if", line: line, args: []*node{p.ternary()}}
	s.body = p.suite()
	switch at := p.peek().line; {
	case p.accept("elif"):
		s.other = []*node{p.conditional(at)}
	case p.accept("else"):
		s.other = p.suite()
	}
	return s
}

// suite reads the statements behind a colon, on its line or indented.
func (p *parser) suite() (list []*node) {
	p.want(":")
	if p.peek().kind != "line" {
		return p.statement()
	}
	p.next()
	if t := p.next(); t.kind != "indent" {
		fault(t.line, "an indented line was expected")
	}
	for p.peek().kind != "dedent" && p.peek().kind != "end" {
		list = append(list, p.statement()...)
	}
	p.next()
	return list
}

// loop reads what follows for: names, in, what is gone through, and what is done.
func (p *parser) loop(line int) *node {
	to := p.targets()
	return &node{op: "for", line: line, args: []*node{to, p.list()}, body: p.suite()}
}

// targets reads the names of a for, up to its in.
func (p *parser) targets() *node {
	to := p.atom()
	if p.is(",") {
		to = &node{op: "tuple", line: to.line, args: []*node{to}}
		for p.accept(",") {
			to.args = append(to.args, p.atom())
		}
	}
	p.want("in")
	return target(to)
}

// function reads what follows def: a name, its parameters and what is done.
func (p *parser) function(line int) *node {
	f := &node{op: "def", line: line, text: p.next().text}
	p.want("(")
	for !p.accept(")") {
		t := p.next()
		if t.kind != "name" {
			unsupported(t.line, "parameters that are not names alone")
		}
		n := &node{op: "name", line: t.line, text: t.text}
		if p.accept("=") {
			n.args = []*node{p.ternary()}
		}
		f.args = append(f.args, n)
		if !p.accept(",") {
			p.want(")")
			break
		}
	}
	f.body = p.suite()
	return f
}

// comprehension reads what follows an element: for names in a list, and if.
func (p *parser) comprehension(e *node) *node {
	c := &node{op: "each", line: e.line, args: []*node{e}}
	for p.accept("for") {
		c.args = append(c.args, &node{op: "for", line: e.line, args: []*node{p.targets(), p.binary(0)}})
		for p.accept("if") {
			c.args = append(c.args, &node{op: "if", line: e.line, args: []*node{p.binary(0)}})
		}
	}
	return c
}

// unknown are statements and words of Python that are not here.
var unknown = strings.Fields("class import from lambda yield with try raise del global nonlocal async await exec")

func (p *parser) simple() *node {
	t := p.peek()
	s := &node{line: t.line}
	if t.kind == "name" {
		for _, w := range unknown {
			if t.text == w {
				unsupported(t.line, "%s", w)
			}
		}
	}
	switch {
	case p.accept("pass"):
		s.op = "pass"
	case p.accept("break"):
		s.op = "break"
	case p.accept("continue"):
		s.op = "continue"
	case p.accept("return"):
		s.op = "return"
		if k := p.peek(); k.kind != "line" && k.text != ";" {
			s.args = []*node{p.list()}
		}
	case p.accept("assert"):
		s.op = "assert"
		from := p.peek().from
		s.args = append(s.args, p.ternary())
		s.text = strings.Join(strings.Fields(p.src[from:p.peek().from]), " ")
		if p.accept(",") {
			s.args = append(s.args, p.ternary())
		}
	case p.is("print") && len(p.tokens) > 1 && p.tokens[1].text != "=":
		p.next()
		s.op = "print"
		p.printed(s)
	default:
		p.assignment(s)
	}
	return s
}

// printed reads the arguments of print, the function or the statement of old.
func (p *parser) printed(s *node) {
	if p.peek().kind == "line" || p.is(";") {
		return
	}
	e := p.list()
	switch {
	case e.op == "tuple":
		s.args = e.args
	default:
		s.args = []*node{e}
	}
}

// assignment reads name = value, with several names or an operation, or else an
// expression alone.
func (p *parser) assignment(s *node) {
	to := p.list()
	t := p.peek()
	switch {
	case p.accept("="):
		s.op, s.args = "=", []*node{target(to), p.list()}
		if p.is("=") {
			unsupported(t.line, "assignments in a row")
		}
	case t.kind == "op" && len(t.text) > 1 && strings.HasSuffix(t.text, "=") && !strings.Contains("== != <= >=", t.text):
		p.next()
		s.op, s.args = strings.TrimSuffix(t.text, "="), []*node{target(to), p.list()}
		if to.op != "name" {
			fault(t.line, "only a name can be changed")
		}
	default:
		s.op, s.args = "expr", []*node{to}
	}
}

// target checks what a value is given to.
func target(n *node) *node {
	switch n.op {
	case "name":
	case "tuple", "list":
		for _, a := range n.args {
			target(a)
		}
	default:
		fault(n.line, "a name was expected before the =")
	}
	return n
}

// list reads expressions with commas: a tuple, or the one.
func (p *parser) list() *node {
	e := p.ternary()
	if !p.is(",") {
		return e
	}
	t := &node{op: "tuple", line: e.line, args: []*node{e}}
	for p.accept(",") {
		if k := p.peek(); k.kind == "line" || p.is("=") || p.is(")") {
			break
		}
		t.args = append(t.args, p.ternary())
	}
	return t
}

// ternary = or ["if" or "else" ternary].
func (p *parser) ternary() *node {
	line := p.peek().line
	p.enter(line)
	defer func() { p.depth-- }()
	e := p.binary(0)
	if !p.accept("if") {
		return e
	}
	c := p.binary(0)
	p.want("else")
	return &node{op: "?", line: line, args: []*node{c, e, p.ternary()}}
}

// levels are the operators from the loosest to the tightest.
var levels = [][]string{{"or"}, {"and"}, {"not"}, {"<", ">", "<=", ">=", "==", "!=", "in", "not", "is"},
	{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"}}

func (p *parser) binary(level int) *node {
	if level == len(levels) {
		return p.unary()
	}
	if level == 2 {
		if t := p.peek(); p.accept("not") {
			p.enter(t.line)
			defer func() { p.depth-- }()
			return &node{op: "not", line: t.line, args: []*node{p.binary(level)}}
		}
		return p.compared()
	}
	e := p.binary(level + 1)
	for {
		op := p.operator(level)
		if op == "" {
			return e
		}
		e = &node{op: op, line: e.line, args: []*node{e, p.binary(level + 1)}}
	}
}

func (p *parser) operator(level int) string {
	for _, op := range levels[level] {
		if p.accept(op) {
			return op
		}
	}
	return ""
}

// compared reads a < b <= c: each with the next.
func (p *parser) compared() *node {
	e := p.binary(4)
	var chain *node
	for {
		line := p.peek().line
		op := p.operator(3)
		switch {
		case op == "" && chain == nil:
			return e
		case op == "":
			return chain
		case op == "not":
			p.want("in")
			op = "not in"
		case op == "is" && p.accept("not"):
			op = "is not"
		}
		if chain == nil {
			chain = &node{op: "compare", line: line, args: []*node{e}}
		}
		chain.args = append(chain.args, &node{op: op, line: line, args: []*node{p.binary(4)}})
	}
}

func (p *parser) unary() *node {
	t := p.peek()
	if t.kind != "op" || !strings.Contains("-+~", t.text) {
		return p.power()
	}
	p.next()
	p.enter(t.line)
	defer func() { p.depth-- }()
	return &node{op: "unary" + t.text, line: t.line, args: []*node{p.unary()}}
}

func (p *parser) power() *node {
	e := p.postfix()
	if t := p.peek(); p.accept("**") {
		p.enter(t.line)
		defer func() { p.depth-- }()
		return &node{op: "**", line: t.line, args: []*node{e, p.unary()}}
	}
	return e
}

// postfix reads an atom, calls of functions by name and subscripts.
func (p *parser) postfix() *node {
	e := p.atom()
	for {
		t := p.peek()
		switch {
		case p.is("(") && e.op == "name":
			p.next()
			e = &node{op: "call", text: e.text, line: t.line, args: p.items(")")}
		case p.accept("["):
			e = p.element(e, t.line)
		case p.accept("."):
			m := &node{op: "method", line: t.line, text: p.next().text}
			if !p.accept("(") {
				unsupported(t.line, "attributes")
			}
			m.args = append([]*node{e}, p.items(")")...)
			e = m
		case p.is("("):
			unsupported(t.line, "a call of what is no name")
		default:
			return e
		}
	}
}

// element reads [1], or the slice [1:2].
func (p *parser) element(of *node, line int) *node {
	none := &node{op: "literal", line: line}
	from := none
	if !p.is(":") {
		from = p.ternary()
	}
	if !p.accept(":") {
		p.want("]")
		return &node{op: "[]", line: line, args: []*node{of, from}}
	}
	to := none
	if !p.is("]") {
		to = p.ternary()
	}
	if p.is(":") {
		unsupported(line, "slices by steps")
	}
	p.want("]")
	return &node{op: "slice", line: line, args: []*node{of, from, to}}
}

// items reads expressions up to a bracket.
func (p *parser) items(closing string) (list []*node) {
	for !p.accept(closing) {
		list = append(list, p.ternary())
		if p.is("for") {
			list[len(list)-1] = p.comprehension(list[len(list)-1])
		}
		if !p.accept(",") {
			p.want(closing)
			break
		}
	}
	return list
}

func (p *parser) atom() *node {
	t := p.next()
	n := &node{line: t.line, text: t.text}
	switch {
	case t.kind == "number":
		n.op, n.value = "literal", literal(t)
	case t.kind == "string":
		text := t.text
		for p.peek().kind == "string" {
			text += p.next().text
		}
		n.op, n.value = "literal", text
	case t.text == "(" && t.kind == "op":
		if p.accept(")") {
			n.op = "tuple"
			return n
		}
		n = p.list()
		if p.is("for") {
			n = p.comprehension(n)
		}
		p.want(")")
	case t.text == "[" && t.kind == "op":
		n.op, n.args = "list", p.items("]")
		if len(n.args) == 1 && n.args[0].op == "each" {
			n = n.args[0]
		}
	case t.text == "{" && t.kind == "op":
		unsupported(t.line, "dictionaries and sets")
	case t.kind == "name":
		n.op = "name"
		switch t.text {
		case "True", "False":
			n.op, n.value = "literal", t.text == "True"
		case "None":
			n.op = "literal"
		case "lambda", "for", "yield", "await":
			unsupported(t.line, "%s", t.text)
		}
	default:
		fault(t.line, "a value was expected, found %s", t.found())
	}
	return n
}

// literal is the value of a number.
func literal(t token) any {
	text := strings.ReplaceAll(t.text, "_", "")
	if len(text) <= MaxBits/3 {
		if i, ok := new(big.Int).SetString(text, 0); ok {
			return i
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.HasPrefix(text, "0x") {
		fault(t.line, "%q is no number, or too long a one", t.text)
	}
	return f
}

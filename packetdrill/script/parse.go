package script

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxSize is how long a script may be, in bytes.
const MaxSize = 1 << 20

// Parse reads a script. Defined tells which names hold for #ifdef; nil is
// none. The error is an [*Error].
func Parse(file, src string, defined func(name string) bool) (s *Script, err error) {
	if len(src) > MaxSize {
		return nil, &Error{file, Pos{1, 1}, "longer than 1 MiB"}
	}
	if defined == nil {
		defined = func(string) bool { return false }
	}
	src, err = conditions(file, src, defined)
	if err != nil {
		return nil, err
	}
	p := &parser{file: file, src: src, starts: []int{0}}
	for i := range len(src) {
		if src[i] == '\n' {
			p.starts = append(p.starts, i+1)
		}
	}
	defer func() {
		if f, ok := recover().(fault); ok {
			s, err = nil, f.err
		}
	}()
	s = &Script{File: file}
	p.options(s)
	for p.space(); !p.done(); p.space() {
		p.event(s)
	}
	return s, nil
}

// options reads the lines --name=value, and -D NAME, as on a command line.
func (p *parser) options(s *Script) {
	for p.space(); p.looking("-"); p.space() {
		at := p.pos()
		if p.next(); !p.accept("-") {
			p.short(s, at)
			continue
		}
		line := p.src[p.at:]
		line, _, _ = strings.Cut(line, "\n")
		text, _, _ := strings.Cut(line, "//")
		for option := range strings.SplitSeq(text, " --") { // several may stand on a line
			name, value, _ := strings.Cut(strings.TrimSpace(option), "=")
			if name = strings.TrimSpace(name); name == "" {
				p.failAt(at, "an option is written --name=value")
			}
			s.Options = append(s.Options, Option{at, name, strings.Trim(strings.TrimSpace(value), `"`)})
		}
		p.at += len(line)
	}
}

// short reads -D NAME=VALUE, or a flag of one letter.
func (p *parser) short(s *Script, at Pos) {
	if !isLetter(p.peek()) {
		p.failAt(at, "an option is written --name=value or -D NAME")
	}
	letter := p.src[p.at : p.at+1]
	p.next()
	from := p.at
	for !p.done() && p.peek() != '\n' && !p.looking("//") && !p.looking(" -") {
		p.next()
	}
	value := strings.TrimSpace(p.src[from:p.at])
	if letter == "v" {
		letter = "verbose"
	}
	s.Options = append(s.Options, Option{at, letter, value})
}

// event reads one event. What has no time happens right after the one before;
// commands before the first event prepare.
func (p *parser) event(s *Script) {
	e := &Event{Pos: p.pos()}
	timed := p.when(&e.When)
	p.space()
	switch c := p.peek(); {
	case c == '<' || c == '>':
		p.next()
		e.What = p.packet(c == '<')
	case c == '`':
		at := p.pos()
		p.next()
		shell := &Shell{at, p.until("`", "the command")}
		if !timed && len(s.Events) == 0 {
			s.Init = append(s.Init, shell)
			return
		}
		e.What = shell
	case p.looking("%{"):
		at := p.pos()
		p.at += 2
		e.What = &Code{at, p.until("}%", "the program")}
	case c == '.' || isLetter(c):
		e.What = p.call(&e.When)
	default:
		p.fail("a call, a segment (< or >), a `command` or %%{ program }%% expected, found %s", p.found())
	}
	s.Events = append(s.Events, e)
}

// when reads the time of an event and reports whether there is one.
func (p *parser) when(t *Time) bool {
	t.Relative = true // none: right after the one before
	switch c := p.peek(); {
	case c == '*':
		p.next()
		t.Any = true
		return true
	case c == '+':
		p.next()
		p.space()
	case isDigit(c), c == '.' && !p.looking("..."):
		t.Relative = false
	default:
		return false
	}
	t.At = p.seconds()
	t.To = t.At
	if p.blanks(); p.accept("~") {
		p.blanks()
		p.accept("+")
		if p.accept("*") {
			t.To = math.MaxInt64
		} else {
			at := p.pos()
			if t.To = p.seconds(); t.To < t.At {
				p.failAt(at, "the window ends before it begins")
			}
		}
	}
	return true
}

// seconds reads a time.
func (p *parser) seconds() time.Duration {
	p.blanks()
	at, from := p.pos(), p.at
	for isDigit(p.peek()) {
		p.next()
	}
	if p.peek() == '.' && p.at+1 < len(p.src) && isDigit(p.src[p.at+1]) {
		for p.next(); isDigit(p.peek()); p.next() {
		}
	}
	s, err := strconv.ParseFloat(p.src[from:p.at], 64)
	if err != nil || s > 1e9 {
		p.failAt(at, "a time in seconds expected, found %s", p.found())
	}
	return time.Duration(math.Round(s * 1e9))
}

// call reads a system call: the end of its wait, its name, arguments and result.
func (p *parser) call(when *Time) *Call {
	c := &Call{}
	if p.accept("...") {
		c.Until = &Time{Relative: p.accept("+") || when.Relative}
		c.Until.At = p.seconds()
		c.Until.To = c.Until.At
		p.space()
	}
	c.Name = p.word()
	p.space()
	c.Args = p.list('(', ')', nil)
	if p.space(); p.peek() != '=' {
		return c
	}
	p.next()
	c.Result = p.expression()
	if p.blanks(); isLetter(p.peek()) {
		c.Errno = p.word()
	}
	if p.blanks(); p.peek() == '(' {
		p.next()
		c.Note = strings.TrimSpace(p.until(")", "the note"))
	}
	return c
}

package assert

import "fmt"

// Bounds of a program, of all its blocks together where it says so.
const (
	MaxSteps  = 200_000 // evaluated, of all blocks; a comparison or print of n things is n
	MaxText   = 64 << 10
	MaxString = 64 << 10 // bytes of a string, and of all that is printed
	MaxItems  = 4096     // of a list or tuple
	MaxBits   = 512      // of a number
	maxDepth  = 60       // of expressions in each other
)

// Program is the blocks of one script.
type Program struct {
	names   map[string]any
	local   map[string]any // those of a function that runs
	depth   int            // of functions in each other
	result  any            // of a return
	info    map[string]uint64
	steps   int
	printed []byte
}

// New returns a program whose names are the constants.
func New(constants map[string]int64) *Program {
	p := &Program{names: map[string]any{}}
	for name, n := range constants { // order-free: a map is copied
		p.names[name] = number(n)
	}
	return p
}

// Failed is the error of an assertion that does not hold.
type Failed struct {
	Line    int    // of its block, from 1
	Text    string // the assertion
	Message string // what it gives to be said, "" if nothing
}

func (f *Failed) Error() string {
	if f.Message == "" {
		return "does not hold: " + f.Text
	}
	return fmt.Sprintf("does not hold: %s (%s)", f.Text, f.Message)
}

// Unsupported is the error of what Python has and this has not.
type Unsupported struct {
	Line int
	What string
}

func (u *Unsupported) Error() string { return "unsupported: " + u.What }

// Fault is the error of a block that Python would refuse, or that is out of bounds.
type Fault struct {
	Line int
	Text string
}

func (f *Fault) Error() string { return f.Text }

// Run runs a block over the fields of a TCP_INFO, by their names in Linux: tcpi_state.
// It returns what was printed. The error is a [*Failed], an [*Unsupported] or a
// [*Fault].
func (p *Program) Run(block string, info map[string]uint64) (printed string, err error) {
	if len(block) > MaxText {
		return "", &Fault{1, fmt.Sprintf("the block is longer than %d bytes", MaxText)}
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case thrown:
			err = e.err
		default:
			panic(e)
		}
		printed = string(p.printed)
	}()
	p.info, p.printed, p.local, p.depth = info, p.printed[:0], nil, 0
	body := parse(block)
	if flow := p.run(body); flow != goesOn {
		fault(1, "a %v stands outside of what it ends", flow)
	}
	return "", nil
}

// thrown carries an error up to Run.
type thrown struct{ err error }

func fault(line int, format string, args ...any) {
	panic(thrown{&Fault{line, fmt.Sprintf(format, args...)}})
}

func unsupported(line int, format string, args ...any) {
	panic(thrown{&Unsupported{line, fmt.Sprintf(format, args...)}})
}

// run runs statements in order, up to one that leads elsewhere.
func (p *Program) run(list []*node) flow {
	for _, s := range list {
		p.step(s.line, 1)
		if f := p.statement(s); f != goesOn {
			return f
		}
	}
	return goesOn
}

// step counts what is done.
func (p *Program) step(line, n int) {
	if p.steps += n; p.steps > MaxSteps {
		fault(line, "the program takes more than %d steps", MaxSteps)
	}
}

func (p *Program) statement(s *node) flow {
	switch s.op {
	case "for", "while", "def", "break", "continue", "return":
		return p.leads(s)
	case "assert":
		if p.truth(p.eval(s.args[0])) {
			return goesOn
		}
		f := &Failed{Line: s.line, Text: s.text}
		if len(s.args) > 1 {
			f.Message = p.str(s.line, p.eval(s.args[1]))
		}
		panic(thrown{f})
	case "print":
		for i, arg := range s.args {
			if i > 0 {
				p.print(s.line, " ")
			}
			p.print(s.line, p.str(s.line, p.eval(arg)))
		}
		p.print(s.line, "\n")
	case "if":
		switch {
		case p.truth(p.eval(s.args[0])):
			return p.run(s.body)
		default:
			return p.run(s.other)
		}
	case "=":
		p.assign(s.args[0], p.eval(s.args[1]))
	case "pass":
	case "expr":
		p.eval(s.args[0])
	default: // x += 1
		p.assign(s.args[0], p.binary(s.line, s.op, p.eval(s.args[0]), p.eval(s.args[1])))
	}
	return goesOn
}

func (p *Program) print(line int, s string) {
	if len(p.printed)+len(s) > MaxString {
		fault(line, "more than %d bytes are printed", MaxString)
	}
	p.printed = append(p.printed, s...)
}

// assign gives a name its value, or each of several.
func (p *Program) assign(to *node, v any) {
	if to.op == "name" {
		if p.local != nil {
			p.local[to.text] = v
		} else {
			p.names[to.text] = v
		}
		return
	}
	items, ok := items(v)
	if !ok || len(items) != len(to.args) {
		fault(to.line, "%d values were expected for %d names", len(items), len(to.args))
	}
	for i, t := range to.args {
		p.assign(t, items[i])
	}
}

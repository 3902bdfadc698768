package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// MaxText and MaxOutput bound a command and what a program of it prints, in bytes.
const (
	MaxText   = 16 << 10
	MaxOutput = 1 << 20
	maxNested = 16 // parentheses and braces open at once, at most
)

// Run evaluates a command and returns what it printed. The error is an
// [*Unsupported], or says which program failed and why.
func Run(m Machine, text string) (string, error) {
	if len(text) > MaxText {
		return "", fmt.Errorf("the command is longer than %d bytes", MaxText)
	}
	if strings.Count(text, "(")+strings.Count(text, "{") > maxNested {
		return "", unsupported("expansions and compound commands")
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		return "", fmt.Errorf("no command of a shell: %w", err)
	}
	e := &evaluation{machine: m}
	var out output
	status, err := e.list(file.Stmts, "", &out)
	if err != nil {
		return out.String(), err
	}
	if status != 0 {
		return out.String(), fmt.Errorf("%s: exit status %d%s", e.last, status, e.why)
	}
	return out.String(), nil
}

// evaluation is one command line being run.
type evaluation struct {
	machine Machine
	last    string // name of the program run last
	why     string // it failed, after a colon
}

// output is what a program prints, up to a bound.
type output struct{ strings.Builder }

func (o *output) line(format string, args ...any) {
	if o.Len() < MaxOutput {
		fmt.Fprintf(o, format+"\n", args...)
	}
}

// list runs statements in order; the status is that of the last.
func (e *evaluation) list(list []*syntax.Stmt, in string, out *output) (status int, err error) {
	for _, s := range list {
		if status, err = e.statement(s, in, out); err != nil {
			return status, err
		}
	}
	return status, nil
}

// statement runs a simple command, a pipe or a chain of &&.
func (e *evaluation) statement(s *syntax.Stmt, in string, out *output) (int, error) {
	if s.Negated || s.Background || s.Coprocess {
		return 0, unsupported("a command with ! or &")
	}
	silent, err := redirections(s.Redirs)
	if err != nil {
		return 0, err
	}
	if silent {
		out = new(output)
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return e.call(c, in, out)
	case *syntax.BinaryCmd:
		switch c.Op {
		case syntax.AndStmt:
			if status, err := e.statement(c.X, in, out); err != nil || status != 0 {
				return status, err
			}
			return e.statement(c.Y, in, out)
		case syntax.Pipe:
			var between output
			if _, err := e.statement(c.X, in, &between); err != nil {
				return 0, err
			}
			return e.statement(c.Y, between.String(), out)
		}
		return 0, unsupported("%v between commands", c.Op)
	case nil:
		return 0, nil
	}
	return 0, unsupported("compound commands: only simple ones, pipes, && and ; are run")
}

// redirections reports whether the output goes to /dev/null, where alone it may go.
func redirections(redirs []*syntax.Redirect) (silent bool, err error) {
	for _, r := range redirs {
		to, err := word(r.Word)
		if err != nil {
			return false, err
		}
		fd := "1"
		if r.N != nil {
			fd = r.N.Value
		}
		switch {
		case r.Op == syntax.RdrOut && to == "/dev/null" && (fd == "1" || fd == "2"):
			silent = silent || fd == "1"
		case r.Op == syntax.DplOut && fd == "2" && to == "1", r.Op == syntax.DplOut && fd == "1" && to == "2":
		case r.Op == syntax.RdrIn && to == "/dev/null" && r.N == nil:
		default:
			return false, unsupported("redirection other than to /dev/null")
		}
	}
	return silent, nil
}

// call runs a program.
func (e *evaluation) call(c *syntax.CallExpr, in string, out *output) (int, error) {
	if len(c.Assigns) > 0 || len(c.Args) == 0 {
		return 0, unsupported("variables")
	}
	args := make([]string, len(c.Args))
	for i, w := range c.Args {
		arg, err := word(w)
		if err != nil {
			return 0, err
		}
		args[i] = arg
	}
	name := args[0][strings.LastIndexByte(args[0], '/')+1:]
	e.last, e.why = name, ""
	run := program(name)
	if run == nil {
		return 0, unsupported("program %s", name)
	}
	status, err := run(e, args[1:], in, out)
	if err != nil {
		return status, fmt.Errorf("%s: %w", name, err)
	}
	return status, nil
}

// word is the text of a word without expansions. $PPID is let pass, since the names
// of files that programs are said to write have it; it is 0.
func word(w *syntax.Word) (string, error) {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if err := literal(&b, p.Value); err != nil {
				return "", err
			}
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, inner := range p.Parts {
				if err := quoted(&b, inner); err != nil {
					return "", err
				}
			}
		default:
			if err := quoted(&b, part); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

// literal writes unquoted text, in which a backslash quotes.
func literal(b *strings.Builder, text string) error {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			if i++; i < len(text) && text[i] != '\n' {
				b.WriteByte(text[i])
			}
		case strings.IndexByte("*?[", c) >= 0, c == '~' && i == 0:
			return unsupported("expansions: %q", text)
		default:
			b.WriteByte(c)
		}
	}
	return nil
}

// quoted writes a part of what stands in double quotes.
func quoted(b *strings.Builder, part syntax.WordPart) error {
	switch p := part.(type) {
	case *syntax.Lit:
		for i := 0; i < len(p.Value); i++ {
			if p.Value[i] == '\\' && i+1 < len(p.Value) && strings.IndexByte("$`\"\\\n", p.Value[i+1]) >= 0 {
				i++
			}
			b.WriteByte(p.Value[i])
		}
		return nil
	case *syntax.ParamExp:
		if p.Param != nil && p.Param.Value == "PPID" && !p.Excl && !p.Length && !p.Width && p.Index == nil &&
			p.Slice == nil && p.Repl == nil && p.Exp == nil {
			b.WriteByte('0')
			return nil
		}
	}
	return unsupported("expansions of variables, commands and numbers")
}

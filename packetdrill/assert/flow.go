package assert

// flow is where a statement leads.
type flow uint8

const (
	goesOn flow = iota
	broke
	continued
	returned
)

func (f flow) String() string { return [...]string{"", "break", "continue", "return"}[f] }

// function is what def made.
type function struct{ node *node }

// leads runs a statement that goes round or elsewhere.
func (p *Program) leads(s *node) flow {
	switch s.op {
	case "break":
		return broke
	case "continue":
		return continued
	case "return":
		p.result = nil
		if len(s.args) > 0 {
			p.result = p.eval(s.args[0])
		}
		return returned
	case "def":
		p.assign(&node{op: "name", text: s.text}, function{s})
		return goesOn
	case "while":
		for p.truth(p.eval(s.args[0])) {
			p.step(s.line, 1)
			if f := p.run(s.body); f == broke {
				break
			} else if f == returned {
				return f
			}
		}
		return goesOn
	}
	for _, v := range p.elements(s.line, p.eval(s.args[1])) {
		p.step(s.line, 1)
		p.assign(s.args[0], v)
		if f := p.run(s.body); f == broke {
			break
		} else if f == returned {
			return f
		}
	}
	return goesOn
}

// elements are what a for goes through: those of a list or tuple, the letters of a string.
func (p *Program) elements(line int, v any) (list []any) {
	if s, ok := v.(string); ok {
		p.step(line, len(s))
		for _, c := range s {
			list = append(list, string(c))
		}
		return list
	}
	list, ok := items(v)
	if !ok {
		fault(line, "a list, a tuple or a string was expected to go through")
	}
	return list
}

// apply calls what def made.
func (p *Program) apply(n *node, f function, args []any) any {
	if p.depth++; p.depth > maxDepth {
		fault(n.line, "functions call each other more than %d deep", maxDepth)
	}
	own := map[string]any{}
	for i, name := range f.node.args {
		switch {
		case i < len(args):
			own[name.text] = args[i]
		case len(name.args) > 0:
			own[name.text] = p.eval(name.args[0])
		default:
			fault(n.line, "%s needs %s", f.node.text, name.text)
		}
	}
	if len(args) > len(f.node.args) {
		fault(n.line, "%s takes %d values, not %d", f.node.text, len(f.node.args), len(args))
	}
	outer := p.local
	p.local, p.result = own, nil
	flow := p.run(f.node.body)
	p.local = outer
	p.depth--
	if flow == broke || flow == continued {
		fault(n.line, "a %v stands outside of what it ends", flow)
	}
	v := p.result
	if p.result = nil; flow != returned {
		return nil
	}
	return v
}

// each is a comprehension: what is left of nested fors and ifs.
func (p *Program) each(n *node) any {
	list := []any{}
	p.nest(n, n.args[1:], &list)
	return list
}

func (p *Program) nest(n *node, clauses []*node, list *[]any) {
	p.step(n.line, 1)
	switch {
	case len(clauses) == 0:
		if len(*list) >= MaxItems {
			fault(n.line, "a list of more than %d", MaxItems)
		}
		*list = append(*list, p.eval(n.args[0]))
	case clauses[0].op == "if":
		if p.truth(p.eval(clauses[0].args[0])) {
			p.nest(n, clauses[1:], list)
		}
	default:
		for _, v := range p.elements(n.line, p.eval(clauses[0].args[1])) {
			p.assign(clauses[0].args[0], v)
			p.nest(n, clauses[1:], list)
		}
	}
}

package assert

import (
	"slices"
	"strings"
)

// slice is part of a string, list or tuple.
func (p *Program) slice(n *node) any {
	v := p.eval(n.args[0])
	s, isText := v.(string)
	list, ok := items(v)
	size := len(list)
	if isText {
		size = len(s)
	} else if !ok {
		fault(n.line, "a string, a list or a tuple was expected to be cut")
	}
	bound := func(e *node, otherwise int) int {
		at := p.eval(e)
		if at == nil {
			return otherwise
		}
		i, ok := integer(at)
		if !ok || !i.IsInt64() {
			fault(n.line, "a number was expected to cut at")
		}
		k := i.Int64()
		if k < 0 {
			k += int64(size)
		}
		return int(max(min(k, int64(size)), 0))
	}
	from, to := bound(n.args[1], 0), bound(n.args[2], size)
	to = max(from, to)
	p.step(n.line, to-from)
	switch _, isTuple := v.(tuple); {
	case isText:
		return s[from:to]
	case isTuple:
		return tuple(list[from:to:to])
	}
	return list[from:to:to]
}

// method is one of a string's.
func (p *Program) method(n *node) any {
	args := p.evalAll(n.args)
	s, ok := args[0].(string)
	if !ok {
		unsupported(n.line, "method %s of what is no string", n.text)
	}
	p.step(n.line, 1+len(s)/8)
	var words []string
	for _, a := range args[1:] {
		if w, ok := a.(string); ok {
			words = append(words, w)
		}
	}
	whole := len(words) == len(args)-1
	switch {
	case n.text == "format":
		return p.braces(n.line, s, args[1:])
	case n.text == "join" && len(args) == 2:
		var parts []string
		size := 0
		for _, v := range p.elements(n.line, args[1]) {
			w, ok := v.(string)
			if size += len(w) + len(s); !ok || size > MaxString {
				fault(n.line, "join needs strings, of %d bytes in all", MaxString)
			}
			parts = append(parts, w)
		}
		return strings.Join(parts, s)
	case n.text == "split" && whole && len(words) <= 1:
		parts := strings.Fields(s)
		if len(words) == 1 && words[0] != "" {
			parts = strings.Split(s, words[0])
		}
		if len(parts) > MaxItems {
			fault(n.line, "a list of more than %d", MaxItems)
		}
		list := make([]any, len(parts))
		for i, w := range parts {
			list[i] = w
		}
		return list
	case n.text == "upper" && len(args) == 1:
		return strings.ToUpper(s)
	case n.text == "lower" && len(args) == 1:
		return strings.ToLower(s)
	case n.text == "strip" && len(args) == 1:
		return strings.TrimSpace(s)
	case n.text == "startswith" && whole && len(words) == 1:
		return strings.HasPrefix(s, words[0])
	case n.text == "endswith" && whole && len(words) == 1:
		return strings.HasSuffix(s, words[0])
	}
	unsupported(n.line, "method %s", n.text)
	return nil
}

// braces is format() of strings: {} and {0}, and what % would have behind a colon.
func (p *Program) braces(line int, pattern string, values []any) string {
	var b strings.Builder
	next := 0
	for len(pattern) > 0 {
		p.step(line, 1)
		if b.Len() > MaxString {
			fault(line, "a string of more than %d bytes", MaxString)
		}
		i := strings.IndexAny(pattern, "{}")
		if i < 0 {
			i = len(pattern)
		}
		b.WriteString(pattern[:i])
		if pattern = pattern[i:]; pattern == "" {
			break
		}
		if strings.HasPrefix(pattern, "{{") || strings.HasPrefix(pattern, "}}") {
			b.WriteByte(pattern[0])
			pattern = pattern[2:]
			continue
		}
		field, rest, ok := strings.Cut(pattern[1:], "}")
		if pattern[0] == '}' || !ok {
			fault(line, "a brace of the format stands alone")
		}
		pattern = rest
		which, how, _ := strings.Cut(field, ":")
		at := next
		if next++; which != "" {
			at = strings.IndexByte("0123456789", which[0])
		}
		if at < 0 || at >= len(values) || len(which) > 1 {
			fault(line, "the format has no value for {%s}", field)
		}
		if how == "" {
			b.WriteString(p.str(line, values[at]))
			continue
		}
		if !slices.Contains([]byte("dxXofeEgGs"), how[len(how)-1]) {
			how += "s"
		}
		b.WriteString(p.format(line, "%"+how, tuple{values[at]}))
	}
	return b.String()
}

// sequence is range, sorted, any, all, enumerate or zip; ok is false for what is none of
// them.
func (p *Program) sequence(n *node, args []any) (v any, ok bool) {
	switch {
	case n.text == "range" && len(args) >= 1 && len(args) <= 3:
		return p.counted(n, args), true
	case n.text == "sorted" && len(args) == 1:
		list := slices.Clone(p.elements(n.line, args[0]))
		slices.SortStableFunc(list, func(a, b any) int { return p.order(n.line, a, b) })
		return list, true
	case (n.text == "any" || n.text == "all") && len(args) == 1:
		for _, item := range p.elements(n.line, args[0]) {
			if p.truth(item) == (n.text == "any") {
				return n.text == "any", true
			}
		}
		return n.text == "all", true
	case n.text == "enumerate" && len(args) == 1:
		list := []any{}
		for i, item := range p.elements(n.line, args[0]) {
			list = append(list, tuple{number(int64(i)), item})
		}
		return list, true
	case n.text == "zip" && len(args) == 2:
		list := []any{}
		a, b := p.elements(n.line, args[0]), p.elements(n.line, args[1])
		for i := range min(len(a), len(b)) {
			list = append(list, tuple{a[i], b[i]})
		}
		return list, true
	case (n.text == "list" || n.text == "tuple") && len(args) == 1:
		list := p.elements(n.line, args[0])
		if n.text == "tuple" {
			return tuple(list), true
		}
		return list, true
	}
	return nil, false
}

// counted is range.
func (p *Program) counted(n *node, args []any) any {
	var at [3]int64
	at[2] = 1
	for i, a := range args {
		v, ok := integer(a)
		if !ok || !v.IsInt64() {
			fault(n.line, "range needs whole numbers")
		}
		at[i] = v.Int64()
	}
	if len(args) == 1 {
		at[0], at[1] = 0, at[0]
	}
	if at[2] == 0 {
		fault(n.line, "range by steps of nothing")
	}
	list := []any{}
	for i := at[0]; at[2] > 0 && i < at[1] || at[2] < 0 && i > at[1]; i += at[2] {
		if len(list) == MaxItems || i > 1<<62 || i < -1<<62 {
			fault(n.line, "a range of more than %d", MaxItems)
		}
		p.step(n.line, 1)
		list = append(list, number(i))
	}
	return list
}

package assert

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// call is one of the functions that there are.
func (p *Program) call(n *node) any {
	own, is := p.local[n.text]
	if !is {
		own, is = p.names[n.text]
	}
	f, made := own.(function)
	if is && !made {
		fault(n.line, "%s is no function", n.text)
	}
	args := p.evalAll(n.args)
	p.step(n.line, len(args))
	if made {
		return p.apply(n, f, args)
	}
	if v, ok := p.sequence(n, args); ok {
		return v
	}
	if n.text == "min" || n.text == "max" {
		return p.extreme(n, args)
	}
	if n.text == "print" {
		for _, a := range args {
			p.print(n.line, p.str(n.line, a)+" ")
		}
		p.print(n.line, "\n")
		return nil
	}
	if len(args) != 1 {
		if strings.Contains(" abs int float str repr bool len round sum hex ", " "+n.text+" ") {
			unsupported(n.line, "%s of %d values", n.text, len(args))
		}
		unsupported(n.line, "function %s", n.text)
	}
	v := args[0]
	switch n.text {
	case "str":
		return p.str(n.line, v)
	case "repr":
		var b strings.Builder
		p.repr(n.line, &b, v)
		return b.String()
	case "bool":
		return p.truth(v)
	case "len":
		if s, ok := v.(string); ok {
			return number(int64(len(s)))
		}
		if list, ok := items(v); ok {
			return number(int64(len(list)))
		}
		fault(n.line, "len of what has no length")
	case "sum":
		list, ok := items(v)
		if !ok {
			fault(n.line, "sum of what is no list")
		}
		var total any = number(0)
		for _, item := range list {
			p.step(n.line, 1)
			total = p.binary(n.line, "+", total, item)
		}
		return total
	case "int", "float", "abs", "round", "hex":
		return convert(n, v)
	}
	unsupported(n.line, "function %s", n.text)
	return nil
}

// convert is int, float, abs, round or hex of a number, or of one in a string.
func convert(n *node, v any) any {
	if s, ok := v.(string); ok && len(s) <= MaxBits/3 {
		s = strings.TrimSpace(s)
		if f, err := strconv.ParseFloat(s, 64); err == nil && n.text == "float" {
			return f
		}
		if i, ok := new(big.Int).SetString(s, 10); ok && n.text == "int" {
			return i
		}
	}
	if !isNumber(v) {
		fault(n.line, "%s of what is no number", n.text)
	}
	i, whole := integer(v)
	switch {
	case n.text == "float":
		return float(v)
	case n.text == "hex" && whole:
		return strings.Replace("0x"+i.Text(16), "0x-", "-0x", 1)
	case n.text == "abs" && whole:
		return new(big.Int).Abs(i)
	case n.text == "abs":
		return math.Abs(float(v))
	case whole && n.text != "hex":
		return i
	}
	f := float(v)
	if n.text == "round" {
		f = math.RoundToEven(f)
	}
	if n.text == "hex" || math.IsNaN(f) || math.Abs(f) >= 1<<62 {
		fault(n.line, "%s of such a number", n.text)
	}
	return number(int64(f))
}

// extreme is min or max, of its arguments or of the one list.
func (p *Program) extreme(n *node, args []any) any {
	if len(args) == 1 {
		args, _ = items(args[0])
	}
	if len(args) == 0 {
		fault(n.line, "%s of nothing", n.text)
	}
	best := args[0]
	for _, a := range args[1:] {
		if c := p.order(n.line, a, best); c == -1 && n.text == "min" || c == 1 && n.text == "max" {
			best = a
		}
	}
	return best
}

package assert

import (
	"math"
	"math/big"
	"strings"
)

// Values are nil, bool, *big.Int, float64, string, tuple and []any; none is ever
// changed, so that they may share what they hold.
type tuple []any

func number(n int64) *big.Int { return big.NewInt(n) }

// items are those of a list or tuple.
func items(v any) ([]any, bool) {
	switch v := v.(type) {
	case tuple:
		return v, true
	case []any:
		return v, true
	}
	return nil, false
}

// eval is the value of an expression.
func (p *Program) eval(n *node) any {
	p.step(n.line, 1)
	switch n.op {
	case "literal":
		return n.value
	case "name":
		return p.name(n)
	case "tuple":
		return tuple(p.evalAll(n.args))
	case "list":
		return p.evalAll(n.args)
	case "and", "or":
		if v := p.eval(n.args[0]); p.truth(v) == (n.op == "or") {
			return v
		}
		return p.eval(n.args[1])
	case "not":
		return !p.truth(p.eval(n.args[0]))
	case "?":
		if p.truth(p.eval(n.args[0])) {
			return p.eval(n.args[1])
		}
		return p.eval(n.args[2])
	case "compare":
		return p.chain(n)
	case "unary-", "unary+", "unary~":
		return p.unary(n)
	case "[]":
		return p.subscript(n)
	case "call":
		return p.call(n)
	case "each":
		return p.each(n)
	case "slice":
		return p.slice(n)
	case "method":
		return p.method(n)
	}
	a := p.eval(n.args[0])
	return p.binary(n.line, n.op, a, p.eval(n.args[1]))
}

func (p *Program) evalAll(list []*node) []any {
	if len(list) > MaxItems {
		fault(list[0].line, "a list of more than %d", MaxItems)
	}
	values := make([]any, len(list))
	for i, n := range list {
		values[i] = p.eval(n)
	}
	return values
}

// name looks a name up: what the program calls so, or a field of TCP_INFO.
func (p *Program) name(n *node) any {
	if v, ok := p.local[n.text]; ok {
		return v
	}
	if f, ok := p.info[n.text]; ok {
		return new(big.Int).SetUint64(f)
	}
	if v, ok := p.names[n.text]; ok {
		return v
	}
	switch {
	case strings.HasPrefix(n.text, "tcpi_") && p.info == nil:
		fault(n.line, "%s: no socket is there to ask", n.text)
	case strings.HasPrefix(n.text, "tcpi_"):
		unsupported(n.line, "%s", n.text)
	}
	fault(n.line, "name %q is not defined", n.text)
	return nil
}

func (p *Program) truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case *big.Int:
		return v.Sign() != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	}
	list, _ := items(v)
	return len(list) > 0
}

// chain is a < b <= c.
func (p *Program) chain(n *node) any {
	left := p.eval(n.args[0])
	for _, next := range n.args[1:] {
		right := p.eval(next.args[0])
		if !p.compare(next.line, next.op, left, right) {
			return false
		}
		left = right
	}
	return true
}

func (p *Program) compare(line int, op string, a, b any) bool {
	switch op {
	case "==":
		return p.equal(line, a, b)
	case "!=":
		return !p.equal(line, a, b)
	case "is", "is not":
		if a != nil && b != nil {
			unsupported(line, "%s of anything but None", op)
		}
		return (a == nil && b == nil) == (op == "is")
	case "in", "not in":
		return p.contains(line, b, a) == (op == "in")
	}
	c := p.order(line, a, b)
	switch op {
	case "<":
		return c == -1
	case "<=":
		return c == -1 || c == 0
	case ">":
		return c == 1
	}
	return c == 1 || c == 0
}

func (p *Program) contains(line int, in, v any) bool {
	if s, ok := in.(string); ok {
		if part, ok := v.(string); ok {
			p.step(line, 1+len(s)/64)
			return strings.Contains(s, part)
		}
	}
	list, ok := items(in)
	if !ok {
		fault(line, "in needs a list, a tuple or a string")
	}
	for _, item := range list {
		if p.equal(line, item, v) {
			return true
		}
	}
	return false
}

// equal compares whatever it is, element by element.
func (p *Program) equal(line int, a, b any) bool {
	p.step(line, 1)
	_, aTuple := a.(tuple)
	_, bTuple := b.(tuple)
	x, xs := items(a)
	y, ys := items(b)
	if xs || ys {
		if !xs || !ys || aTuple != bTuple || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !p.equal(line, x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if s, ok := a.(string); ok {
		t, ok := b.(string)
		return ok && s == t
	}
	if isNumber(a) && isNumber(b) {
		return p.order(line, a, b) == 0
	}
	return a == nil && b == nil
}

func isNumber(v any) bool {
	switch v.(type) {
	case bool, *big.Int, float64:
		return true
	}
	return false
}

// order is -1, 0 or 1, or 2 where a NaN has none.
func (p *Program) order(line int, a, b any) int {
	p.step(line, 1)
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			return strings.Compare(s, t)
		}
	}
	if x, ok := items(a); ok {
		if y, ok := items(b); ok {
			for i := range min(len(x), len(y)) {
				if !p.equal(line, x[i], y[i]) {
					return p.order(line, x[i], y[i])
				}
			}
			return sign(len(x) - len(y))
		}
	}
	if !isNumber(a) || !isNumber(b) {
		fault(line, "these two have no order")
	}
	x, xf := integer(a)
	y, yf := integer(b)
	if xf && yf {
		return x.Cmp(y)
	}
	f, g := float(a), float(b)
	switch {
	case f < g:
		return -1
	case f > g:
		return 1
	case f == g:
		return 0
	}
	return 2
}

func sign(n int) int { return min(max(n, -1), 1) }

// integer is a number without a point, a truth among them.
func integer(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return number(1), true
		}
		return new(big.Int), true
	case *big.Int:
		return v, true
	}
	return nil, false
}

func float(v any) float64 {
	if i, ok := integer(v); ok {
		f, _ := new(big.Float).SetInt(i).Float64()
		return f
	}
	f, _ := v.(float64)
	return f
}

func (p *Program) unary(n *node) any {
	v := p.eval(n.args[0])
	i, whole := integer(v)
	switch {
	case !isNumber(v), !whole && n.op == "unary~":
		fault(n.line, "%s of what is no number", n.op[5:])
	case !whole && n.op == "unary-":
		return -float(v)
	case !whole:
		return v
	case n.op == "unary-":
		return new(big.Int).Neg(i)
	case n.op == "unary~":
		return new(big.Int).Not(i)
	}
	return i
}

func (p *Program) subscript(n *node) any {
	v, at := p.eval(n.args[0]), p.eval(n.args[1])
	i, ok := integer(at)
	list, is := items(v)
	if s, text := v.(string); text {
		is = true
		for _, c := range []byte(s) {
			list = append(list, string(rune(c)))
		}
		p.step(n.line, len(s))
	}
	if !ok || !is {
		fault(n.line, "a number of an element of a list was expected")
	}
	k := i.Int64()
	if k < 0 {
		k += int64(len(list))
	}
	if !i.IsInt64() || k < 0 || k >= int64(len(list)) {
		fault(n.line, "there is no element %v of %d", i, len(list))
	}
	return list[k]
}

// binary is an operation of two values.
func (p *Program) binary(line int, op string, a, b any) any {
	if isNumber(a) && isNumber(b) {
		x, xs := integer(a)
		y, ys := integer(b)
		if xs && ys && !(op == "**" && y.Sign() < 0) && op != "/" {
			return integers(line, op, x, y)
		}
		return floats(line, op, float(a), float(b))
	}
	if s, ok := a.(string); ok {
		switch t, text := b.(string); {
		case op == "%":
			return p.format(line, s, b)
		case op == "+" && text && len(s)+len(t) <= MaxString:
			p.step(line, 1+(len(s)+len(t))/64)
			return s + t
		case op == "+" && text:
			fault(line, "a string of more than %d bytes", MaxString)
		}
	}
	if op == "*" {
		if _, ok := integer(a); ok {
			a, b = b, a
		}
		if n, ok := integer(b); ok {
			return p.repeat(line, a, n)
		}
	}
	x, xs := items(a)
	y, ys := items(b)
	_, aTuple := a.(tuple)
	_, bTuple := b.(tuple)
	if op != "+" || !xs || !ys || aTuple != bTuple {
		fault(line, "%s is not of these two", op)
	}
	return p.joined(line, aTuple, x, y)
}

// joined is a list of both.
func (p *Program) joined(line int, isTuple bool, x, y []any) any {
	if len(x)+len(y) > MaxItems {
		fault(line, "a list of more than %d", MaxItems)
	}
	p.step(line, len(x)+len(y))
	list := append(append(make([]any, 0, len(x)+len(y)), x...), y...)
	if isTuple {
		return tuple(list)
	}
	return list
}

// repeat is a string or list so many times.
func (p *Program) repeat(line int, v any, n *big.Int) any {
	times := int(max(min(n.Int64(), MaxString+1), 0))
	if !n.IsInt64() {
		times = MaxString + 1
	}
	if s, ok := v.(string); ok {
		if len(s)*times > MaxString {
			fault(line, "a string of more than %d bytes", MaxString)
		}
		p.step(line, 1+len(s)*times/64)
		return strings.Repeat(s, times)
	}
	list, ok := items(v)
	if !ok {
		fault(line, "* is not of these two")
	}
	if len(list)*times > MaxItems {
		fault(line, "a list of more than %d", MaxItems)
	}
	_, isTuple := v.(tuple)
	all := []any{}
	for range times {
		all = append(all, list...)
	}
	return p.joined(line, isTuple, all, nil)
}

// integers is an operation of whole numbers; // and % go to the floor.
func integers(line int, op string, x, y *big.Int) any {
	z := new(big.Int)
	switch op {
	case "+":
		z.Add(x, y)
	case "-":
		z.Sub(x, y)
	case "*":
		z.Mul(x, y)
	case "//", "%":
		if y.Sign() == 0 {
			fault(line, "division by zero")
		}
		m := new(big.Int)
		z.QuoRem(x, y, m)
		if m.Sign() != 0 && m.Sign() != y.Sign() {
			z.Sub(z, number(1))
			m.Add(m, y)
		}
		if op == "%" {
			z = m
		}
	case "&":
		z.And(x, y)
	case "|":
		z.Or(x, y)
	case "^":
		z.Xor(x, y)
	case "<<", ">>", "**":
		shifted(line, op, z, x, y)
	default:
		fault(line, "%s is not of these two", op)
	}
	if z.BitLen() > MaxBits {
		fault(line, "a number of more than %d bits", MaxBits)
	}
	return z
}

// shifted is x << y, x >> y or x ** y, after a look at how long it would be.
func shifted(line int, op string, z, x, y *big.Int) {
	if y.Sign() < 0 {
		fault(line, "a shift by less than nothing")
	}
	bits := uint64(math.MaxUint32)
	if y.IsUint64() {
		bits = min(bits, y.Uint64())
	}
	switch {
	case op == ">>":
		z.Rsh(x, uint(bits))
	case x.Sign() == 0 && op == "<<":
	case op == "<<" && bits <= MaxBits:
		z.Lsh(x, uint(bits))
	case op == "**" && (x.BitLen() <= 1 || bits*uint64(x.BitLen()-1) <= MaxBits):
		if x.BitLen() <= 1 { // 0, 1 and -1
			bits = min(bits, 2) | uint64(y.Bit(0))
			if y.Sign() == 0 {
				bits = 0
			}
		}
		z.Exp(x, new(big.Int).SetUint64(bits), nil)
	default:
		fault(line, "a number of more than %d bits", MaxBits)
	}
}

func floats(line int, op string, x, y float64) any {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "**":
		return math.Pow(x, y)
	case "/", "//", "%":
		if y == 0 {
			fault(line, "division by zero")
		}
		switch q := math.Floor(x / y); op {
		case "/":
			return x / y
		case "//":
			return q
		default:
			return x - float64(q*y)
		}
	}
	fault(line, "%s is not of numbers with a point", op)
	return nil
}

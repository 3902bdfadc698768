package assert

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// str is a value as print shows it.
func (p *Program) str(line int, v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b strings.Builder
	p.repr(line, &b, v)
	return b.String()
}

// repr writes a value as Python does, up to the bound of strings.
func (p *Program) repr(line int, b *strings.Builder, v any) {
	p.step(line, 1)
	if b.Len() > MaxString {
		fault(line, "a string of more than %d bytes", MaxString)
	}
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case *big.Int:
		b.WriteString(v.String())
	case float64:
		b.WriteString(floatText(v))
	case string:
		p.step(line, len(v)/64)
		b.WriteString("'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\t", `\t`).Replace(v) + "'")
	default:
		list, _ := items(v)
		_, isTuple := v.(tuple)
		brackets := "[]"
		if isTuple {
			brackets = "()"
		}
		b.WriteByte(brackets[0])
		for i, item := range list {
			if i > 0 {
				b.WriteString(", ")
			}
			p.repr(line, b, item)
		}
		if isTuple && len(list) == 1 {
			b.WriteByte(',')
		}
		b.WriteByte(brackets[1])
	}
}

// floatText has a point or an exponent, so that it can be told from an integer.
func floatText(f float64) string {
	switch {
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	case math.IsNaN(f):
		return "nan"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// format is the % of strings: d, i, u, x, X, o, s, r, f, g, e and c of them, with flags, width
// and precision.
func (p *Program) format(line int, pattern string, v any) string {
	values := []any{v}
	if t, ok := v.(tuple); ok {
		values = t
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		p.step(line, 1)
		if b.Len() > MaxString {
			fault(line, "a string of more than %d bytes", MaxString)
		}
		if pattern[i] != '%' {
			b.WriteByte(pattern[i])
			continue
		}
		from := i
		for i++; i < len(pattern) && strings.IndexByte("0123456789.-+ #", pattern[i]) >= 0; i++ {
		}
		if i == len(pattern) || i-from > 8 {
			fault(line, "the format %q has no end, or is too wide", pattern[from:i])
		}
		if pattern[i] == '%' {
			b.WriteByte('%')
			continue
		}
		if len(values) == 0 {
			fault(line, "the format wants more values")
		}
		p.formatted(line, &b, pattern[from:i], pattern[i], values[0])
		values = values[1:]
	}
	if len(values) > 0 {
		fault(line, "the format leaves values over")
	}
	return b.String()
}

// formatted writes one value. The flags are those of fmt, whose widths are bounded.
func (p *Program) formatted(line int, b *strings.Builder, flags string, verb byte, v any) {
	for _, part := range strings.FieldsFunc(flags, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(part) > 3 {
			fault(line, "the format %q is too wide", flags)
		}
	}
	switch verb {
	case 'd', 'i', 'u', 'x', 'X', 'o':
		if verb == 'i' || verb == 'u' {
			verb = 'd'
		}
		n, ok := integer(v)
		if f, is := v.(float64); is && verb == 'd' && !math.IsNaN(f) && !math.IsInf(f, 0) && math.Abs(f) < 1e18 {
			n, ok = number(int64(f)), true
		}
		if !ok {
			fault(line, "%%%c needs a whole number", verb)
		}
		fmt.Fprintf(b, flags+string(verb), n)
	case 'f', 'F', 'g', 'G', 'e', 'E':
		if !isNumber(v) {
			fault(line, "%%%c needs a number", verb)
		}
		fmt.Fprintf(b, flags+string(verb), float(v))
	case 's':
		fmt.Fprintf(b, flags+"s", p.str(line, v))
	case 'r':
		var r strings.Builder
		p.repr(line, &r, v)
		fmt.Fprintf(b, flags+"s", r.String())
	default:
		unsupported(line, "format %%%c", verb)
	}
}

package assert_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"netsim/packetdrill/assert"
)

var info = map[string]uint64{"tcpi_state": 1, "tcpi_snd_cwnd": 10, "tcpi_rto": 204000, "tcpi_options": 7, "tcpi_pacing_rate": 1<<64 - 1}

func Example() {
	p := assert.New(assert.Constants(false))
	_, err := p.Run(`
assert tcpi_state == TCP_ESTABLISHED, tcpi_state
before = tcpi_snd_cwnd
`, map[string]uint64{"tcpi_state": 1, "tcpi_snd_cwnd": 10})
	fmt.Println(err)
	out, err := p.Run(`print(before); assert tcpi_snd_cwnd == 2 * before, (tcpi_snd_cwnd, 'no slow start')`, map[string]uint64{"tcpi_snd_cwnd": 11})
	fmt.Print(out, err, "\n")
	// Output:
	// <nil>
	// 10
	// does not hold: tcpi_snd_cwnd == 2 * before ((11, 'no slow start'))
}

// What Python makes of it, printed.
func TestPython(t *testing.T) {
	for _, c := range []struct{ block, out string }{
		{"print(1 + 2 * 3 ** 2, -7 // 2, -7 % 3, 7 % -3, 7 / 2, 6 / 3, 1 << 70 >> 69)", "19 -4 2 -2 3.5 2.0 2\n"},
		{"print(0x1f & ~1 | 64 ^ 3, -2 ** 2, 2 ** -1, 10 ** 20, 1e3, 1.5e-7, 1_000)", "95 -4 0.5 100000000000000000000 1000.0 1.5e-07 1000\n"},
		{"print(1 < 2 <= 2 != 3, 3 > 2 > 2, not 1 == 2, 1 in (1, 2), 3 not in [1], 'b' in 'abc')", "True False True True True True\n"},
		{"print(0 or 'x', 1 and 0, None is None, 1 is not None, 5 if 0 else 6)", "x 0 True True 6\n"},
		{"print((1,), (), [1, 'a'], (1, (2.0, None)), 'it\\'s', ['it\\'s'])", "(1,) () [1, 'a'] (1, (2.0, None)) it's [\"it's\"]\n"},
		{"print('%d of %5.2f: %s %r %x%%' % (3, 2, 'a', 'b', 255))", "3 of  2.00: a 'b' ff%\n"},
		{"print('%d' % 7, 'a' 'b' + 'c' * 3, (1,) + (2,) * 2)", "7 abccc (1, 2, 2)\n"},
		{"print(min(3, 2), max([1, 5]), abs(-4), int('12') + int(3.9), float(2), round(2.5), len('abc'), sum((1, 2.5)), hex(255), bool([]), str(4) + '!')", "2 5 4 15 2.0 2 3 3.5 0xff False 4!\n"},
		{"print tcpi_snd_cwnd, TCP_ESTABLISHED", "10 1\n"},
		{"print", "\n"},
		{"a, b = 1, 2; a += b; b **= 3; print(a, b)", "3 8\n"},
		{"a = (1 +\n  2)\nb = 1 + \\\n 2\nprint(a == b)  # a comment", "True\n"},
		{"  if tcpi_snd_cwnd > 5:\n    print(1)\n    if 0: print(2)\n    elif 1:\n      print(3)\n  else:\n    print(4)\n  print(5)", "1\n3\n5\n"},
		{"assert 1\n    print(1)\n    assert 2\n", "1\n"}, // the first line stands behind the bracket
		{"if 0:\n  print(1)\nelse: print(2); print(3)", "2\n3\n"},
		{"print('a, b' == \"a, b\", '''x\ny''', 'a\\tb')", "True x\ny a\tb\n"},
		{"print(tcpi_pacing_rate, True + True, 1 == 1.0, (1, 2) < (1, 3), 'a' < 'b', (1,) == [1])", "18446744073709551615 2 True True True False\n"},
		{"for i in range(5):\n  if i == 1: continue\n  if i == 3: break\n  print(i)\nprint(i)", "0\n2\n3\n"},
		{"n = 10\nwhile n > 0:\n  n -= 3\nprint(n)", "-2\n"},
		{"def f(a, b=2):\n  c = a * b\n  return c\ndef g(n):\n  if n < 2: return 1\n  return n * g(n - 1)\nc = 7\nprint(f(3), f(3, 4), g(5), c)", "6 12 120 7\n"},
		{"print([2 * x for x in range(5) if x % 2], sum(x for x in (1, 2)), [a + b for a in 'xy' for b in 'z'])", "[2, 6] 3 ['xz', 'yz']\n"},
		{"print('abcd'[1:3], [1, 2, 3][:-1], (1, 2)[1:], '-'.join(['a', 'b']), 'a b'.split(), 'Ab'.lower(), 'ab'.startswith('a'))", "bc [1, 2] (2,) a-b ['a', 'b'] ab True\n"},
		{"print('{} of {1}, {0:3d}'.format(1, 'x'), sorted([3, 1, 2]), any([0, 1]), all([0, 1]))\nfor i, c in enumerate('ab'): print(i, c)", "1 of x,   1 [1, 2, 3] True False\n0 a\n1 b\n"},
		{"pass\n\n\n", ""},
		{"", ""},
	} {
		out, err := assert.New(assert.Constants(false)).Run(c.block, info)
		if c.out = strings.ReplaceAll(c.out, "\"it's\"", `'it\'s'`); out != c.out || err != nil {
			t.Errorf("%s\n printed %q, want %q: %v", c.block, out, c.out, err)
		}
	}
}

// Assertions: what is said when they do not hold, and on which line.
func TestAssertions(t *testing.T) {
	for _, c := range []struct {
		block, want string
		line        int
	}{
		{"assert tcpi_snd_cwnd == 9, tcpi_snd_cwnd", "does not hold: tcpi_snd_cwnd == 9 (10)", 1},
		{"\nassert tcpi_snd_cwnd == 9, 'cwnd, %d' % tcpi_snd_cwnd", "does not hold: tcpi_snd_cwnd == 9 (cwnd, 10)", 2},
		{"\n\n  assert tcpi_snd_cwnd in (1,\n 2), (1, 2)", "does not hold: tcpi_snd_cwnd in (1, 2) ((1, 2))", 3},
		{"assert 1; assert 0", "does not hold: 0", 1},
		{"assert(0, 'a tuple holds')\nassert (tcpi_options & TCPI_OPT_SYN_DATA) != 0, tcpi_options", "does not hold: (tcpi_options & TCPI_OPT_SYN_DATA) != 0 (7)", 2},
		{"if 1:\n  assert 190000 <= tcpi_rto < 200000", "does not hold: 190000 <= tcpi_rto < 200000", 2},
	} {
		_, err := assert.New(assert.Constants(false)).Run(c.block, info)
		var f *assert.Failed
		if !errors.As(err, &f) || f.Error() != c.want || f.Line != c.line {
			t.Errorf("%s\n %v, want line %d: %s", c.block, err, c.line, c.want)
		}
	}
}

// Names persist from block to block; the fields of TCP_INFO are those of the moment.
func TestOneProgram(t *testing.T) {
	p := assert.New(assert.Constants(true))
	for i, block := range []string{"n = tcpi_snd_cwnd", "assert n == 1\nn += tcpi_snd_cwnd", "assert n == 3, n\nassert tcpi_snd_cwnd == 3"} {
		if _, err := p.Run(block, map[string]uint64{"tcpi_snd_cwnd": uint64(i + 1)}); err != nil {
			t.Error(err)
		}
	}
}

// States have the numbers of their system, under every name that they go by.
func TestConstants(t *testing.T) {
	if _, err := assert.New(assert.Constants(false)).Run("assert (TCP_CLOSE, TCPI_FIN_WAIT_2, TCP_CLOSING, TCP_CA_Loss) == (7, 5, 11, 4)", nil); err != nil {
		t.Error(err)
	}
	if _, err := assert.New(assert.Constants(true)).Run("assert (TCPS_CLOSED, TCPI_FIN_WAIT_2, TCPS_SYN_RECEIVED, TCPS_TIME_WAIT) == (0, 9, 3, 10)", nil); err != nil {
		t.Error(err)
	}
}

// What is not of the language, or is Python's but not here, is told as such.
func TestRefused(t *testing.T) {
	for block, want := range map[string]string{
		"assert tcpi_unknown": "unsupported: tcpi_unknown", "break": "a break stands outside of what it ends", "def f():\n  continue\nf()": "a continue stands outside of what it ends",
		"def f(a): return a\nf()": "f needs a", "def f(a): return a\nf(1, 2)": "f takes 1 values, not 2", "for i in 5: pass": "a list, a tuple or a string was expected to go through",
		"def f(*a): pass": "unsupported: parameters that are not names alone", "range(1, 2, 0)": "range by steps of nothing", "'{}'.format()": "the format has no value for {}",
		"'{'.format(1)": "a brace of the format stands alone", "(1).bit_length()": "unsupported: method bit_length of what is no string", "import os": "unsupported: import", "from os import *": "unsupported: from",
		"x = {1: 2}": "unsupported: dictionaries and sets", "(lambda: 1)()": "unsupported: lambda", "open('/etc/passwd')": "unsupported: function open",
		"eval('1')": "unsupported: function eval", "'a'.title()": "unsupported: method title", "x = 'abc'[0:2:1]": "unsupported: slices by steps", "x = 'a'.b": "unsupported: attributes",
		"f'{x}'": "unsupported: strings with a prefix", "exec 'x'": "unsupported: exec", "a = b = 1": "unsupported: assignments in a row",
		"sum(1, 2)": "unsupported: sum of 2 values", "1 is 1": "unsupported: is of anything but None",
		"assert nothing": `name "nothing" is not defined`, "assert": "a value was expected, found the end of the line",
		"1 / 0": "division by zero", "1 // 0": "division by zero", "1.0 % 0": "division by zero", "'a' < 1": "these two have no order",
		"\n  x = 1\n    y = 2": "the line is indented, and nothing above says why", "x = (1": `")" was expected, found the end of the line`,
		"'abc": "the string has no end", "1 = 2": "a name was expected before the =", "a, b = 1, 2, 3": "3 values were expected for 2 names",
		"x ?": `'?' has no meaning here`, "if 1:\nprint(1)": "an indented line was expected", "'%d' % 'a'": "%d needs a whole number",
		"'%d%d' % 1": "the format wants more values", "'%d' % (1, 2)": "the format leaves values over", "(1, 2)[5]": "there is no element 5 of 2",
		"x = 1 y = 2": `the end of the line was expected, found "y"`, "1 << -1": "a shift by less than nothing", "assert 1, 2, 3": `the end of the line was expected, found ","`,
	} {
		if _, err := assert.New(nil).Run(block, info); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", block, err, want)
		}
	}
	if _, err := assert.New(nil).Run("assert tcpi_state", nil); err == nil || err.Error() != "tcpi_state: no socket is there to ask" {
		t.Error(err)
	}
}

// hostile are programs that would fill memory or run for ever, if they could.
var hostile = []string{
	"x = 'a' * 10 ** 12", "x = 10 ** 10 ** 10", "x = 1 << 10 ** 15", "x = [0] * 10 ** 12", "x = (0,) * (1 << 400)", "x = 2 ** 100000000",
	"x = 'ab'\n" + strings.Repeat("x += x\n", 60), "x = [1]\n" + strings.Repeat("x += x\n", 60), "x = 3\n" + strings.Repeat("x *= x\n", 60),
	"x = [1]\n" + strings.Repeat("x = [x, x]\n", 60) + "print(x)", "x = (1,)\ny = (1,)\n" + strings.Repeat("x = (x, x); y = (y, y)\n", 60) + "assert x == y",
	"x = [1]\ny = [1]\n" + strings.Repeat("x = [x, x]; y = [y, y]\n", 60) + "assert x < y", "x = [1]\n" + strings.Repeat("x = [x, x]\n", 60) + "x = '%s' % (x,)",
	"x = '%99999999d' % 1", "x = '%.99999999f' % 1", "x = '%s' * 60000 % ('a' * 60000)", "x = 'a' * 60000\nprint(x)\nprint(x)",
	"while 1: pass", "def f(n): return f(n) + f(n)\nf(1)", "x = [a for a in range(4000) for b in range(4000)]", "x = ''\nfor i in range(4000): x += 'abcdefghijklmnopqrstuvwxyz'",
	"x = [1]\nwhile 1: x = [x, x]", strings.Repeat("(", 30000), "x = " + strings.Repeat("-", 30000) + "1", "x = " + strings.Repeat("not ", 15000) + "1", strings.Repeat("[", 30000),
	"x = " + strings.Repeat("1 if 1 else ", 5000) + "1", "x = 2" + strings.Repeat(" ** 2", 12000), "x = 'a' * 60000\n" + strings.Repeat("y = x + 'b' * 5000\n", 3000),
	"x = " + strings.Repeat("9", 60000), "if 1:\n" + nested(), strings.Repeat("if 1: ", 10000), "x = 'a' * 60000\n" + strings.Repeat("y = x in x + 'b'\n", 3500),
	"x = (1,) * 4000\n" + strings.Repeat("y = x == x\n", 5000), "x = 'abc' * 20000\n" + strings.Repeat("y = x[5]\n", 7000), "x = 1\n" + strings.Repeat("x=-x\n", 13000),
	strings.Repeat("a", assert.MaxText+1), "x = (1,) * 4000\n" + strings.Repeat("y = x + (1,)\n", 4000),
}

// nested is an if in an if and so on.
func nested() string {
	var b strings.Builder
	for i := 1; i < 300; i++ {
		b.WriteString(strings.Repeat(" ", i) + "if 1:\n")
	}
	return b.String()
}

// A hostile program ends with an error, or had too few steps to do harm, and never holds
// more than some megabytes.
func TestHostile(t *testing.T) {
	for _, block := range hostile {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := assert.New(nil)
		out, err := p.Run(block, info)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<20 {
			t.Errorf("%.40q: %d MiB made in all", block, grown>>20)
		}
		if len(out) > assert.MaxString {
			t.Errorf("%.40q: %d bytes printed", block, len(out))
		}
		var f *assert.Fault
		if err != nil && !errors.As(err, &f) {
			t.Errorf("%.40q: %v", block, err)
		}
		for range 50 { // block after block, the steps are of them all
			if _, err = p.Run("x = 'a' * 60000\n"+strings.Repeat("y = x + 'b'\n", 1000), info); err != nil {
				break
			}
		}
		if err == nil {
			t.Errorf("%.40q: and 50 more blocks: no end of steps", block)
		}
	}
}

// Most of them are stopped.
func TestHostileStopped(t *testing.T) {
	for _, block := range hostile[:24] {
		if _, err := assert.New(nil).Run(block, info); err == nil {
			t.Errorf("%.60q: let through", block)
		}
	}
}

// No program makes it panic or run away.
func FuzzRun(f *testing.F) {
	f.Add("assert tcpi_state == TCP_ESTABLISHED, tcpi_state\nx = (1, 'a') * 2; print('%5d' % x[0])")
	f.Add("if 1 < 2 <= 3 and not 0 in [1]:\n  y = -2 ** 3 // 4 % 5 ^ 6\nelse: print x")
	for _, block := range hostile {
		f.Add(block[:min(len(block), 100)])
	}
	f.Fuzz(func(t *testing.T, block string) {
		p := assert.New(assert.Constants(false))
		p.Run(block, info)
		p.Run(block, nil)
	})
}

package language

import (
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// cases is what an expression counts that is nothing but a share of cases.
type cases struct {
	slot  Slot
	word  string
	bound *vm.Program // nil of a fraction
}

// Proportion is a share of cases: those of a counter among those of its parent, or the
// values of a sample up to a bound, or above it.
type Proportion struct {
	Slot  Slot
	Word  string  // fraction, cdf, above
	Bound float64 // of cdf and above
}

// proportion finds out whether an expression is one, as it stands.
func (c *compilation) proportion(tree parser.Tree, config *conf.Config) (*cases, error) {
	if len(c.Slots) == 0 {
		return nil, nil
	}
	if s := c.Slots[0]; c.only && s.Kind == Statistic && s.Statistic == "fraction" {
		return &cases{slot: s, word: s.Statistic}, nil
	}
	call, ok := tree.Node.(*ast.CallNode)
	if !ok {
		return nil, nil
	}
	name, _ := pathOf(call.Callee)
	if name != "cdf" && name != "above" {
		return nil, nil
	}
	tree.Node = call.Arguments[1]
	bound, err := compiler.Compile(&tree, config)
	return &cases{c.Slots[0], name, bound}, err
}

// Counts returns what the expression counts in a run, if it is a whole number of
// something and no more: a total, an end of a level, what the level is at a time.
func (x *Expr) Counts() (s Slot, ok bool) {
	if len(x.Slots) == 0 {
		return s, false
	}
	s = x.Slots[0]
	return s, x.moment || x.only && slices.Contains([]string{"total", "n", "end", "min", "max"}, s.Statistic)
}

// Proportion returns what the expression counts, if it is a share of cases and no more.
func (x *Expr) Proportion(look Lookup) (p Proportion, ok bool) {
	if x.cases == nil {
		return p, false
	}
	p = Proportion{x.cases.slot, x.cases.word, math.NaN()}
	if x.cases.bound == nil {
		return p, true
	}
	v, err := x.run(x.cases.bound, look, math.NaN())
	if err != nil {
		return p, false
	}
	p.Bound, ok = v.(float64)
	return p, ok
}

// Lone returns the path that the expression is, if it is nothing else.
func (x *Expr) Lone() (s Slot, ok bool) {
	if !x.only || len(x.Slots) != 1 {
		return s, false
	}
	return x.Slots[0], true
}

// Measured tells whether any of its paths names what is measured.
func (x *Expr) Measured() bool {
	for _, s := range x.Slots {
		if s.Metric != nil || s.Kind == Paired {
			return true
		}
	}
	return false
}

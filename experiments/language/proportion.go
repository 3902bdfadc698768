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
	share Proportion
	bound *vm.Program // nil of a fraction and of a total
}

// Proportion is a share of cases: those of a counter among those of its parent or of
// another counter, or the values of a sample up to a bound, or above it.
type Proportion struct {
	Slot  Slot
	Word  string  // fraction, total, cdf, above
	Among Slot    // of total: the counter below the line
	Rest  bool    // it is all the others: 1 - share
	Bound float64 // of cdf and above
}

// proportion finds out whether an expression is one, as it stands.
func (c *compilation) proportion(tree parser.Tree, config *conf.Config) (*cases, error) {
	if len(c.Slots) == 0 {
		return nil, nil
	}
	share := Proportion{Slot: c.Slots[0], Bound: math.NaN()}
	node := tree.Node
	if minus, ok := node.(*ast.BinaryNode); ok && minus.Operator == "-" && isOne(minus.Left) {
		node, share.Rest = minus.Right, true
	}
	switch n := node.(type) {
	case *ast.IdentifierNode:
		if share.Slot.Kind == Statistic && share.Slot.Statistic == "fraction" {
			share.Word = "fraction"
			return &cases{share: share}, nil
		}
	case *ast.BinaryNode:
		above, ok := n.Left.(*ast.IdentifierNode)
		below, ok2 := n.Right.(*ast.IdentifierNode)
		if ok && ok2 && n.Operator == "/" && len(c.Slots) == 2 && above.Value == slotName(0) && below.Value == slotName(1) && c.Slots[0].total() && c.Slots[1].total() {
			share.Word, share.Among = "total", c.Slots[1]
			return &cases{share: share}, nil
		}
	case *ast.CallNode:
		if name, _ := pathOf(n.Callee); name == "cdf" || name == "above" {
			share.Word, tree.Node = name, n.Arguments[1]
			bound, err := compiler.Compile(&tree, config)
			return &cases{share, bound}, err
		}
	}
	return nil, nil
}

func isOne(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return n.Value == 1
	case *ast.FloatNode:
		return n.Value == 1
	}
	return false
}

// total reports whether it is how many of something there were.
func (s Slot) total() bool {
	return s.Kind == Statistic && s.Metric != nil && s.Metric.Class == Counter && s.Metric.Unit == "" && s.Statistic == "total"
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
	if p = x.cases.share; x.cases.bound == nil {
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

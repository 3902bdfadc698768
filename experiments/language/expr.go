package language

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Kind is what an expression yields.
type Kind uint8

// The kinds of expressions.
const (
	Number Kind = iota
	Truth
	Text
	Distributed
	List // a number of each member of a group
)

// An Expr is an expression, checked and ready: its paths are slots, its numbers
// float64.
type Expr struct {
	Source string
	Kind   Kind
	Slots  []Slot // each path once, in the order of reading
	Timed  bool   // it names t
	only   bool   // it is nothing but one path
	moment bool   // it is nothing but at(level, time)

	program *vm.Program
	cases   *cases      // nil if it is more than a share of cases
	looks   *vm.Program // all its at(level, time), each whatever the rest is; nil if none
	types   map[string]any
}

// Lookup gives the value of a slot; see [SlotKind] for its type.
type Lookup func(Slot) (any, error)

// longest is the length of an expression that nobody writes by hand.
const longest = 4096

// Compile checks an expression. Every fault of its paths is reported, of the rest
// the first.
func Compile(source string, scope Scope) (*Expr, error) {
	x, ws := compile(source, scope)
	errs := make([]error, len(ws))
	for i, w := range ws {
		errs[i] = w
	}
	return x, errors.Join(errs...)
}

func compile(source string, scope Scope) (*Expr, []*wrong) {
	c := compilation{scope: scope, Expr: &Expr{Source: strings.TrimSpace(source), types: map[string]any{}}}
	if len(source) > longest {
		return nil, []*wrong{wrongf("", "an expression of %d characters is too long", len(source))}
	}
	config := conf.CreateNew()
	for _, option := range functionOptions() {
		option(config)
	}
	tree, err := parser.ParseWithConfig(c.Source, config)
	if err != nil {
		return nil, []*wrong{syntaxOf(err)}
	}
	_, c.only = pathOf(tree.Node)
	if path, lone := pathOf(tree.Node); lone && isEach(path) {
		tree.Node = c.path(path, false)
	} else {
		tree.Node = c.rewrite(tree.Node)
	}
	if len(c.wrongs) > 0 {
		return nil, c.wrongs
	}
	if c.Timed {
		c.types["t"] = 0.0
	}
	expr.Env(c.types)(config)
	yields, err := checker.Check(tree, config)
	if err != nil {
		return nil, []*wrong{syntaxOf(err)}
	}
	switch yields.Kind() {
	case reflect.Pointer:
		c.Kind = Distributed
	case reflect.Float64:
		c.Kind = Number
	case reflect.Bool:
		c.Kind = Truth
	case reflect.String:
		c.Kind = Text
	case reflect.Slice:
		if !c.only || c.Slots[0].Kind != Members {
			return nil, []*wrong{wrongf("", "%s is not a number", c.Source)}
		}
		c.Kind = List
	default:
		return nil, []*wrong{wrongf("", "%s is not a number", c.Source)}
	}
	if c.program, err = compiler.Compile(tree, config); err != nil {
		return nil, []*wrong{syntaxOf(err)}
	}
	if c.Expr.cases, err = c.proportion(*tree, config); err != nil {
		return nil, []*wrong{syntaxOf(err)}
	}
	if len(c.ats) > 0 {
		c.moment = tree.Node == c.ats[0]
		tree.Node = &ast.ArrayNode{Nodes: c.ats}
		if c.looks, err = compiler.Compile(tree, config); err != nil {
			return nil, []*wrong{syntaxOf(err)}
		}
	}
	return c.Expr, nil
}

// loneUnit is what the expression language says of a unit that no operator precedes.
var loneUnit = regexp.MustCompile(`^unexpected token Identifier\("(.*)"\)`)

// syntaxOf keeps of an error of the expression language its first line.
func syntaxOf(err error) *wrong {
	var fe *file.Error
	if errors.As(err, &fe) {
		if m := loneUnit.FindStringSubmatch(fe.Message); m != nil && units[m[1]] != 0 {
			return wrongf("write 20*"+m[1], "a number and a unit are a product (character %d of the expression)", fe.Column+1)
		}
		if fe.Message == "unexpected token EOF" {
			return wrongf("", "the expression ends too early")
		}
		return wrongf("", "%s (character %d of the expression)", fe.Message, fe.Column+1)
	}
	return wrongf("", "%s", strings.SplitN(err.Error(), "\n", 2)[0])
}

// compilation turns the tree of an expression into one over slots.
type compilation struct {
	*Expr
	scope  Scope
	wrongs []*wrong
	ats    []ast.Node // calls of at
}

func (c *compilation) refuse(w *wrong) ast.Node {
	c.wrongs = append(c.wrongs, w)
	return &ast.FloatNode{}
}

var (
	operators  = []string{"+", "-", "*", "/", "%", "^", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||", "in", "not in"}
	signs      = []string{"+", "-", "!", "not"}
	ofMeasured = []string{"at", "cdf", "quantile", "above"}
	ofList     = []string{"min", "max", "mean", "median", "sum"}
)

// ofEach says what to do with a list.
func ofEach(path string) *wrong {
	return wrongf("write max("+path+"), or min, mean, median, sum", "%s is a list, of a number for each member", path)
}

// isEach reports whether a path is of each member of a group.
func isEach(path string) bool {
	words := strings.Split(path, ".")
	return len(words) > 2 && words[2] == "each"
}

// rewrite replaces paths by slots and whole numbers by floats, and refuses what
// the language does not have: it is for arithmetic, not for programs.
func (c *compilation) rewrite(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.FloatNode, *ast.BoolNode, *ast.StringNode:
		return n
	case *ast.IntegerNode:
		return at(n, &ast.FloatNode{Value: float64(n.Value)})
	case *ast.IdentifierNode, *ast.MemberNode, *ast.ChainNode:
		path, ok := pathOf(n)
		if !ok {
			if m, of := n.(*ast.MemberNode); of {
				if call, of := m.Node.(*ast.CallNode); of {
					return c.member(m, call, ofLaw)
				}
			}
			return c.refuse(wrongf("", "only paths of words have dots"))
		}
		if isEach(path) {
			return c.refuse(ofEach(path))
		}
		return at(n, c.path(path, false))
	case *ast.UnaryNode:
		if slices.Contains(signs, n.Operator) {
			n.Node = c.rewrite(n.Node)
			return n
		}
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = c.rewrite(n.Cond), c.rewrite(n.Exp1), c.rewrite(n.Exp2)
		return n
	case *ast.ArrayNode:
		c.all(n.Nodes)
		return n
	case *ast.CallNode:
		return c.call(n)
	}
	return c.refuse(wrongf("", "%s is not part of the language", n))
}

func at(old, node ast.Node) ast.Node {
	node.SetLocation(old.Location())
	return node
}

func (c *compilation) all(nodes []ast.Node) {
	for i := range nodes {
		nodes[i] = c.rewrite(nodes[i])
	}
}

func (c *compilation) binary(n *ast.BinaryNode) ast.Node {
	if !slices.Contains(operators, n.Operator) {
		return c.refuse(wrongf("", "%q is not part of the language", n.Operator))
	}
	n.Left, n.Right = c.rewrite(n.Left), c.rewrite(n.Right)
	if n.Operator == "%" { // which expr-lang has for integers alone
		return at(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "mod"}, Arguments: []ast.Node{n.Left, n.Right}})
	}
	return n
}

func (c *compilation) call(n *ast.CallNode) ast.Node {
	name, _ := pathOf(n.Callee)
	if m, ok := n.Callee.(*ast.MemberNode); ok {
		if of, ok := m.Node.(*ast.CallNode); ok {
			c.all(n.Arguments)
			n.Callee = c.member(m, of, ofTimes)
			return n
		}
	}
	switch {
	case name == "handshake":
		return c.handshake(n)
	case !slices.Contains(functionNames(), name):
		return c.refuse(wrongf("", "%s", meant("no function "+name, name, functionNames())))
	}
	for i, arg := range n.Arguments {
		path, ok := pathOf(arg)
		switch {
		case ok && i == 0 && slices.Contains(ofMeasured, name) && !isEach(path):
			n.Arguments[i] = at(arg, c.path(path, true))
			continue
		case ok && isEach(path) && slices.Contains(ofList, name):
			n.Arguments[i] = at(arg, c.path(path, false))
			continue
		}
		n.Arguments[i] = c.rewrite(arg)
	}
	if name == "at" {
		c.ats = append(c.ats, n)
	}
	return n
}

// pathOf reads a chain of members, a.b.c, as a path.
func pathOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.ChainNode:
		return pathOf(n.Node)
	case *ast.MemberNode:
		above, ok := pathOf(n.Node)
		word, text := n.Property.(*ast.StringNode)
		if ok && text && !n.Optional && !n.Method && bare.FindString(word.Value) == word.Value {
			return above + "." + word.Value, true
		}
	}
	return "", false
}

// path turns a path or a bare name into a slot or a number.
func (c *compilation) path(path string, whole bool) ast.Node {
	if !strings.Contains(path, ".") {
		value, isUnit := units[path]
		switch {
		case path == "t" && c.scope.Time:
			c.Timed = true
			return &ast.IdentifierNode{Value: "t"}
		case path == "t":
			return c.refuse(wrongf("", "t is known in the theory of figures over time alone"))
		case isUnit:
			return &ast.FloatNode{Value: value}
		case c.scope.names.params[path] == nil:
			known := slices.Concat(c.scope.names.of("param"), c.scope.names.axes, slices.Sorted(maps.Keys(units)), functionNames())
			return c.refuse(wrongf("", "%s", meant("no name "+fmt.Sprintf("%q", path)+" here", path, known)))
		}
		path = "param." + path
	}
	s, w := c.scope.slot(path)
	if w != nil {
		return c.refuse(w)
	}
	if s.Kind == Whole && !whole {
		return c.refuse(needsStatistic(s))
	}
	return c.place(s)
}

// place is the node of a slot.
func (c *compilation) place(s Slot) ast.Node {
	i := slices.IndexFunc(c.Slots, func(o Slot) bool { return o.Path == s.Path })
	if i < 0 {
		i = len(c.Slots)
		c.Slots = append(c.Slots, s)
	}
	name := slotName(i)
	c.types[name] = c.scope.example(s)
	return &ast.IdentifierNode{Value: name}
}

func slotName(i int) string { return fmt.Sprintf("slot%d", i) }

func needsStatistic(s Slot) *wrong {
	three := map[Class]string{Counter: ".total, .fraction, .rate", Sample: ".mean, .p99, .max", Level: ".mean, .max, .end"}
	return wrongf("say which number: "+three[s.Metric.Class]+" ... ("+strings.Join(s.Metric.Statistics(), " ")+")",
		"%s is a %s", s.Path, s.Metric.Class)
}

// example is a value of the type that a slot has.
func (sc Scope) example(s Slot) any {
	switch s.Kind {
	case Choice:
		return ""
	case Whole:
		return (*Measured)(nil)
	case Opened:
		return (*Distribution)(nil)
	case Members:
		return []float64(nil)
	case Parameter:
		if words := strings.Split(s.Path, "."); words[0] == "param" {
			return sc.names.params[words[1]]
		}
		switch kind, _ := keyOf(s.Path).Type.kind(); kind {
		case Truth:
			return false
		case Text:
			return ""
		}
	}
	return 0.0
}

// Value computes the expression.
func (x *Expr) Value(look Lookup) (any, error) { return x.run(x.program, look, math.NaN()) }

// Number computes an expression of kind Number.
func (x *Expr) Number(look Lookup) (float64, error) { return x.At(math.NaN(), look) }

// At computes it at a time in seconds, for which t stands.
func (x *Expr) At(t float64, look Lookup) (float64, error) {
	v, err := x.run(x.program, look, t)
	if err != nil {
		return math.NaN(), err
	}
	if f, ok := v.(float64); ok {
		return f, nil
	}
	return math.NaN(), fmt.Errorf("%s is %v and not a number", x.Source, v)
}

// Distribution computes an expression of kind Distributed.
func (x *Expr) Distribution(look Lookup) (*Distribution, error) {
	v, err := x.run(x.program, look, math.NaN())
	if err != nil {
		return nil, err
	}
	if d, ok := v.(*Distribution); ok {
		return d, nil
	}
	return nil, fmt.Errorf("%s is %v and not a distribution", x.Source, v)
}

// List computes an expression of kind List.
func (x *Expr) List(look Lookup) ([]float64, error) {
	v, err := x.run(x.program, look, math.NaN())
	list, _ := v.([]float64)
	return list, err
}

// Holds computes an expression of kind Truth.
func (x *Expr) Holds(look Lookup) (bool, error) {
	v, err := x.run(x.program, look, math.NaN())
	if err != nil {
		return false, err
	}
	if b, ok := v.(bool); ok {
		return b, nil
	}
	return false, fmt.Errorf("%s is %v, neither true nor false", x.Source, v)
}

func (x *Expr) run(program *vm.Program, look Lookup, t float64) (any, error) {
	env := make(map[string]any, len(x.Slots)+1)
	env["t"] = t
	for i, s := range x.Slots {
		v, err := look(s)
		if err != nil {
			return nil, err
		}
		env[slotName(i)] = v
	}
	v, err := vm.Run(program, env)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", x.Source, syntaxOf(err).what)
	}
	return v, nil
}

package language

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr"

	"netsim/theory"
)

// Measured is a metric whole, as at, cdf, quantile and above take it: At is the
// value of a level at a time in seconds, the others are of a sample.
type Measured interface {
	At(seconds float64) float64
	CDF(x float64) float64
	Quantile(q float64) float64
	Above(x float64) float64
}

// function is a function of expressions. Its Go type is its arity and the types
// of its arguments, which are checked before the run.
type function struct {
	name string
	typ  any // new(func(...) ...)
	call func(args ...any) (any, error)
}

// units are the names that stand for numbers: the units in base units.
var units = map[string]float64{
	"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "minute": 60, "hour": 3600, "day": 86400,
	"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	"bps": 1, "kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9, "percent": 0.01,
}

// functions are all that there are; handshake is a slot, see [compilation.handshake].
var functions = []function{
	f1("abs", math.Abs), f1("round", math.Round), f1("floor", math.Floor), f1("ceil", math.Ceil),
	f1("exp", math.Exp), f1("log", math.Log), f1("log10", math.Log10), f1("sqrt", math.Sqrt),
	fn("min", slices.Min[[]float64]), fn("max", slices.Max[[]float64]),
	fn("sum", sum), fn("mean", mean), fn("median", median),
	f2("mod", math.Mod), // of the operator %
	f2("transmit", theory.Transmit),
	of("at", Measured.At), of("cdf", Measured.CDF), of("quantile", Measured.Quantile), of("above", Measured.Above),

	counted("erlang_b", 1e7, theory.ErlangB),
	counted("mm1k_loss", 1e9, theory.MM1KLoss),
	f2("mm1_wait", theory.MM1Wait),
	f2("md1_wait", theory.MD1Wait),
	counted("poisson_pmf", 1e9, theory.PoissonPMF),
	counted("poisson_cdf", 1e7, theory.PoissonCDF),
	f3("binomial_cdf", func(k, n, p float64) (float64, error) {
		a, err1 := wholeArgument(k, 1e7)
		b, err2 := wholeArgument(n, 1e7)
		if err := cmp.Or(err1, err2); err != nil {
			return 0, err
		}
		return theory.BinomialCDF(a, b, p), nil
	}),
	f3("unclean_close", func(p, t, retries float64) (float64, error) {
		n, err := wholeArgument(retries, 20)
		if err != nil {
			return 0, err
		}
		return theory.UncleanClose(p, t, n), nil
	}),
	f3("half_open", func(loss, lossBack, resent float64) (float64, error) {
		n, err := wholeArgument(resent, 1e3)
		if err != nil {
			return 0, err
		}
		return theory.HalfOpen(loss, lossBack, n), nil
	}),
	{"setup_time", new(func(policy string, waits any, loss, lossBack, rtt float64) *Distribution), func(a ...any) (any, error) {
		return setupTime(a[0].(string), a[1], a[2].(float64), a[3].(float64), a[4].(float64))
	}},
	{"handshake", new(func(flow any) *Distribution), nil},
}

func f1(name string, f func(float64) float64) function {
	return function{name, new(func(float64) float64), func(a ...any) (any, error) { return f(a[0].(float64)), nil }}
}

func f2(name string, f func(x, y float64) float64) function {
	return function{name, new(func(x, y float64) float64), func(a ...any) (any, error) {
		return f(a[0].(float64), a[1].(float64)), nil
	}}
}

func f3(name string, f func(x, y, z float64) (float64, error)) function {
	return function{name, new(func(x, y, z float64) float64), func(a ...any) (any, error) {
		return f(a[0].(float64), a[1].(float64), a[2].(float64))
	}}
}

// counted is a function of a whole number up to a limit and of another number.
func counted(name string, most float64, f func(int, float64) float64) function {
	return function{name, new(func(k, x float64) float64), func(a ...any) (any, error) {
		n, err := wholeArgument(a[0].(float64), most)
		if err != nil {
			return nil, err
		}
		return f(n, a[1].(float64)), nil
	}}
}

func wholeArgument(x, most float64) (int, error) {
	if x != math.Trunc(x) || x < 0 || x > most {
		return 0, fmt.Errorf("%s is no whole number up to %s", decimal(x), decimal(most))
	}
	return int(x), nil
}

// fn is a function of one or more numbers, or of a list of them.
func fn(name string, f func([]float64) float64) function {
	return function{name, new(func(x float64, more ...float64) float64), func(a ...any) (any, error) {
		if list, ok := a[0].([]float64); ok {
			return f(slices.Clone(list)), nil
		}
		numbers := make([]float64, len(a))
		for i, v := range a {
			numbers[i] = v.(float64)
		}
		return f(numbers), nil
	}}
}

// of is a function of a metric whole.
func of(name string, f func(Measured, float64) float64) function {
	return function{name, new(func(m Measured, x float64) float64), func(a ...any) (any, error) {
		return f(a[0].(Measured), a[1].(float64)), nil
	}}
}

func sum(x []float64) (total float64) {
	for _, v := range x {
		total += v
	}
	return total
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// functionOptions hand the functions to the compiler, in place of its own.
func functionOptions() []expr.Option {
	options := []expr.Option{expr.DisableAllBuiltins()}
	for _, f := range functions {
		if f.call == nil {
			continue
		}
		types := []any{f.typ}
		if slices.Contains(ofList, f.name) {
			types = append(types, new(func(list []float64) float64))
		}
		options = append(options, expr.Function(f.name, f.call, types...))
	}
	return options
}

func functionNames() []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.name
	}
	return names
}

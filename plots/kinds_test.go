package plots

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// moreFigures are those of the gallery that are not lines.
func moreFigures() []Figure {
	return []Figure{
		shares("hist-1", 1, 84, false), shares("hist-3-wide", 3, 174, true),
		occupancy("stack-5", 84), occupancy("stack-5-wide", 174),
		cloud("scatter-3", 3, 84), coloured("scatter-colour", 84), cloud("scatter-many", 1, 174),
		waits("box-1", Box, 1, 84), waits("box-8-wide", Box, 8, 174), waits("violin-2", Violin, 2, 84),
		dirty("heatmap", 4, 10, 84), dirty("heatmap-wide", 12, 6, 174), dirty("heatmap-fine", 40, 30, 84),
		pointedOut("remarks", 84),
	}
}

func shares(name string, series int, width float64, log bool) Figure {
	f := Figure{Name: name, Kind: Hist, Title: "Setup times under jitter", Caption: "20 000 connections.", Width: width,
		XLabel: "setup time", XUnit: "s", YLabel: "share of connections", LogX: log, Panels: make([]Panel, 1)}
	for k := range series {
		r := rand.New(rand.NewPCG(4, uint64(k)))
		mean := 0.02 * float64(k+1)
		data, theory := Series{Label: fmt.Sprintf("jitter %g ms", 1e3*mean)}, Series{Theory: true, Label: "exponential"}
		for range 20000 {
			data.X = append(data.X, 0.1+mean*r.ExpFloat64())
		}
		for i := range 400 {
			x := 0.1 + mean*float64(i)/40
			theory.X, theory.Y = append(theory.X, x), append(theory.Y, 1-math.Exp(-(x-0.1)/mean))
		}
		f.Panels[0].Series = append(f.Panels[0].Series, data, theory)
	}
	return f
}

func occupancy(name string, width float64) Figure {
	f := Figure{Name: name, Kind: Stack, Title: "Where the sockets are", Width: width, Caption: "Mean of 10 replications.",
		XLabel: "time", XUnit: "s", YLabel: "connections", Panels: make([]Panel, 1)}
	for k, state := range []string{"SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-2", "CLOSE-WAIT", "TIME-WAIT"} {
		s := Series{Label: state}
		for i := range 3000 {
			t := float64(i) / 20
			s.X, s.Y = append(s.X, t), append(s.Y, float64(k+1)*40*(1-math.Exp(-t/float64(5+10*k)))+10*math.Sin(t/3+float64(k)))
		}
		f.Panels[0].Series = append(f.Panels[0].Series, s)
	}
	return f
}

func cloud(name string, series int, width float64) Figure {
	f := Figure{Name: name, Kind: Scatter, Title: "Setup against close", Width: width, Caption: "A point a connection.",
		XLabel: "setup time", XUnit: "s", YLabel: "close time", YUnit: "s", Panels: make([]Panel, 1)}
	for k := range series {
		r := rand.New(rand.NewPCG(5, uint64(k)))
		n := 60
		if series == 1 {
			n = 100_000
		}
		s := Series{Label: fmt.Sprintf("site %c", 'A'+k)}
		for range n {
			x := 0.05*float64(k+1) + 0.01*r.NormFloat64()
			s.X, s.Y = append(s.X, x), append(s.Y, 2*x+0.02*r.NormFloat64())
		}
		f.Panels[0].Series = append(f.Panels[0].Series, s)
	}
	return f
}

func coloured(name string, width float64) Figure {
	f := cloud(name, 1, width)
	s := &f.Panels[0].Series[0]
	s.X, s.Y, s.Label = s.X[:300], s.Y[:300], ""
	for i := range s.X {
		s.Z = append(s.Z, math.Pow(10, 4*float64(i)/300))
	}
	f.ZLabel, f.ZUnit, f.LogZ = "bytes held", "B", true
	return f
}

func waits(name string, kind Kind, series int, width float64) Figure {
	f := Figure{Name: name, Kind: kind, Title: "Setup time by path", Width: width, Caption: "Box: quartiles; whiskers: 1.5 interquartile ranges.",
		XLabel: "path", YLabel: "setup time", YUnit: "s", LogY: series > 1, Categories: []string{"lan", "wide area", "satellite, and back again"}, Panels: make([]Panel, 1)}
	for k := range series {
		r := rand.New(rand.NewPCG(6, uint64(k)))
		s := Series{Label: fmt.Sprintf("loss %d %%", k)}
		for c := range f.Categories {
			var sample []float64
			for range 400 {
				sample = append(sample, 0.05*float64(c+1)*math.Exp(0.3*float64(k%3+1)*r.NormFloat64()))
			}
			s.Samples = append(s.Samples, sample)
		}
		f.Panels[0].Series = append(f.Panels[0].Series, s)
	}
	return f
}

func dirty(name string, columns, rows int, width float64) Figure {
	f := Figure{Name: name, Kind: Heatmap, Title: "How long must TIME-WAIT be?", Caption: "20 replications of 20 000 connections.", Width: width,
		XLabel: "TIME-WAIT", YLabel: "loss", ZLabel: "closes that were not clean", LogZ: true, Panels: make([]Panel, 2)}
	for i := range columns {
		f.Categories = append(f.Categories, fmt.Sprintf("%g s", 2.5*float64(i)))
	}
	for i := range rows {
		f.Rows = append(f.Rows, fmt.Sprintf("%d %%", 5*(i+1)))
	}
	f.Panels[0].Title, f.Panels[1].Title = "simulation", "theory"
	for p := range f.Panels {
		s := Series{}
		for i := range columns {
			for k := range rows {
				z := math.Pow(0.05*float64(k+1), 1+math.Log2(1+2.5*float64(i)))
				if i == columns-1 && k == 0 {
					z = math.NaN()
				}
				s.X, s.Y, s.Z = append(s.X, float64(i)), append(s.Y, float64(k)), append(s.Z, z)
			}
		}
		f.Panels[p].Series = []Series{s}
	}
	return f
}

func pointedOut(name string, width float64) Figure {
	f := erlang(name, 2, width)
	f.References = []Reference{{"ports / 60 s", 16.7, true}, {"a tenth is refused", 0.1, false}}
	f.Notes = []Note{{16.7, 0, "From here on ports are missing."}, {26, 0.4, "Two of five are refused."}}
	return f
}

func TestHistogramsCountEverything(t *testing.T) {
	for _, log := range []bool{false, true} {
		f := shares("hist", 2, 84, log)
		curves, _ := f.curves()
		for _, c := range curves[0] {
			sum := 0.0
			for _, y := range c.y {
				sum += y
			}
			if c.theory {
				if sum < 0.99 || sum > 1 {
					t.Errorf("log %v: shares of the theory sum to %g", log, sum)
				}
			} else if math.Abs(sum-1) > 1e-9 {
				t.Errorf("log %v: shares of %s sum to %g", log, c.label, sum)
			}
		}
	}
	weights := Figure{Kind: Hist, Panels: []Panel{{Series: []Series{{X: []float64{1, 2, 9}, Y: []float64{6, 3, 1}}}}}}
	alike := Figure{Kind: Hist, Panels: []Panel{{Series: []Series{{X: []float64{1, 1, 1, 1, 1, 1, 2, 2, 2, 9}}}}}}
	if a, b := weights.table(), alike.table(); !bytes.Equal(a, b) {
		t.Errorf("weights are not what they stand for:\n%s\n%s", a, b)
	}
}

func TestStackIsTheSum(t *testing.T) {
	f := occupancy("stack", 84)
	curves, _ := f.curves()
	sum := make([]float64, len(curves[0][0].x))
	for _, c := range curves[0] {
		for i := range c.x {
			if math.Abs(c.low[i]-sum[i]) > 1e-9 || math.Abs(c.high[i]-sum[i]-max(0, c.y[i])) > 1e-9 {
				t.Fatalf("%s at %g reaches from %g to %g; below it are %g and it is %g", c.label, c.x[i], c.low[i], c.high[i], sum[i], c.y[i])
			}
			sum[i] = c.high[i]
		}
	}
}

func TestSummary(t *testing.T) {
	s := summarize([]float64{9, 1, 2, 3, 4, 5, 6, 7, 8, 100, math.NaN()}, false)
	if s.n != 10 || s.q1 != 3.25 || s.median != 5.5 || s.q3 != 7.75 || s.low != 1 || s.high != 9 || len(s.beyond) != 1 || s.beyond[0] != 100 {
		t.Errorf("%+v", s)
	}
	if s := summarize([]float64{0, -1}, true); s != nil {
		t.Errorf("a log axis shows %+v", s)
	}
}

// The ramp must tell high from low in grey, too.
func TestRampBrightensSteadily(t *testing.T) {
	last := -1.0
	for i := range 101 {
		c := shade(float64(i) / 100)
		grey := 0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)
		if grey <= last {
			t.Fatalf("at %d %% it is as bright as before: %v", i, c)
		}
		last = grey
	}
}

func TestTablesOfPointsAndBoxes(t *testing.T) {
	for _, f := range []Figure{dirty("map", 4, 3, 84), coloured("dots", 84), waits("box", Box, 2, 84)} {
		rows, err := csv.NewReader(bytes.NewReader(f.table())).ReadAll()
		if err != nil || len(rows) < 5 {
			t.Errorf("%s: %d rows, %v", f.Name, len(rows), err)
		}
	}
	rows, _ := csv.NewReader(bytes.NewReader((&Figure{Kind: Heatmap, Categories: []string{"0 s", "60 s"}, Rows: []string{"5 %"},
		Panels: []Panel{{Title: "p", Series: []Series{{X: []float64{1}, Y: []float64{0}, Z: []float64{0.25}}}}}}).table())).ReadAll()
	if got := strings.Join(rows[1], "|"); got != "p||60 s|5 %|0.25" {
		t.Errorf("a cell reads %s", got)
	}
}

func TestManyPointsMakeSmallFiles(t *testing.T) {
	const n = 1_000_000
	r := rand.New(rand.NewPCG(7, 7))
	s := Series{X: make([]float64, n), Y: make([]float64, n)}
	for i := range n {
		s.X[i], s.Y[i] = float64(i), r.Float64()
	}
	for _, kind := range []Kind{Time, CDF, Line, Hist, Stack, Scatter} {
		f := Figure{Name: "many", Kind: kind, Panels: []Panel{{Series: []Series{s}}}}
		d := f.draw()
		for _, format := range []string{"svg", "pdf", "tex"} {
			out, err := encoders[format](d)
			if err != nil || len(out) > 1<<20 {
				t.Errorf("%s as %s: %d bytes, %v", kind, format, len(out), err)
			}
		}
	}
}

func TestTeXIsBalanced(t *testing.T) {
	f := setup("tex", CCDF, 2, 84)
	f.Title = `100 % of {a_b} & #1 ~ ^ \ $x$ < µ`
	out, err := encodeTeX(f.draw())
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReplacer(`\{`, "", `\}`, "").Replace(string(out))
	if a, b := strings.Count(body, "{"), strings.Count(body, "}"); a != b {
		t.Errorf("%d braces open, %d close", a, b)
	}
	if a, b := strings.Count(body, `\begin{pgfscope}`), strings.Count(body, `\end{pgfscope}`); a != b || a < 20 {
		t.Errorf("%d scopes open, %d close", a, b)
	}
	if want := `100 \% of \{a\_b\} \& \#1 \textasciitilde{} \textasciicircum{} \textbackslash{} \$x\$ \ensuremath{<} \ensuremath{\mu}`; !strings.Contains(string(out), want) {
		t.Errorf("the title is not written %s", want)
	}
}

func TestDarkIsReadable(t *testing.T) {
	bright := func(m mark) float64 {
		c := m.fill
		if m.fill.A == 0 {
			c = m.line.color
		}
		return (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) * float64(c.A) / 255
	}
	for _, f := range append(galleryFigures(), moreFigures()...) {
		for _, m := range f.draw().styled(Dark).marks {
			if m.text != "" && !m.exact && bright(m) < 90 {
				t.Errorf("%s: %q is %v on dark ground", f.Name, m.text, m.fill)
			}
		}
	}
	if w := galleryFigures()[0]; w.draw().styled(Screen).w != onScreen*w.draw().w {
		t.Error("screen is " + strconv.FormatFloat(w.draw().styled(Screen).w, 'g', -1, 64))
	}
}

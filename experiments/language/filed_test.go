package language

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// rtts are values that were measured, with a comment and a column of words.
const rtts = `# a walk home
time, rtt_ms, cell
0,    10,     a
1.5,  12.25,  b
3,    0.0000001, a
4,    40,     c
`

// beside parses a wire with one more line, beside some files.
func beside(line string, files map[string]string) (*File, error) {
	open := func(name string) ([]byte, error) {
		text, ok := files[name]
		if !ok {
			return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
		}
		return []byte(text), nil
	}
	return ParseFrom(open, "x.toml", []byte(strings.Replace(base, "delay = \"10 ms\"", line, 1)))
}

// TestEmpirical: the distribution of a column of a file is that of its values.
func TestEmpirical(t *testing.T) {
	const line = `delay = { dist = "empirical", file = "rtt.csv", column = "rtt_ms", unit = "ms" }`
	f, err := beside(line, map[string]string{"rtt.csv": rtts})
	if err != nil {
		t.Fatal(err)
	}
	s := f.Points[0].Spec
	if got := s.Links[0].Forward.Delay.Mean(); got != 15562500*time.Nanosecond {
		t.Errorf("the mean is %v", got)
	}
	if v, _ := f.Points[0].Value("link.wire.delay"); Base(v) != .0155625 {
		t.Errorf("expressions see a mean of %v", Base(v))
	}
	other, err := beside(line, map[string]string{"rtt.csv": rtts + "5, 9, d\n"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Effective() == other.Points[0].Spec.Effective() || !strings.Contains(s.Effective(), "# SHA-256 of the file: ") {
		t.Error("two files make the same effective configuration")
	}
	bounded, err := beside(strings.Replace(line, "unit", `min = "11 ms", max = "1 s", unit`, 1), map[string]string{"rtt.csv": rtts})
	if err != nil || bounded.Points[0].Spec.Links[0].Back.Delay.Mean() != 26125*time.Microsecond {
		t.Errorf("between bounds: %v, %v", bounded, err)
	}
}

// TestEmpiricalAxis: files may vary along an axis.
func TestEmpiricalAxis(t *testing.T) {
	src := base + `[sweep.axes]
link.wire.delay = [{ dist = "empirical", file = "a.csv", column = "v", unit = "us" }, { dist = "empirical", file = "b.csv", column = "v", unit = "us" }]
`
	f, err := ParseFrom(func(name string) ([]byte, error) {
		return []byte("v\n1" + strings.Repeat("0", int(name[0]-'a')) + "\n"), nil
	}, "x.toml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Duration{time.Microsecond, 10 * time.Microsecond} {
		if got := f.Points[i].Spec.Links[0].Forward.Delay.Mean(); got != want {
			t.Errorf("%s: a mean of %v, want %v", f.Points[i].Name(), got, want)
		}
	}
}

// TestScheduleFile: a schedule of a file holds each value until the next.
func TestScheduleFile(t *testing.T) {
	f, err := beside(`delay = { shape = "file", file = "rtt.csv", time = "time", time_unit = "min", column = "rtt_ms", unit = "ms", scale = 2 }`, map[string]string{"rtt.csv": rtts})
	if err != nil {
		t.Fatal(err)
	}
	got := f.Points[0].Spec.Links[0].Back.DelaySchedule
	at, values := got.Steps()
	if fmt.Sprint(at, values) != "[0s 1m30s 3m0s 4m0s] [0.02 0.0245 2e-10 0.08]" {
		t.Error(at, values)
	}
}

// TestLostPackets: a file has a mark for each packet, or the numbers of the lost.
func TestLostPackets(t *testing.T) {
	for _, c := range []struct {
		loss, file, want string
		mean             float64
	}{
		{`{ model = "trace", file = "d" }`, "0 1 0\n1\n", "[2 4] 4", .5},
		{`{ model = "trace", file = "d", repeat = 8 }`, "0101", "[2 4] 8", .25},
		{`{ model = "trace", file = "d", repeat = "never" }`, "0,1", "[2] 0", 0},
		{`{ model = "trace", file = "d", holds = "numbers" }`, "3\n70\n", "[3 70] 0", 0},
		{`{ model = "trace", file = "d", holds = "numbers", repeat = 100 }`, "3\n70\n", "[3 70] 100", .02},
	} {
		f, err := beside("delay = \"1 ms\"\nloss = "+c.loss, map[string]string{"d": c.file})
		if err != nil {
			t.Errorf("%s: %v", c.loss, err)
			continue
		}
		got := f.Points[0].Spec.Links[0].Forward.Lost
		if v, _ := f.Points[0].Value("link.wire.loss"); fmt.Sprint(got.Numbers, " ", got.Repeat) != c.want || Base(v) != c.mean {
			t.Errorf("%s: %+v, a mean of %v; want %s, %v", c.loss, got, Base(v), c.want, c.mean)
		}
	}
}

// TestFileMessages: what is wrong with a file or its name is told with the place
// in the experiment and the line in the file.
func TestFileMessages(t *testing.T) {
	for _, c := range []struct{ line, file, want string }{
		{`delay = { dist = "empirical", column = "v", unit = "ms" }`, "", `x.toml:5:9: link.wire.delay: needs file; write file = "rtt.csv"`},
		{`delay = { dist = "empirical", file = "no.csv", column = "v", unit = "ms" }`, "", `x.toml:5:9: link.wire.delay: open no.csv: file does not exist; a file is named from where the one is that names it`},
		{`delay = { dist = "empirical", file = "f", unit = "ms" }`, "", `x.toml:5:9: link.wire.delay: needs column, the name of a column of the file; write column = "name"`},
		{`delay = { dist = "empirical", file = "f", column = "v" }`, "", `x.toml:5:9: link.wire.delay: needs unit, which the numbers of the column have; units are ns us ms s min h d`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "kB" }`, "", `x.toml:5:9: link.wire.delay: a duration has no unit "kB"; units are ns us ms s min h d`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms", colour = "red" }`, "", `x.toml:5:9: link.wire.delay: no parameter "colour" of empirical; it has min max file column unit`},
		{`delay = { dist = "empirical", file = "f", column = "rtt", unit = "ms" }`, "time,rtt_ms\n1,2\n", `x.toml:5:9: link.wire.delay: f has no column "rtt"; it has time, rtt_ms`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms" }`, "v\n1\nx\n", `x.toml:5:9: link.wire.delay: f:3: "x" is no number`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms" }`, "v\nNaN\n", `x.toml:5:9: link.wire.delay: f:2: "NaN" is no number`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms" }`, "v\n1\n-1\n", `x.toml:5:9: link.wire.delay: f:3: -1 is negative`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "d" }`, "v\n1e9\n", `x.toml:5:9: link.wire.delay: f:2: 1e9 is too large`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms" }`, "v\n", `x.toml:5:9: link.wire.delay: f: there is no line of numbers`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms" }`, "v,w\n1,2\n3\n", `x.toml:5:9: link.wire.delay: f: record on line 3: wrong number of fields`},
		{`delay = { dist = "empirical", file = "f", column = "v", unit = "ms", min = "2 s" }`, "v\n1\n", `x.toml:5:9: link.wire.delay: empirical: less than 0.001 of it lies between min and max`},
		{`delay = { shape = "file", file = "f", time = "t", column = "v", unit = "ms" }`, "", `x.toml:5:9: link.wire.delay: needs time_unit, which the numbers of the column have; units are ns us ms s min h d`},
		{`delay = { shape = "file", file = "f", time = "t", time_unit = "s", column = "v", unit = "ms" }`, "t,v\n1,1\n", `x.toml:5:9: link.wire.delay: f: the first point is at 0 s`},
		{`delay = { shape = "steps", points = [["0 s", "1 ms"]], period = "1 s" }`, "", `x.toml:5:9: link.wire.delay: never ends, and the run has no duration; add duration = "10 min" under [run]`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace" }`, "", `x.toml:6:8: link.wire.loss: needs file; write { model = "trace", file = "drops.txt" }`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", p = 1 }`, "", `x.toml:6:8: link.wire.loss: no parameter "p"`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", holds = "drops" }`, "", `x.toml:6:8: link.wire.loss: a file does not hold "drops"; write "marks", 0 or 1 for each packet, or "numbers", those of the packets that are lost`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", repeat = "often" }`, "", `x.toml:6:8: link.wire.loss: repeat: "often" is not a whole number; write the number of packets after which it begins anew, or "never"`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f" }`, "0\n12\n", `x.toml:6:8: link.wire.loss: f:2: '2' is no mark; marks are 0, which passes, and 1, which is lost`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f" }`, "\n", `x.toml:6:8: link.wire.loss: f: there is no mark; marks are 0, which passes, and 1, which is lost`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", repeat = 1 }`, "01", `x.toml:6:8: link.wire.loss: f: packet 2 comes after the list begins anew, after 1`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", holds = "numbers" }`, "0\n", `x.toml:6:8: link.wire.loss: f:1: "0" is no number of a packet; write a whole number from 1 a line`},
		{"delay = \"1 ms\"\n" + `loss = { model = "trace", file = "f", holds = "numbers" }`, "3\n3\n", `x.toml:6:8: link.wire.loss: f:2: numbers ascend, and 3 comes after 3`},
	} {
		files := map[string]string{"f": c.file}
		if _, err := beside(c.line, files); err == nil || err.Error() != c.want {
			t.Errorf("%s\nof a file %q:\n  %v\nwant\n  %s", c.line, c.file, err, c.want)
		}
	}
}

package experiments

import (
	"fmt"
	"strings"
	"testing"
)

// brief is an experiment whose runs take about a millisecond.
const brief = pair + `delay = "10 ms"
loss = "1 %"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "50/s", count = 40 }
request = "200 B"
response = "2 kB"
`

// BenchmarkRun makes runs of about a millisecond, alone and into an archive: what is
// between is what keeping costs.
func BenchmarkRun(b *testing.B) {
	for _, kept := range []bool{false, true} {
		b.Run(map[bool]string{false: "alone", true: "kept"}[kept], func(b *testing.B) {
			f := parse(b, brief, fmt.Sprintf("run.replications=%d", min(b.N, 1<<20)))
			o := Options{Jobs: 1}
			if kept {
				var err error
				if o.Archive, err = OpenArchive(b.TempDir()); err != nil {
					b.Fatal(err)
				}
			}
			s := NewStudy(f, o)
			b.ResetTimer()
			if err := s.Execute(b.Context(), o); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkArchive writes records of such runs, opens the archive, and takes the
// outcomes from it.
func BenchmarkArchive(b *testing.B) {
	s := NewStudy(parse(b, brief), Options{})
	e := newExecution(s, &Options{})
	e.meter = newMeter(s, nil, e.options)
	r, o, err := e.make(b.Context(), Task{0, 1})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	write := func(b *testing.B, n int) {
		a, err := OpenArchive(b.TempDir())
		if dir = strings.TrimSuffix(a.Path, "/"+shards); err != nil {
			b.Fatal(err)
		}
		all := a.scribes(1, "run")
		var shape *shape
		for i := range n {
			one := *r
			one.ID, one.Data, one.More = RunID(fmt.Sprintf("%032x", i)), nil, nil
			shape = shapeOf(o, shape)
			if err := one.fill(o, shape); err != nil {
				b.Fatal(err)
			}
			if err := all.all[0].write(&one, shape); err != nil {
				b.Fatal(err)
			}
		}
		if err := all.close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("write", func(b *testing.B) { write(b, b.N) })
	b.Run("open", func(b *testing.B) {
		write(b, b.N)
		b.ResetTimer()
		if a, err := OpenArchive(dir); err != nil || a.Len() != b.N {
			b.Fatal(err, a.Len())
		}
	})
	b.Run("read", func(b *testing.B) {
		write(b, b.N)
		a, err := OpenArchive(dir)
		if err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		for i := range b.N {
			r, shape, err := a.read(a.find(RunID(fmt.Sprintf("%032x", i)), &Recorded{}))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := r.open(shape, &Recorded{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

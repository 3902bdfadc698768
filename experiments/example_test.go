package experiments_test

import (
	"context"
	"fmt"

	"netsim/experiments"
	"netsim/experiments/language"
)

// An experiment from its text: what does a SYN that gets lost cost?
func Example() {
	file, err := language.Parse("lost-syn.toml", []byte(`
[node.client]
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
rule.first = { match = "syn", nth = 1, do = "drop" }
[flow.hello]
from = "client"
to   = "server:80"
[expect.one_second]
that   = "flow.hello.setup_time.max"
equals = "1*s + flow.hello.path.setup"
within = "exact"
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	study, err := experiments.Run(context.Background(), file, experiments.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	point := study.Points[0]
	setup, err := experiments.Pooled(point.Outcomes, "flow.hello.setup_time")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("connect() took %.2f s\n", setup.Statistic("mean"))
	results, err := study.Judge()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Printf("%s: %v\n", r.Name, r.Verdict)
	}
	// Output:
	// connect() took 1.02 s
	// one_second: pass
}

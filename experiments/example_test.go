package experiments_test

import (
	"context"
	"fmt"

	"netsim/experiments"
)

// An experiment of the catalogue is run and judged: lossless, the setup time is
// exact to the nanosecond.
func Example() {
	file, err := experiments.Load("handshake")
	if err != nil {
		fmt.Println(err)
		return
	}
	study, err := experiments.Run(context.Background(), file, experiments.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := study.Judge()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Title)
	for _, r := range results {
		if r.Name == "connect_returns" {
			fmt.Println(r.Value, "s measured,", r.Expected, "s expected:", r.Verdict)
		}
	}
	// Output:
	// The three-way handshake
	// 0.020096 s measured, 0.020096 s expected: pass
}

package dist_test

import (
	"fmt"
	"time"

	"netsim/des"
	"netsim/dist"
)

// Jitter of 2 ms on the average that is never above 10 ms.
func Example() {
	jitter := dist.Exponential(2e6).Within(0, 10e6)
	r := des.Stream(1, 1, "link.wire.forward.jitter")
	longest := time.Duration(0)
	for range 1000 {
		longest = max(longest, time.Duration(jitter.Draw(r)))
	}
	fmt.Println(longest <= 10*time.Millisecond, time.Duration(jitter.Mean()).Round(10*time.Microsecond))
	// Output: true 1.93ms
}

package theory_test

import (
	"fmt"
	"time"

	"netsim/theory"
)

// How long connect() takes where a tenth of the packets is lost each way: Linux
// at both ends, 20 ms round trip.
func ExampleOpening_SetupTime() {
	setup := theory.Opening{
		Client:   theory.Backoff(time.Second, 2*time.Minute, 0, 6),
		Server:   theory.Backoff(time.Second, 2*time.Minute, 0, 5),
		Policy:   theory.Linux,
		Loss:     .1,
		LossBack: .1,
		RTT:      20 * time.Millisecond,
	}.SetupTime()
	fmt.Printf("mean %.4f s, failed %.1e\n", setup.Mean(), setup.Failure)
	for _, s := range setup.Steps()[:3] {
		fmt.Printf("%v: %.4f\n", s.At, s.P)
	}
	// Output:
	// mean 0.2576 s, failed 1.0e-07
	// 20ms: 0.8100
	// 1.02s: 0.1620
	// 2.02s: 0.0154
}

// Of 500 connections a second to one destination, 28232 ports and a TIME-WAIT of
// 60 s refuse every seventeenth; the rate they can sustain is 470.5 a second.
func ExampleErlangB() {
	fmt.Printf("refused %.4f of 500/s; sustained %.1f/s\n", theory.ErlangB(28232, 500*60), theory.PortRate(28232, 0, 60))
	// Output: refused 0.0595 of 500/s; sustained 470.5/s
}

// A FIN whose acknowledgment is lost needs TIME-WAIT at the other side.
func ExampleUncleanClose() {
	for _, timeWait := range []float64{0, 2.5, 10, 60} {
		fmt.Printf("%4g s: %.6f\n", timeWait, theory.UncleanClose(.1, timeWait, 8))
	}
	// Output:
	//    0 s: 0.100000
	//  2.5 s: 0.013249
	//   10 s: 0.000713
	//   60 s: 0.000011
}

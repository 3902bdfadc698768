package theory

import (
	"math"
	"testing"
	"time"
)

// Where both states lose alike, or the chain forgets at once, bursts are
// independent losses.
func TestBurstsWithoutMemory(t *testing.T) {
	for _, g := range []GilbertElliott{{.3, .1, .2, .2}, {.25, .75, .1, .5}, {0, 0, .2, .9}} {
		for k := range 6 {
			if got, want := g.AllLost(k), math.Pow(g.Loss(), float64(k)); math.Abs(got-want) > 1e-15 {
				t.Errorf("%+v: %d lost in a row with %v, want %v", g, k, got, want)
			}
		}
	}
	g := GilbertElliott{P: .3, R: .3, Good: .1, Bad: .1}
	schedule := Backoff(time.Second, 2*time.Minute, 0, 4)
	got := g.SetupTime(schedule, 20*time.Millisecond)
	want := Opening{Client: schedule, Loss: .1, RTT: 20 * time.Millisecond}.SetupTime()
	if math.Abs(got.Mean()-want.Mean()) > 1e-12 || math.Abs(got.Failure-want.Failure) > 1e-15 {
		t.Errorf("%v and %v, failing with %v and %v", got.Mean(), want.Mean(), got.Failure, want.Failure)
	}
}

// A chain whose bad state loses all: k in a row are lost if it is bad k times,
// P/(P+R) (1-R)^(k-1).
func TestBurstsOfGilbert(t *testing.T) {
	g := GilbertElliott{P: .01, R: .25, Bad: 1}
	for k := 1; k < 8; k++ {
		want := g.Loss() * math.Pow(.75, float64(k-1))
		if got := g.AllLost(k); math.Abs(got-want) > 1e-15 {
			t.Errorf("%d lost in a row with %v, want %v", k, got, want)
		}
	}
}

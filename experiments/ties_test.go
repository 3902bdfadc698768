package experiments

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/theory"
)

// TestTies shows that the order of simultaneous events can be seen, and is what
// run.ties says. The SYN that is sent again after 1 s reaches the server at the
// instant at which the timer of its SYN-ACK rings. With timers first the server
// sends two SYN-ACKs, with packets first one, since the SYN sets the timer anew;
// the client waits .2300 s or .2376 s for them in the mean (loss 10 % a way, waits
// doubled).
func TestTies(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or two, and under the race detector many")
	}
	const file = `
[node.client]
count = 50
ports.select = "sequential" # so that none comes back while the server keeps one whose reset was lost
tcp.syn_schedule = ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "64 s"]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
loss = "10 %%"
[run]
ties = %q
duration = "150 s"
seed = 11
replications = 2
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1000/s", count = 150_000 }
close = { by = "client", how = "rst", when = "connected" }
`
	opening := theory.Opening{Client: theory.Backoff(time.Second, 120*time.Second, 0, 6),
		Server: theory.Backoff(time.Second, 120*time.Second, 0, 5), Policy: theory.Linux, Loss: .1, LossBack: .1, RTT: 20 * time.Millisecond}
	means := map[string]float64{}
	for _, ties := range []string{"packets-first", "timers-first"} {
		s := study(t, fmt.Sprintf(file, ties))
		m, err := Pooled(s.Points[0].Outcomes, "flow.web.setup_time")
		if err != nil {
			t.Fatal(err)
		}
		means[ties] = m.Statistic("mean") - .020
		opening.TimersFirst = ties == "timers-first"
		want := opening.SetupTime().Mean() - .020
		se := m.Statistic("sd") / math.Sqrt(float64(m.Sample.N()))
		if math.Abs(means[ties]-want) > 4*se {
			t.Errorf("%s: connect() took %.6f s longer than the round trip in the mean, theory says %.6f; 4 se are %.6f (seed 11)", ties, means[ties], want, 4*se)
		}
	}
	if means["packets-first"] <= means["timers-first"] {
		t.Errorf("packets first take %v s, timers first %v", means["packets-first"], means["timers-first"])
	}
}

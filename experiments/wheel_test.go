package experiments

import (
	"math"
	"testing"
)

// With Linux's wheel and HZ = 250, 60 s is over at the end of a bucket of 2.048 s: never
// early, uniformly up to 2.048 s late, so that 1.7 % more are in TIME_WAIT than lambda T.
// Half-open requests are forgotten no earlier either, and a port may be had again by
// tw_reuse after a second as before.
func TestWheelTimers(t *testing.T) {
	const source = `
[run]
duration = "20 min"
warmup   = "2 min"
[node.client]
tcp = { timers = "linux-wheel", time_wait_restart = "fin" }
[node.server]
tcp = { timers = "linux-wheel", syn_cookies = "off", max_syn_backlog = 100_000 }
listen.web = { port = 80, backlog = 100_000 }
[node.attacker]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
[link.far]
ends  = ["attacker", "server"]
delay = "10 ms"
[flow.web]
from     = "client"
to       = "server:web"
arrivals = { process = "poisson", rate = "20/s" }
[flow.flood]
kind     = "syn-flood"
from     = "attacker"
to       = "server:web"
arrivals = { process = "poisson", rate = "20/s" }
`
	s := study(t, source)
	least, most := s.value(t, "node.client.time_wait.stay.min"), s.value(t, "node.client.time_wait.stay.max")
	mean, sd := s.value(t, "node.client.time_wait.stay.mean"), s.value(t, "node.client.time_wait.stay.sd")
	se := 2.048 / math.Sqrt(12*s.value(t, "node.client.time_wait.stay.n"))
	if least <= 60 || most > 62.048+0.004 || math.Abs(mean-61.024) > 4*se+0.002 || math.Abs(sd-2.048/math.Sqrt(12)) > 0.03 {
		t.Errorf("TIME_WAIT of %v to %v s, mean %v, sd %v", least, most, mean, sd)
	}
	// The first SYN,ACK waits 1 s on the wheel, then 2, 4 ... 32: each a bucket late at most.
	if got := s.value(t, "node.server.syn_received.stay.max"); got < 63 || got > 63+(0.032+0.032+2*0.256+2*0.256+2.048+6*0.004) {
		t.Errorf("half-open for %v s at most", got)
	}
	exact := study(t, source, "node.client.tcp.timers=exact")
	if got := exact.value(t, "node.client.time_wait.stay.max"); got != 60 {
		t.Errorf("with exact timers TIME_WAIT lasts up to %v s", got)
	}
	if got := study(t, source, "node.client.tcp.tick=1 ms").value(t, "node.client.time_wait.stay.max"); got <= 60 || got > 60+4.096+0.001 || got < 64 {
		t.Errorf("with HZ = 1000 up to %v s, its buckets have 4.096 s from 32.768 s on", got)
	}
}

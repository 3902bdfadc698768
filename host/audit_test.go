package host

import (
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
)

// Audit finds whatever one of the books has that is not there, or has not.
func TestAudit(t *testing.T) {
	for _, c := range []struct {
		want   string // in the fault; "" is none
		meddle func(w *world, l *Listener, s *Socket)
	}{
		{"", func(*world, *Listener, *Socket) {}},
		{"connections in ESTABLISHED", func(w *world, l *Listener, s *Socket) { w.tallies[0].Count[tcp.Established].Add(w.sim.Now(), 1) }},
		{"connections in TIME-WAIT", func(w *world, l *Listener, s *Socket) { w.tallies[0].Count[tcp.TimeWaiting].Add(w.sim.Now(), -1) }},
		{"TIME-WAITs that were there", func(w *world, l *Listener, s *Socket) { w.tallies[0].Left[Expired]++ }},
		{"TIME-WAITs that were there", func(w *world, l *Listener, s *Socket) { w.tallies[0].Entered[tcp.TimeWaiting]++ }},
		{"ports to", func(w *world, l *Listener, s *Socket) { w.stack.pairs[1].used++ }},
		{"of them in TIME-WAIT", func(w *world, l *Listener, s *Socket) { w.stack.pairs[1].waiting-- }},
		{"ports of the fullest pair", func(w *world, l *Listener, s *Socket) { w.tallies[0].PortsUsed.Add(w.sim.Now(), 1) }},
		{"places for TIME-WAIT", func(w *world, l *Listener, s *Socket) { w.hosts[0].buckets++ }},
		{"orphans", func(w *world, l *Listener, s *Socket) { w.hosts[0].orphans++ }},
		{"connections and bytes", func(w *world, l *Listener, s *Socket) { w.hosts[0].rest.holdings.bytes-- }},
		{"connections and bytes", func(w *world, l *Listener, s *Socket) { w.hosts[0].rest.holdings.connections++ }},
		{"bytes", func(w *world, l *Listener, s *Socket) { w.tallies[0].Memory.Add(w.sim.Now(), 256) }},
		{"requests and connections that wait at port 80", func(w *world, l *Listener, s *Socket) { l.pending++ }},
		{"requests and connections that wait at port 80", func(w *world, l *Listener, s *Socket) { l.accepts.length-- }},
		{"of a group", func(w *world, l *Listener, s *Socket) { l.HalfOpen.Add(w.sim.Now(), 1) }},
		{"connections in ESTABLISHED", func(w *world, l *Listener, s *Socket) { w.stack.table.Remove(s.tuple.hash(), s.ref) }},
		{"written to what all have", func(w *world, l *Listener, s *Socket) { w.stack.bare.wakes = des.Never }},
	} {
		w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
		limits := &Limits{Memory: 1 << 30}
		for i, h := range w.hosts {
			h.group.limits = limits
			h.own()
			w.tallies[i].Memory = new(metrics.Level)
		}
		l := w.held(8, w.callees())
		var s *Socket
		w.at(0, func(now des.Time) {
			w.must(w.connect(now, 0, 1, w.idle()))
			w.must(w.connect(now, 0, 1, w.caller()))
			s = w.must(w.connect(now, 0, 1, w.idle()))
		})
		w.at(time.Second, func(now des.Time) {
			l.Accept(now)
			l.Accept(now)
			w.must(w.connect(now, 0, 1, w.idle()))
		})
		w.run(time.Second + 3*hop) // one waits, one is in TIME-WAIT, one is half open
		if err := w.stack.Audit(); err != nil {
			t.Fatalf("before %q: %v", c.want, err)
		}
		c.meddle(w, l, s)
		if err := w.stack.Audit(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q in it", err, c.want)
		}
	}
}

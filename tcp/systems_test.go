package tcp

import (
	"testing"
	"time"
)

// How long each system waits for what does not come, how many ports and places
// it has: the differences that decide experiments.
func TestSystems(t *testing.T) {
	for _, want := range []struct {
		name                              string
		syns                              int
		connect, accept, timeWait, finOut float64 // seconds
		ports, places                     int
	}{
		{"freebsd", 11, 75, 15.6, 60, 600, 55536, 193},
		{"linux", 11, 131, 63, 60, 60, 28232, 129},
		{"macos", 11, 75, 75, 30, 60, 16384, 193},
		{"rfc9293", 8, 255, 255, 240, 0, 16384, 128},
		{"windows", 5, 31, 7, 240, 120, 16384, 128},
	} {
		p := ProfileByName(want.name)
		for _, c := range []struct {
			what string
			got  time.Duration
			want float64
		}{
			{"connect() gives up", p.ConnectTime(), want.connect}, {"a request is forgotten", sum(p.SYNACKSchedule), want.accept},
			{"TIME-WAIT", p.TimeWait, want.timeWait}, {"FIN-WAIT-2 of an orphan", p.FinWait2, want.finOut},
		} {
			if c.got != span(c.want) {
				t.Errorf("%s: %s after %v, want %v s", want.name, c.what, c.got, c.want)
			}
		}
		if n := len(p.SYNSchedule); n != want.syns {
			t.Errorf("%s: %d SYNs, want %d", want.name, n, want.syns)
		}
		if n := int(p.PortHigh) - int(p.PortLow) + 1; n != want.ports {
			t.Errorf("%s: %d ports, want %d", want.name, n, want.ports)
		}
		if n := p.Places(128); n != want.places {
			t.Errorf("%s: a backlog of 128 has %d places, want %d", want.name, n, want.places)
		}
	}
}

func sum(schedule []time.Duration) (total time.Duration) {
	for _, wait := range schedule {
		total += wait
	}
	return total
}

// FreeBSD adds its slop to what it measures: SRTT 100 ms, 4 * 50 ms, and 200 ms.
func TestSlop(t *testing.T) {
	for _, profile := range []*Profile{FreeBSD(), MacOS()} {
		p := newPair(t, profile, 50*ms)
		p.server.listen()
		p.client.open()
		p.run(at(1))
		if got := p.client.conn.RTO(); got != 500*ms {
			t.Errorf("%s: RTO %v, want 500 ms", profile.Name, got)
		}
	}
}

// Every system opens to every other, talks, and closes in order.
func TestSystemsTogether(t *testing.T) {
	for _, a := range ProfileNames() {
		for _, b := range ProfileNames() {
			p := newPair(t, ProfileByName(a), 50*ms)
			p.server.o.Profile = ProfileByName(b)
			p.server.listen()
			p.client.open()
			p.server.reader(true)
			p.client.reader(false)
			p.at(1, func() { p.client.write(10000); p.client.shutdown() })
			p.run(at(20))
			if c, s := p.client.conn.State(), p.server.conn.State(); c != TimeWaiting || s != Closed {
				t.Errorf("%s to %s: %v and %v", a, b, c, s)
			}
			if got := p.server.conn.Stats().Delivered; got != 10000 {
				t.Errorf("%s to %s: %d bytes", a, b, got)
			}
		}
	}
}

package host

import (
	"errors"
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// ranged is Linux with other ephemeral ports.
func ranged(low, high uint16, rule tcp.PortSelect) *tcp.Profile {
	return linux(func(p *tcp.Profile) { p.PortLow, p.PortHigh, p.PortSelect = low, high, rule })
}

// connectAll opens connections until there is no port, and returns the ports.
func (w *world) connectAll(now des.Time, i, j int) (ports []uint16) {
	for {
		s, err := w.connect(now, i, j, w.caller())
		if err != nil {
			if !errors.Is(err, ErrNoPort) {
				w.t.Fatal(err)
			}
			return ports
		}
		port, _ := s.Ports()
		ports = append(ports, port)
	}
}

// Whatever the rule, a range of 100 gives exactly 100 connections to one
// destination, each port once, and no more until TIME-WAIT is over; then 100
// again. So measured on Linux 6.18: errno 99 until 60 s are over.
func TestRangeIsUsedUp(t *testing.T) {
	for _, rule := range []tcp.PortSelect{tcp.RandomPort, tcp.ParityPort, tcp.SequentialPort, tcp.HashPort} {
		for _, low := range []uint16{1024, 1025, 65436} {
			w := newWorld(t, 1, line(), ranged(low, low+99, rule), tcp.Linux())
			w.listen(1, 80, 4096, w.callees())
			full := func(now des.Time) {
				seen := map[uint16]bool{}
				for _, p := range w.connectAll(now, 0, 1) {
					if seen[p] || p < low || p > low+99 {
						t.Errorf("rule %d: port %d, seen %v, of [%d, %d]", rule, p, seen[p], low, low+99)
					}
					seen[p] = true
				}
				if len(seen) != 100 {
					t.Errorf("rule %d: %d connections out of 100 ports", rule, len(seen))
				}
			}
			none := func(now des.Time) {
				if got := w.connectAll(now, 0, 1); got != nil {
					t.Errorf("rule %d: port %d at %v", rule, got[0], now)
				}
			}
			free := 8*hop + time.Minute // a round trip to open, one to close, TIME-WAIT
			w.at(0, full)
			for at := time.Second; at < free; at += time.Second {
				w.at(at, none)
			}
			w.at(free-1, none)
			w.at(free, full)
			w.finish()
			y := w.tallies[0]
			if refused := y.PortsRefused; refused != 63 || y.PortsUsed.Result().Max() != 100 || y.PortsInTimeWait.Result().Max() != 100 {
				t.Errorf("rule %d: %d refused, at most %v used, %v in TIME-WAIT", rule, refused, y.PortsUsed.Result().Max(), y.PortsInTimeWait.Result().Max())
			}
		}
	}
}

// Linux takes all ports of the parity of the range's start before the first of the
// other, also where the range has an odd number of ports.
func TestParity(t *testing.T) {
	for _, size := range []uint16{1, 2, 7, 100, 101} {
		for seed := range uint64(20) {
			w := newWorld(t, seed, line(), ranged(2001, 2000+size, tcp.ParityPort), tcp.Linux())
			w.listen(1, 80, 4096, w.callees())
			w.at(0, func(now des.Time) {
				ports := w.connectAll(now, 0, 1)
				for i, p := range ports {
					if first := i < int(size+1)/2; (p%2 == 1) != first {
						t.Fatalf("size %d, seed %d: port %d is number %d", size, seed, p, i+1)
					}
				}
				if len(ports) != int(size) {
					t.Errorf("size %d, seed %d: %d ports", size, seed, len(ports))
				}
			})
			w.finish()
		}
	}
}

// The next port is the one after the last, around the range's end.
func TestSequential(t *testing.T) {
	w := newWorld(t, 1, line(), ranged(3000, 3004, tcp.SequentialPort), tcp.Linux())
	h := w.hosts[0]
	to := Remote{w.hosts[1].address, 80}
	pair := h.pairTo(tuple{h.address, to.Address, 0, to.Port})
	for i := range 12 {
		if port, ok := h.pickPort(to, pair); !ok || port != 3000+uint16(i)%5 {
			t.Errorf("number %d is %d", i, port)
		}
	}
}

// By the hash rule a host goes through the ports one by one, from a start that
// differs with destination and host (RFC 6056 section 3.3.3).
func TestHash(t *testing.T) {
	w := newWorld(t, 1, line(), ranged(10000, 59999, tcp.HashPort), ranged(10000, 59999, tcp.HashPort), tcp.Linux())
	starts := map[uint16]bool{}
	for _, h := range w.hosts[:2] {
		for port := range uint16(20) {
			to := Remote{w.hosts[2].address, port}
			pair := h.pairTo(tuple{h.address, to.Address, 0, to.Port})
			a, _ := h.pickPort(to, pair)
			b, _ := h.pickPort(to, pair)
			if b != a+1 && b != 10000 {
				t.Errorf("%d is followed by %d", a, b)
			}
			starts[a] = true
		}
	}
	if len(starts) < 35 {
		t.Errorf("40 destinations start at %d ports", len(starts))
	}
}

// A free range is drawn from uniformly: chi-square over its ports, and for Linux
// over one parity of them, within 4 standard deviations of its mean.
func TestRandomIsUniform(t *testing.T) {
	const draws, size, seed = 20_000, 100, 7
	for rule, cells := range map[tcp.PortSelect]float64{tcp.RandomPort: size, tcp.ParityPort: size / 2} {
		w := newWorld(t, seed, line(), ranged(40000, 40000+size-1, rule), tcp.Linux())
		h, to := w.hosts[0], Remote{w.hosts[1].address, 80}
		pair := h.pairTo(tuple{h.address, to.Address, 0, to.Port})
		count := map[uint16]float64{}
		for range draws {
			port, _ := h.pickPort(to, pair)
			count[port]++
		}
		chi := -float64(draws)
		for _, n := range count {
			chi += n * n * cells / draws
		}
		if z := (chi - (cells - 1)) / math.Sqrt(2*(cells-1)); math.Abs(z) > 4 || float64(len(count)) != cells {
			t.Errorf("seed %d, rule %d: %d ports, chi-square %v, z = %.1f", seed, rule, len(count), chi, z)
		}
	}
}

// Ports are per four-tuple: a range used up towards one destination is all there
// for the next, be they few or many, and the fullest of them is what is recorded.
func TestPortsPerDestination(t *testing.T) {
	profiles := []*tcp.Profile{ranged(5000, 5009, tcp.ParityPort)}
	for range 3 * few {
		profiles = append(profiles, tcp.Linux())
	}
	w := newWorld(t, 1, line(), profiles...)
	for i := range w.hosts[1:] {
		w.listen(i+1, 80, 128, w.callees())
	}
	w.at(0, func(now des.Time) {
		for round := range 2 {
			for j := range w.hosts[1:] {
				if n := len(w.connectAll(now, 0, j+1)); n != 10*(1-round) {
					t.Errorf("round %d: %d connections to destination %d", round, n, j)
				}
			}
		}
		if err := w.audit(); err != nil {
			t.Error(err)
		}
	})
	w.finish()
	if n := len(w.stack.pairs) - 1; n != 3*few {
		t.Errorf("%d pairs for %d destinations", n, 3*few)
	}
	if most := w.tallies[0].PortsUsed.Result().Max(); most != 10 {
		t.Errorf("the fullest destination used %v ports", most)
	}
}

// Where ports are per port, as of programs that bind before they connect, all
// destinations share a range: ten ports are ten connections, whoever they go to,
// by every rule, and again after TIME-WAIT.
func TestPortsPerPort(t *testing.T) {
	for _, rule := range []tcp.PortSelect{tcp.RandomPort, tcp.ParityPort, tcp.SequentialPort, tcp.HashPort} {
		mean := ranged(5000, 5009, rule)
		mean.PortsPer = tcp.PerPort
		w := newWorld(t, 1, line(), mean, tcp.Linux(), tcp.Linux(), tcp.Linux())
		for j := 1; j <= 3; j++ {
			w.listen(j, 80, 128, w.callees())
		}
		full := func(now des.Time) {
			taken := map[uint16]bool{}
			for k := range 15 {
				s, err := w.connect(now, 0, 1+k%3, w.caller())
				if k >= 10 {
					if !errors.Is(err, ErrNoPort) {
						t.Errorf("rule %v: connection %d of 10 ports: %v", rule, k+1, err)
					}
					continue
				}
				port, _ := w.must(s, err).Ports()
				if taken[port] {
					t.Errorf("rule %v: port %d twice", rule, port)
				}
				taken[port] = true
			}
		}
		w.at(0, full)
		w.at(8*hop+time.Minute, full)
		w.finish()
		if n := len(w.stack.pairs) - 1; n != 1 {
			t.Errorf("rule %v: %d pairs", rule, n)
		}
	}
}

// A port that a connection is bound to is no other's: not to be bound twice to one
// destination, nor chosen. It is not counted among the ephemeral ones.
func TestBoundPort(t *testing.T) {
	w := newWorld(t, 1, line(), ranged(7000, 7002, tcp.SequentialPort), tcp.Linux(), tcp.Linux())
	w.listen(1, 80, 128, w.callees())
	w.listen(2, 80, 128, w.callees())
	bound := func(now des.Time, to int) error {
		_, err := w.hosts[0].Connect(now, Remote{w.hosts[to].address, 80}, 7001, wire.IncarnationOf(0, uint32(to), 1), w.caller())
		return err
	}
	w.at(0, func(now des.Time) {
		if err := bound(now, 1); err != nil {
			t.Error(err)
		}
		if err := bound(now, 1); !errors.Is(err, ErrInUse) {
			t.Errorf("bound twice: %v", err)
		}
		if err := bound(now, 2); err != nil {
			t.Errorf("to another destination: %v", err)
		}
		if ports := w.connectAll(now, 0, 1); len(ports) != 2 || ports[0] != 7000 || ports[1] != 7002 {
			t.Errorf("beside 7001: %v", ports)
		}
		if n := w.tallies[0].PortsUsed.Value(); n != 2 {
			t.Errorf("%d ephemeral ports in use", n)
		}
	})
	w.at(time.Second, func(now des.Time) {
		w.hosts[0].group.profile.TWReuseBound = false
		if err := bound(now, 1); !errors.Is(err, ErrInUse) {
			t.Errorf("bound to a port in TIME-WAIT: %v", err)
		}
	})
	w.finish()
}

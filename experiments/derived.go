package experiments

import (
	"math"
	"time"

	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// derived are the paths that the built network has a number for: of each flow,
// what its way there and back takes. Where the members of groups differ there
// is only a mean.
func (w *World) derived() map[string]float64 {
	d := map[string]float64{}
	for i := range w.Spec.Flows {
		f := &w.Spec.Flows[i]
		var forth, back, loss, lossBack, setup spread
		servers := w.all(f.To)
		for _, c := range w.all(f.From) {
			for _, s := range servers[:min(len(servers), mostPaths-setup.n)] {
				there, ok := w.Net.Path(c.Node(), s.Node())
				here, okBack := w.Net.Path(s.Node(), c.Node())
				if c == s || !ok || !okBack {
					continue
				}
				forth.add(delay(there))
				back.add(delay(here))
				loss.add(lost(there))
				lossBack.add(lost(here))
				setup.add(w.setup(c, s, there, here))
			}
		}
		for name, s := range map[string]*spread{ // order-free: each has its own path
			"delay": &forth, "delay_back": &back, "loss": &loss, "loss_back": &lossBack, "setup": &setup,
		} {
			s.enter(d, "flow."+f.Name+".path."+name)
		}
	}
	return d
}

// mostPaths bounds how many pairs of members are looked at.
const mostPaths = 10_000

// spread is a value over several paths.
type spread struct {
	n             int
	sum, min, max float64
}

func (s *spread) add(v float64) {
	if s.n == 0 {
		s.min, s.max = v, v
	}
	s.n++
	s.sum += v
	s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
}

// enter gives the mean, and the value itself where there is but one.
func (s *spread) enter(d map[string]float64, path string) {
	if s.n == 0 {
		return
	}
	d[path+".mean"] = s.sum / float64(s.n)
	if s.min == s.max {
		d[path] = s.min
	}
}

func delay(path []*topo.Half) (seconds float64) {
	for _, h := range path {
		seconds += h.Delay().Seconds()
	}
	return seconds
}

func lost(path []*topo.Half) float64 {
	passes := 1.0
	for _, h := range path {
		passes *= 1 - h.Loss()
	}
	return 1 - passes
}

// setup is the connect() time of an empty network: a SYN there and a SYN,ACK
// back, each with its serialization at every hop.
func (w *World) setup(client, server *host.Host, there, back []*topo.Half) float64 {
	syn, synAck := w.openingSizes(client, server)
	return (way(there, syn) + way(back, synAck)).Seconds()
}

func way(path []*topo.Half, size int64) (total time.Duration) {
	for _, h := range path {
		total += h.Delay()
		if h.Rate() > 0 {
			total += time.Duration(8e9 * (size + int64(h.Overhead())) / h.Rate())
		}
	}
	return total
}

// openingSizes are the bytes of a SYN and of the SYN,ACK that answers it, as two
// connections with the profiles of the hosts make them.
func (w *World) openingSizes(client, server *host.Host) (syn, synAck int64) {
	at := func(h *host.Host) *tcp.Opening {
		return &tcp.Opening{Profile: h.Profile(), MTU: h.MTU(), IPv6: h.Address().Is6()}
	}
	var opener, answerer tcp.Conn
	asks, answers := wire.Packet{Dst: server.Address()}, wire.Packet{Dst: client.Address()}
	opener.Open(0, at(client))
	opener.Emit(0, &asks.Segment)
	answerer.Listen(0, at(server))
	answerer.Segment(0, &asks.Segment)
	answerer.Emit(0, &answers.Segment)
	return int64(asks.HeaderLen()), int64(answers.HeaderLen())
}

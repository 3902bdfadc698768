package apps

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"netsim/des"
	"netsim/host"
)

// seat is a connection that has been closed before the run began, and waits.
type seat struct {
	left           time.Duration // at the time 0
	flow           *Flow
	client, server int
}

// Populate puts the connections into TIME-WAIT that the flows which are Steady would
// have left there, had they always been: what a Poisson flow of the rate lambda leaves
// is Poisson of the mean lambda·T, or that below the number of places, ports or those
// for TIME-WAIT (Erlang); residual lives are uniform on (0, T], which
// holds for any number that is found (Sevastyanov 1957). Even arrivals leave every one
// that found a port, evenly spaced.
func (w *World) Populate() {
	var all []seat
	for _, f := range w.flows {
		if f.Steady {
			all = append(all, f.seats()...)
		}
	}
	slices.SortStableFunc(all, func(a, b seat) int { return int(a.left - b.left) })
	for _, s := range all {
		s.take()
	}
}

// seats are those of a flow, in no order.
func (f *Flow) seats() (all []seat) {
	draws := des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+".initial")
	length := f.waits()
	rate := f.Arrivals.Rate
	if f.Arrivals.PerHost {
		rate *= float64(len(f.Clients))
	}
	load := float64(rate * length.Seconds())
	if f.Arrivals.Process == Even {
		for k := 1; float64(k) < load; k++ {
			client := f.choose(f.Spread, len(f.Clients), &f.nextClient, &f.spreadDraws, ".spread")
			all = append(all, seat{length - time.Duration(float64(k)/rate*1e9), f, client, f.server(f.Clients[client], uint64(client))})
		}
		return all
	}
	if f.Closing.By == Server { // no ports are held
		for server := range f.Servers {
			places := math.MaxInt32
			if h := f.Servers[server].Host; h != nil && h.Profile().TimeWaitMax > 0 {
				places = h.Profile().TimeWaitMax
			}
			for range held(draws, load/float64(len(f.Servers)), places) {
				client := int(des.Below(draws, uint64(len(f.Clients))))
				all = append(all, seat{1 + time.Duration(des.Below(draws, uint64(length))), f, client, server})
			}
		}
		return all
	}
	for client, from := range f.Clients {
		places, perTuple := from.Ports()
		groups := 1 // of what the client's connections are independent
		if perTuple {
			groups = len(f.Servers)
		}
		for g := range groups {
			a := load / float64(len(f.Clients)) / float64(groups)
			for range held(draws, a, places) {
				server := g
				if !perTuple {
					server = f.server(from, uint64(client))
				}
				all = append(all, seat{1 + time.Duration(des.Below(draws, uint64(length))), f, client, server})
			}
		}
	}
	return all
}

// waits is the TIME-WAIT of the end that closes.
func (f *Flow) waits() time.Duration {
	if h := f.Servers[0].Host; f.Closing.By == Server && h != nil {
		return h.Profile().TimeWait
	}
	return f.Clients[0].Profile().TimeWait
}

// held draws how many of the places are taken, of a load of a and Poisson arrivals that
// are cleared when none is left.
func held(draws *rand.Rand, a float64, places int) (n int) {
	if a <= float64(places) {
		for n = places + 1; n > places; {
			n = 0
			for at := draws.ExpFloat64(); at < a; at += draws.ExpFloat64() {
				n++
			}
		}
		return n
	}
	sum := 0.0 // of the weights from the top, each k/a times the one above it
	for k, weight := places, 1.0; k >= 0 && weight > 1e-18; k-- {
		sum += weight
		weight *= float64(k) / a
	}
	rest := draws.Float64() * sum
	n = places
	for weight := 1.0; n > 0 && rest > weight; n-- {
		rest -= weight
		weight *= float64(n) / a
	}
	return n
}

// take seats it at the end that closed, or at both.
func (s seat) take() {
	f := s.flow
	client, server := f.Clients[s.client], &f.Servers[s.server]
	to := host.Remote{Address: server.address(), Port: server.Port}
	from := f.local(client)
	if from.IsZero() {
		from = client.Source(to.Address)
	}
	port, ok := uint16(0), true
	if f.Closing.By == Server {
		port, ok = client.FreePort(from, to)
	} else {
		port, ok = client.Seat(from, to, 0, s.left)
	}
	if ok && f.Closing.By != Client && server.Host != nil {
		server.Host.Seat(to.Address, host.Remote{Address: from, Port: port}, server.Port, s.left)
	}
}

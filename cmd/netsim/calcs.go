package main

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"netsim/tcp"
	"netsim/theory"
)

func calcPorts() *cobra.Command {
	var rate, wait, life *quantity
	var ports, destinations, requests int
	return calculation("ports", "How many connections a second ports allow",
		`  netsim calc ports                                # by the ports and the TIME_WAIT of Linux
  netsim calc ports --rate 500/s                   # and who is refused at that rate
  netsim calc ports --profile windows --time-wait "30 s" --destinations 4
  netsim calc ports --ports 1000 --life "200 ms" --requests 10`,
		func(f *pflag.FlagSet) {
			rate = inUnit(f, "1/s", "rate", "rate of connects to each destination")
			wait = inUnit(f, "s", "time-wait", "length of TIME_WAIT (default: the system's)")
			life = inUnit(f, "s", "life", "life of a connection before TIME_WAIT (default: 0 s)")
			f.IntVar(&ports, "ports", 0, "ephemeral ports (default: the system's)")
			f.IntVar(&destinations, "destinations", 1, "addresses or ports that are called, each of which has all the ports")
			f.IntVar(&requests, "requests", 1, "requests on a connection")
		},
		func(p *tcp.Profile) (*answer, error) {
			c := ports
			if c == 0 {
				c = int(p.PortHigh) - int(p.PortLow) + 1
			}
			if c < 1 || destinations < 1 || requests < 1 {
				return nil, fmt.Errorf("calc ports: ports, destinations and requests are 1 or more")
			}
			T, L := wait.or(p.TimeWait.Seconds()), life.or(0)
			most := theory.PortRate(c, L, T)
			a := &answer{
				says: fmt.Sprintf("%s connections a second to one destination, if the client closes.", digits(most)),
				how:  table{{"ports / (life + T)", fmt.Sprintf("%d / (%s + %s)", c, inSeconds(L), inSeconds(T)), digits(most) + "/s"}},
				assumes: []string{"The client closes first: TIME_WAIT and its port are on its side.",
					portsPer(p), "Who is refused does not try again."},
				raises: []string{"The server closes first: none of the client's ports wait.",
					"Requests that share connections: k of them, k times the rate (netsim run pooling).",
					"Another address on either side, or another port there: all ports once more."},
				checked: "port-exhaustion",
			}
			if p.Timestamps && p.TWReuseDelay > 0 {
				a.raises = append(a.raises, fmt.Sprintf("tcp_tw_reuse with timestamps: a port waits %s instead, %s a second.", inSeconds(p.TWReuseDelay.Seconds()), digits(theory.PortRate(c, L, p.TWReuseDelay.Seconds()))))
			}
			if destinations > 1 || requests > 1 {
				a.how = append(a.how, []string{"x destinations x requests", fmt.Sprintf("%d x %d", destinations, requests), digits(most*float64(destinations*requests)) + " requests/s"})
			}
			if rate.given {
				load := rate.value * (L + T)
				a.how = append(a.how,
					[]string{"load, rate (life + T)", fmt.Sprintf("%s/s x %s", digits(rate.value), inSeconds(L+T)), digits(load) + " of " + fmt.Sprint(c)},
					[]string{"refused, Erlang B(c, load)", "Poisson arrivals, any law of life", percent(theory.ErlangB(c, load))},
					[]string{"refused, 1 - c/load", "even arrivals", percent(max(0, 1-float64(c)/load))})
			}
			return a, nil
		})
}

// portsPer says whom a port in use is taken for.
func portsPer(p *tcp.Profile) string {
	if p.PortsPer == tcp.PerPort {
		return "A port in use is taken for all destinations, as " + p.Name + " has it: they share this rate."
	}
	return "A port in use is taken for one destination, as " + p.Name + " has it: each has this rate."
}

// places are those of a queue, of a backlog that the system allows.
func places(p *tcp.Profile, backlog int) int {
	if p.Backlog != tcp.Unlimited {
		backlog = min(backlog, p.Backlog)
	}
	return p.Places(backlog)
}

func calcTimeWait() *cobra.Command {
	var rate, wait, budget *quantity
	var room int
	return calculation("time-wait", "How many connections wait in TIME_WAIT, and what they hold",
		`  netsim calc time-wait --rate 1000/s
  netsim calc time-wait --rate 1000/s --profile rfc9293
  netsim calc time-wait --rate 100/s --room 4096   # with a limit, as tcp_max_tw_buckets
  netsim calc time-wait --budget "64 MiB"          # what rate that memory bears`,
		func(f *pflag.FlagSet) {
			rate = inUnit(f, "1/s", "rate", "rate of connections that this end closes first")
			wait = inUnit(f, "s", "time-wait", "length of TIME_WAIT (default: the system's)")
			budget = inUnit(f, "B", "budget", "memory for them")
			f.IntVar(&room, "room", 0, "connections that the host has room for in TIME_WAIT")
		},
		func(p *tcp.Profile) (*answer, error) {
			T := wait.or(p.TimeWait.Seconds())
			each, socket := float64(p.Bytes[tcp.TimeWaiting]), float64(p.Bytes[tcp.Established])
			a := &answer{
				assumes: []string{"Closes are Poisson and this end is first; no pair of ports comes back within T.",
					fmt.Sprintf("A record of %s, where an open socket has %s (%s).", inBytes(each), inBytes(socket), p.Name)},
				raises:  []string{"The other end closes first: it has them all.", "k requests on a connection: one k-th of them."},
				checked: "time-wait-under-load",
			}
			if !rate.given && !budget.given {
				return nil, fmt.Errorf(`calc time-wait: neither a rate nor a budget; write: netsim calc time-wait --rate 1000/s`)
			}
			if budget.given {
				most := budget.value / (T * each)
				a.says = fmt.Sprintf("%s bear %s closes a second.", budget.text, digits(most))
				a.how = append(a.how, []string{"memory / (T x record)", fmt.Sprintf("%s / (%s x %s)", budget.text, inSeconds(T), inBytes(each)), digits(most) + "/s"},
					[]string{"if sockets were kept", fmt.Sprintf("%s / (%s x %s)", budget.text, inSeconds(T), inBytes(socket)), digits(budget.value/(T*socket)) + "/s"})
			}
			if rate.given {
				n, sd := theory.Population(rate.value, T, math.Inf(1))
				a.says = fmt.Sprintf("%s connections in TIME_WAIT, give or take %s; %s.", digits(n), digits(sd), inBytes(n*each))
				a.how = append(a.how, []string{"rate x T", fmt.Sprintf("%s/s x %s", digits(rate.value), inSeconds(T)), digits(n)},
					[]string{"its square root", "Poisson", digits(sd)},
					[]string{"x a record", inBytes(each), inBytes(n * each)},
					[]string{"were they sockets", inBytes(socket), inBytes(n * socket)})
				if room > 0 {
					lost := theory.ErlangB(room, n)
					a.how = append(a.how, []string{"closed without it, Erlang B(room, rate T)", fmt.Sprintf("room for %d", room), fmt.Sprintf("%s, %s/s", percent(lost), digits(lost*rate.value))})
					a.checked = "time-wait-cap"
				}
			}
			return a, nil
		})
}

func calcBacklog() *cobra.Command {
	var rate, service *quantity
	backlog := 128
	return calculation("backlog", "What an accept queue bears",
		`  netsim calc backlog --rate 120/s --service "10 ms" --backlog 4
  netsim calc backlog --rate 90/s --service "10 ms" --profile freebsd`,
		func(f *pflag.FlagSet) {
			rate = inUnit(f, "1/s", "rate", "rate of connections")
			service = inUnit(f, "s", "service", "mean time that the one thread which calls accept() is busy after each")
			f.IntVar(&backlog, "backlog", backlog, "backlog of the listener")
		},
		func(p *tcp.Profile) (*answer, error) {
			if !rate.given || !service.given || service.value == 0 || backlog < 0 {
				return nil, fmt.Errorf(`calc backlog: a rate, a service time and a backlog are needed; write: netsim calc backlog --rate 120/s --service "10 ms" --backlog 4`)
			}
			taken := places(p, backlog)
			k, rho := taken+1, rate.value*service.value
			lost := theory.MM1KLoss(k, rho)
			a := &answer{
				says: fmt.Sprintf("%s of the connections are dropped at a load of %s.", percent(lost), digits(rho)),
				how: table{
					{"places of a backlog of " + fmt.Sprint(backlog), p.Name, fmt.Sprint(taken)},
					{"K, with the one in service", "", fmt.Sprint(k)},
					{"load, rate x service", fmt.Sprintf("%s/s x %s", digits(rate.value), inSeconds(service.value)), digits(rho)},
					{"dropped, (1-r) r^K / (1-r^(K+1))", "M/M/1/K", percent(lost)},
				},
				assumes: []string{"Poisson arrivals, one thread, exponential service, no SYN sent again.",
					"A round trip that is short against the service: else connections wait in the SYN queue, too."},
				raises:  []string{"Threads that accept, or a shorter service: only the load counts for long.", "A longer backlog delays what it cannot serve."},
				checked: "accept-queue",
			}
			if rho < 1 {
				a.how = append(a.how, []string{"mean wait without a limit, r s / (1-r)", "M/M/1", inSeconds(theory.MM1Wait(rho, service.value))})
			}
			return a, nil
		})
}

func calcFlood() *cobra.Command {
	var rate *quantity
	backlog := 128
	return calculation("flood", "What a SYN flood does to a listener without cookies",
		`  netsim calc flood                                # at what rate a backlog of 128 is full
  netsim calc flood --rate 10/s --backlog 128
  netsim calc flood --rate 100/s --backlog 1536 --profile linux`,
		func(f *pflag.FlagSet) {
			rate = inUnit(f, "1/s", "rate", "SYNs a second from addresses that do not answer")
			f.IntVar(&backlog, "backlog", backlog, "backlog of the listener")
		},
		func(p *tcp.Profile) (*answer, error) {
			if backlog < 0 {
				return nil, fmt.Errorf("calc flood: a backlog of %d; write 0 or more", backlog)
			}
			c := places(p, backlog)
			life := theory.Schedule(p.SYNACKSchedule).GiveUp().Seconds()
			full := float64(c) / life
			a := &answer{
				says: fmt.Sprintf("%s SYNs a second fill the %d places of a backlog of %d: %s.", digits(full), c, backlog, bitRate(full*8*40)),
				how: table{
					{"life of a request", fmt.Sprintf("%d SYN,ACKs of %s", len(p.SYNACKSchedule), p.Name), inSeconds(life)},
					{"places / life", fmt.Sprintf("%d / %s", c, inSeconds(life)), digits(full) + "/s"},
					{"answers to each SYN that is kept", "backscatter", fmt.Sprint(len(p.SYNACKSchedule))},
				},
				assumes: []string{"Poisson SYNs, of 40 bytes, from addresses that never answer; no SYN cookies.",
					"Clients whose SYN is dropped do not try again; their own requests live for a round trip."},
				raises: []string{"SYN cookies: no request is kept, none is dropped, each SYN is answered once.",
					"A longer backlog: the rate grows with it, and no more."},
				checked: "syn-flood",
			}
			if p.MaxSYNBacklog > 0 {
				a.assumes = append(a.assumes, fmt.Sprintf("Fewer than the %d requests that %s keeps for peers it does not know.", p.MaxSYNBacklog-p.MaxSYNBacklog/4+1, p.Name))
			}
			if rate.given {
				load := rate.value * life
				lost := theory.ErlangB(c, load)
				a.says = fmt.Sprintf("%s of all SYNs are dropped, the flood's and everybody else's.", percent(lost))
				a.how = append(a.how,
					[]string{"load, rate x life", fmt.Sprintf("%s/s x %s", digits(rate.value), inSeconds(life)), digits(load) + " of " + fmt.Sprint(c)},
					[]string{"dropped, Erlang B(places, load)", "any law of life", percent(lost)},
					[]string{"places taken, load (1 - B)", "", fmt.Sprintf("%.2f", load*(1-lost))})
			}
			return a, nil
		})
}

func calcSetup() *cobra.Command {
	var loss, back, rtt *quantity
	return calculation("setup", "How long connect() takes where packets are lost",
		`  netsim calc setup --loss "10 %" --rtt "20 ms"
  netsim calc setup --loss "1 %" --loss-back "5 %" --profile windows`,
		func(f *pflag.FlagSet) {
			loss = inUnit(f, "", "loss", "probability that a packet is lost")
			back = inUnit(f, "", "loss-back", "on the way back (default: the same)")
			rtt = inUnit(f, "s", "rtt", "round trip, SYN and SYN,ACK (default: 0 s)")
		},
		func(p *tcp.Profile) (*answer, error) {
			if !loss.given {
				return nil, fmt.Errorf(`calc setup: no loss; write: netsim calc setup --loss "10 %%" --rtt "20 ms"`)
			}
			o := theory.Opening{Client: p.SYNSchedule, Server: p.SYNACKSchedule, Loss: loss.value, LossBack: back.or(loss.value),
				RTT: time.Duration(math.Round(rtt.or(0) * 1e9)), Policy: map[tcp.SYNACKPolicy]theory.Policy{tcp.Strict: theory.Strict, tcp.Eager: theory.Linux, tcp.Stateless: theory.Stateless, tcp.Cached: theory.Cached}[p.SYNACK]}
			d := o.SetupTime()
			q := (1 - o.Loss) * (1 - o.LossBack)
			a := &answer{
				says: fmt.Sprintf("%s on average, and for %s of the connections longer than a round trip.", inSeconds(d.Mean()), percent(1-q)),
				how: table{
					{"longer than a round trip, 1 - (1-p)(1-p')", fmt.Sprintf("p = %s, p' = %s", percent(o.Loss), percent(o.LossBack)), percent(1 - q)},
					{"mean", fmt.Sprintf("every pattern of losses, SYN,ACKs by %s", p.Name), inSeconds(d.Mean())},
					{"standard deviation", "", inSeconds(d.SD())},
					{"median", "", inSeconds(d.Quantile(.5).Seconds())},
					{"99 of a hundred", "", inSeconds(d.Quantile(.99).Seconds())},
					{"fails, after " + inSeconds(p.ConnectTime().Seconds()), fmt.Sprintf("%d SYNs", len(p.SYNSchedule)), percent(d.Failure)},
					{"SYNs of an attempt", "", digits(o.SYNs())},
				},
				assumes: []string{"Losses are independent, delays constant, and the server has room."},
				raises:  []string{"The first waits for a SYN,ACK: they are what a loss costs (netsim profile linux freebsd)."},
				checked: "setup-under-loss",
			}
			return a, nil
		})
}

// bitRate shows one.
func bitRate(bps float64) string {
	switch {
	case bps >= 1e6:
		return fmt.Sprintf("%.4g Mbit/s", bps/1e6)
	case bps >= 1e3:
		return fmt.Sprintf("%.4g kbit/s", bps/1e3)
	}
	return fmt.Sprintf("%.4g bit/s", bps)
}

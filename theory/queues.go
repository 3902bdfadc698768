package theory

// ErlangB returns the probability that a Poisson arrival finds all of c places
// taken and is cleared, where a is the offered load, rate times mean holding
// time. Any law of holding times will do (Erlang 1917; insensitivity: Sevastyanov
// 1957), so it is also the share of connects refused by c ports that are each
// held for lifetime + TIME-WAIT, of SYNs dropped by a queue of c requests, and of
// connections turned away by a full TIME-WAIT table. Steady state, no retries.
func ErlangB(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b
}

// MM1KLoss returns the probability that a Poisson arrival finds an M/M/1 queue
// full, k being all it holds, the one in service included, and rho the offered
// load: (1-rho)·rho^k/(1-rho^(k+1)), and 1/(k+1) at rho = 1 (Kleinrock 1975,
// Queueing Systems I, 3.6).
func MM1KLoss(k int, rho float64) float64 {
	b := 1.0
	for range k {
		b = rho * b / (1 + rho*b)
	}
	return b
}

// MM1Wait returns the mean wait for service in an M/M/1 queue of load rho < 1 and
// mean service time s: rho·s/(1-rho).
func MM1Wait(rho, s float64) float64 { return rho * s / (1 - rho) }

// MD1Wait returns the mean wait for service in an M/D/1 queue, of load rho < 1
// and constant service time s: rho·s/(2(1-rho)), half the M/M/1 wait (Pollaczek
// 1930, Khinchine 1932). It is what a small packet of another flow waits on a
// link loaded by Poisson packets of one size.
func MD1Wait(rho, s float64) float64 { return MM1Wait(rho, s) / 2 }

// Repairman is the rate at which n users, who think for an exponential time and
// then need the one server for an exponential time, are served: the machine-repair
// model M/M/1//n, whose number at the server has p(k) = p(0) n!/(n-k)! (service/think)^k.
func Repairman(n int, think, service float64) float64 {
	sum, term := 1.0, 1.0
	for k := range n {
		term *= float64(n-k) * service / think
		sum += term
	}
	return (1 - 1/sum) / service
}

// ErlangC returns the probability that a Poisson arrival finds all of c servers at
// work and waits, where the offered load is a < c and service exponential: M/M/c
// (Erlang 1917).
func ErlangC(c int, a float64) float64 {
	b := ErlangB(c, a)
	rho := a / float64(c)
	return b / (1 - rho*(1-b))
}

// MMCWait returns the mean wait for one of c servers of offered load a < c, with
// exponential service of mean s: ErlangC(c, a)·s/(c-a).
func MMCWait(c int, a, s float64) float64 { return ErlangC(c, a) * s / (float64(c) - a) }

package theory

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

func TestSchedules(t *testing.T) {
	for name, c := range map[string]struct {
		schedule Schedule
		times    []time.Duration // s
		giveUp   time.Duration   // s
	}{
		"Linux before 6.5":      {exp6, []time.Duration{0, 1, 3, 7, 15, 31, 63}, 127},
		"Linux since 6.5":       {lin4, []time.Duration{0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131},
		"SYN-ACK":               {synAck5, []time.Duration{0, 1, 3, 7, 15, 31}, 63},
		"six tries from 3 s":    {Backoff(3*second, time.Hour, 0, 5), []time.Duration{0, 3, 9, 21, 45, 93}, 189},
		"75 s in all":           {Schedule{3 * second, 6 * second, 12 * second, 24 * second, 30 * second}, []time.Duration{0, 3, 9, 21, 45}, 75},
		"two retries from 3 s":  {Backoff(3*second, cap120, 0, 2), []time.Duration{0, 3, 9}, 21},
		"four retries":          {Backoff(second, cap120, 0, 4), []time.Duration{0, 1, 3, 7, 15}, 31},
		"a ceiling":             {Backoff(second, 4*second, 0, 4), []time.Duration{0, 1, 3, 7, 11}, 15},
		"above the ceiling":     {Backoff(9*second, 4*second, 1, 1), []time.Duration{0, 4, 8}, 12},
		"seven retries, capped": {Backoff(second, cap120, 0, 7), []time.Duration{0, 1, 3, 7, 15, 31, 63, 127}, 247},
	} {
		times := c.schedule.Times()
		for i := range c.times {
			c.times[i] *= second
		}
		if !slices.Equal(times, c.times) || c.schedule.GiveUp() != c.giveUp*second || c.schedule.Retries() != len(times)-1 {
			t.Errorf("%s: sends at %v and gives up at %v, not at %v and %v", name, times, c.schedule.GiveUp(), c.times, c.giveUp*second)
		}
	}
}

// TestTimeLimited: Linux's eight retries of an orphan's FIN and fifteen of data
// as times, and the same as counts.
func TestTimeLimited(t *testing.T) {
	for _, c := range []struct {
		rto     float64
		n       int
		life    float64
		retries int
	}{
		{.2, 8, 102.2, 8}, {.3, 8, 153.3, 8}, {1, 8, 127, 6}, {3, 8, 189, 5},
		{.2, 15, 924.6, 15}, {.3, 15, 993.3, 15}, {1, 15, 967, 13}, {3, 15, 1029, 12}, {.2, 3, 3, 3},
	} {
		s := TimeLimited(time.Duration(c.rto*1e9), c.n)
		near(t, fmt.Sprintf("life at %g s, %d retries", c.rto, c.n), s.GiveUp().Seconds(), c.life, 1e-9)
		if s.Retries() != c.retries {
			t.Errorf("at %g s, %d retries are %d", c.rto, c.n, s.Retries())
		}
	}
	for rto, life := range map[time.Duration]float64{200: 102.2, 300: 153.3, 1000: 367, 3000: 549} {
		near(t, "life by count", Backoff(rto*time.Millisecond, cap120, 0, 8).GiveUp().Seconds(), life, 1e-9)
	}
}

func TestLosslessSetup(t *testing.T) {
	for _, c := range []struct {
		hop                          Hop
		syn, synAck, ack             uint64
		connect, established, server time.Duration
	}{
		{Hop{10 * time.Millisecond, 10e6}, 60, 60, 52, 20_096_000, 30_137_600, 20_089_600},
		{Hop{50 * time.Millisecond, 100e6}, 60, 60, 52, 100_009_600, 150_013_760, 100_008_960},
		{Hop{100 * time.Microsecond, 1e9}, 60, 60, 52, 200_960, 301_376, 200_896},
		{Hop{300 * time.Millisecond, 1e6}, 40, 40, 40, 600_640_000, 900_960_000, 600_640_000},
		{Hop{7, 0}, 40, 40, 40, 14, 21, 14},
		{Hop{0, 3e9}, 40, 40, 40, 212, 318, 212}, // 106.67 ns each
	} {
		want := Handshake{c.connect, c.established, c.server}
		if got := LosslessSetup([]Hop{c.hop}, nil, c.syn, c.synAck, c.ack); got != want {
			t.Errorf("%+v: %+v, not %+v", c.hop, got, want)
		}
	}
	got := LosslessSetup([]Hop{{5, 0}, {10, 0}}, []Hop{{100, 0}}, 1, 1, 1)
	if want := (Handshake{115, 130, 115}); got != want {
		t.Errorf("unequal ways: %+v, not %+v", got, want)
	}
	near(t, "transmit(1500 B, 10 Mbps)", Transmit(1500, 10e6), .0012, 1e-18)
}

// TestErlangB: eight digits computed by the recursion in 1/B; the asymptotic
// sqrt(2/πc) at full load; M/M/1/1 by hand.
func TestErlangB(t *testing.T) {
	for _, c := range []struct {
		c       int
		a, want float64
	}{
		{100, 80, .00399203}, {100, 90, .02695738}, {100, 100, .07570045}, {100, 110, .13611484}, {100, 150, .34537343},
		{1000, 900, .00005930}, {1000, 1000, .02481192}, {1000, 1100, .09862517},
		{28232, 27000, 0}, {28232, 28000, .00099233}, {28232, 28232, .00473364}, {28232, 29000, .02764842},
		{28232, 30000, .05945584}, {28232, 36000, .21587861},
		{129, 63, 0}, {129, 252, .49212690}, {129, 630, .79564477}, {129, 6300, .97952713}, {129, 63000, .99795241},
		{193, 630, .69434725}, {1537, 24.397 * 63, .02008275}, {1537, 6300, .75608294}, {1025, 6300, .83733242},
		{10, 60, .83651821}, {4096, 6000, .31769070}, {16384, 28200, .41905624}, {262144, 300000, .12620974},
		{129, 63 * 2.0476190476, .06706662}, {1, 3, .75}, {0, 3, 1}, {5, 0, 0},
	} {
		near(t, fmt.Sprintf("ErlangB(%d, %g)", c.c, c.a), ErlangB(c.c, c.a), c.want, .5001e-8)
	}
	digits(t, "ErlangB(129, 63)", ErlangB(129, 63), 1.1419e-13, 5)
	near(t, "full load", ErlangB(28232, 28232)*math.Sqrt(math.Pi*28232/2), 1, .004)
	// B^7 and B^11: clients with that many SYNs, were their states independent.
	digits(t, "B^7", math.Pow(ErlangB(129, 252), 7), 6.991007e-03, 7)
	digits(t, "B^11", math.Pow(ErlangB(1537, 6300), 11), 4.615979e-02, 7)
}

func TestQueues(t *testing.T) {
	for _, c := range []struct {
		k         int
		rho, want float64
	}{
		{6, .5, .00787402}, {6, .8, .06634165}, {6, .9, .10186656}, {6, 1, .14285714}, {6, 1.2, .23118661}, {6, 2, .50393701},
		{129, .5, 0}, {129, .8, 0}, {129, .9, .00000013}, {129, 1, .00769231}, {129, 1.2, .16666667}, {129, 2, .5}, {0, .5, 1}, {6, 0, 0},
	} {
		near(t, fmt.Sprintf("MM1KLoss(%d, %g)", c.k, c.rho), MM1KLoss(c.k, c.rho), c.want, .5001e-8)
	}
	for rho, ms := range map[float64]float64{.3: .257143, .5: .6, .8: 2.4, .9: 5.4} {
		near(t, "MD1Wait", 1e3*MD1Wait(rho, .0012), ms, 1e-6)
		near(t, "MM1Wait", 1e3*MM1Wait(rho, .0012), 2*ms, 2e-6)
	}
}

// TestCounts: sums of the probabilities, term by term in integers where they fit.
func TestCounts(t *testing.T) {
	for _, m := range []float64{.1, 3, 60, 6000} {
		var sum, mean float64
		for k := range int(m+40*math.Sqrt(m)) + 40 {
			p := PoissonPMF(k, m)
			sum += p
			mean += float64(k) * p
			near(t, fmt.Sprintf("PoissonCDF(%d, %g)", k, m), PoissonCDF(k, m), sum, 1e-10)
		}
		near(t, "Poisson mean", mean, m, 1e-9*m)
	}
	near(t, "PoissonPMF(3, 2)", PoissonPMF(3, 2), 8./6*math.Exp(-2), 1e-15)
	near(t, "PoissonPMF(0, 0)", PoissonPMF(0, 0), 1, 0)
	near(t, "PoissonPMF(2, 0)", PoissonPMF(2, 0), 0, 0)
	near(t, "PoissonPMF(-1, 2)", PoissonPMF(-1, 2), 0, 0)
	near(t, "PoissonCDF(-1, 2)", PoissonCDF(-1, 2), 0, 0)
	near(t, "PoissonCDF(0, 0)", PoissonCDF(0, 0), 1, 0)

	for _, p := range []float64{0, .01, .19, .5, 1} {
		const n = 40
		sum, choose := 0.0, 1.0
		for k := range n + 1 {
			sum += choose * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
			choose *= float64(n-k) / float64(k+1)
			near(t, fmt.Sprintf("BinomialCDF(%d, 40, %g)", k, p), BinomialCDF(k, n, p), sum, 1e-12)
		}
		near(t, "BinomialCDF(-1)", BinomialCDF(-1, n, p), 0, 0)
	}
}

// TestUncleanClose holds every outcome against an exact enumeration of the 2^9
// patterns of lost FINs.
func TestUncleanClose(t *testing.T) {
	for _, c := range []struct {
		p, timeWait           float64
		clean, reset, nothing float64
	}{
		{.05, 0, .95000000, .05000000, 7.962e-10}, {.05, 1, .99286875, .00713125, 7.962e-10}, {.05, 3, .99919189, .00080811, 7.962e-10},
		{.05, 10, .99995530, .00004470, 7.962e-10}, {.05, 60, .99999988, .00000012, 7.962e-10},
		{.1, 0, .90000000, .09999968, 3.227e-07}, {.1, 1, .97290000, .02709968, 3.227e-07}, {.1, 3, .99404100, .00595868, 3.227e-07},
		{.1, 10, .99928681, .00071287, 3.227e-07}, {.1, 60, .99998904, .00001064, 3.227e-07},
		{.3, 0, .69998622, .29767961, 2.334e-03}, {.3, 1, .80288622, .19477961, 2.334e-03}, {.3, 3, .88623522, .11143061, 2.334e-03},
		{.3, 10, .95165400, .04601184, 2.334e-03}, {.3, 60, .99049008, .00717576, 2.334e-03},
	} {
		closing := Closing{
			FIN:      Backoff(second, cap120, 0, 8),
			TimeWait: time.Duration(c.timeWait * 1e9),
			Loss:     c.p,
			LossBack: c.p,
		}
		clean, reset, nothing := closing.Outcomes()
		name := fmt.Sprintf("p=%g T=%g: ", c.p, c.timeWait)
		near(t, name+"clean", clean, c.clean, .5001e-8)
		near(t, name+"reset", reset, c.reset, .5001e-8)
		digits(t, name+"nothing", nothing, c.nothing, 4)
		near(t, name+"all", clean+reset+nothing, 1, 1e-14)
		near(t, name+"UncleanClose", UncleanClose(c.p, c.timeWait, 8), reset, 0)
	}
	for p, want := range map[float64]float64{.05: .00295155, .1: .01324868, .3: .14230061} {
		near(t, "UncleanClose after 2.5 s", UncleanClose(p, 2.5, 8), want, .5001e-8)
	}
	// A FIN at the very end of TIME-WAIT: acknowledged, or else reset.
	c := Closing{FIN: Schedule{second, second}, TimeWait: second, Loss: 0, LossBack: .5}
	_, reset, _ := c.Outcomes()
	near(t, "packets first", reset, 0, 0)
	c.TimersFirst = true
	_, reset, _ = c.Outcomes()
	near(t, "timers first", reset, .25, 0)
}

func TestMergedClose(t *testing.T) {
	for mean, want := range map[float64]float64{.01: .981684, .04: .632121, .1: .329680, 1: .039211} {
		near(t, "MergedClose", MergedClose(.04, mean), want, 1e-6)
	}
}

func TestTimeWait(t *testing.T) {
	for _, c := range []struct{ rate, stay, t, mean, sd float64 }{
		{100, 60, 1e9, 6000, 77.4597}, {100, 240, 1e9, 24000, 154.9193}, {470.5333333, 60, 60, 28232, 168.0238},
		{1000, 60, 600, 60000, 244.9490}, {1000, 30, 600, 30000, 173.2051}, {50, 120, 600, 6000, 77.4597},
		{100, 60, 15, 1500, math.Sqrt(1500)}, {100, 60, -1, 0, 0},
	} {
		mean, sd := Population(c.rate, c.stay, c.t)
		near(t, "mean population", mean, c.mean, 1e-5)
		near(t, "its sd", sd, c.sd, 1e-4)
	}
	for _, c := range []struct {
		ports      int
		stay, rate float64
	}{
		{28232, 60, 470.5333}, {28232, 1, 28232}, {55536, 60, 925.6}, {16384, 30, 546.1333}, {16384, 120, 136.5333},
		{16384, 240, 68.2667}, {3976, 240, 16.5667}, {3976, 60, 66.2667}, {49536, 60, 825.6},
	} {
		near(t, "PortRate", PortRate(c.ports, 0, c.stay), c.rate, 1e-4)
		near(t, "PortRate with a life", PortRate(c.ports, c.stay/3, c.stay/3*2), c.rate, 1e-4)
	}
	for rate, want := range map[float64][2]float64{.01: {.451188, 45.1188}, .1: {.997521, 9.9752}, 0: {0, 60}} {
		killed, life := Assassination(rate, 60)
		near(t, "assassinated", killed, want[0], 1e-6)
		near(t, "life", life, want[1], 1e-4)
	}
}

func TestStale(t *testing.T) {
	for window, want := range map[int][2]float64{
		65535: {1.525856e-05, 2.328235e-10}, 262144: {6.103516e-05, 3.725290e-09}, 1 << 20: {2.441406e-04, 5.960464e-08},
		8388480: {1.953095e-03, 3.814581e-06}, 1 << 30: {2.500000e-01, 6.250000e-02},
	} {
		in := StaleInWindow(window, 1)
		digits(t, "in window", in, want[0], 7)
		digits(t, "and acknowledgment valid", in*StaleAckValid(window, 0), want[1], 7)
	}
	near(t, "a longer segment", StaleInWindow(1000, 500)*(1<<32), 1499, 0)
	near(t, "never above one", StaleInWindow(1<<32, 500), 1, 0)
	for _, c := range []struct{ gap, mean, want float64 }{
		{0, 10, 1}, {1, 5, 8.187308e-01}, {30, 5, 2.478752e-03}, {120, 5, 3.775135e-11}, {240, 5, 1.425164e-21},
		{60, 10, 2.478752e-03}, {120, 10, 6.144212e-06}, {60, 30, 1.353353e-01}, {240, 30, 3.354626e-04},
	} {
		late := LateExponential(c.gap, c.mean)
		digits(t, "late", late, c.want, 7)
		digits(t, "accepted", StaleAccepted(late, 65536, 1), c.want/65536, 7)
	}
}

func TestNumbers(t *testing.T) {
	near(t, "rate of the 4 us clock", NumberRate(4*time.Microsecond), 250_000, 0)
	near(t, "rate of the 64 ns clock", NumberRate(64), 15_625_000, 0)
	near(t, "its wrap at 4 us", NumbersWrap(NumberRate(4*time.Microsecond)), 17179.869184, 1e-9)
	near(t, "its wrap at 64 ns", NumbersWrap(NumberRate(64)), 274.877906944, 1e-9)
	for gbps, want := range map[float64]float64{1: 34.359738368, 10: 3.4359738368, 100: .34359738368} {
		near(t, "wrap of a sender", NumbersWrap(gbps*1e9/8), want, 1e-9)
	}
	for window, want := range map[int]float64{65535: 65537.00001525902, 262144: 16384, 1 << 20: 4096, 8388480: 512.01, 1 << 30: 4, 1: 1 << 32} {
		near(t, "blind resets", BlindResets(window), want, 5e-3)
	}
}

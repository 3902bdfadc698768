package apps

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
)

// Packets of a background flow arrive whole and in their time, none of them
// counted as a connection or a segment; what was sent before the window is not
// counted, wherever it arrives.
func TestBackground(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "noise", Packet: always(1000), Arrivals: Arrivals{Process: Even, Rate: 1000, Count: 3000},
		Tally: &Tally{From: des.Time(time.Second), Until: des.Time(2 * time.Second)}})
	w.sim.Run(ever)
	y, p := f.Tally, &f.Tally.Packets
	if p.Sent != 1000 || p.Received != 1000 || y.Bytes != 1e6 || y.Attempts != 0 || y.Jobs != 0 {
		t.Errorf("%d sent, %d received, %d B, %d attempts, %d jobs; want 1000, 1000, 1000000, 0, 0", p.Sent, p.Received, y.Bytes, y.Attempts, y.Jobs)
	}
	if p.Delay.Min() != float64(d) || p.Delay.Max() != float64(d) {
		t.Errorf("delay from %v to %v ns, want %v", p.Delay.Min(), p.Delay.Max(), d)
	}
	if w.server.Received != 0 || w.server.ResetsSent != 0 {
		t.Errorf("the server's TCP took %d segments, and sent %d resets", w.server.Received, w.server.ResetsSent)
	}
	if err := w.net.Check(w.stack.Held()); err != nil {
		t.Error(err)
	}
}

// Nothing is allocated for a packet, once there are packets.
func TestBackgroundAllocatesNothing(t *testing.T) {
	w := newWorld(t, plan{})
	w.add(Flow{Name: "noise", Packet: always(1000), Arrivals: Arrivals{Process: Poisson, Rate: 1e4}})
	w.sim.Run(des.Time(time.Second))
	now := w.sim.Now()
	if n := testing.AllocsPerRun(10, func() { now = now.Add(100 * time.Millisecond); w.sim.Run(now) }); n != 0 {
		t.Errorf("%v allocations in a tenth of a second", n)
	}
}

// Bursts whose lengths have the tail of Pareto's law are alike on all scales: the
// variance of a load's mean falls with the time it is taken over as that time to
// the power of 2H-2, H = (3-alpha)/2 (Taqqu, Willinger, Sherman 1997), here 0.75;
// Poisson's H is a half. The mean load is that of the bursts' share of the time.
func TestOnOff(t *testing.T) {
	const seed, rate, seconds = 4, 50.0, 40_000
	hurst := func(a Arrivals) (h, mean float64) {
		w := newWorld(t, plan{seed: seed})
		a.Rate, a.Stop = rate, des.Time(seconds*time.Second)
		const bins = 1 << 15
		var counts [bins]float64
		f := w.add(Flow{Name: "noise", Packet: always(100), Arrivals: a})
		last := uint64(0)
		for i := range counts {
			w.sim.Run(des.Time(i+1) * des.Time(time.Second))
			counts[i] = float64(f.Tally.Packets.Sent - last)
			last = f.Tally.Packets.Sent
			mean += counts[i] / bins
		}
		variance := func(m int) (v float64) { // of means over m seconds
			for i := 0; i < bins; i += m {
				sum := 0.0
				for _, c := range counts[i : i+m] {
					sum += c / float64(m)
				}
				v += (sum - mean) * (sum - mean) * float64(m) / bins
			}
			return v
		}
		return 1 + math.Log(variance(256)/variance(8))/math.Log(32)/2, mean
	}
	burst := dist.ParetoMean(1e9, 1.5)
	if h, mean := hurst(Arrivals{Process: OnOff, On: burst, Off: burst}); h < .65 || h > .9 || math.Abs(mean-rate/2) > rate/10 {
		t.Errorf("seed %d: Pareto bursts have H = %.2f and %.1f packets/s, want .75 and 25", seed, h, mean)
	}
	if h, mean := hurst(Arrivals{Process: OnOff, On: dist.Exponential(1e9), Off: dist.Exponential(3e9)}); h < .4 || h > .6 || math.Abs(mean-rate/4) > 4*rate/4*math.Sqrt(2*.75*.75*3/seconds/.25)*2 {
		t.Errorf("seed %d: exponential bursts have H = %.2f and %.2f packets/s, want .5 and 12.5", seed, h, mean)
	}
	if h, mean := hurst(Arrivals{Process: Poisson}); h < .4 || h > .6 || math.Abs(mean-rate) > 4*math.Sqrt(rate/(1<<15)) {
		t.Errorf("seed %d: Poisson packets have H = %.2f and %.2f packets/s, want .5 and 50", seed, h, mean)
	}
	if _, mean := hurst(Arrivals{Process: OnOff, On: dist.Constant(3e6), Off: dist.Constant(7e6)}); math.Abs(mean-rate*.3) > .01 {
		t.Errorf("bursts shorter than a gap: %v packets/s, want 15: time stands still between bursts", mean)
	}
}

// always is a size that all packets have.
func always(bytes int64) *dist.Dist {
	d := dist.Constant(bytes)
	return &d
}

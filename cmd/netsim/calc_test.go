package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/experiments"
	"netsim/tcp"
	"netsim/theory"
)

// TestCalc holds what is printed against the closed forms of package theory, for the
// values of systems and for those that are given.
func TestCalc(t *testing.T) {
	percent := func(p float64) string { return fmt.Sprintf("%.4g %%", 100*p) }
	mean, sd := theory.Population(1000, 60, math.Inf(1))
	open := theory.Opening{Client: tcp.Linux().SYNSchedule, Server: tcp.Linux().SYNACKSchedule, Policy: theory.Linux, Loss: .1, LossBack: .1, RTT: 20 * time.Millisecond}
	n := newNetsim(t)
	for args, want := range map[string][]string{
		"ports":                           {fmt.Sprintf("%.1f connections a second to one destination", theory.PortRate(28232, 0, 60)), "28232 / (0 s + 60 s)", "28232 a second"},
		"ports --rate 500/s":              {percent(theory.ErlangB(28232, 30000)), percent(1 - 28232./30000)},
		"ports --rate 500/s --life 500ms": {percent(theory.ErlangB(28232, 30250))},
		"ports --profile freebsd":         {"925.6 connections a second"},
		"ports --profile windows":         {"16384 / (0 s + "},
		"ports --ports 100 --time-wait 10s --destinations 3 --requests 4": {"10 connections a second", "120 requests/s"},
		"time-wait --rate 1000/s":                         {fmt.Sprintf("%.0f connections in TIME_WAIT, give or take %.1f; 15.36 MB", mean, sd), "215 MB"},
		"time-wait --rate 100/s --room 4096":              {percent(theory.ErlangB(4096, 6000)), "31.77/s"},
		"time-wait --budget 64MiB":                        {"64MiB bear 4369 closes a second", "312.1/s"},
		"backlog --rate 120/s --service 10ms --backlog 4": {percent(theory.MM1KLoss(6, 1.2)) + " of the connections"},
		"backlog --rate 80/s --service 10ms --backlog 4":  {percent(theory.MM1KLoss(6, .8)), "40 ms"},
		"flood":                                {"2.048 SYNs a second fill the 129 places of a backlog of 128: 655.2 bit/s"},
		"flood --rate 10/s":                    {percent(theory.ErlangB(129, 630)) + " of all SYNs", fmt.Sprintf("%.2f", 630*(1-theory.ErlangB(129, 630)))},
		"flood --rate 100/s --backlog 1536":    {percent(theory.ErlangB(1537, 6300))},
		"flood --rate 100/s --backlog 1000000": {"4097 places"},
		"setup --loss 10% --rtt 20ms":          {fmt.Sprintf("%.1f ms on average, and for 19 %%", 1e3*open.SetupTime().Mean()), fmt.Sprintf("%.4g", open.SYNs()), "131 s"},
		"setup --loss 10% --profile freebsd":   {"223.5 ms on average", "75 s"}, // its syncache begins anew with each SYN
	} {
		out := n.ok(append([]string{"calc"}, strings.Fields(args)...)...)
		for _, w := range want {
			if args == "flood --rate 100/s --backlog 1000000" {
				w = percent(theory.ErlangB(4097, 6300))
			}
			if !strings.Contains(out, w) {
				t.Errorf("calc %s: no %q in\n%s", args, w, out)
			}
		}
		i := strings.Index(out, "netsim run ")
		if j := strings.LastIndex(out, "netsim run "); i < 0 || !slices.Contains(experiments.Catalog(), strings.TrimSpace(out[j+len("netsim run "):])) {
			t.Errorf("calc %s names no experiment that checks it:\n%s", args, out)
		}
	}
}

// TestCalcMistakes: what is missing or has no unit is said, with what would be right.
func TestCalcMistakes(t *testing.T) {
	n := newNetsim(t)
	for args, want := range map[string]string{
		"calc ports --time-wait 60": `60 has no unit; write "60 s" or "60 min"`,
		"calc ports --ports -1":     "are 1 or more",
		"calc ports --profile linx": `did you mean "linux"?`,
		"calc time-wait":            "write: netsim calc time-wait --rate 1000/s",
		"calc backlog --rate 1/s":   "write: netsim calc backlog --rate",
		"calc setup":                "write: netsim calc setup --loss",
		"calc setup --loss 150%":    "is not between 0 and 1",
		"calc flood --backlog -2":   "write 0 or more",
		"calc ports extra":          "extra",
	} {
		if _, errs, code := n.run(strings.Fields(args)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit code %d, no %q in %s", args, code, want, errs)
		}
	}
}

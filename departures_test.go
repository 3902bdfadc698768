package netsim_test

import (
	"fmt"
	"testing"
	"time"

	"netsim/tcp"
)

// departs says for a requirement how a profile departs from it, "" if it does not:
// where the profile's data alone decide that.
var departs = map[string]func(*tcp.Profile) string{
	"MUST-8": func(p *tcp.Profile) string {
		return unless(p.ISN == tcp.HashedClock || p.ISN == tcp.ClockISN, "no clock in the ISN")
	},
	"MUST-13": func(p *tcp.Profile) string { return atLeast(4*time.Minute, p.TimeWait, "2 MSL is") },
	"MUST-22": func(p *tcp.Profile) string { return unless(len(p.SYNSchedule) > 1, "a SYN is sent once") },
	"MUST-23": func(p *tcp.Profile) string {
		return atLeast(3*time.Minute, total(p.SYNSchedule), "a SYN is given up after")
	},
	"MUST-36": func(p *tcp.Profile) string { return unless(p.ProbeBytes == 1, "a probe is an old number without text") },
	"MUST-40": func(p *tcp.Profile) string {
		return unless(max(p.DelayedACK, p.DelayedACKMax, p.FINDelay) < 500*time.Millisecond, "an ACK waits longer")
	},
	"SHLD-1": func(p *tcp.Profile) string { return unless(p.ISN == tcp.HashedClock, "another rule of the ISN") },
	"SHLD-7": func(p *tcp.Profile) string { return nagle(p) },
	"SHLD-10": func(p *tcp.Profile) string {
		return unless(p.Retries >= 3, fmt.Sprintf("%d retransmissions at all", p.Retries))
	},
	"SHLD-11": func(p *tcp.Profile) string { return atLeast(100*time.Second, patience(p), "data are given up after") },
	"SHLD-18": func(p *tcp.Profile) string { return unless(p.DelayedACK > 0, "every segment is acknowledged at once") },
	"MAY-3":   func(p *tcp.Profile) string { return unless(!p.AlwaysMSS, "taken up (AlwaysMSS)") },
	"MAY-12":  func(p *tcp.Profile) string { return unless(p.RFC5961, "not taken up (RFC5961)") },
}

// TestDepartures holds that the profile of the standard departs nowhere, and that
// Linux does where it is known to (MUST-23).
func TestDepartures(t *testing.T) {
	for id, rule := range departs {
		if how := rule(tcp.RFC9293()); how != "" {
			t.Errorf("%s: rfc9293: %s", id, how)
		}
	}
	if got, want := departs["MUST-23"](tcp.Linux()), "a SYN is given up after 2m11s"; got != want {
		t.Errorf("linux: %q, want %q", got, want)
	}
}

// departures lists those of all profiles from one requirement.
func departures(id string) (all []string) {
	rule := departs[id]
	if rule == nil {
		return nil
	}
	for _, name := range tcp.ProfileNames() {
		if how := rule(tcp.ProfileByName(name)); how != "" {
			all = append(all, name+": "+how)
		}
	}
	return all
}

func unless(holds bool, how string) string {
	if holds {
		return ""
	}
	return how
}

func atLeast(least, is time.Duration, what string) string {
	return unless(is >= least, fmt.Sprintf("%s %v", what, is))
}

func total(schedule []time.Duration) (sum time.Duration) {
	for _, d := range schedule {
		sum += d
	}
	return sum
}

func nagle(p *tcp.Profile) string {
	if !p.Nagle {
		return "off"
	}
	return unless(!p.NagleSmallOnly, "only one small segment is outstanding (Minshall)")
}

// patience is the least time until data are given up: when the RTO is at its least.
func patience(p *tcp.Profile) time.Duration { return p.Patience(p.Retries) }

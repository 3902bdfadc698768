package netsim_test

import (
	"fmt"
	"testing"
	"time"

	"netsim/tcp"
)

// departs says for a requirement how a profile departs from it, "" if it does not:
// where the profile's data alone decide that. The field is the one whose source tells
// how sure that is. Of a MAY it says which profiles take it up otherwise.
var departs = map[string]struct {
	field string
	how   func(*tcp.Profile) string
}{
	"MUST-8": {"ISN", func(p *tcp.Profile) string {
		return unless(p.ISN == tcp.HashedClock || p.ISN == tcp.ClockISN, "no clock in the ISN")
	}},
	"MUST-13": {"TimeWait", func(p *tcp.Profile) string { return atLeast(4*time.Minute, p.TimeWait, "2 MSL is") }},
	"MUST-22": {"SYNSchedule", func(p *tcp.Profile) string { return unless(len(p.SYNSchedule) > 1, "a SYN is sent once") }},
	"MUST-23": {"SYNSchedule", func(p *tcp.Profile) string {
		return atLeast(3*time.Minute, total(p.SYNSchedule), "a SYN is given up after")
	}},
	"MUST-25": {"KeepAlways", func(p *tcp.Profile) string { return unless(!p.KeepAlways, "every connection is kept alive") }},
	"MUST-28": {"KeepIdle", func(p *tcp.Profile) string { return atLeast(2*time.Hour, p.KeepIdle, "the first probe comes after") }},
	"MUST-36": {"ProbeBytes", func(p *tcp.Profile) string { return unless(p.ProbeBytes == 1, "a probe is an old number without text") }},
	"MUST-40": {"DelayedACKMax", func(p *tcp.Profile) string {
		return unless(max(p.DelayedACK, p.DelayedACKMax, p.FINDelay) < 500*time.Millisecond, "an ACK waits longer")
	}},
	"MUST-56": {"ICMP", func(p *tcp.Profile) string {
		return unless(p.ICMP == tcp.HardAborts, "any report ends the opening of a connection")
	}},
	"SHLD-1": {"ISN", func(p *tcp.Profile) string { return unless(p.ISN == tcp.HashedClock, "another rule of the ISN") }},
	"SHLD-3": {"DiscardsUnread", func(p *tcp.Profile) string {
		return unless(!p.DiscardsUnread, "what is unread is thrown away, and the FIN goes as ever")
	}},
	"SHLD-4": {"RFC6191", func(p *tcp.Profile) string { return unless(p.RFC6191, "the timestamp opens nothing") }},
	"SHLD-7": {"NagleSmallOnly", nagle},
	"SHLD-10": {"R1", func(p *tcp.Profile) string {
		return unless(p.R1 >= 3, fmt.Sprintf("%d retransmissions", p.R1))
	}},
	"SHLD-11": {"Retries", func(p *tcp.Profile) string {
		return atLeast(100*time.Second, p.Patience(p.Retries), "where the RTO is least, data are given up after")
	}},
	"SHLD-12": {"KeepBytes", func(p *tcp.Profile) string { return unless(p.KeepBytes == 0, "a probe has text") }},
	"SHLD-18": {"DelayedACK", func(p *tcp.Profile) string { return unless(p.DelayedACK > 0, "every segment is acknowledged at once") }},
	"SHLD-26": {"ICMP", func(p *tcp.Profile) string {
		return unless(p.ICMP == tcp.HardAborts, "no report ends an open connection")
	}},
	"MAY-3":  {"AlwaysMSS", func(p *tcp.Profile) string { return unless(!p.AlwaysMSS, "taken up") }},
	"MAY-12": {"RFC5961", func(p *tcp.Profile) string { return unless(p.RFC5961, "not taken up") }},
}

// TestDepartures holds that the profile of the standard departs nowhere, and that
// Linux does where it is known to (MUST-23).
func TestDepartures(t *testing.T) {
	for id, rule := range departs {
		if how := rule.how(tcp.RFC9293()); how != "" {
			t.Errorf("%s: rfc9293: %s", id, how)
		}
		if tcp.SourceOf("rfc9293", rule.field) == "" {
			t.Errorf("%s: profiles have no %s", id, rule.field)
		}
	}
	if got, want := departs["MUST-23"].how(tcp.Linux()), "a SYN is given up after 131 s"; got != want {
		t.Errorf("linux: %q, want %q", got, want)
	}
}

// departures lists those of all profiles from one requirement.
func departures(id string) (all []string) {
	rule, ok := departs[id]
	if !ok {
		return nil
	}
	for _, name := range tcp.ProfileNames() {
		how := rule.how(tcp.ProfileByName(name))
		if how == "" {
			continue
		}
		if tcp.SourceOf(name, rule.field).Unverified() {
			how += " (unverified)"
		}
		all = append(all, name+": "+how)
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
	return unless(is >= least, fmt.Sprintf("%s %v s", what, is.Seconds()))
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

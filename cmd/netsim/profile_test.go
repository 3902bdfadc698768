package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// squeezed is a line without the spaces that align it.
func squeezed(out string) string { return regexp.MustCompile(` {2,}`).ReplaceAllString(out, " | ") }

// TestProfile holds what is printed of no, one and two profiles; what is
// unverified is marked wherever it stands.
func TestProfile(t *testing.T) {
	n := newNetsim(t)
	for _, c := range []struct {
		args []string
		want []string
		none string
	}{
		{[]string{}, []string{"linux | 1 min | 131 s | 28232 | 0 of ", "macos | 30 s | 75 s ? | 16384 | ", "Windows 10, 11 and Server 2022\n"}, ""},
		{[]string{"linux"}, []string{"tcp.time_wait | 1 min | measured on Linux 6.18.44: TCP_TIMEWAIT_LEN\n", "tcp.synack_retries"}, "?"},
		{[]string{"windows"}, []string{"tcp.fin_wait_2 | 2 min ? | unverified: 120 s\n", "ports.range | 49152-65535 | published: Microsoft"}, ""},
		{[]string{"linux", "freebsd"}, []string{"| linux | freebsd\n", "ports.range | 32768-60999 | 10000-65535\n", "tcp.synack_interval | 500 ms | 0 s ?\n", " values differ; --all prints the others, too\n"}, "tcp.time_wait |"},
		{[]string{"linux", "freebsd", "--all"}, []string{"tcp.time_wait | 1 min | 1 min\n"}, "differ"},
	} {
		out := squeezed(n.ok(append([]string{"profile"}, c.args...)...))
		for _, want := range c.want {
			if want == "tcp.synack_retries" {
				if strings.Contains(out, want) {
					t.Errorf("a shorthand is no value of its own:\n%s", out)
				}
			} else if !strings.Contains(out, want) {
				t.Errorf("netsim profile %s: no %q in\n%s", strings.Join(c.args, " "), want, out)
			}
		}
		if c.none != "" && strings.Contains(out, c.none) {
			t.Errorf("netsim profile %s: %q in\n%s", strings.Join(c.args, " "), c.none, out)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"freebds", `netsim: no profile "freebds" (did you mean "freebsd"?)`},
		{"plan9", `netsim: no profile "plan9"; there are freebsd, linux, macos, rfc9293, windows`},
		{"linux windows macos", "netsim: profile takes at most two NAMEs, not 3 arguments; write: netsim profile linux freebsd"},
		{"linux --all", "netsim: --all is for two NAMEs; write: netsim profile linux freebsd --all"},
	} {
		out, errs, code := n.run(append([]string{"profile"}, strings.Fields(c.args)...)...)
		if code != exitUsage || out != "" || errs != c.want+"\n" {
			t.Errorf("netsim profile %s: exit code %d\n%s%s", c.args, code, out, errs)
		}
	}
}

// TestUnverifiedRun holds that a run with a system of which some values are only
// remembered says so, and one without does not.
func TestUnverifiedRun(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small)
	const words = " are unverified; see netsim profile windows\n"
	if out := n.ok("run", "small.toml", "--set", "node.server.profile=windows"); strings.Count(out, words) != 1 || strings.Count(out, "unverified") != 1 {
		t.Errorf("no %q in\n%s", words, out)
	}
	if out := n.ok("run", "small.toml", "--out", "plain"); strings.Contains(out, "unverified") {
		t.Errorf("linux is verified:\n%s", out)
	}
}

// TestProfileJSON holds that programs get numbers in base units, and the same
// values as readers.
func TestProfileJSON(t *testing.T) {
	n := newNetsim(t)
	read := func(args ...string) (profiles []profileJSON) {
		t.Helper()
		if err := json.Unmarshal([]byte(n.ok(append([]string{"profile", "--json"}, args...)...)), &profiles); err != nil {
			t.Fatal(err)
		}
		return profiles
	}
	at := func(p profileJSON, key string) valueJSON {
		i := slices.IndexFunc(p.Values, func(v valueJSON) bool { return v.Key == key })
		if i < 0 {
			return valueJSON{}
		}
		return p.Values[i]
	}
	all, two := read(), read("linux", "windows")
	if len(all) != 5 || len(two) != 2 || len(two[0].Values) != len(two[1].Values) || len(two[0].Values) >= len(all[0].Values) || len(read("linux", "windows", "--all")[0].Values) != len(all[0].Values) {
		t.Errorf("%d profiles, %d compared", len(all), len(two))
	}
	if v := at(two[1], "tcp.time_wait"); v.Value != 240.0 || v.Text != "4 min" || v.Unit != "s" || !v.Verified || !strings.Contains(v.Source, "Microsoft") {
		t.Errorf("TIME_WAIT of Windows: %+v", v)
	}
	if v := at(all[1], "tcp.user_timeout"); v.Value != nil || v.Text != "never" {
		t.Errorf("the user timeout of Linux: %+v", v)
	}
	if v := at(all[0], "memory.per.time_wait"); v.Verified || v.Unit != "B" {
		t.Errorf("the memory of FreeBSD: %+v", v)
	}
}

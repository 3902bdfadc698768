package language

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"netsim/tcp"
)

// Every field of a profile can be overridden: it has a key of the table, and what
// a file gives that key arrives in the field and reads back.
func TestEveryFieldHasAKey(t *testing.T) {
	for key := range places {
		k := keyOf("node.*." + key)
		if k == nil {
			t.Errorf("the tag %q of tcp.Profile is no key; give it a line in keys.go", key)
			continue
		}
		for _, name := range tcp.ProfileNames() {
			p := tcp.ProfileByName(name)
			value := profileValue(p, key)
			if k.Default != "(profile)" && value == Size(0) {
				continue
			}
			text := literal(value)
			if _, w := k.Type.value(value); w != nil && len(k.Type.Words) > 0 && k.Type.Name == "word" {
				t.Errorf("%s: %s of %s is not a word of the key: %v", name, text, key, w)
			}
			other := tcp.Profile{}
			if value != nil {
				put(&other, key, value)
				if back := profileValue(&other, key); literal(back) != text {
					t.Errorf("%s: %s = %s reads back as %s", name, key, text, literal(back))
				}
			}
		}
		for _, word := range k.Type.Words {
			if k.Type.Name != "word" {
				continue
			}
			var p tcp.Profile
			put(&p, key, word)
			if got := profileValue(&p, key); got != word {
				t.Errorf("%s = %q reads back as %v", key, word, got)
			}
		}
	}
}

// What a profile says, as a file would and as expressions have it.
func TestProfileValuesOfSystems(t *testing.T) {
	find := func(profile, key string) *ProfileValue {
		for _, v := range ProfileValues(profile) {
			if v.Key == key {
				return &v
			}
		}
		t.Fatalf("%s has no %s", profile, key)
		return nil
	}
	for _, c := range []struct {
		profile, key, marked string
		number               any
	}{
		{"linux", "tcp.time_wait", "1 min", 60.0},
		{"linux", "ports.range", "32768-60999", "32768-60999"},
		{"linux", "tcp.user_timeout", "never", math.Inf(1)},
		{"linux", "tcp.mss", "from the path", 0.0},
		{"rfc9293", "tcp.max_backlog", "unlimited", math.Inf(1)},
		{"freebsd", "memory.per.time_wait", "1536 B ?", 1536.0},
		{"windows", "tcp.synack_schedule", "1 s, 2 s, 4 s ?", []any{1.0, 2.0, 4.0}},
		{"macos", "tcp.nagle", "true ?", true},
	} {
		v := find(c.profile, c.key)
		if v.Marked() != c.marked || fmt.Sprint(v.Number()) != fmt.Sprint(c.number) || v.Meaning == "" || v.Source == "" {
			t.Errorf("%s, %s: %q, %v, %q from %q; want %q, %v", c.profile, c.key, v.Marked(), v.Number(), v.Meaning, v.Source, c.marked, c.number)
		}
	}
	if ProfileValues("os/2") != nil {
		t.Error("values of a profile that is not there")
	}
}

// What overrides a value brings along: shorter and longer schedules, a count, and
// buffers that begin no larger than they end.
func TestOverrides(t *testing.T) {
	override := func(set string) *tcp.Profile {
		f, err := Parse("x", []byte(base+"[node.client.tcp]\n"+set+"\n"))
		if err != nil {
			t.Fatalf("%s: %v", set, err)
		}
		return f.Points[0].Spec.Node("client").TCP
	}
	for _, c := range []struct {
		set  string
		give time.Duration
	}{
		{"syn_retries = 2", 3 * time.Second}, {"syn_retries = 0", time.Second}, {"syn_retries = 12", 131*time.Second + 2*120*time.Second},
		{"rto_initial = \"3 s\"", 3 * 131 * time.Second}, {"rto_max = \"10 s\"", (5 + 2 + 4 + 8 + 3*10) * time.Second},
		{"syn_schedule = [\"1 s\", \"5 s\"]\nrto_initial = \"3 s\"", 6 * time.Second},
	} {
		var total time.Duration
		for _, wait := range override(c.set).SYNSchedule {
			total += wait
		}
		if total != c.give {
			t.Errorf("%s: gives up after %v, want %v", c.set, total, c.give)
		}
	}
	f, err := Parse("x", []byte(base+"[node.client.tcp]\nsyn_schedule = [\"1 s\", \"5 s\"]\nfin_retries = 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{"node.client.tcp.syn_retries": int64(1), "node.client.tcp.give_up": "count", "node.server.tcp.syn_retries": int64(10)} {
		if got, _ := f.Points[0].Value(path); got != want { // expressions see what is simulated
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if p := override("fin_retries = 3"); p.GiveUp != tcp.ByCount || p.OrphanRetries != 3 {
		t.Errorf("fin_retries: %v of %d", p.GiveUp, p.OrphanRetries)
	}
	if p := override("fin_retries = 3\ngive_up = \"time\""); p.GiveUp != tcp.ByTime {
		t.Errorf("fin_retries by time: %v", p.GiveUp)
	}
	if p := override("receive_window = \"1 kB\""); p.ReceiveInitial != 1000 || p.ReceiveWindow != 1000 {
		t.Errorf("windows of %d and %d", p.ReceiveInitial, p.ReceiveWindow)
	}
	if p := override("delayed_ack = \"300 ms\"\nuser_timeout = \"never\"\nmax_backlog = \"unlimited\"\nwindow_scale = \"none\""); p.DelayedACKMax != 300*time.Millisecond ||
		p.UserTimeout != 0 || p.Backlog != tcp.Unlimited || p.WindowScale != tcp.NoScale {
		t.Errorf("%+v", p)
	}
}

// TestPageProfiles holds the page of all profiles against their tables.
func TestPageProfiles(t *testing.T) { holdPage(t, "profiles", profilesPage()) }

func profilesPage() string {
	var b strings.Builder
	b.WriteString("# Profiles\n\n" +
		"How each system speaks TCP: written by a test from the tables that simulations and `netsim profile` read. Every key stands\n" +
		"below a node (`node.server.tcp.time_wait`) and can be overridden there. A value with a question mark is **unverified**:\n" +
		"remembered or assumed, and to be checked before anything is concluded from it. The sources follow by profile.\n\n")
	names := tcp.ProfileNames()
	b.WriteString("| key | meaning | " + strings.Join(names, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(names)) + "\n")
	all := map[string][]ProfileValue{}
	for _, name := range names {
		all[name] = ProfileValues(name)
	}
	for i, v := range all[names[0]] {
		fmt.Fprintf(&b, "| `%s` | %s |", v.Key, v.Meaning)
		for _, name := range names {
			fmt.Fprintf(&b, " %s |", all[name][i].Marked())
		}
		b.WriteString("\n")
	}
	for _, name := range names {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| value | key | source |\n|---|---|---|\n", name, strings.ToUpper(tcp.ProfileAbout(name)[:1])+tcp.ProfileAbout(name)[1:])
		for _, v := range all[name] {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", v.Marked(), v.Key, cell(string(v.Source)))
		}
	}
	return b.String()
}

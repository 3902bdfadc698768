package experiments_test

import (
	"context"
	"strings"
	"testing"

	"netsim/experiments"
)

// drilled writes a connection of an experiment as a script.
func drilled(t *testing.T, name, host string, connection int, sets ...string) (string, error) {
	t.Helper()
	f, err := experiments.Load(name, append(sets, "run.replications=1")...)
	if err != nil {
		t.Fatal(err)
	}
	return experiments.Drill(context.Background(), f, f.Points[0], experiments.Seen{Connection: connection, Host: host})
}

// Connections of the catalogue are scripts, seen from both ends: a script that does not
// pass is not written. What the experiment is about is in it.
func TestDrillCatalogue(t *testing.T) {
	for _, c := range []struct {
		name, host string
		connection int
		sets       string
		has        []string // in this order
	}{
		{"handshake", "client", 1, "", []string{"connect(3", "> S 0:0(0)", "< S. 0:0(0) ack 1", "SO_ERROR, [0]"}},
		{"handshake", "server", 1, "", []string{"listen(3", "< S 0:0(0)", "> S. 0:0(0) ack 1", "accept(3"}},
		{"half-close", "client", 1, "", []string{"shutdown(3, SHUT_WR) = 0", "> FP.", "read(3, ..., 1000) = 1000"}},
		{"half-close", "server", 1, "", []string{"< FP.", "write(4, ..., 1000)", "close(4)"}},
		{"four-way-close", "client", 1, "", []string{"close("}},
		{"four-way-close", "server", 1, "", []string{"close("}},
		{"abort", "client", 1, "case.how=zero", []string{"SO_LINGER, {onoff=1, linger=0}", "close(3)", "> R"}},
		{"abort", "client", 1, "case.how=unread", []string{"read(3, ..., 999) = 999", "close(3)", "> "}},
		{"abort", "server", 1, "case.how=zero", []string{"< R", "SO_ERROR, [ECONNRESET]"}},
		{"assassination", "client", 1, "", []string{"close(3)", "> F."}},
		{"old-duplicate", "server", 1, "", []string{"< F.", "close(4)"}},
		{"lost-last-ack", "client", 1, "", nil},
		{"lost-last-ack", "server", 1, "", []string{"> F.", "> F."}},
		{"lost-third-ack", "server", 1, "case.who=server", []string{"> S.", "> S."}},
		{"nobody-answers", "client", 1, "", []string{"> S", "< R", "SO_ERROR, [ECONNREFUSED]"}},
		{"unanswered-fin", "client", 1, "", []string{"> F", "> F", "> F"}},
		{"simultaneous-close", "server", 1, "", []string{"close(4)", "> F", "< F"}},
		{"simultaneous-open", "left", 1, "", []string{"> S 0:0(0)", "< S 0:0(0)", "> S. 0:0(0)"}},
		{"simultaneous-open", "right", 1, "", []string{"> S 0:0(0)", "< S 0:0(0)", "> S. 0:0(0)"}},
		{"stale-syn", "server", 1, "", []string{"< S"}},
		{"giving-up", "client", 1, "", []string{"SO_ERROR, [ETIMEDOUT]"}},
		{"setup-under-loss", "client", 1, "link.wire.loss=50 %", []string{"> S", "> S"}},
		{"fast-open", "client", 1, "case.client=fast", []string{"MSG_FASTOPEN", "> S 0:0(0) <mss 1460", "FO", "FO "}},
		{"fast-open", "client", 2, "case.client=fast", []string{"= -1 EINPROGRESS", "> S 0:100(100)"}},
		{"fast-open", "server", 2, "case.client=fast", []string{"TCP_FASTOPEN, [16]", "< S 0:100(100)", "> S. 0:0(0) ack 101"}},
		{"greeting", "server", 1, "node.server.tcp.syn_cookies=always", []string{"syncookies"}},
		{"testdata/six.toml", "client", 1, "", []string{"--ip_version=ipv6", "mss 1440"}},
		{"testdata/six.toml", "server", 1, "", []string{"--ip_version=ipv6", "mss 1440"}},
	} {
		for _, profile := range []string{"linux", "freebsd"} {
			sets := []string{"default.node.profile=" + profile}
			if c.sets != "" {
				sets = append(sets, c.sets)
			}
			text, err := drilled(t, c.name, c.host, c.connection, sets...)
			if err != nil {
				t.Errorf("%s at %s, %s: %v", c.name, c.host, profile, err)
				continue
			}
			rest, ok := text, true
			for _, part := range c.has {
				if _, rest, ok = strings.Cut(rest, part); !ok {
					t.Errorf("%s at %s, %s: no %q in its place", c.name, c.host, profile, part)
					break
				}
			}
		}
	}
}

// What does not follow from the connection alone is no script, and the error says on
// one line why.
func TestDrillRefuses(t *testing.T) {
	for _, c := range []struct{ name, host, why string }{
		{"crash", "server", "an event of the experiment"},
		{"three-or-four", "server", "tcp.delayed_ack_max = 40ms, which no sysctl says"},
		{"blind-reset", "attacker", "attacker is no end of it; its ends are client and server"},
		{"handshake", "nobody", `no host "nobody"; there are client, server`},
		{"busy-server", "server", "a write and a close in one step"},
	} {
		_, err := drilled(t, c.name, c.host, 1)
		if err == nil || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s at %s: %v, want %q", c.name, c.host, err, c.why)
		}
	}
}

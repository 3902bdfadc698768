package experiments

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"netsim/experiments/language"
)

// keyWorlds are worlds in which keys can be seen to matter.
var keyWorlds = []string{`
[node.client]
count = 2
[node.edge]
kind = "router"
[node.server]
listen.web = { port = 80 }
[link.near]
ends = ["client", "edge"]
rate = "10 Mbps"
delay = "3 ms"
[link.wire]
ends = ["edge", "server"]
rate = "2 Mbps"
delay = "10 ms"
loss = "5 %"
queue.limit = "20 packets"
rule.some = { match = "data", nth = 3, do = "delay", delay = "50 ms" }
[link.aside]
ends = ["edge", "server"]
delay = "10 ms"
weight = 3
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "20/s", count = 40 }
request = "3 kB"
response = "30 kB"
exchanges = 2
think = "1 ms"
[run]
duration = "1500 ms"
replications = 1
`, `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "400 ms"
rule.some = { match = "any", from = "server", nth = "2..100000", do = "drop" }
[flow.web]
from = "client"
to = "server:80"
request = "300 B"
response = "300 B"
close = { by = "client", when = "connected", after = "5 s", reply = "never" }
`, `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.some = { match = "any", nth = "1..100000", do = "drop" }
[flow.web]
from = "client"
to = "server:80"
`, `
[node.client]
count = 2
[node.edge]
kind = "router"
[node.server]
count = 2
[link.near]
ends = ["client", "edge"]
delay = "3 ms"
[link.wire]
ends = ["edge", "server"]
delay = "10 ms"
loss = "20 %"
[flow.web]
from = "client"
to = "server:80"
request = "300 B"
response = "300 B"
service = "40 ms"
arrivals = { process = "users", users = 9, think = "100 ms", stop = "3 s" }
pool = { size = 2, max_requests = 9, max_age = "900 ms", idle_timeout = "30 ms" }
retry = { times = 2, backoff = "10 ms" }
timeout = "400 ms"
`, `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "400 ms"
rule.some = { match = "ack-of-syn", do = "drop" }
[flow.web]
from = "client"
to = "server:80"
close = { by = "server", reply = "never" }
`, `
[node.client]
count = 2
[node.server]
tcp.time_wait = "10 s"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.some = { match = "data", from = "client", nth = 1, do = "duplicate", delay = "3 s" }
[flow.web]
from = "client"
to = "server:80"
request = "300 B"
close = { by = "client", reply = "never" }
`, crowded("red", `, min = "2 packets", max = "6 packets", weight = 0.3`), crowded("codel", `, target = "1 ms", interval = "10 ms"`), crowded("fq-codel", `, target = "1 ms", interval = "10 ms"`),
	crowded("pie", `, target = "1 ms", interval = "1 ms"`), crowded("drr", ""), crowded("priority", `, bands = ["ack", "syn"]`), pair + `
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
request = "100 B"
response = "100 B"
close.by = "both"
`, pair + `
delay = "10 ms"
rule.some = { match = "data", from = "server", nth = 1, do = "duplicate", delay = "5 s" }
[flow.web]
from = "client"
to = "server:80"
request = "100 B"
response = "100 B"
`, pair + `
delay = "10 ms"
rule.some = { match = "data", from = "client", nth = 1, do = "delay", delay = "1 s" }
[flow.web]
from = "client"
to = "server:80"
request = "100 B"
close = { by = "client", how = "rst", when = "request-sent" }
`, pair + `
delay = "10 ms"
[default.node]
profile = "rfc9293"
[flow.web]
from = "client"
to = "server:80"
response = "4 kB"
`, pair + `
delay = "10 ms"
rule.syn = { match = "syn", nth = 1, do = "drop" }
rule.some = { match = "data", nth = 1, do = "drop" }
[default.node]
tcp.timestamps = false
tcp.tlp = false
[flow.web]
from = "client"
to = "server:80"
request = "100 B"
close = { by = "client", when = "request-sent", reply = "20 ms" }
`, pair + `
delay = "10 ms"
rule.some = { match = "syn-ack", nth = "1..3", do = "drop" }
[flow.web]
from = "client"
to = "server:80"
close = { by = "client", reply = "20 ms" }
`, `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rate = "10 Mbps"
back.rate = "5 Mbps"
[flow.web]
kind = "background"
from = "client"
to = "server"
load = { of = "link.wire.forward", share = "20 %" }
arrivals = { process = "poisson", stop = "200 ms" }
`, pair + `
delay = "10 ms"
rule.some = { match = "any", from = "server", nth = "2..100000", do = "drop" }
[flow.web]
from = "client"
to = "server:80"
keepalive = true
close = { by = "client", when = "connected", after = "5 h", reply = "never" }
`, `
[node.client]
ports.range = "40000-40099"
tcp.tw_reuse = "always"
[node.server]
tcp.syn_cookies = "off"
listen.web = { port = 80, backlog = 4, accept = { threads = 1, time = "30 ms" } }
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "300/s", count = 600 }
`, pair + `
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
request = "100 B"
close = { by = "client", how = "linger" }
`, `
[node.client]
[node.server]
listen.web = { port = 80, fast_open = 5 }
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "1/s", count = 3 }
request = "100 B"
response = "100 B"
fast_open = true
`}

// crowded is a world in which queues grow in both directions of a link.
func crowded(kind, more string) string {
	return fmt.Sprintf(`
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
rate = "2 Mbps"
delay = "1 ms"
duplicate = "2 %%"
jitter = { dist = "uniform", min = "0 s", max = "2 ms" }
queue = { kind = %q, limit = "40 packets"%s }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "200/s", count = 12 }
request = "20 kB"
response = "40 kB"
[run]
duration = "4 s"
drain = "1 s"
`, kind, more)
}

// otherValues gives for every key of a world a value, or several, that it does
// not have by itself.
var otherValues = map[string][]string{
	"run.duration": {"1 s"}, "run.warmup": {"500 ms"}, "run.drain": {"1 ms"}, "run.seed": {"2"}, "run.ties": {"timers-first"}, "run.max_events": {"5"},
	"node.*.kind": {"router"}, "node.*.count": {"3"}, "node.*.profile": {"rfc9293"},
	"node.*.tcp.time_wait": {"1 s"}, "node.*.tcp.rfc1337": {"true"}, "node.*.tcp.rfc5961": {"false"},
	"node.*.tcp.syn_schedule": {`["3 s", "4 s"]`}, "node.*.tcp.syn_retries": {"1"}, "node.*.tcp.synack": {"stateless"}, "node.*.tcp.synack_schedule": {`["300 ms", "5 s"]`}, "node.*.tcp.synack_retries": {"1"},
	"node.*.tcp.fin_retries": {"1"}, "node.*.tcp.fin_wait_2": {"3 s", "never"}, "node.*.tcp.give_up": {"count"}, "node.*.tcp.retries": {"2"}, "node.*.tcp.user_timeout": {"3 s"},
	"node.*.tcp.rto_initial": {"2 s"}, "node.*.tcp.rto_min": {"700 ms"}, "node.*.tcp.rto_max": {"2 s"}, "node.*.tcp.delayed_ack": {"5 ms", "150 ms"},
	"node.*.tcp.time_wait_restart": {"fin", "any-ack"}, "node.*.tcp.reset_with_ack": {"false"},
	"node.*.tcp.synack_interval": {"2 s", "0 s"}, "node.*.tcp.max_backlog": {"1"}, "node.*.tcp.backlog_percent": {"0"}, "node.*.tcp.rto_after_syn": {"9 s"}, "node.*.tcp.rto_bounds_variance": {"false"},
	"node.*.tcp.delayed_ack_max": {"10 ms"}, "node.*.tcp.quick_ack": {"0"}, "node.*.tcp.fin_delay": {"30 ms"}, "node.*.tcp.nagle_small_only": {"false"}, "node.*.tcp.receive_initial": {"2 kB"},
	"node.*.tcp.rto_slop": {"1 s"}, "node.*.tcp.option_order": {"darwin"}, "node.*.tcp.timestamp_offset": {"zero"},
	"node.*.tcp.loss_window_after": {"0"}, "node.*.tcp.isn_tick": {"1 s"}, "node.*.tcp.renews_echo": {"false"},
	"node.*.tcp.ecn": {"offer"}, "node.*.tcp.sack": {"false"}, "node.*.tcp.tlp": {"true"}, "node.*.tcp.tlp_delay": {"1 ms"},
	"node.*.tcp.timestamps": {"false"}, "node.*.tcp.nagle": {"false"}, "node.*.tcp.mss": {"700 B"}, "node.*.tcp.window_scale": {"2"}, "node.*.tcp.receive_window": {"5 kB"},
	"node.*.tcp.send_buffer": {"3 kB"}, "node.*.tcp.initial_window": {"2"}, "node.*.tcp.isn": {"zero", "random", "clock"},
	"node.*.tcp.keepalive.idle": {"1 h"}, "node.*.tcp.keepalive.interval": {"10 s"}, "node.*.tcp.keepalive.probes": {"2"}, "node.*.tcp.keepalive.bytes": {"1"},
	"flow.*.fast_open": {"false"}, "node.*.listen.*.fast_open": {"0"}, "flow.*.close.linger": {"1 s"}, "node.*.listen.*.defer_accept": {"1 s"},
	"flow.*.keepalive": {"false"}, "flow.*.nodelay": {"true"},
	"node.*.ttl": {"1"}, "node.*.ports.range": {"50000-50002"}, "node.*.ports.select": {"random", "sequential", "hash"},
	"node.*.listen.*.port": {"81"}, "node.*.listen.*.backlog": {"1"}, "node.*.memory.per.<state>": {"999 B"},
	"link.*.ends": {`["client", "server"]`}, "link.*.pair": {"all-to-all"}, "link.*.rate": {"300 kbps"}, "link.*.delay": {"77 ms"}, "link.*.loss": {"30 %"}, "link.*.mtu": {"576 B"},
	"link.*.jitter": {`{ dist = "exponential", mean = "3 ms" }`, "7 ms"}, "link.*.reorder": {"true"}, "link.*.duplicate": {"30 %"}, "link.*.duplicate_delay": {"30 ms"}, "link.*.corrupt": {"30 %"}, "link.*.up": {"false"},
	"link.*.queue.min": {"1 packet"}, "link.*.queue.max": {"30 packets"}, "link.*.queue.probability": {"50 %"}, "link.*.queue.weight": {"1"}, "link.*.queue.gentle": {"true"},
	"link.*.queue.target": {"20 ms"}, "link.*.queue.interval": {"2 ms"}, "link.*.queue.quantum": {"6 kB"}, "link.*.queue.flows": {"1"}, "link.*.queue.bands": {`["data"]`},
	"link.*.overhead": {"38 B"}, "link.*.weight": {"7"}, "link.*.queue.limit": {"3 packets"},
	"link.*.rule.*.match": {"fin"}, "link.*.rule.*.from": {"client", "server"}, "link.*.rule.*.flow": {"web"}, "link.*.rule.*.per": {"connection"}, "link.*.rule.*.nth": {"5"},
	"link.*.rule.*.probability": {"0.5"}, "link.*.rule.*.do": {"drop", "duplicate"}, "link.*.rule.*.delay": {"500 ms"},
	"flow.*.from": {"client[0]"}, "flow.*.to": {"server:81"}, "flow.*.spread": {"round-robin"}, "flow.*.pick": {"round-robin"},
	"flow.*.arrivals.rate": {"30/s"}, "flow.*.arrivals.per": {"host"}, "flow.*.arrivals.count": {"7"}, "flow.*.arrivals.start": {"1 s"},
	"flow.*.arrivals.stop": {"200 ms"}, "flow.*.request": {"5 kB"}, "flow.*.response": {"5 kB"}, "flow.*.service": {"5 ms"}, "flow.*.exchanges": {"4"}, "flow.*.think": {"5 ms"},
	"flow.*.close.by": {"server", "both"}, "flow.*.close.how": {"half", "rst", "linger"}, "flow.*.close.when": {"connected", "request-sent"}, "flow.*.close.after": {"7 ms"}, "flow.*.close.reply": {"9 ms"},
	"node.*.listen.*.overflow": {"reset"}, "node.*.listen.*.accept.threads": {"3"}, "node.*.listen.*.accept.time": {"1 ms"},
	"node.*.tcp.syn_cookies": {"always"}, "node.*.tcp.max_syn_backlog": {"1"},
	"node.*.tcp.time_wait_max": {"3"}, "node.*.tcp.tw_reuse": {"off"}, "node.*.tcp.tw_reuse_delay": {"100 ms"},
	"flow.*.timeout": {"15 ms"}, "flow.*.pool.size": {"3"}, "flow.*.pool.per": {"host"}, "flow.*.pool.max_requests": {"2"}, "flow.*.pool.max_age": {"100 ms"}, "flow.*.pool.idle_timeout": {"1 s"},
	"flow.*.retry.times": {"1"}, "flow.*.retry.backoff": {"70 ms"}, "flow.*.arrivals.users": {"3"}, "flow.*.arrivals.think": {"20 ms"},
	"flow.*.local.port": {"2222"}, "flow.*.size": {"700 B"}, "flow.*.load.of": {"link.wire.back"}, "flow.*.load.share": {"60 %"},
}

// elsewhere are keys that are read otherwise: words for the reader, what is made
// of results, and what needs a file of its own.
var elsewhere = map[string]string{
	"node.*.tcp.r1": "tcp", "node.*.tcp.icmp": "tcp", "node.*.tcp.rfc5927": "tcp", "node.*.tcp.min_path_mtu": "tcp",
	"node.*.tcp.dsack": "tcp", "node.*.tcp.rack": "tcp", "node.*.tcp.tlp_slack": "tcp", "node.*.tcp.prr": "tcp", "node.*.tcp.frto": "tcp", "node.*.tcp.limited_transmit": "tcp", "node.*.tcp.congestion": "TestThroughLoss",
	"node.*.like": "TestIncludeAndLike", "link.*.like": "TestIncludeAndLike", "flow.*.like": "TestIncludeAndLike",
	"run.replications": "TestSeeds", "run.confidence": "TestTables", "flow.*.arrivals.times": "TestDrain", "flow.*.arrivals.process": "given with its whole table: TestGolden",
	"link.*.trace": "TestTraceLink", "link.*.queue.kind": "given with its whole table", "link.*.queue.ecn": "no profile of this version asks for it: topo", "flow.*.kind": "TestBackgroundIsMD1", "flow.*.pick": "with several servers", "link.*.pair": "language",
	"link.*.ends": "language", "node.*.kind": "language", "flow.*.to": "language", "link.*.rule.*.flow": "there is one flow", "node.*.listen.*.port": "found by name",
	"node.*.prefix": "TestAddresses", "node.*.addresses": "TestSeveralAddresses", "flow.*.local.address": "TestSeveralAddresses", "node.*.label": "words", "node.*.tcp.backlog_extra": "host",
	"node.*.tcp.time_wait_challenges": "tcp", "node.*.tcp.challenge_limit": "tcp", "node.*.tcp.challenge_interval": "tcp", "node.*.tcp.orphan_probes_end": "tcp", "node.*.tcp.linger_aborts": "tcp", "node.*.tcp.require_timestamps": "tcp", "node.*.tcp.reopen_isn": "tcp", "node.*.tcp.crossed_again": "tcp", "node.*.tcp.slow_start_limit": "tcp",
	"node.*.tcp.tw_reuse_bound": "host.TestBoundPort",
	"node.*.ports.per":          "host.TestPortsPerPort", "node.*.tcp.always_mss": "tcp", "node.*.tcp.probe_bytes": "tcp", "node.*.tcp.limit_empty_answers": "tcp", "node.*.tcp.reset_at_fin": "tcp", "link.*.label": "words", "flow.*.label": "words",
	"node.*.tcp.rfc6191": "tcp", "node.*.tcp.syn_hurry": "packetdrill.TestBadAckToSYN", "node.*.tcp.repeats_fin": "packetdrill.TestCrossingFINs", "node.*.tcp.acks_fin": "packetdrill.TestScripts", "node.*.tcp.fast_open_blind": "packetdrill.TestScripts", "node.*.tcp.fast_open_twice": "packetdrill.TestScripts", "node.*.tcp.fast_open_pause": "packetdrill.TestScripts", "node.*.tcp.silent_listener": "packetdrill.TestSYNACKToListener", "node.*.tcp.fast_open_options": "packetdrill.TestFastOpenClient", "node.*.tcp.uto": "tcp.TestUserTimeoutOption", "node.*.tcp.uto_min": "tcp.TestUserTimeoutOption", "node.*.tcp.uto_max": "tcp.TestUserTimeoutOption", "node.*.tcp.syn_beside": "tcp.TestBesideSYN", "node.*.tcp.synack_beside": "tcp.TestBesideSYNACK", "node.*.tcp.early_fin": "tcp.TestFINBeforeEstablished", "node.*.tcp.discards_unread": "tcp.TestShutdownRead",
}

var direction = regexp.MustCompile(`^link\.\*\.(forward|back)\.`)

// TestEveryKeyMatters holds that no key of a world is decoration: another value
// makes other packets, other numbers, or another end, somewhere.
func TestEveryKeyMatters(t *testing.T) {
	found := func(source string, sets ...string) string {
		f, err := language.Parse("test.toml", []byte(source), sets...)
		if err != nil {
			return "refused"
		}
		w, err := Build(f.Points[0].Spec, f.Points[0].Spec.Run.Seed, 1, Needs{Digest: true, Memory: true})
		if err != nil {
			return "refused"
		}
		o, err := w.Run(t.Context())
		if err != nil {
			return err.Error()
		}
		var b strings.Builder
		fmt.Fprintln(&b, o.Digest, o.Events, o.End, o.Censored)
		for _, path := range o.Paths() {
			m := o.Measures[path]
			for _, word := range m.Statistics() {
				fmt.Fprintln(&b, path, word, m.Statistic(word))
			}
		}
		return b.String()
	}
	var plain []string
	for _, source := range keyWorlds {
		if plain = append(plain, found(source)); plain[len(plain)-1] == "refused" {
			t.Fatalf("refused:\n%s", source)
		}
	}
	matters := func(key string, values []string) bool {
		for i, source := range keyWorlds {
			for _, value := range values {
				for _, node := range []string{"client", "server", "edge"} {
					path := strings.NewReplacer("node.*", "node."+node, "listen.*", "listen.web", "link.*", "link.wire", "rule.*", "rule.some", "flow.*", "flow.web").Replace(key)
					if got := found(source, path+"="+value); got != plain[i] && got != "refused" {
						return true
					}
				}
			}
		}
		return false
	}
	for k := range language.Keys() {
		kind, _, _ := strings.Cut(k.Path, ".")
		family := direction.ReplaceAllString(k.Path, "link.*.")
		if per, ok := strings.CutPrefix(family, "node.*.memory.per."); ok && per != "" {
			family = "node.*.memory.per.<state>"
		}
		if !k.Supported() || !slices.Contains([]string{"run", "node", "link", "flow"}, kind) || elsewhere[family] != "" {
			continue
		}
		if values := otherValues[family]; values == nil {
			t.Errorf("%s is a key, and nothing here says that it matters", k.Path)
		} else if !matters(k.Path, values) {
			t.Errorf("%s = %q makes no difference in any of %d worlds", k.Path, values, len(keyWorlds))
		}
	}
}

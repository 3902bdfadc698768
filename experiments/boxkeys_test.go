package experiments

import (
	"maps"
	"strings"
)

// The worlds in which the keys of routers and middleboxes matter, and their other
// values.
func init() {
	wall := strings.NewReplacer(`kind = "nat"`, `kind = "firewall"`,
		"nat.inside", "firewall = { idle = \"1 min\", answer = \"prohibited\" }\nicmp = { rate = \"0.1/s\", burst = 5 } #")
	keyWorlds = append(keyWorlds, behindNAT, wall.Replace(behindNAT), behindFront, bursts, proxied)
	maps.Copy(otherValues, map[string][]string{
		"node.*.icmp.reports": {"false"}, "node.*.icmp.rate": {"1/s"}, "node.*.icmp.burst": {"1"},
		"node.*.nat.ports": {"2000-2002"}, "node.*.nat.preserve": {"false"}, "node.*.nat.time_wait": {"1 s"}, "node.*.nat.established": {"1 min"},
		"node.*.nat.transitory": {"1 s"}, "node.*.nat.limit": {"3"},
		"node.*.firewall.idle": {"10 min"}, "node.*.firewall.answer": {"reset"}, "node.*.firewall.limit": {"3"},
	})
	maps.Copy(otherValues, map[string][]string{
		"flow.*.arrivals.on": {"5 ms"}, "flow.*.arrivals.off": {"5 ms"},
		"node.*.balance.method": {"hash", "random"}, "node.*.balance.idle": {"1 s"}, "node.*.balance.limit": {"2"},
		"node.*.balance.pool.size": {"2"}, "node.*.balance.pool.per": {"host"}, "node.*.balance.pool.max_requests": {"3"}, "node.*.balance.pool.max_age": {"2 s"}, "node.*.balance.pool.idle_timeout": {"20 s"},
	})
	elsewhere["node.*.balance.port"], elsewhere["node.*.balance.to"], elsewhere["node.*.balance.mode"] = "language", "language", "TestBalancer, TestProxy"
	elsewhere["node.*.nat.inside"] = "language"
}

// behindNAT is clients behind a NAT, with a link on their way that carries small
// packets only.
const behindNAT = `
[node.client]
count = 3
ports.range = "2000-2010"
tcp.time_wait = "0 s"
[node.edge]
kind = "nat"
nat.inside = "client"
[node.core]
kind = "router"
[node.server]
[link.lan]
ends = ["client", "edge"]
delay = "1 ms"
[link.wire]
ends = ["edge", "core"]
delay = "10 ms"
back.mtu = "700 B"
[link.far]
ends = ["core", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
request = "300 B"
response = "2 kB"
exchanges = 2
think = "100 s"
arrivals = { process = "even", rate = "1/s", count = 200 }
[run]
duration = "5 min"
drain = "1 h"
`

// behindFront is two servers of one service.
const behindFront = `
[node.client]
[node.edge]
kind = "balancer"
balance = { port = 80, to = "server:80", method = "least-connections" }
[node.server]
count = 2
[link.lan]
ends = ["client", "edge"]
delay = "1 ms"
[link.wire]
ends = ["edge", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "edge"
request = "300 B"
response = "2 kB"
exchanges = 2
think = "10 s"
arrivals = { process = "even", rate = "1/s", count = 20 }
`

// proxied is two servers behind a proxy with a pool.
const proxied = `
[node.client]
count = 3
[node.edge]
kind = "balancer"
balance = { mode = "proxy", port = 80, to = "server:80", method = "round-robin", pool = { size = 1, max_requests = 9, max_age = "8 s", idle_timeout = "1500 ms" } }
[node.server]
count = 2
[link.lan]
ends = ["client", "edge"]
delay = "1 ms"
[link.wire]
ends = ["edge", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "edge"
request = "300 B"
response = "2 kB"
service = "300 ms"
arrivals = { process = "even", rate = "9/s", count = 60 }
`

// bursts is a background that comes in bursts.
const bursts = `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rate = "10 Mbps"
[flow.web]
kind = "background"
from = "client"
to = "server"
load = { of = "link.wire", share = "20 %" }
arrivals = { process = "on-off", on = { dist = "pareto", mean = "10 ms", alpha = 1.5 }, off = "30 ms", stop = "500 ms" }
`

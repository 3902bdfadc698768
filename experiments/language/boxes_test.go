package language

import (
	"strings"
	"testing"
)

// home is a client behind a NAT: 18 lines.
const home = `[node.client]
[node.nat]
kind = "nat"
nat  = { inside = "client" }
[node.server]
[link.lan]
ends  = ["client", "nat"]
delay = "1 ms"
[link.wan]
ends  = ["nat", "server"]
delay = "9 ms"
[flow.web]
from = "client"
to   = "server:80"
`

// front is a balancer, of which two tables are still to be written, and front2 the
// links around it.
const (
	front = `[node.client]
[node.edge]
kind = "router"
[node.front]
`
	front2 = `kind = "balancer"
[node.server]
[link.access]
ends  = ["client", "edge"]
delay = "1 ms"
[link.core]
ends = ["edge", "front"]
delay = "1 ms"
[link.rack]
ends = ["front", "server"]
delay = "1 ms"
[flow.web]
from = "client"
to   = "front"
`
)

// What is wrong with a middlebox is said where it stands.
func TestBoxFaults(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"who is inside", strings.Replace(home, `nat  = { inside = "client" }`, "", 1),
			`x.toml:2:1: node.nat.nat.inside: is missing; add nat.inside = "client" under [node.nat]`},
		{"nobody of that name", strings.Replace(home, `inside = "client"`, `inside = ["client", "clent"]`, 1),
			`x.toml:4:30: node.nat.nat.inside: no node "clent" (did you mean "client"?)`},
		{"itself", strings.Replace(home, `inside = "client"`, `inside = "nat"`, 1), `x.toml:4:19: node.nat.nat.inside: "nat" cannot be behind itself; write who is behind it`},
		{"from outside", home + "[flow.back]\nfrom = \"server\"\nto = \"client:22\"\n",
			`x.toml:17:6: flow.back.to: "client" is inside of node.nat, a NAT, and cannot be called from "server" outside; swap from and to, or put the NAT elsewhere`},
		{"to the NAT", strings.Replace(home, "server:80", "nat:80", 1), `x.toml:14:8: flow.web.to: "nat" is a nat, which accepts no connections`},
		{"a router's", strings.Replace(home, `kind = "nat"`, `kind = "router"`, 1), `x.toml:4:19: node.nat.nat.inside: a router has no nat; write kind = "nat" under [node.nat]`},
		{"a host's", base + "[node.server.icmp]\nreports = false\n[node.client.firewall]\nidle = \"1 s\"\n",
			"x.toml:10:11: node.server.icmp.reports: a host has no icmp; write kind = \"router\" under [node.server]\n" +
				`x.toml:12:8: node.client.firewall.idle: a host has no firewall; write kind = "firewall" under [node.client]`},
		{"who serves", front + "balance = { port = 80 }\n" + front2, `x.toml:4:1: node.front.balance.to: is missing; add balance.to = "server:80" under [node.front]`},
		{"another port", front + "balance = { port = 80, to = \"server:80\" }\n" + strings.Replace(front2, `to   = "front"`, `to   = "front:81"`, 1),
			`x.toml:19:8: flow.web.to: "front" is a balancer, and serves at port 80; write "front:80"`},
		{"a port that changes", front + "balance = { port = 80, to = \"server:81\" }\n" + front2,
			`x.toml:5:29: node.front.balance.to: packets that are handed over keep their port, 80; write "server:80", or mode = "nat"`},
		{"no link to hand over", front + "balance = { port = 80, to = \"client:80\" }\n" + strings.Replace(front2, `to   = "front"`, `to   = "server:80"`, 1),
			`x.toml:5:29: node.front.balance.to: packets are handed over on a link, and none joins "front" and "client"; join them by a link, or write mode = "nat"`},
		{"around it", front + "balance = { port = 80, to = \"server:80\", mode = \"nat\" }\n" + front2 + "[link.aside]\nends = [\"edge\", \"server\"]\ndelay = \"1 ms\"\n",
			`x.toml:19:8: flow.web.to: "front" translates, and the answers to "client" go around it; put it between them, or write mode = "forward" under [node.front.balance]`},
		{"a pool of no proxy", front + "balance = { port = 80, to = \"server:80\", pool.size = 3 }\n" + front2,
			`x.toml:5:54: node.front.balance.pool.size: a balancer has connections of its own only as a proxy; write mode = "proxy"`},
		{"a proxy's life", front + "balance = { port = 80, to = \"server:80\", mode = \"proxy\", idle = \"1 s\" }\n" + front2,
			`x.toml:5:65: node.front.balance.idle: a proxy is a host, whose connections live as TCP has it; leave it out`},
		{"a proxy's pool without a size", front + "balance = { port = 80, to = \"server:80\", mode = \"proxy\", pool.max_requests = 3 }\n" + front2,
			`x.toml:4:1: node.front.balance.pool.size: is missing; add balance.pool.size = 10 under [node.front]`},
		{"a proxy's pool without answers", front + "balance = { port = 80, to = \"server:80\", mode = \"proxy\", pool.size = 3 }\n" + front2,
			`x.toml:19:8: flow.web.to: the pool of "front" is for requests that are answered; write request = "1 kB" and response = "1 kB" under [flow.web]`},
		{"a proxy without a way", front + "balance = { port = 80, to = \"server:80\", mode = \"proxy\" }\n" + strings.Replace(front2, "[\"front\", \"server\"]", "[\"client\", \"server\"]", 1),
			`x.toml:5:29: node.front.balance.to: no way from "front" to "server": "client" is a host and does not forward; add kind = "router" under [node.client]`},
		{"no life", strings.Replace(home, `inside = "client"`, `inside = "client", time_wait = "0 s"`, 1), `x.toml:4:41: node.nat.nat.time_wait: 0 s is nothing; write more than 0`},
	} {
		t.Run(c.name, func(t *testing.T) { wantFaults(t, c.src, strings.Split(c.want, "\n")...) })
	}
}

// There is a way around a NAT that does not stand in every one.
func TestAroundNAT(t *testing.T) {
	if _, err := Parse("x.toml", []byte(home+`[link.aside]
ends = ["client", "server"]
delay = "20 ms"
[flow.back]
from = "server"
to = "client:22"
`)); err != nil {
		t.Error(err)
	}
}

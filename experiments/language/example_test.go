package language_test

import (
	"fmt"

	"netsim/experiments/language"
)

func ExampleParse() {
	f, err := language.Parse("smallest.toml", []byte(`
[node.client]
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
[flow.hello]
from = "client"
to   = "server:80"
[case.far.no]
[case.far.yes]
link.wire.delay = "150 ms"
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range f.Points {
		fmt.Println(p.Name(), p.Spec.Links[0].Forward.Delay.Mean(), p.Spec.Nodes[1].Listeners[0].Name)
	}
	// Output:
	// far=no 10ms p80
	// far=yes 150ms p80
}

func ExampleFaults() {
	_, err := language.Parse("wrong.toml", []byte(`
[node.client]
[node.server]
[link.wire]
ends  = ["client", "sever"]
delay = 10
[flow.hello]
from = "client"
to   = "server:80"
`))
	fmt.Println(err)
	// Output:
	// wrong.toml:5:20: link.wire.ends: no node "sever" (did you mean "server"?)
	// wrong.toml:6:9: link.wire.delay: 10 has no unit; write "10 s" or "10 min"
}

func ExampleKeys() {
	for k := range language.Keys() {
		if k.Path == "link.*.delay" || k.Path == "link.*.rate" {
			fmt.Printf("%s: %s (%s), default %s; required %t, varies %t, scheduled %t, changes %t\n",
				k.Path, k.Meaning, k.Type.Unit, k.Default, k.Required(), k.Varies(), k.Scheduled(), k.Changes())
		}
	}
	// Output:
	// link.*.rate: bit rate (bit/s), default unlimited; required false, varies false, scheduled true, changes true
	// link.*.delay: propagation delay (s), default (required); required true, varies true, scheduled true, changes true
}

package packetdrill

import (
	"strings"
	"testing"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
)

// Every counter that is answered stands in the list of those that there are, once, and
// every event of a connection is asked for by one of them.
func TestCounterNames(t *testing.T) {
	names := map[string]int{}
	for _, part := range counterNames {
		for name := range strings.FieldsSeq(part.names) {
			names[part.prefix+name]++
		}
	}
	for name, n := range names {
		if n != 1 {
			t.Errorf("%s stands there %d times", name, n)
		}
	}
	for name := range counted {
		if names[name] == 0 {
			t.Errorf("%s is counted and not listed", name)
		}
	}
	for e := range tcp.Events {
		with := func(n uint64) counts {
			c := counts{&host.Counters{Resent: 9}, new(host.ListenerCounters), host.NewTally(tcp.Linux(), 0, des.Never), false}
			c.Events[e] = n
			return c
		}
		one, two, shows := with(1), with(2), false
		for _, of := range counted {
			shows = shows || of(&one) != of(&two)
		}
		if !shows {
			t.Errorf("event %d is in no counter", e)
		}
	}
}

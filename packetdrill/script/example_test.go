package script_test

import (
	"fmt"

	"netsim/packetdrill/script"
)

// A script is read whole, and its events know where they stand.
func ExampleParse() {
	s, err := script.Parse("open.pkt", `
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0  > S 0:0(0) <mss 1460,...>
+.1 < S. 0:0(0) ack 1 win 65535 <mss 1400>
`, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range s.Events {
		switch what := e.What.(type) {
		case *script.Call:
			fmt.Printf("%v %s(%d arguments)%s\n", e.Pos, what.Name, len(what.Args), what.Errno)
		case *script.Packet:
			fmt.Println(e.Pos, what.Flags, what.Inbound, e.When.At)
		}
	}
	_, err = script.Parse("bad.pkt", "0 < S 0:5(4)", nil)
	fmt.Println(err)
	// Output:
	// 2:1 socket(3 arguments)
	// 3:1 connect(3 arguments)EINPROGRESS
	// 4:1 S false 0s
	// 5:1 S. true 100ms
	// bad.pkt:1:7: 0:5(4): the end is not the start and the length
}

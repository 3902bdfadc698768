package tcp_test

import (
	"fmt"

	"netsim/tcp"
	"netsim/wire"
)

// Two connections are joined by hand: what one has to send, the other is told.
func Example() {
	var client, server tcp.Conn
	profile := tcp.RFC9293()
	profile.Timestamps = false
	client.Open(0, &tcp.Opening{Profile: profile, ISS: wire.SeqOf(100), MTU: 1500})
	server.Listen(0, &tcp.Opening{Profile: profile, ISS: wire.SeqOf(300), MTU: 1500})

	var s wire.Segment
	for client.State() != tcp.Established || server.State() != tcp.Established {
		for client.Emit(0, &s) {
			fmt.Println("client:", s.Describe(wire.Origin{}))
			server.Segment(0, &s)
		}
		for server.Emit(0, &s) {
			fmt.Println("server:", s.Describe(wire.Origin{}))
			client.Segment(0, &s)
		}
	}
	fmt.Println(client.State(), client.News() == tcp.Connected)
	// Output:
	// client: SYN seq 100 win 65535 <mss 1460, sackOK, wscale 7>
	// server: SYN, ACK seq 300 ack 101 win 65535 <mss 1460, sackOK, wscale 7>
	// client: ACK seq 101 ack 301 win 512
	// ESTABLISHED true
}

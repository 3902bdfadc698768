package theory

import (
	"math/bits"
	"time"
)

// Transmit returns how long it takes, in seconds, to send that many bytes at a
// rate in bit/s: 8·size/rate.
func Transmit(size, rate float64) float64 { return 8 * size / rate }

// Hop is a store-and-forward link: propagation delay and rate in bit/s, where 0
// is unlimited.
type Hop struct {
	Delay time.Duration
	Rate  uint64
}

// pass returns when a packet of that many bytes that starts at 0 has gone over
// all hops, each of them idle; an idle link cuts its serialization to whole ns.
func pass(hops []Hop, size uint64) time.Duration {
	var t time.Duration
	for _, h := range hops {
		t += h.Delay
		if h.Rate > 0 {
			hi, lo := bits.Mul64(size, 8e9)
			ns, _ := bits.Div64(hi, lo, h.Rate)
			t += time.Duration(ns)
		}
	}
	return t
}

// Handshake is when the events of an undisturbed three-way handshake happen,
// after the client's open.
type Handshake struct {
	Connect     time.Duration // the client is ESTABLISHED
	Established time.Duration // the server is ESTABLISHED
	Server      time.Duration // the server's way from SYN to ESTABLISHED
}

// LosslessSetup returns the times of a handshake over idle links without loss,
// exact to the nanosecond: each segment takes, per hop, its serialization and
// the delay. Sizes are in bytes as the links count them: with IPv4 and Linux's
// options 60, 60 and 52, bare 40 (RFC 9293, 3.1; RFC 791, 3.1). Set back to nil for
// the same hops both ways.
func LosslessSetup(hops, back []Hop, syn, synAck, ack uint64) Handshake {
	if back == nil {
		back = hops
	}
	there := pass(hops, syn)
	connect := there + pass(back, synAck)
	established := connect + pass(hops, ack)
	return Handshake{connect, established, established - there}
}

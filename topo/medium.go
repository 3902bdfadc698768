package topo

import (
	"math"
	"time"

	"netsim/des"
)

// medium holds what the halves of a group of links have in common.
type medium struct {
	sim      *des.Sim
	num, den uint64 // a byte takes num/den ns, in lowest terms
	rate     int64
	delay    time.Duration
	limit    Limit
	mtu      int32
	overhead int32
	sized    bool // the limit is not of packets alone
	down     bool // its limit then is 0 packets
}

// clock is the transmitter of a half. Serialization is exact at any rate. The end
// of a transmission is a whole number of nanoseconds and a remainder; the packet
// leaves at the whole part, and the remainder is carried to the next packet if
// the link is still busy then. An idle link starts exact.
type clock struct {
	medium *medium
	free   des.Time // when the last packet accepted has left
	rest   uint64   // and its remainder, in 1/medium.den ns
}

// transmit starts sending size bytes when the link is free and returns when the
// last bit leaves. The product fits: at most 2^31 B of 8e9 ns each.
func (c *clock) transmit(now des.Time, size int64) des.Time {
	m := c.medium
	work := uint64(size+int64(m.overhead)) * m.num
	start := c.free
	if start > now || start == now && c.rest > 0 {
		work += c.rest
	} else {
		start = now
	}
	if m.den != 1 {
		work, c.rest = work/m.den, work%m.den
	}
	c.free = start + des.Time(work)
	return c.free
}

// span is how long size bytes take, in whole nanoseconds.
func (m *medium) span(size int64) time.Duration {
	return time.Duration(uint64(size+int64(m.overhead)) * m.num / m.den)
}

// medium returns the medium of spec, the same one for halves that are alike.
func (n *Network) medium(spec *HalfSpec) *medium {
	m := medium{sim: n.sim, delay: spec.Delay, limit: spec.Queue, mtu: spec.MTU, overhead: spec.Overhead}
	m.setRate(spec.Rate)
	m.sized = m.limit.Bytes > 0 || m.limit.Time > 0
	if m.mtu == 0 {
		m.mtu = math.MaxInt32
	}
	if m.limit.Packets == 0 {
		m.limit.Packets = math.MaxInt64
	}
	if m.limit.Bytes == 0 {
		m.limit.Bytes = math.MaxInt64
	}
	if m.limit.Time == 0 {
		m.limit.Time = math.MaxInt64
	}
	return n.share(m)
}

func (m *medium) setRate(rate int64) {
	m.rate, m.num, m.den = rate, 0, 1
	if rate > 0 {
		const byteAtOne = 8e9 // ns a byte takes at 1 bit/s
		common := gcd(byteAtOne, uint64(rate))
		m.num, m.den = byteAtOne/common, uint64(rate)/common
	}
}

func (n *Network) share(m medium) *medium {
	shared, ok := n.media[m]
	if !ok {
		shared = &m
		n.media[m] = shared
	}
	return shared
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

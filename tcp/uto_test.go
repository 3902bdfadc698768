package tcp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// utoPair is a connected pair whose users would wait so long, 0 for no wish, and where
// from then on the server hears nothing.
func utoPair(t *testing.T, client, server time.Duration) *pair {
	profile := RFC9293()
	profile.UTO, profile.Retries = true, 100
	p := newPair(t, profile, 50*ms)
	far := *profile
	near := *profile
	near.UserTimeout, far.UserTimeout = client, server
	p.client.o.Profile, p.server.o.Profile = &near, &far
	p.connect()
	p.client.loses(isText, 0)
	return p
}

// ended is when the client's connection did.
func ended(p *pair) des.Time {
	for _, l := range p.lines {
		var at float64
		if n, _ := fmt.Sscanf(l, "%f client CLOSED", &at); n == 1 && strings.HasSuffix(l, " client CLOSED") {
			return des.Time(0).Add(span(at))
		}
	}
	return des.Never
}

// RFC 5482 section 3.1: who has text outstanding gives up after min(U_LIMIT,
// max(ADV_UTO, REMOTE_UTO, L_LIMIT)), of what both ends told beside their SYNs; with no
// wish 5 minutes are told.
func TestUserTimeoutOption(t *testing.T) {
	for _, c := range []struct{ client, server, want time.Duration }{
		{150 * time.Second, 200 * time.Second, 200 * time.Second},
		{200 * time.Second, 150 * time.Second, 200 * time.Second},
		{10 * time.Second, 20 * time.Second, 100 * time.Second},
		{200 * time.Second, 48 * time.Hour, time.Hour},
		{200 * time.Second, 0, 300 * time.Second},
	} {
		p := utoPair(t, c.client, c.server)
		p.client.write(10)
		began := p.now
		p.run(at(7200))
		if p.client.told&TimedOut == 0 {
			t.Fatalf("%v: not given up", c)
		}
		d := ended(p).Sub(began)
		if d != c.want {
			t.Errorf("client %v, server %v: given up after %v, want %v", c.client, c.server, d, c.want)
		}
	}
}

// Without the option at either end, both go by their own.
func TestUserTimeoutUntold(t *testing.T) {
	for _, peer := range []bool{false, true} {
		profile := RFC9293()
		profile.UTO, profile.UserTimeout = !peer, 20*time.Second
		p := newPair(t, profile, 50*ms)
		far := *profile
		far.UTO, far.UserTimeout = peer, 200*time.Second
		p.server.o.Profile = &far
		p.connect()
		p.client.loses(isText, 0)
		p.client.write(10)
		began := p.now
		p.run(at(1000))
		if d := ended(p).Sub(began); d != 20*time.Second {
			t.Errorf("peer %v: given up after %v, want 20 s", peer, d)
		}
	}
}

// A user who sets its own timeout keeps it (CHANGEABLE is false then), and tells it at
// once; a peer with text outstanding waits by it. A zero is ignored.
func TestUserTimeoutChanges(t *testing.T) {
	p := utoPair(t, 150*time.Second, 150*time.Second)
	began := p.now
	p.client.write(10)
	var told wire.Segment
	p.server.passed = func(_ *end, s *wire.Segment) { told = *s }
	p.server.conn.Set(p.now, &Settings{UserTimeout: 40 * time.Minute})
	p.server.pump()
	if told.Options&wire.HasTimeout == 0 || told.Timeout != wire.TimeoutOf(40*time.Minute) || told.Len != 0 {
		t.Errorf("the server says %s", told.Describe(wire.Origin{}))
	}
	zero := told
	zero.Timeout = 1 << 15
	p.at(1, func() { p.client.receive(&zero) })
	p.run(at(10000))
	if d := ended(p).Sub(began); d != 40*time.Minute {
		t.Errorf("given up after %v, want 40 min", d)
	}

	p = utoPair(t, 150*time.Second, 30*time.Minute)
	began = p.now
	p.client.write(10)
	p.client.conn.Set(p.now, &Settings{UserTimeout: 7 * time.Second})
	p.client.pump()
	p.run(at(10000))
	if d := ended(p).Sub(began); d != 7*time.Second {
		t.Errorf("its own timeout is 7 s, and it gives up after %v", d)
	}
}

package tcp

import (
	"testing"

	"netsim/wire"
)

// What is sent again says why: a timer rang (RFC 6298), it is a tail loss probe (RFC
// 8985), or, without either mark, what came told that it is missing.
func TestReasonToSendAgain(t *testing.T) {
	const other = 0
	without := func(change func(*Profile)) func() *Profile {
		return func() *Profile { return with(Linux, change) }
	}
	for _, test := range []struct {
		name    string
		profile func() *Profile
		segs    int
		fate    func(p *pair)
		want    wire.Marks
	}{
		{"a lost SYN", Linux, 0, func(p *pair) { p.client.loses(isSYN, 1) }, wire.Expired},
		{"a lost SYN,ACK", RFC9293, 0, func(p *pair) { p.server.loses(isSYNACK, 1) }, wire.Expired},
		{"a SYN that came twice", Linux, 0, func(p *pair) { p.client.doubles(isSYN, 1) }, other},
		{"one of many", Linux, 30, func(p *pair) { p.client.loses(isText, 3) }, other},
		{"one of many, without SACK", without(func(p *Profile) { p.SACKPermitted = false }), 30, func(p *pair) { p.client.loses(isText, 3) }, other},
		{"the last", Linux, 10, func(p *pair) { p.client.loses(isText, 10) }, wire.Tail},
		{"the last, no probes", without(func(p *Profile) { p.TLP = false }), 10, func(p *pair) { p.client.loses(isText, 10) }, wire.Expired},
		{"the last, RFC 9293", RFC9293, 10, func(p *pair) { p.client.loses(isText, 10) }, wire.Expired},
	} {
		p := newPair(t, test.profile(), 50*ms)
		p.quiet = true
		first := wire.Marks(1 << 15)
		watch := func(e *end) {
			e.times(func(s *wire.Segment) bool {
				if s.Marks&wire.Again != 0 && first == 1<<15 {
					first = s.Marks & (wire.Expired | wire.Tail)
				}
				return false
			})
		}
		watch(p.client)
		watch(p.server)
		test.fate(p)
		p.server.listen()
		p.client.open()
		if test.segs > 0 {
			p.server.reader(false)
			p.at(2, func() { p.client.write(uint64(test.segs) * 1448) })
		}
		p.run(at(8))
		if first != test.want {
			t.Errorf("%s: sent again with the marks %b, want %b", test.name, first, test.want)
		}
	}
}

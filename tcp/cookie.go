package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// CookiePolicy is when a listener keeps a half-open connection in the initial
// sequence number of its SYN,ACK alone (RFC 4987 section 3.6).
type CookiePolicy uint8

const (
	NoCookies       CookiePolicy = iota
	OverflowCookies              // when the SYN queue is full
	AlwaysCookies
)

func (p CookiePolicy) String() string { return [...]string{"off", "overflow", "always"}[p] }

// cookieSizes are the maximum segment sizes that a cookie can name, over IPv4 and
// IPv6 (Linux msstab).
var cookieSizes = [2][4]uint16{{536, 1300, 1440, 1460}, {1220, 1420, 1440, 8940}}

// numberSizes and numberScales are the segment sizes and window scales that a cookie
// can name whose number tells options, too; the first scale is none (FreeBSD
// tcp_sc_msstab, tcp_sc_wstab).
var (
	numberSizes  = []uint16{216, 536, 1200, 1360, 1400, 1440, 1452, 1460}
	numberScales = []uint16{0, 0, 1, 2, 4, 6, 7, 8}
)

// cookieTime is the bits of the timestamp that hold what the number has no room for:
// the window scale, 15 for none, and whether SACK is permitted.
const (
	cookieTime = 1<<6 - 1
	cookieSACK = 1 << 4
	unscaled   = 15
)

// cookie is the number for a peer's ISS: above 24 bits the period, and in them a hash
// of it plus the index of a size, all upon a hash and that ISS, as Linux has it.
func cookie(tuple [2]uint64, secret uint64, irs wire.Seq, period, index uint32) wire.Seq {
	return irs.Add(keyed(tuple, secret) + period<<24 + (cookieHash(tuple, secret, period)+index)&cookieLow)
}

const cookieLow = 1<<24 - 1

func cookieHash(tuple [2]uint64, secret uint64, period uint32) uint32 {
	return keyed(tuple, secret^uint64(period+1)<<32)
}

// cookiePeriod is the number of the period at hand: a cookie is believed in that of its
// making and the next (Linux MAX_SYNCOOKIE_AGE; FreeBSD syncookie_reseed).
func (p *Profile) cookiePeriod(now des.Time) uint32 { return uint32(now / des.Time(p.CookiePeriod)) }

// Bake gives the opening of a connection that will not be remembered the number that
// stands for it, and takes from the SYN what cannot be: without timestamps that is
// every option but the segment size.
func (o *Opening) Bake(now des.Time, tuple [2]uint64, secret uint64, syn *wire.Segment) {
	if o.Profile.CookieOptions {
		o.Ready(now, tuple, secret, syn)
		return
	}
	if syn.Options&wire.HasTimestamps == 0 || !o.Profile.Timestamps {
		syn.Options &= wire.HasMSS
	}
	o.Ready(now, tuple, secret, syn)
	held := uint32(unscaled)
	if syn.Options&wire.HasScale != 0 {
		held = uint32(min(syn.Scale, 14))
	}
	if syn.Options&wire.SACKPermitted != 0 {
		held |= cookieSACK
	}
	o.TSOffset -= (tsClock(now, 0) - held) & cookieTime // the newest that says so, and is not of the future
}

// Ready gives the opening the number that stands for it in case it is forgotten, as
// far as that number can.
func (o *Opening) Ready(now des.Time, tuple [2]uint64, secret uint64, syn *wire.Segment) {
	mss := uint16(536)
	if syn.Options&wire.HasMSS != 0 {
		mss = syn.MSS
	}
	sizes := o.cookieSizes()
	index := atMost(sizes, mss)
	if o.Profile.CookieOptions {
		if syn.Options&wire.HasScale != 0 {
			index += len(sizes) * (1 + atMost(numberScales[1:], uint16(syn.Scale)))
		}
		if syn.Options&wire.SACKPermitted != 0 {
			index += len(sizes) * len(numberScales)
		}
	}
	o.ISS = cookie(tuple, secret, syn.Seq, o.Profile.cookiePeriod(now), uint32(index))
}

// atMost is the index of the greatest of ascending values that is not above x, or 0.
func atMost(values []uint16, x uint16) int {
	for i := len(values) - 1; i > 0; i-- {
		if values[i] <= x {
			return i
		}
	}
	return 0
}

// Unbake returns the request that the third segment of a handshake brings back, and
// false if its acknowledgment is no cookie of this period or the one before.
func (o *Opening) Unbake(now des.Time, tuple [2]uint64, secret uint64, s *wire.Segment) (r Request, ok bool) {
	irs, iss := s.Seq.Add(^uint32(0)), s.Ack.Add(^uint32(0))
	held := uint32(iss.Sub(irs)) - keyed(tuple, secret)
	period := o.Profile.cookiePeriod(now)
	age := (period - held>>24) & 0xff
	index := (held - cookieHash(tuple, secret, period-age)) & cookieLow
	p := o.Profile
	sizes := o.cookieSizes()
	known, scales := uint32(len(sizes)), uint32(len(numberScales))
	if p.CookieOptions {
		known *= 2 * scales
	}
	if age > 1 || index >= known {
		return r, false
	}
	r = Request{
		Due: des.Never, Began: now, Incarnation: s.Incarnation, iss: iss, irs: irs,
		mss: min(sizes[index%uint32(len(sizes))], uint16(o.MTU-o.headers())), is: resentSYN, sent: 1, syns: 1, // as if sent twice: no sample
	}
	stamped := s.Options&wire.HasTimestamps != 0 && p.Timestamps
	r.edge = s.Seq.Add(min(p.firstWindow(uint16(o.MTU-o.headers()), stamped), p.ReceiveWindow, 65535))
	if stamped {
		r.is |= useTS
		r.tsRecent, r.tsRecentAt = s.TSVal, now
	}
	scale, sack := uint8(unscaled), false
	switch {
	case p.CookieOptions:
		told := index / uint32(len(sizes))
		if told%scales > 0 {
			scale = uint8(numberScales[told%scales])
		}
		sack = told >= scales
	case stamped:
		offered := (s.TSEcr - o.TSOffset) & cookieTime
		scale, sack = uint8(offered&unscaled), offered&cookieSACK != 0
	}
	if scale != unscaled && p.WindowScale != NoScale {
		r.is |= useScale
		r.sndScale = scale
	}
	if sack && p.SACKPermitted {
		r.is |= useSACK
	}
	return r, true
}

// cookieSizes are the segment sizes that a cookie of the profile can name.
func (o *Opening) cookieSizes() []uint16 {
	if o.Profile.CookieOptions {
		return numberSizes
	}
	return cookieSizes[o.family()][:]
}

func (o *Opening) family() int {
	if o.IPv6 {
		return 1
	}
	return 0
}

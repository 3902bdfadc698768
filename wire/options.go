package wire

import (
	"encoding/binary"
	"fmt"
)

// OptionOrder is the order in which a system writes the options of a segment, and
// how it aligns them. It matters for SYNs, of which it decides the length; other
// segments are written alike by all. A parser takes any order and tells none.
type OptionOrder uint8

const (
	LinuxOrder   OptionOrder = iota // MSS, SACK-permitted, timestamps, scale
	BSDOrder                        // MSS, scale, SACK-permitted, timestamps
	DarwinOrder                     // MSS, scale, timestamps, SACK-permitted
	WindowsOrder                    // as BSD, and SACK-permitted aligned where no timestamps follow
)

func (o OptionOrder) String() string { return [...]string{"linux", "bsd", "darwin", "windows"}[o] }

// written are the options in each order.
var written = [...][7]Options{
	LinuxOrder:   {HasMSS, SACKPermitted, HasTimestamps, HasScale, HasSACK, HasCookie, HasTimeout},
	BSDOrder:     {HasMSS, HasScale, SACKPermitted, HasTimestamps, HasSACK, HasCookie, HasTimeout},
	DarwinOrder:  {HasMSS, HasScale, HasTimestamps, SACKPermitted, HasSACK, HasCookie, HasTimeout},
	WindowsOrder: {HasMSS, HasScale, SACKPermitted, HasTimestamps, HasSACK, HasCookie, HasTimeout},
}

// ends tells whether what is left of the last four bytes is an end-of-options list
// rather than NOPs.
func (o OptionOrder) ends() bool { return o == BSDOrder || o == DarwinOrder }

// gap is how many NOPs come before an option at the given length, so that its
// numbers are aligned; all are the options of the segment.
func (o OptionOrder) gap(option, all Options, length int) int {
	want := 2
	switch option {
	case HasMSS, HasCookie, HasTimeout:
		want = 0
	case HasScale:
		want = 1
	case SACKPermitted:
		if o.ends() || all&HasTimestamps != 0 {
			return 0
		}
	}
	return (want - length) & 3
}

// bareLens are the lengths of the options by their bits, without NOPs, blocks and
// the bytes of a cookie.
var bareLens = [...]int{4, 3, 10, 2, 2, 2, 4}

// headerLens are the lengths of headers by the order of their options and which
// they carry.
var headerLens = func() (lens [len(written)][1 << len(bareLens)]uint8) {
	for order := range written {
		for all := range lens[order] {
			n := 0
			for _, option := range written[order] {
				if Options(all)&option != 0 {
					n += OptionOrder(order).gap(option, Options(all), n) + bareLens[bit(option)]
				}
			}
			lens[order][all] = uint8(headerLenTCP + (n+3)&^3)
		}
	}
	return lens
}()

func bit(o Options) (i int) {
	for ; o > 1; o >>= 1 {
		i++
	}
	return i
}

// HeaderLen is the length of the TCP header in bytes: 20 and the options.
// [AppendSegment] writes exactly this length.
func (s *Segment) HeaderLen() int {
	n := int(headerLens[s.Order%OptionOrder(len(written))][s.Options&(1<<len(bareLens)-1)])
	if s.Options&(HasSACK|HasCookie) != 0 {
		n += s.dataLen()
	}
	return n
}

// dataLen is what the blocks of SACK and the bytes of a cookie add.
func (s *Segment) dataLen() int {
	n := 0
	if s.Options&HasSACK != 0 {
		n += 8 * int(s.Blocks)
	}
	if s.Options&HasCookie != 0 {
		n += (int(s.CookieLen) + 1) &^ 3 // two of them share a group with kind and length
		if s.CookieExp {
			n += (int(s.CookieLen)+3)&^3 - (int(s.CookieLen)+1)&^3 // but none with those and a magic number
		}
	}
	return n
}

// appendOptions writes the options in their order.
func appendOptions(buf []byte, s *Segment) []byte {
	start := len(buf)
	for _, option := range written[s.Order] {
		if s.Options&option == 0 {
			continue
		}
		for range s.Order.gap(option, s.Options, len(buf)-start) {
			buf = append(buf, kindNop)
		}
		switch option {
		case HasMSS:
			buf = append(buf, kindMSS, 4, byte(s.MSS>>8), byte(s.MSS))
		case SACKPermitted:
			buf = append(buf, kindSACKPermitted, 2)
		case HasTimestamps:
			buf = append(buf, kindTimestamps, 10)
			buf = binary.BigEndian.AppendUint32(buf, s.TSVal)
			buf = binary.BigEndian.AppendUint32(buf, s.TSEcr)
		case HasScale:
			buf = append(buf, kindScale, 3, s.Scale)
		case HasSACK:
			buf = appendSACK(buf, s.SACK[:s.Blocks])
		case HasCookie:
			buf = appendCookie(buf, s.Cookie[:s.CookieLen], s.CookieExp)
		case HasTimeout:
			buf = append(buf, kindTimeout, 4, byte(s.Timeout>>8), byte(s.Timeout))
		}
	}
	for fill := byte(kindNop); (len(buf)-start)%4 != 0; buf = append(buf, fill) {
		if s.Order.ends() { // the list ends; what is left is zero as well (MUST-69)
			fill = kindEnd
		}
	}
	return buf
}

func appendSACK(buf []byte, blocks []Block) []byte {
	if len(blocks) == 0 {
		panic("wire: a SACK option without blocks")
	}
	buf = append(buf, kindSACK, byte(2+8*len(blocks)))
	for _, b := range blocks {
		buf = binary.BigEndian.AppendUint32(buf, b.Left.n)
		buf = binary.BigEndian.AppendUint32(buf, b.Right.n)
	}
	return buf
}

func appendCookie(buf, cookie []byte, experimental bool) []byte {
	if !cookieLenAllowed(len(cookie)) {
		panic(fmt.Sprintf("wire: a Fast Open cookie of %d bytes", len(cookie)))
	}
	if experimental {
		buf = append(buf, kindExperiment, byte(4+len(cookie)), magicCookie>>8, magicCookie&0xff)
		return append(buf, cookie...)
	}
	buf = append(buf, kindCookie, byte(2+len(cookie)))
	return append(buf, cookie...)
}

// cookieLenAllowed is RFC 7413 section 4.1.1; 0 is a request for a cookie.
func cookieLenAllowed(n int) bool { return n == 0 || n >= 4 && n <= 16 && n%2 == 0 }

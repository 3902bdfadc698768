package theory

import "time"

// NumberRate returns how many initial sequence numbers a clock of that period goes
// through in a second. A connection that sent more bytes a second in its life has
// left numbers that the next one on its ports begins among (RFC 9293, 3.4.1).
func NumberRate(tick time.Duration) float64 { return 1e9 / float64(tick) }

// NumbersWrap returns after how many seconds the same sequence number comes again, at
// a rate in numbers, or bytes, a second: 2^32/rate.
func NumbersWrap(rate float64) float64 { return seqSpace / rate }

// BlindResets returns how many resets, each a window from the last, are sure to hit a
// window of that many bytes wherever it is: 2^32/window. That ends a connection of
// RFC 793; with RFC 5961, 3.2, the window is 1.
func BlindResets(window int) float64 { return seqSpace / float64(window) }

package wire

import "strconv"

// Seq is a TCP sequence number: 32 bits that wrap. It has no order and no
// arithmetic of its own, so that a < b and a + 1 do not compile.
type Seq struct{ n uint32 }

// SeqOf makes a Seq of its 32 bits.
func SeqOf(n uint32) Seq { return Seq{n} }

// Uint32 returns the 32 bits.
func (s Seq) Uint32() uint32 { return s.n }

// Add returns the number n after s.
func (s Seq) Add(n uint32) Seq { return Seq{s.n + n} }

// Sub returns how far s is after t, negative if it is before: the distance is
// right while it is below 2^31.
func (s Seq) Sub(t Seq) int32 { return int32(s.n - t.n) }

// Before reports s < t.
func (s Seq) Before(t Seq) bool { return int32(s.n-t.n) < 0 }

// After reports s > t.
func (s Seq) After(t Seq) bool { return int32(s.n-t.n) > 0 }

// In reports whether s is one of the n numbers that start at left.
func (s Seq) In(left Seq, n uint32) bool { return s.n-left.n < n }

// String writes the 32 bits in decimal.
func (s Seq) String() string { return strconv.FormatUint(uint64(s.n), 10) }

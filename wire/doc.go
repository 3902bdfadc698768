// Package wire is what travels: sequence numbers, addresses, TCP segments, ICMP reports and
// the packets that carry them, and their real encoding in bytes.
//
// On the hot path payload is counted, not carried. A segment has instead two
// oracles which the protocol never looks at: its incarnation, and the offset of
// its first byte in the stream. What a receiver delivers must match both.
package wire

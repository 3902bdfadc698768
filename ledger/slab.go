package ledger

// Slab is records in chunks, numbered from 1: they stay where they are as it grows.
type Slab[T any] struct {
	chunks []*[1 << ChunkBits]T
	made   uint32 // ever, and record 0, which is none
}

// ChunkBits tells how many records are made at once: 1 << ChunkBits.
const ChunkBits = 9

// At returns the record of that number, which must have been made.
func (s *Slab[T]) At(i uint32) *T { return &s.chunks[i>>ChunkBits][i&(1<<ChunkBits-1)] }

// Made counts the records ever made.
func (s *Slab[T]) Made() int { return int(max(s.made, 1) - 1) }

// Grow makes one more record and returns its number.
func (s *Slab[T]) Grow() uint32 {
	s.made = max(s.made, 1)
	if int(s.made>>ChunkBits) == len(s.chunks) {
		s.chunks = append(s.chunks, new([1 << ChunkBits]T))
	}
	s.made++
	return s.made - 1
}

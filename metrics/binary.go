package metrics

import (
	"encoding/binary"
	"errors"
	"time"

	"netsim/des"
)

// The recorders as bytes: all they know, exactly, in numbers of variable length.
// Equal recorders have equal bytes.

// ErrBytes says that bytes are not what a recorder has written.
var ErrBytes = errors.New("metrics: these bytes are no recorder's")

// AppendBinary appends the sample to b. It never fails.
func (s *Sample) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, s.n)
	if s.n == 0 {
		return b, nil
	}
	b = binary.AppendUvarint(b, s.min)
	b = binary.AppendUvarint(b, s.max)
	b = s.sum().append(b)
	b = s.squares.append(b)
	cells, last := uint64(0), uint(0)
	for range s.cells() {
		cells++
	}
	b = binary.AppendUvarint(b, cells)
	for at, t := range s.cells() {
		b = binary.AppendUvarint(b, uint64(at-last))
		b = binary.AppendUvarint(b, t.n)
		b = binary.AppendUvarint(b, t.excess)
		last = at
	}
	return b, nil
}

// Read makes s what AppendBinary has written at the start of b, and returns the
// bytes behind it.
func (s *Sample) Read(b []byte) (rest []byte, err error) {
	r := reader{b: b}
	*s = Sample{n: r.uvarint()}
	if s.n == 0 {
		return r.end()
	}
	s.min, s.max = r.uvarint(), r.uvarint()
	sum := r.uint128()
	s.squares = r.uint128()
	s.packed = make([]packed, 0, r.count(3))
	var at uint
	var n uint64
	for range cap(s.packed) {
		p := packed{at + uint(r.uvarint()), tally{r.uvarint(), r.uvarint()}}
		r.bad = r.bad || p.at >= slots || p.at <= at && len(s.packed) > 0 || p.n == 0
		at, n = p.at, n+p.n
		s.packed = append(s.packed, p)
	}
	r.bad = r.bad || n != s.n || sum != s.sum()
	return r.end()
}

// AppendBinary appends the result to b. It never fails.
func (r *LevelResult) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, r.span)
	b = binary.AppendUvarint(b, r.pooled)
	b = r.ends.append(b)
	held, last := uint64(0), uint64(0)
	for _, t := range r.dense {
		held += min(t, 1)
	}
	b = binary.AppendUvarint(b, held)
	for i, t := range r.dense {
		if t > 0 {
			v := r.base + uint64(i)
			b = binary.AppendUvarint(b, v-last)
			b = binary.AppendUvarint(b, t)
			last = v
		}
	}
	return r.high.append(b), nil
}

func (h *high) append(b []byte) []byte {
	if h == nil {
		return append(b, 0)
	}
	held, last := uint64(0), uint64(0)
	for _, t := range h.slots.all() {
		held += min(*t, 1)
	}
	b = binary.AppendUvarint(b, held)
	b = binary.AppendUvarint(b, h.min)
	b = binary.AppendUvarint(b, h.max)
	b = h.integral.append(b)
	b = h.squares.append(b)
	for at, t := range h.slots.all() {
		if *t > 0 {
			b = binary.AppendUvarint(b, floor(at)-last)
			b = binary.AppendUvarint(b, *t)
			last = floor(at)
		}
	}
	return b
}

// Read makes r what AppendBinary has written at the start of b, and returns the
// bytes behind it.
func (r *LevelResult) Read(b []byte) (rest []byte, err error) {
	in := reader{b: b}
	*r = LevelResult{span: in.uvarint(), pooled: in.uvarint(), ends: in.uint128()}
	var v uint64
	for range in.count(2) {
		step, t := in.uvarint(), in.uvarint()
		if v += step; step >= denseLimit || v >= denseLimit || t == 0 || len(r.dense) > 0 && step == 0 {
			in.bad = true
			break
		}
		r.cover(v, 1)
		r.dense[v-r.base] = t
	}
	if held := in.count(2); held > 0 {
		r.high = &high{min: in.uvarint(), max: in.uvarint(), integral: in.uint128(), squares: in.uint128()}
		var at uint64
		for range held {
			at += in.uvarint()
			*r.high.slots.at(slotOf(at)) = in.uvarint()
		}
		in.bad = in.bad || max(r.high.integral.Hi, r.high.squares.Hi)>>62 > 0
	}
	if rest, err = in.end(); err == nil {
		r.integrate()
	}
	return rest, err
}

// AppendBinary appends the series to b. It never fails.
func (s *Series) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendVarint(b, int64(s.Start))
	b = binary.AppendVarint(b, int64(s.Every))
	b = binary.AppendUvarint(b, uint64(len(s.Values)))
	last := int64(0)
	for _, v := range s.Values {
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	return b, nil
}

// Read makes s what AppendBinary has written at the start of b, and returns the
// bytes behind it.
func (s *Series) Read(b []byte) (rest []byte, err error) {
	r := reader{b: b}
	*s = Series{Start: des.Time(r.varint()), Every: time.Duration(r.varint())}
	s.Values = make([]int64, r.count(1))
	last := int64(0)
	for i := range s.Values {
		last += r.varint()
		s.Values[i] = last
	}
	return r.end()
}

func (u Uint128) append(b []byte) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, u.Hi), u.Lo)
}

// reader takes numbers from bytes; once something is wrong all are 0.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) {
	if n <= 0 || r.bad {
		r.b, r.bad = nil, true
		return
	}
	r.b = r.b[n:]
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if r.take(n); r.bad {
		return 0
	}
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if r.take(n); r.bad {
		return 0
	}
	return v
}

func (r *reader) uint128() Uint128 { return Uint128{r.uvarint(), r.uvarint()} }

// count is how many things follow, of which each takes so many bytes or more.
func (r *reader) count(each int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/each) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) end() ([]byte, error) {
	if r.bad {
		return nil, ErrBytes
	}
	return r.b, nil
}

package wire_test

import (
	"testing"

	"netsim/wire"
)

func TestPool(t *testing.T) {
	var pool wire.Pool
	out := map[*wire.Packet]bool{}
	for range 200 {
		p := pool.Get()
		if out[p] || p.Next != nil {
			t.Fatal("a packet that is out was given again, or came with others")
		}
		out[p] = true
	}
	made := pool.Made()
	if pool.Out() != 200 || made < 200 {
		t.Errorf("out %d, made %d", pool.Out(), made)
	}
	for p := range out {
		pool.Put(p)
	}
	if pool.Out() != 0 {
		t.Errorf("out %d, want 0", pool.Out())
	}
	for range 200 {
		if !out[pool.Get()] {
			t.Fatal("a packet that was put back is not used again")
		}
	}
	if pool.Made() != made {
		t.Errorf("made %d, then %d", made, pool.Made())
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	var pool wire.Pool
	pool.Put(pool.Get())
	if n := testing.AllocsPerRun(100, func() { pool.Put(pool.Get()) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestMeasure(t *testing.T) {
	b := newWorld()
	for _, c := range []struct {
		dst  wire.Addr
		opts wire.Options
		len  uint32
		size int32
	}{
		{b.four[1], 0, 0, 40},
		{b.four[1], wire.HasTimestamps, 1448, 1500},
		{b.six[1], wire.HasTimestamps, 1428, 1500},
		{b.six[1], linuxSYN, 0, 80},
	} {
		p := wire.Packet{Dst: c.dst, Segment: wire.Segment{Options: c.opts, Len: c.len}}
		if p.Measure(); p.Size != c.size || p.HeaderLen() != int(c.size)-int(c.len) {
			t.Errorf("options %b, text %d: size %d, headers %d; want size %d", c.opts, c.len, p.Size, p.HeaderLen(), c.size)
		}
	}
}

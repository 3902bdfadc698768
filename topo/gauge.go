package topo

import (
	"time"

	"netsim/des"
	"netsim/metrics"
	"netsim/wire"
)

// Gauge measures queues: that of one half, or those of several together. Nothing
// in the network depends on whether it is there.
type Gauge struct {
	Packets, Bytes metrics.Level  // that have not left
	Busy           metrics.Level  // how many of the halves are sending
	Wait           metrics.Sample // ns from coming in to the begin of the transmission
	Sojourn        metrics.Sample // ns from coming in to its end
	Looks          uint64         // events that measuring has made

	Of []*Gauge // those of which this one is a part, and which see the same

	recording bool
}

// Open begins the measurement and forgets what was before.
func (g *Gauge) Open(now des.Time) {
	g.Packets.Open(now)
	g.Bytes.Open(now)
	g.Busy.Open(now)
	g.Wait.Reset()
	g.Sojourn.Reset()
	g.recording = true
}

// Hold accounts for what was until now, and goes on.
func (g *Gauge) Hold(now des.Time) {
	g.Packets.Hold(now)
	g.Bytes.Hold(now)
	g.Busy.Hold(now)
}

// Close ends it.
func (g *Gauge) Close(now des.Time) {
	g.Packets.Close(now)
	g.Bytes.Close(now)
	g.Busy.Close(now)
	g.recording = false
}

func (g *Gauge) enter(now des.Time, size int64) {
	g.Packets.Add(now, 1)
	g.Bytes.Add(now, size)
	for _, of := range g.Of {
		of.enter(now, size)
	}
}

func (g *Gauge) leave(now des.Time, size int64) {
	g.Packets.Add(now, -1)
	g.Bytes.Add(now, -size)
	for _, of := range g.Of {
		of.leave(now, size)
	}
}

func (g *Gauge) send(now des.Time, d int64) {
	g.Busy.Add(now, d)
	for _, of := range g.Of {
		of.send(now, d)
	}
}

func (g *Gauge) wait(wait time.Duration) {
	if g.recording {
		g.Wait.Record(int64(wait))
	}
	for _, of := range g.Of {
		of.wait(wait)
	}
}

func (g *Gauge) stay(sojourn time.Duration) {
	if g.recording {
		g.Sojourn.Record(int64(sojourn))
	}
	for _, of := range g.Of {
		of.stay(sojourn)
	}
}

// Measure gives the half a gauge, before anything has come in.
func (h *Half) Measure(g *Gauge) {
	if m := h.more; m != nil && m.line != nil {
		m.line.gauge = g
		return
	}
	m := &meter{gauge: g, fifo: &h.queue}
	m.left.Bind(m, h.queue.arrive.Rank().In(des.Control))
	h.queue.meter = m
}

// meter has a fifo's departures at their time, which the fifo itself looks at
// only when it must.
type meter struct {
	gauge *Gauge
	fifo  *fifo
	left  des.Event
	busy  bool
}

func (m *meter) enter(now des.Time, p *wire.Packet, wait time.Duration) {
	g := m.gauge
	g.enter(now, int64(p.Size))
	if !m.busy {
		m.busy = true
		g.send(now, 1)
		m.expect()
	}
	g.wait(wait)
	g.stay(p.Time.Sub(now))
}

// leave is told by the fifo.
func (m *meter) leave(now des.Time, size int64) {
	m.gauge.leave(now, size)
	if m.fifo.leaving == nil {
		m.busy = false
		m.gauge.send(now, -1)
	}
}

func (m *meter) Fire(now des.Time) {
	m.gauge.Looks++
	m.fifo.settle(now)
	m.expect()
}

// expect sets the event for the next departure.
func (m *meter) expect() {
	sim := m.fifo.medium.sim
	if m.fifo.leaving == nil {
		sim.Cancel(&m.left)
		return
	}
	sim.At(&m.left, m.fifo.leaving.Time)
}

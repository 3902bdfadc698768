package experiments

import (
	"netsim/des"
	"netsim/wire"
)

// mostHeld is how many packets a capture holds back until it is known what becomes
// of them.
const mostHeld = 1 << 14

// held is a packet that was captured and is to be written. It is of the last place
// of the file that the packet has passed, or an earlier one.
type held struct {
	at      des.Time
	iface   int
	packet  wire.Packet
	remarks []string
	settled bool
	since   des.Time // if settled
	before  int      // the place before, -1 if there was none; both count from the first held ever
}

// hold keeps back the packets of a capture, in the order in which they were seen.
type hold struct {
	queue  []held
	gone   int            // written already, of all
	latest map[uint64]int // by the packet's number
}

// add keeps a packet back.
func (h *hold) add(now des.Time, iface int, p *wire.Packet, remarks []string) {
	if h.latest == nil {
		h.latest = map[uint64]int{}
	}
	before, ok := h.latest[p.ID]
	if !ok {
		before = -1
	}
	h.latest[p.ID] = h.gone + len(h.queue)
	h.queue = append(h.queue, held{at: now, iface: iface, packet: *p, remarks: remarks, before: before})
}

// last is the last place where a packet was seen that is not written, nil if there is
// none.
func (h *hold) last(id uint64) *held {
	if i, ok := h.latest[id]; ok {
		return &h.queue[i-h.gone]
	}
	return nil
}

// settle says that nothing more becomes of a packet than what follows at once.
func (h *hold) settle(now des.Time, id uint64) {
	for k := h.last(id); k != nil && !k.settled; {
		k.settled, k.since = true, now
		if k.before < h.gone {
			return
		}
		k = &h.queue[k.before-h.gone]
	}
}

// release gives away what is ready at the head of the queue: all that was settled
// before now, and what is too much; at the end everything.
func (h *hold) release(now des.Time, write func(*held)) {
	n := 0
	for n < len(h.queue) {
		k := &h.queue[n]
		if len(h.queue)-n <= mostHeld && now != des.Never && (!k.settled || k.since >= now) {
			break
		}
		write(k)
		if h.latest[k.packet.ID] == h.gone+n {
			delete(h.latest, k.packet.ID)
		}
		n++
	}
	if n == len(h.queue) {
		h.queue = h.queue[:0]
	} else {
		h.queue = h.queue[n:]
	}
	h.gone += n
}

package host

import (
	"fmt"
	"math/bits"

	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/wire"
)

// Tally is what the hosts of a group record, all together, in the window from
// Open to Close. A group whose members are told apart has a part for each.
type Tally struct {
	// Count is how many connections are in each state, at every time; Stay how long
	// those were in it that entered it in the window.
	Count [tcp.States]metrics.Level
	Stay  [tcp.States]metrics.Sample

	// Sojourn sums the time spent in each state within the window, connection by
	// connection: a second witness for the integrals of Count.
	Sojourn [tcp.States]metrics.Uint128

	// Memory is the bytes held in all states; nil is not recorded.
	Memory *metrics.Level
	Bytes  [tcp.States]int
	Queues *QueueTally // what of that is in queues; nil is not recorded

	PortsUsed, PortsInTimeWait Fullest
	SearchSteps                metrics.Sample // ports looked at by each connect() that chose one, or found none

	Processor ProcessorTally
	Orphans   metrics.Level // connections without a user, but for those in FIN-WAIT-2

	Counters
	window      Counters // as they stood when the window closed
	from, until des.Time
	waited      uint64 // in TIME-WAIT when the window opened

	of    *Tally // that of which this is a part
	parts []*Tally
}

// Counters is what a Tally counts.
type Counters struct {
	Entered                    [tcp.States]uint64
	Left                       [Reasons]uint64 // TIME-WAITs, by why they were over
	Restarted                  uint64          // TIME-WAIT records that began to wait again
	OrphansRefused             uint64          // closes that were reset, since there were too many
	TimeWaitRefused            uint64          // connections closed for want of room in it
	PortsRefused               uint64
	Missed                     uint64 // packets that came in the quiet time after a crash
	MemoryRefused              uint64 // connections, SYNs and third segments
	MemoryDropped              uint64 // segments with text that the queues had no memory for
	OrphansStarved             uint64 // orphans that were reset for what they had to send
	Sent, Received, Resent     uint64 // segments
	ResetsSent, ResetsReceived uint64
	Challenges                 uint64
	TextSent                   uint64             // segments with text or a FIN that had not been sent before
	ResentSYNs                 uint64             // of Resent: with a SYN
	ResentFast                 uint64             // and in fast recovery
	ResentTails                uint64             // and tail loss probes
	ResentAnswers              uint64             // of ResentSYNs: with an ACK
	Marked                     [4]uint64          // segments that came in, by the ECN field of their packets
	Opened                     uint64             // connections that listeners made
	ResetOpen                  uint64             // connections that ended in ESTABLISHED or CLOSE-WAIT
	Waits                      uint64             // records of TIME-WAIT that were made
	WaitsRejected              uint64             // segments for one in TIME-WAIT with a timestamp too old
	WaitsSkipped               uint64             // answers of TIME-WAIT that were kept back, too soon after another
	FastPauses                 uint64             // times that Fast Open was given up for a while
	Events                     [tcp.Events]uint64 // of connections
	Reports                    uint64             // of ICMP that came in
	SYNsReceived               uint64
	SYNs                       SYNs
}

// SYNs says what became of the SYNs that arrived: one of these for each.
type SYNs struct {
	Opened   uint64 // a request was made
	Baked    uint64 // a cookie was sent instead
	Dropped  uint64 // the queue was full
	Repeated uint64 // for a connection that was there, simultaneous opens among them
	TimeWait uint64 // for one in TIME-WAIT, and answered or ignored
	Refused  uint64 // nobody listens
}

// Sum counts them all.
func (s *SYNs) Sum() uint64 {
	return s.Opened + s.Baked + s.Dropped + s.Repeated + s.TimeWait + s.Refused
}

// NewTally returns a tally of hosts of the profile that measures in [from, until).
func NewTally(p *tcp.Profile, from, until des.Time) *Tally {
	return &Tally{Bytes: p.Bytes, from: from, until: until}
}

// levels are all that the tally records over time.
func (t *Tally) levels() []*metrics.Level {
	all := []*metrics.Level{&t.PortsUsed.Level, &t.PortsInTimeWait.Level, &t.Processor.Busy, &t.Orphans}
	for s := range t.Count {
		all = append(all, &t.Count[s])
	}
	if t.Memory != nil {
		all = append(all, t.Memory)
	}
	if t.Queues != nil {
		all = append(all, t.Queues.levels()...)
	}
	return all
}

// Open begins the window: what was before is forgotten.
func (t *Tally) Open(now des.Time) {
	t.Counters = Counters{}
	t.waited = uint64(t.Count[tcp.TimeWaiting].Value())
	for _, l := range t.levels() {
		l.Open(now)
	}
	for _, p := range t.parts {
		p.Open(now)
	}
}

// Hold accounts for what was until now, as if the window closed, and goes on.
func (t *Tally) Hold(now des.Time) {
	for _, p := range t.parts {
		p.Hold(now)
	}
	t.gather()
	t.window = t.Counters
	for _, l := range t.levels() {
		l.Hold(now)
	}
}

// Close ends the window.
func (t *Tally) Close(now des.Time) {
	for _, p := range t.parts {
		p.Close(now)
	}
	t.gather()
	t.window = t.Counters
	for _, l := range t.levels() {
		l.Close(now)
	}
}

// Window returns the counters of the closed window.
func (t *Tally) Window() *Counters { return &t.window }

// Check holds the tally's witnesses against each other once the window is closed
// and every connection still open has been given to [Stack.Settle].
func (t *Tally) Check() error {
	t.gather()
	for _, p := range t.parts {
		if err := p.Check(); err != nil {
			return err
		}
	}
	for s := range t.Count {
		if state := tcp.State(s); t.Count[s].Result().Integral().Cmp(t.Sojourn[s]) != 0 {
			return fmt.Errorf("host: %v: the count's integral is %v ns, its connections' stays sum to %v ns",
				state, t.Count[s].Result().Integral(), t.Sojourn[s])
		}
	}
	if p := &t.Processor; p.Busy.Result().Integral().Cmp(p.Work) != 0 {
		return fmt.Errorf("host: the processors were busy for %v ns, their work took %v ns", p.Busy.Result().Integral(), p.Work)
	}
	if n := t.SYNs.Sum(); n != t.SYNsReceived {
		return fmt.Errorf("host: %d SYNs came in, %d are accounted for: %+v", t.SYNsReceived, n, t.SYNs)
	}
	return nil
}

// move takes a connection from one state, entered at since, to another. CLOSED
// and LISTEN hold none.
func (t *Tally) move(now des.Time, from, to tcp.State, since des.Time) {
	for ; t != nil; t = t.of {
		if to == tcp.Closed && (from == tcp.Established || from == tcp.CloseWait) {
			t.ResetOpen++
		}
		if from >= tcp.SynSent {
			t.Count[from].Add(now, -1)
			if since >= t.from && since < t.until {
				t.Stay[from].Record(int64(now - since))
			}
			t.spent(from, since, now)
		}
		if t.Memory != nil {
			t.Memory.Add(now, t.bytes(to)-t.bytes(from))
		}
		if to >= tcp.SynSent {
			t.Count[to].Add(now, 1)
			t.Entered[to]++
		}
	}
}

// bytes is what a connection in the state holds; what listens is the listener's.
func (t *Tally) bytes(s tcp.State) int64 {
	if s < tcp.SynSent {
		return 0
	}
	return int64(t.Bytes[s])
}

// sojourn is of a connection that is still in its state.
func (t *Tally) sojourn(s tcp.State, since, now des.Time) {
	for ; t != nil; t = t.of {
		t.spent(s, since, now)
	}
}

// spent adds the part of [since, now) that lies in the window.
func (t *Tally) spent(s tcp.State, since, now des.Time) {
	since, now = max(since, t.from), min(now, t.until)
	if now > since {
		t.Sojourn[s] = t.Sojourn[s].Add(metrics.Uint128{Lo: uint64(now - since)})
	}
}

// searched records how many ports a search has looked at.
func (t *Tally) searched(now des.Time, steps uint32) {
	if now < t.from || now >= t.until {
		return
	}
	for ; t != nil; t = t.of {
		t.SearchSteps.Record(int64(steps))
	}
}

// use changes how many ports of a pair are in use, keep how many TIME-WAIT holds.
func (t *Tally) use(now des.Time, was, is int32) {
	for ; t != nil; t = t.of {
		t.PortsUsed.change(now, was, is)
	}
}

func (t *Tally) keep(now des.Time, was, is int32) {
	for ; t != nil; t = t.of {
		t.PortsInTimeWait.change(now, was, is)
	}
}

// abandon counts an orphan that comes or goes.
func (t *Tally) abandon(now des.Time, d int64) {
	for ; t != nil; t = t.of {
		t.Orphans.Add(now, d)
	}
}

func (t *Tally) sent(s *wire.Segment) {
	t.Sent++
	if s.Marks&(wire.Again|wire.Challenge) == 0 && s.Flags&wire.RST == 0 {
		if s.Len > 0 || s.Flags&wire.FIN != 0 {
			t.TextSent++
		}
		return
	}
	if s.Marks&wire.Again != 0 {
		t.resent(s)
	}
	if s.Marks&wire.Challenge != 0 {
		t.Challenges++
	}
	if s.Flags.Has(wire.RST) {
		t.ResetsSent++
	}
}

func (t *Tally) resent(s *wire.Segment) {
	t.Resent++
	switch {
	case s.Flags.Has(wire.SYN | wire.ACK):
		t.ResentAnswers++
		t.ResentSYNs++
	case s.Flags.Has(wire.SYN):
		t.ResentSYNs++
	case s.Marks&wire.Tail != 0:
		t.ResentTails++
	case s.Marks&wire.Fast != 0:
		t.ResentFast++
	}
}

// happened counts the events of a connection.
func (t *Tally) happened(events uint64) {
	for ; events != 0; events &= events - 1 {
		t.Events[bits.TrailingZeros64(events)]++
	}
}

func (t *Tally) received(s *wire.Segment) {
	t.Received++
	if s.ECN != 0 {
		t.Marked[s.ECN&3]++
	}
	if s.Flags.Has(wire.RST) {
		t.ResetsReceived++
	}
	if opens(s) {
		t.SYNsReceived++
	}
}

// Fullest is the level of whichever of many counts is the highest at each time.
// The counts change by one.
type Fullest struct {
	metrics.Level
	holders []uint32 // how many counts stand at each value above 0
}

// change tells that one of the counts went from was to is.
func (f *Fullest) change(now des.Time, was, is int32) {
	for int(max(was, is)) >= len(f.holders) {
		f.holders = append(f.holders, 0)
	}
	f.holders[was]--
	f.holders[is]++
	switch top := f.Value(); {
	case int64(is) > top:
		f.Set(now, int64(is))
	case int64(was) == top && f.holders[was] == 0:
		f.Set(now, int64(is))
	}
}

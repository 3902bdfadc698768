package experiments

import (
	"slices"
	"time"

	"netsim/experiments/language"
	"netsim/tcp"
)

// profileOf is a node's profile with what the file says otherwise.
func profileOf(n *language.Node) *tcp.Profile {
	p := tcp.ProfileByName(n.Profile)
	t := &n.TCP
	set(&p.TimeWait, t.TimeWait)
	setSchedules(p, t)
	if t.SYNACK != nil {
		p.SYNACK = map[string]tcp.SYNACKPolicy{"stateless": tcp.Stateless, "strict": tcp.Strict, "linux": tcp.Eager}[*t.SYNACK]
	}
	set(&p.RFC5961, t.RFC5961)
	set(&p.RFC1337, t.RFC1337)
	set(&p.OrphanRetries, t.FINRetries)
	set(&p.Retries, t.Retries)
	if t.GiveUp != nil {
		p.GiveUp = map[string]tcp.GiveUp{"time": tcp.ByTime, "count": tcp.ByCount}[*t.GiveUp]
	}
	if t.FINRetries != nil && t.GiveUp == nil {
		p.GiveUp = tcp.ByCount // a count was asked for
	}
	set(&p.FinWait2, finite(t.FinWait2))
	set(&p.UserTimeout, finite(t.UserTimeout))
	set(&p.RTOInitial, t.RTOInitial)
	set(&p.RTOMin, t.RTOMin)
	set(&p.RTOMax, t.RTOMax)
	if t.DelayedACK != nil {
		p.DelayedACK = *t.DelayedACK
		p.DelayedACKMax = max(p.DelayedACKMax, p.DelayedACK)
	}
	set(&p.Timestamps, t.Timestamps)
	set(&p.WindowScale, t.WindowScale)
	if t.ReceiveWindow != nil {
		p.ReceiveWindow = uint32(*t.ReceiveWindow)
		p.ReceiveInitial = min(p.ReceiveInitial, p.ReceiveWindow)
	}
	if t.SendBuffer != nil {
		p.SendBuffer = uint64(*t.SendBuffer)
	}
	set(&p.MSS, t.MSS)
	set(&p.InitialWindow, t.InitialWindow)
	set(&p.Nagle, t.Nagle)
	if t.ISN != nil {
		p.ISN = map[string]tcp.ISNRule{"rfc6528": tcp.HashedClock, "random": tcp.RandomISN, "clock": tcp.ClockISN, "zero": tcp.ZeroISN}[*t.ISN]
	}
	if r := n.Ports.Range; r != nil {
		p.PortLow, p.PortHigh = r.First, r.Last
	}
	if s := n.Ports.Select; s != nil {
		p.PortSelect = map[string]tcp.PortSelect{"linux-parity": tcp.ParityPort, "random": tcp.RandomPort,
			"sequential": tcp.SequentialPort, "hash": tcp.HashPort}[*s]
	}
	setMemory(p, &n.Memory)
	return p
}

// set replaces a value of the profile by the file's, if there is one.
func set[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

// finite is a duration of which "never" is written 0.
func finite(d *time.Duration) *time.Duration {
	if d != nil && *d == language.Never {
		return new(time.Duration)
	}
	return d
}

// setSchedules sets when a SYN and a SYN-ACK are sent again. The profile's waits
// are in proportion to the initial timeout and end at the longest one where the
// file sets these, its own schedules are as they are.
func setSchedules(p *tcp.Profile, t *language.TCP) {
	for _, s := range []struct {
		waits   *[]time.Duration
		own     []time.Duration
		retries *int
	}{{&p.SYNSchedule, t.SYNSchedule, t.SYNRetries}, {&p.SYNACKSchedule, t.SYNACKSchedule, t.SYNACKRetries}} {
		if s.own == nil {
			s.own = inProportion(*s.waits, p.RTOInitial, t)
		}
		ceiling := p.RTOMax
		set(&ceiling, t.RTOMax)
		*s.waits = retried(s.own, s.retries, ceiling)
	}
}

func inProportion(waits []time.Duration, initial time.Duration, t *language.TCP) []time.Duration {
	waits = slices.Clone(waits)
	for i := range waits {
		if t.RTOInitial != nil {
			waits[i] = time.Duration(float64(waits[i]) / float64(initial) * float64(*t.RTOInitial))
		}
		if t.RTOMax != nil {
			waits[i] = min(waits[i], *t.RTOMax)
		}
	}
	return waits
}

// retried is a schedule of so many retransmissions: the first waits of the one
// there is, or its last one doubled as often as it takes.
func retried(schedule []time.Duration, retries *int, ceiling time.Duration) []time.Duration {
	if retries == nil {
		return schedule
	}
	waits := slices.Clone(schedule[:min(len(schedule), *retries+1)])
	for len(waits) <= *retries {
		waits = append(waits, min(2*waits[len(waits)-1], ceiling))
	}
	return waits
}

func setMemory(p *tcp.Profile, m *language.Memory) {
	for state, bytes := range map[tcp.State]*int64{ // order-free: each sets its own
		tcp.SynSent: m.SynSent, tcp.SynReceived: m.SynReceived, tcp.Established: m.Established,
		tcp.FinWait1: m.FinWait1, tcp.FinWait2: m.FinWait2, tcp.CloseWait: m.CloseWait,
		tcp.Closing: m.Closing, tcp.LastAck: m.LastAck, tcp.TimeWaiting: m.TimeWait,
	} {
		if bytes != nil {
			p.Bytes[state] = int(*bytes)
		}
	}
}

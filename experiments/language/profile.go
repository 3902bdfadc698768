package language

import (
	"strings"
	"time"

	"netsim/tcp"
)

// profileValue is what a node's profile gives a key ("tcp.time_wait"), typed as
// the key is; nil if it gives none.
func profileValue(profile, key string) any {
	p := tcp.ProfileByName(profile)
	if p == nil {
		return nil
	}
	if state, ok := strings.CutPrefix(key, "memory.per."); ok {
		return profileBytes(p, state)
	}
	if strings.HasPrefix(key, "listen.") && strings.HasSuffix(key, ".backlog") && p.Backlog != tcp.Unlimited {
		return int64(p.Backlog)
	}
	switch key {
	case "tcp.time_wait":
		return p.TimeWait
	case "tcp.rfc1337":
		return p.RFC1337
	case "tcp.rfc5961":
		return p.RFC5961
	case "tcp.syn_schedule":
		return p.SYNSchedule
	case "tcp.syn_retries":
		return int64(len(p.SYNSchedule) - 1)
	case "tcp.synack_schedule":
		return p.SYNACKSchedule
	case "tcp.synack_retries":
		return int64(len(p.SYNACKSchedule) - 1)
	case "tcp.synack":
		return map[tcp.SYNACKPolicy]string{tcp.Stateless: "stateless", tcp.Strict: "strict", tcp.Eager: "linux"}[p.SYNACK]
	case "tcp.isn":
		return "rfc6528"
	case "tcp.fin_retries":
		return int64(p.OrphanRetries)
	case "tcp.fin_wait_2":
		return orNever(p.FinWait2)
	case "tcp.give_up":
		return map[tcp.GiveUp]string{tcp.ByTime: "time", tcp.ByCount: "count"}[p.GiveUp]
	case "tcp.retries":
		return int64(p.Retries)
	case "tcp.user_timeout":
		return orNever(p.UserTimeout)
	case "tcp.rto_initial":
		return p.RTOInitial
	case "tcp.rto_min":
		return p.RTOMin
	case "tcp.rto_max":
		return p.RTOMax
	case "tcp.delayed_ack":
		return p.DelayedACK
	case "tcp.timestamps":
		return p.Timestamps
	case "tcp.window_scale":
		return Shift(p.WindowScale)
	case "tcp.receive_window":
		return Size(p.ReceiveWindow)
	case "tcp.send_buffer":
		return Size(p.SendBuffer)
	case "tcp.initial_window":
		return int64(p.InitialWindow)
	case "tcp.nagle":
		return p.Nagle
	case "ports.range":
		return Ports{p.PortLow, p.PortHigh}
	case "ports.select":
		return map[tcp.PortSelect]string{tcp.RandomPort: "random", tcp.ParityPort: "linux-parity", tcp.SequentialPort: "sequential"}[p.PortSelect]
	}
	return nil
}

func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return Never
	}
	return d
}

// profileBytes is the memory of a connection in a state named as in paths.
func profileBytes(p *tcp.Profile, state string) any {
	for s := range tcp.States {
		if strings.ReplaceAll(strings.ToLower(tcp.State(s).String()), "-", "_") == state {
			return Size(p.Bytes[s])
		}
	}
	return nil
}

package language

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"netsim/tcp"
)

// place is where a key's value stands in a profile: a field, or an element of it.
type place struct{ field, element int }

func (at place) in(p *tcp.Profile) reflect.Value {
	v := reflect.ValueOf(p).Elem().Field(at.field)
	if at.element >= 0 {
		v = v.Index(at.element)
	}
	return v
}

// places are those of each key of a node that a profile has a value for, by the
// tags of its fields; a range of ports has two.
var places = func() map[string][]place {
	all := map[string][]place{}
	fields := reflect.TypeFor[tcp.Profile]()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("key")
		if !strings.Contains(key, "<state>") {
			all[key] = append(all[key], place{i, -1})
			continue
		}
		for s := range tcp.States {
			state := strings.ReplaceAll(strings.ToLower(tcp.State(s).String()), "-", "_")
			if slices.Contains(states, state) {
				all[strings.Replace(key, "<state>", state, 1)] = []place{{i, s}}
			}
		}
	}
	delete(all, "")
	return all
}()

// shorthands are keys that stand for the length of a list.
var shorthands = map[string]string{"tcp.syn_retries": "tcp.syn_schedule", "tcp.synack_retries": "tcp.synack_schedule"}

// profileValue is what a profile has for a key of its node ("tcp.time_wait"),
// typed as the key is; nil if it has nothing.
func profileValue(p *tcp.Profile, key string) any {
	if p == nil {
		return nil
	}
	if strings.HasPrefix(key, "listen.") && strings.HasSuffix(key, ".backlog") && p.Backlog != tcp.Unlimited {
		return int64(p.Backlog)
	}
	if schedule, ok := shorthands[key]; ok {
		return int64(len(profileValue(p, schedule).([]time.Duration)) - 1)
	}
	at := places[key]
	k := keyOf("node.*." + key)
	if at == nil || k == nil {
		return nil
	}
	v := at[0].in(p)
	if len(at) == 2 {
		return Ports{uint16(v.Uint()), uint16(at[1].in(p).Uint())}
	}
	return k.Type.profiled(v)
}

// profiled is a field of a profile as a value of the type.
func (t *Type) profiled(v reflect.Value) any {
	switch have := v.Interface().(type) {
	case time.Duration:
		if t == endspan && have == 0 {
			return Never
		}
		return have
	case fmt.Stringer: // a word
		return have.String()
	}
	switch {
	case t == endless && v.Int() == tcp.Unlimited:
		return Count(Unlimited)
	case t == endless:
		return Count(v.Int())
	case t == shift:
		return Shift(v.Int())
	case t.Unit == "B" && v.CanInt():
		return Size(v.Int())
	case t.Unit == "B":
		return Size(v.Uint())
	case v.CanInt():
		return v.Int()
	}
	return v.Interface()
}

// put sets the value of a key in a profile.
func put(p *tcp.Profile, key string, value any) {
	at := places[key]
	v := at[0].in(p)
	switch value := value.(type) {
	case Ports:
		v.SetUint(uint64(value.First))
		at[1].in(p).SetUint(uint64(value.Last))
	case string:
		if a := tcp.AlgorithmByName(value); a != nil {
			v.Set(reflect.ValueOf(a))
			break
		}
		for v.SetUint(0); v.Interface().(fmt.Stringer).String() != value; { // the table has checked the word
			v.SetUint(v.Uint() + 1)
		}
	default:
		switch value {
		case Never:
			value = time.Duration(0)
		case Count(Unlimited):
			value = tcp.Unlimited
		}
		v.Set(reflect.ValueOf(value).Convert(v.Type()))
	}
}

// system is the profile of a node: as the world will have it once that is known,
// else as it is built in.
func (c *config) system(node string) *tcp.Profile {
	if p := c.systems[node]; p != nil {
		return p
	}
	name, _ := c.value(node + ".profile")
	word, _ := name.(string)
	return tcp.ProfileByName(word)
}

// profile is that of a node, with what the file says otherwise.
func (c *config) profile(node string) *tcp.Profile {
	p := c.system(node)
	if p == nil {
		return tcp.Linux() // the word was refused
	}
	own := *p
	for key := range places { // order-free: each key has fields of its own
		if path := node + "." + key; c.set(path) {
			if v, ok := c.value(path); ok {
				put(p, key, v)
			}
		}
	}
	c.schedule(node, "tcp.syn", &own, &p.SYNSchedule, p)
	c.schedule(node, "tcp.synack", &own, &p.SYNACKSchedule, p)
	if c.set(node+".tcp.fin_retries") && !c.set(node+".tcp.give_up") {
		p.GiveUp = tcp.ByCount // a count was asked for
	}
	if !c.set(node + ".tcp.delayed_ack_max") {
		p.DelayedACKMax = max(p.DelayedACKMax, p.DelayedACK)
	}
	if c.set(node+".tcp.receive_window") && !c.set(node+".tcp.window_scale") && p.WindowScale != tcp.NoScale {
		p.WindowScale = max(p.WindowScale, scaleFor(p.ReceiveWindow))
	}
	if !c.set(node + ".tcp.receive_initial") {
		p.ReceiveInitial = min(p.ReceiveInitial, p.ReceiveWindow)
	}
	return p
}

// scaleFor is the shift by which a whole buffer can be offered, as systems choose it
// (RFC 7323 section 2.2; tcp_select_initial_window of Linux). The most is 14.
func scaleFor(buffer uint32) (shift int) {
	for shift < 14 && buffer>>shift > 65535 {
		shift++
	}
	return shift
}

// schedule sets when a SYN or a SYN-ACK is sent again. The profile's own waits
// stay in proportion to the initial timeout and end at the longest one where the
// file sets these; a number of retransmissions takes the first of the waits, or
// doubles the last one as often as it takes.
func (c *config) schedule(node, key string, own *tcp.Profile, waits *[]time.Duration, p *tcp.Profile) {
	schedule := slices.Clone(*waits)
	if !c.set(node + "." + key + "_schedule") {
		for i := range schedule {
			if p.RTOInitial != own.RTOInitial {
				schedule[i] = time.Duration(float64(schedule[i]) / float64(own.RTOInitial) * float64(p.RTOInitial))
			}
			if c.set(node + ".tcp.rto_max") {
				schedule[i] = min(schedule[i], p.RTOMax)
			}
		}
	}
	if v, ok := c.value(node + "." + key + "_retries"); ok && c.set(node+"."+key+"_retries") {
		retries := int(v.(int64))
		schedule = schedule[:min(len(schedule), retries+1)]
		for len(schedule) <= retries {
			schedule = append(schedule, min(2*schedule[len(schedule)-1], p.RTOMax))
		}
	}
	*waits = schedule
}

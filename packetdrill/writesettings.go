package packetdrill

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// options writes the socket options that differ from those in force.
func (w *writer) options(at des.Time, fd int, s tcp.Settings) {
	was := w.applied
	set := func(differs bool, name string, n any) {
		if differs {
			w.line(at, "setsockopt(%d, %s, [%d], 4) = 0", fd, name, n)
		}
	}
	whole := func(now, before time.Duration, name string, unit time.Duration) {
		set(now != before, name, int64(now/unit))
	}
	set(s.KeepAlive != was.KeepAlive, "SOL_SOCKET, SO_KEEPALIVE", truth(s.KeepAlive))
	whole(s.KeepIdle, was.KeepIdle, "IPPROTO_TCP, TCP_KEEPIDLE", time.Second)
	whole(s.KeepInterval, was.KeepInterval, "IPPROTO_TCP, TCP_KEEPINTVL", time.Second)
	set(s.KeepProbes != was.KeepProbes, "IPPROTO_TCP, TCP_KEEPCNT", s.KeepProbes)
	set(s.NoDelay != was.NoDelay, "IPPROTO_TCP, TCP_NODELAY", truth(s.NoDelay))
	whole(s.UserTimeout, was.UserTimeout, "IPPROTO_TCP, TCP_USER_TIMEOUT", time.Millisecond)
	whole(s.DeferAccept, was.DeferAccept, "IPPROTO_TCP, TCP_DEFER_ACCEPT", time.Second)
	set(s.MSS != was.MSS, "IPPROTO_TCP, TCP_MAXSEG", s.MSS)
	if s.Lingers != was.Lingers || s.Linger != was.Linger {
		w.line(at, "setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=%d, linger=%d}, 8) = 0", fd, truth(s.Lingers), s.Linger/time.Second)
	}
	w.applied = s
}

// elsewhere are keys of a profile by which no script differs: of many connections, and
// of what they cost.
var elsewhere = []string{"ports.", "memory.", "tcp.isn", "tcp.time_wait_max", "tcp.time_wait_overflow", "tcp.max_orphans", "tcp.max_backlog",
	"tcp.backlog_", "tcp.max_syn_backlog", "tcp.syncache_", "tcp.tw_reuse", "tcp.challenge_", "ttl"}

// sysctls are those that make a system's own profile that of the host, and the keys
// that differ still, with their values.
func (w *writer) sysctls() (lines, unsaid []string) {
	p := *profileOf(w.profile.Name)
	sys := &bsdSystem
	if p.Name == "linux" {
		sys = &linuxSystem
	}
	lines = w.openingSysctls(sys)
	set := func(name, value string) {
		q := p
		if sys.variables[name].write(&q, value) == nil && distance(&q, w.profile) < distance(&p, w.profile) {
			p = q
			lines = append(lines, name+"="+quotedValue(value))
		}
	}
	if sys == &linuxSystem {
		lines = append(lines, w.schedules(&p)...)
		set("net.ipv4.tcp_rmem", fmt.Sprintf("4096 %d %d", 2*w.profile.ReceiveInitial, w.profile.ReceiveWindow))
		set("net.ipv4.tcp_wmem", fmt.Sprintf("4096 16384 %d", w.profile.SendBuffer))
		if w.profile.WindowScale > p.WindowScale {
			set("net.core.rmem_max", fmt.Sprint(1<<(15+w.profile.WindowScale)))
		}
	} else if w.profile.WindowScale != tcp.NoScale && w.profile.WindowScale != p.WindowScale {
		set("kern.ipc.maxsockbuf", fmt.Sprint(65535<<w.profile.WindowScale))
	}
	for _, name := range slices.Sorted(maps.Keys(sys.variables)) {
		if v := sys.variables[name]; v.read != nil && v.read(w.profile) != v.read(&p) {
			set(name, v.read(w.profile))
		}
	}
	for _, f := range differences(&p, w.profile) {
		unsaid = append(unsaid, fmt.Sprintf("%s = %v", f.Tag.Get("key"), reflect.ValueOf(w.profile).Elem().FieldByIndex(f.Index)))
	}
	return lines, unsaid
}

func quotedValue(v string) string {
	if strings.Contains(v, " ") {
		return `"` + v + `"`
	}
	return v
}

// distance is in how many fields two profiles differ.
func distance(p, q *tcp.Profile) int { return len(differences(p, q)) }

// differences are the fields in which they do, as far as a script may show it.
func differences(p, q *tcp.Profile) (fields []reflect.StructField) {
	a, b := reflect.ValueOf(p).Elem(), reflect.ValueOf(q).Elem()
	for _, f := range reflect.VisibleFields(a.Type()) {
		key := f.Tag.Get("key")
		of := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
		if key != "" && !slices.ContainsFunc(elsewhere, of) && !reflect.DeepEqual(a.FieldByIndex(f.Index).Interface(), b.FieldByIndex(f.Index).Interface()) {
			fields = append(fields, f)
		}
	}
	return fields
}

// schedules are the sysctls of the waits after SYNs and SYN,ACKs of Linux, if these can
// be said so.
func (w *writer) schedules(p *tcp.Profile) (lines []string) {
	if !slices.Equal(p.SYNACKSchedule, w.profile.SYNACKSchedule) {
		n := len(w.profile.SYNACKSchedule) - 1
		if s := synSchedule(p, n, 0); slices.Equal(s, w.profile.SYNACKSchedule) {
			p.SYNACKSchedule = s
			lines = append(lines, fmt.Sprintf("net.ipv4.tcp_synack_retries=%d", n))
		}
	}
	if slices.Equal(p.SYNSchedule, w.profile.SYNSchedule) {
		return lines
	}
	for linear := range len(w.profile.SYNSchedule) - 1 {
		retries := len(w.profile.SYNSchedule) - linear - 1 // one at least
		if s := synSchedule(p, retries, linear); slices.Equal(s, w.profile.SYNSchedule) {
			p.SYNSchedule = s
			return append(lines, fmt.Sprintf("net.ipv4.tcp_syn_retries=%d net.ipv4.tcp_syn_linear_timeouts=%d", retries, linear))
		}
	}
	return lines
}

// openingSysctls are those of Fast Open and of SYN cookies, as far as the connection
// was opened with them: a cookie that a full queue has made needs a queue that is
// never used.
func (w *writer) openingSysctls(sys *system) (lines []string) {
	if w.door == nil || w.entries[0].kind != cameIn {
		return nil
	}
	if w.door.FastOpen > 0 {
		on, key := "net.inet.tcp.fastopen.server_enable=1", "net.inet.tcp.fastopen.setkey="+fmt.Sprintf("%x", scriptKey)
		if sys == &linuxSystem {
			on, key = "net.ipv4.tcp_fastopen=3", "net.ipv4.tcp_fastopen_key=a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"
			if w.door.Cookieless {
				on = "net.ipv4.tcp_fastopen=0x203"
			}
		}
		lines = append(lines, on, key)
		client, server := remote4, local4
		if w.tuple.local.Is6() {
			client, server = remote6, local6
		}
		w.cookie = host.FastCookie(w.net.IP(w.tuple.remote), w.net.IP(w.tuple.local), w.door.FastOpenKeys()[0])
		w.scripted = host.FastCookie(client, server, scriptKey)
	}
	if w.profile.SYNCookies == tcp.OverflowCookies && w.baked() {
		name := "net.inet.tcp.syncookies_only=1"
		if sys == &linuxSystem {
			name = "net.ipv4.tcp_syncookies=2"
		}
		lines = append(lines, name)
	}
	return lines
}

// baked reports that the SYN was answered by a cookie: nothing was kept of it.
func (w *writer) baked() bool {
	for i, e := range w.entries[1:] {
		switch {
		case e.kind == moved:
			return false
		case e.kind == cameIn:
			return w.entries[i].kind == wentOut && w.entries[i].packet.Segment.Flags.Has(wire.SYN|wire.ACK)
		}
	}
	return false
}

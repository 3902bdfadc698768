package packetdrill

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/packetdrill/script"
	"netsim/tcp"
	"netsim/wire"
)

// Script writes what was recorded as a script of its host's profile, which is run to
// see that it passes. The words stand at its head. An error says why there is none: no
// such connection, something that the language has no words for, or that the host did
// what does not follow from this connection alone.
func (r *Recorder) Script(words ...string) (string, error) {
	if !r.found {
		return "", r.missing()
	}
	var w *writer
	var res *Result
	for _, late := range []bool{false, true} {
		w = &writer{Recorder: r, late: late}
		text, err := w.write(words)
		if err != nil {
			return "", err
		}
		if res = Run("script", text, Options{Profile: r.profile.Name}); res.Verdict == Pass {
			return text, nil
		}
	}
	why := append(w.unsaid, "other connections of the host", "an event of the experiment")
	return "", fmt.Errorf("it cannot be written as a script: the system by itself does otherwise (%d: %s), which may follow from %s", res.Line, res.Text, strings.Join(why, ", "))
}

// writer is a script that is being written.
type writer struct {
	*Recorder
	b       strings.Builder
	unsaid  []string // what the script leaves out
	last    des.Time // of the line before
	began   bool     // there is a line with a time
	late    bool     // what is read with a write is read after it: the ACK of that tells of the window
	fd      int      // of the connection's socket, 0 if there is none
	corked  bool
	applied tcp.Settings

	iss, irs         uint32
	issKnown, heard  bool
	stamp            [2]uint32 // the first of this end and of the other
	stamped          [2]bool
	cookie, scripted [8]byte // of the connection: as it was, and as the script's key makes it
	lastIn           *entry
	err              error
}

func (w *writer) write(words []string) (string, error) {
	for _, word := range words {
		fmt.Fprintf(&w.b, "// %s\n", word)
	}
	fmt.Fprintf(&w.b, "// netsim packetdrill --profile %s FILE\n", w.profile.Name)
	lines, unsaid := w.sysctls()
	for _, key := range unsaid {
		w.unsaid = append(w.unsaid, key+", which no sysctl says")
		fmt.Fprintf(&w.b, "// %s: no sysctl says it\n", key)
	}
	version := "ipv4"
	if w.tuple.local.Is6() {
		version = "ipv6"
	}
	fmt.Fprintf(&w.b, "--ip_version=%s\n", version)
	if w.mtu != 1500 {
		fmt.Fprintf(&w.b, "--mtu=%d\n", w.mtu)
	}
	w.b.WriteString("\n")
	if len(lines) > 0 {
		fmt.Fprintf(&w.b, "`sysctl -q %s`\n", strings.Join(lines, " "))
	}
	w.last = w.entries[0].at
	if w.entries[0].kind == cameIn {
		w.listen()
	} else {
		w.introduce()
	}
	for i := 0; i < len(w.entries) && w.err == nil; {
		i += w.entry(i)
	}
	return w.b.String(), w.err
}

// line writes one at a time.
func (w *writer) line(at des.Time, format string, args ...any) { w.wait(at, "", format, args...) }

// wait is line of a call that waits.
func (w *writer) wait(at des.Time, until, format string, args ...any) {
	when := "0"
	if w.began {
		when = "+" + seconds(max(at.Sub(w.last), 0))
	}
	w.began, w.last = true, max(w.last, at)
	fmt.Fprintf(&w.b, "%-4s %s\n", when+until, fmt.Sprintf(format, args...))
}

// seconds writes a time exactly.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// listen opens the listener, as far as the connection sees of it.
func (w *writer) listen() {
	at := w.last
	w.line(at, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
	w.line(at, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0")
	if l := w.door; l != nil && l.Settings != nil {
		w.options(at, 3, *l.Settings)
	}
	w.line(at, "bind(3, ..., ...) = 0")
	if w.door == nil {
		return
	}
	if n := w.door.FastOpen; n > 0 {
		w.line(at, "setsockopt(3, IPPROTO_TCP, TCP_FASTOPEN, [%d], 4) = 0", n)
	}
	w.line(at, "listen(3, 128) = 0")
}

// introduce lets the host learn the cookie that it knows of the server: by a
// connection before.
func (w *writer) introduce() {
	if w.known.Len == 0 {
		return
	}
	at := w.last
	kind := map[bool]string{false: "FO", true: "FOEXP"}[w.known.Exp]
	w.line(at, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
	w.line(at, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0")
	w.line(at, "sendto(3, ..., 1, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)")
	w.line(at, "> S 0:0(0) <...>")
	w.line(at, "< S. 0:0(0) ack 1 win 65535 <mss %d,%s %x,nop,nop>", w.known.MSS, kind, w.known.Bytes[:w.known.Len])
	w.line(at, "> . 1:1(0) ack 1")
	w.line(at, "close(3) = 0")
	w.line(at, "> F. 1:1(0) ack 1")
	w.line(at, "< R. 1:1(0) ack 2 win 0")
}

// entry writes what happened, and returns how many entries that were.
func (w *writer) entry(i int) int {
	switch e := &w.entries[i]; e.kind {
	case cameIn:
		w.lastIn = e
		w.line(e.at, "< %s", w.segment(&e.packet, true))
	case wentOut:
		w.line(e.at, "> %s", w.segment(&e.packet, false))
	case toldBy:
		w.lastIn = e
		w.line(e.at, "< %s", w.report(&e.packet))
	case moved:
		w.moved(e)
	case asked:
		n := 1
		for e.joined && i+n < len(w.entries) && w.entries[i+n].kind == asked && w.entries[i+n].joined && w.entries[i+n].at == e.at {
			n++
		}
		w.calls(i, w.entries[i:i+n])
		return n
	}
	return 1
}

// calls writes calls of which the connection sends together what is to be sent: text
// and the FIN behind it are in one segment.
func (w *writer) calls(i int, group []entry) {
	text, ends := uint64(0), false
	for _, e := range group {
		if e.call == host.Writing {
			text += e.n
		}
		ends = ends || e.call == host.Closing || e.call == host.Shutting
	}
	if text > 0 && ends && w.fd > 0 && !w.corked {
		w.corked = true
		w.unsaid = append(w.unsaid, "a write and a close in one step, which a program makes one after the other")
		w.line(group[0].at, "setsockopt(%d, IPPROTO_TCP, TCP_CORK, [1], 4) = 0", w.fd)
	}
	if w.late {
		group = slices.Clone(group)
		slices.SortStableFunc(group, func(a, b entry) int { return int(orderOf(a.call) - orderOf(b.call)) })
	}
	for k := range group {
		e := &group[k]
		if e.call == host.Writing { // one call has all
			e.n, text = text, 0
			if e.n == 0 {
				continue
			}
		}
		w.call(i+k, e)
	}
}

// orderOf puts reading behind writing, and both before what ends.
func orderOf(c host.Call) int {
	switch c {
	case host.Writing:
		return 1
	case host.Reading:
		return 2
	case host.Shutting, host.ShuttingRead, host.Closing, host.Aborting:
		return 3
	}
	return 0
}

// call writes a call.
func (w *writer) call(i int, e *entry) {
	switch {
	case e.call == host.Connecting:
		w.connect(i, e)
		return
	case e.call == host.Accepting:
		w.fd = 4
		w.line(e.at, "accept(3, ..., ...) = 4")
		if w.door != nil && w.door.Settings != nil {
			w.applied = *w.door.Settings
		}
		return
	case w.fd == 0: // nobody asks any more
		return
	}
	switch e.call {
	case host.Writing:
		w.line(e.at, "write(%d, ..., %d) = %d", w.fd, e.n, e.n)
	case host.Reading:
		w.line(e.at, "read(%d, ..., %d) = %d", w.fd, e.n, e.n)
	case host.Setting:
		w.options(e.at, w.fd, e.settings)
	case host.Shutting:
		w.line(e.at, "shutdown(%d, SHUT_WR) = 0", w.fd)
	case host.ShuttingRead:
		w.line(e.at, "shutdown(%d, SHUT_RD) = 0", w.fd)
	case host.Aborting:
		w.line(e.at, "setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0", w.fd)
		fallthrough
	case host.Closing:
		w.line(e.at, "close(%d) = 0", w.fd)
		w.fd = 0
	}
}

// connect writes the opening: connect(), or with Fast Open a call that waits until the
// connection is there.
func (w *writer) connect(i int, e *entry) {
	w.fd = 3
	w.line(e.at, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
	w.options(e.at, 3, e.settings)
	if !e.settings.FastOpen {
		w.line(e.at, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0")
		w.line(e.at, "connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)")
		return
	}
	for _, later := range w.entries[i:] {
		if later.kind != moved || later.to != tcp.Established && later.to != tcp.Closed {
			continue
		}
		result := fmt.Sprint(e.settings.Early)
		if later.to == tcp.Closed {
			result = "..."
		}
		w.wait(e.at, "..."+seconds(later.at.Sub(e.at)), "sendto(3, ..., %d, MSG_FASTOPEN, ..., ...) = %s", e.settings.Early, result)
		return
	}
	w.line(e.at, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0")
	w.line(e.at, "sendto(3, ..., %d, MSG_FASTOPEN, ..., ...) = ...", e.settings.Early)
}

// moved writes what a user learns by a change of state: that connect() has succeeded,
// or the error with which the connection has ended.
func (w *writer) moved(e *entry) {
	opened := e.to == tcp.Established && w.entries[0].kind == asked
	heard := w.lastIn != nil && w.lastIn.at == e.at
	inOrder := e.from == tcp.TimeWaiting || e.from == tcp.LastAck && heard && !w.lastIn.packet.Segment.Flags.Has(wire.RST)
	if w.fd == 0 || !opened && (e.to != tcp.Closed || inOrder) || w.applied.FastOpen {
		return
	}
	if opened {
		w.line(e.at, "getsockopt(%d, SOL_SOCKET, SO_ERROR, [0], [4]) = 0", w.fd)
		return
	}
	news, trouble, at := tcp.TimedOut, wire.NoReport, e.at
	switch {
	case heard && w.lastIn.kind == toldBy:
		news, trouble = tcp.Unreachable, w.lastIn.packet.Report
	case heard && w.lastIn.packet.Segment.Flags.Has(wire.RST):
		news = tcp.WasReset
		if e.from == tcp.SynSent {
			news = tcp.Refused
		}
	}
	if news == tcp.TimedOut {
		at = at.Add(time.Millisecond) // behind the timer
	}
	who := runner{manners: mannersOf(w.profile.Name)}
	name := string(who.failureOf(news, e.from, trouble))
	if name == "" {
		name = "0"
	}
	w.line(at, "getsockopt(%d, SOL_SOCKET, SO_ERROR, [%s], [4]) = 0", w.fd, name)
}

// segment writes one as it was on the wire, its numbers counted from the initial ones.
func (w *writer) segment(p *wire.Packet, in bool) string {
	s := &p.Segment
	if s.Flags.Has(wire.SYN) {
		if seq, known := &w.iss, &w.issKnown; !in && !*known {
			*seq, *known = s.Seq.Uint32(), true
		}
		if in && !w.heard {
			w.irs, w.heard = s.Seq.Uint32(), true
		}
	}
	from, to := w.iss, w.irs
	if in {
		from, to = w.irs, w.iss
	}
	seq := s.Seq.Uint32() - from
	var b strings.Builder
	b.WriteString([...]string{"", "[ect1] ", "[ect0] ", "[ce] "}[p.ECN])
	fmt.Fprintf(&b, "%s %d:%d(%d)", flagText(s.Flags), seq, seq+s.Len, s.Len)
	if s.Flags.Has(wire.ACK) {
		fmt.Fprintf(&b, " ack %d", s.Ack.Uint32()-to)
	}
	if in || s.Window == 0 && s.Flags&(wire.RST|wire.SYN) == 0 {
		fmt.Fprintf(&b, " win %d", s.Window)
	}
	if s.Options != 0 {
		list := optionsOf(s)
		for i := range list {
			w.option(&list[i], s, in, to)
		}
		b.WriteString(" " + optionsText(list))
	}
	return b.String()
}

// The first timestamps of a script, of the host and of the peer.
var firstStamps = [2]uint32{100, 1000}

// option gives an option the numbers that it has in the script.
func (w *writer) option(o *script.TCPOption, s *wire.Segment, in bool, origin uint32) {
	switch o.Kind {
	case script.Timestamps:
		own := 0
		if in {
			own = 1
		}
		o.Values[0] = w.stampOf(own, o.Values[0], true)
		if s.Flags.Has(wire.ACK) {
			o.Values[1] = w.stampOf(1-own, o.Values[1], false)
		}
	case script.SACK:
		for i := range o.Values {
			o.Values[i] -= origin
		}
	case script.FastOpen, script.FastOpenExp:
		if w.entries[0].kind == cameIn && string(o.Bytes) == string(w.cookie[:]) {
			o.Bytes = w.scripted[:]
		}
	case script.OtherOption:
		w.err = errors.Join(w.err, errors.New("the language has no words for an option of its segments (user timeout, RFC 5482)"))
	}
}

// stampOf counts a timestamp from the first of its end.
func (w *writer) stampOf(end int, v uint32, first bool) uint32 {
	if !w.stamped[end] {
		if !first {
			return v
		}
		w.stamped[end], w.stamp[end] = true, v
	}
	return v - w.stamp[end] + firstStamps[end]
}

// reportWords are those of ICMP, of both versions.
var reportWords = [...][2]string{
	wire.NetUnreachable: {"unreachable net_unreachable", "unreachable no_route"}, wire.HostUnreachable: {"unreachable host_unreachable", "unreachable addr_unreachable"},
	wire.ProtocolUnreachable: {"unreachable protocol_unreachable", "parameter_problem"}, wire.PortUnreachable: {"unreachable port_unreachable", "unreachable port_unreachable"},
	wire.TooBig: {"unreachable frag_needed", "packet_too_big"}, wire.Prohibited: {"unreachable host_prohibited", "unreachable admin_prohibited"},
	wire.TimeExceeded: {"time_exceeded", "time_exceeded"}, wire.ParameterProblem: {"parameter_problem", "parameter_problem"},
}

// report writes an ICMP message.
func (w *writer) report(p *wire.Packet) string {
	version := 0
	if w.tuple.local.Is6() {
		version = 1
	}
	s := &p.Segment
	text := "icmp " + reportWords[p.Report][version]
	if p.Report == wire.TooBig {
		text += fmt.Sprintf(" mtu %d", p.MTU)
	}
	seq := s.Seq.Uint32() - w.iss
	return text + fmt.Sprintf(" [%d:%d(%d)]", seq, seq+s.Len, s.Len)
}

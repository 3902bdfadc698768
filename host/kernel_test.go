package host_test

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// TestKernel replays what was measured on a kernel: the peer's segments and the
// application's calls at their times, to a host with the Linux profile. It must
// answer with the same segments, flag by flag and number by number, pass the same
// states and keep the same schedule. A kernel's timers are late by up to an eighth,
// and so may the measured times be against ours.
//
// Only windows differ, and are marked so. The kernel grows its own by what it has seen
// of the application (halfclose); has in TIME-WAIT the one it had in FIN-WAIT-2, a byte
// more than after the FIN; and in a simultaneous open scales it although the peer did
// not offer to (simopen). What was measured as numbers is in kernellimits_test.go; the
// memory of sockets and records is that of the profile.
func TestKernel(t *testing.T) {
	files, _ := filepath.Glob("testdata/kernel/*.txt")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			r := newReplay(t, readKernelCase(t, path))
			r.run()
			r.compare()
		})
	}
}

// replay is a host and what pretends to be its peer.
type replay struct {
	*kernelCase
	t        *testing.T
	sim      *des.Sim
	pool     wire.Pool
	host     *host.Host
	listener *host.Listener
	tally    *host.Tally
	peer     topo.Sink // of the segments it sends
	address  [2]wire.Addr
	links    map[ports]*link
	order    []*link // as they first appeared
	line     int     // that comes next
	clock    des.Event
}

// link is a pair of ports: what was seen of it.
type link struct {
	replay  *replay
	ports   ports
	who     wire.Incarnation
	socket  *host.Socket
	iss     wire.Seq // of the host, once known
	known   bool
	first   wire.Seq // of the peer's text
	stamp   uint32   // the host's last
	touched des.Time // by a segment of the peer or a call
	begun   des.Time // touched first; -1 is not yet
	did     []deed
}

// deed is what the host did: a segment, or the end of the connection by name.
type deed struct {
	at    des.Time
	news  string
	seg   wire.Segment // its numbers as a case has them
	reply bool         // to what came at the same time
}

func newReplay(t *testing.T, k *kernelCase) *replay {
	r := &replay{kernelCase: k, t: t, sim: des.NewSim(des.PacketsFirst, 1), links: map[ports]*link{}}
	net := topo.NewNetwork(r.sim, &r.pool, wire.NewBook(), 1, 1)
	here, there := net.AddNode("kernel", false), net.AddNode("peer", false)
	r.address = [2]wire.Addr{net.Assign(here, netip.MustParseAddr("10.0.0.1")), net.Assign(there, netip.MustParseAddr("10.0.0.2"))}
	net.Connect(topo.LinkSpec{Name: "tun", A: here, B: there})
	if err := net.Finish(); err != nil {
		t.Fatal(err)
	}
	stack := host.NewStack(r.sim, net, &r.pool, 1, 1)
	stack.Condense()
	stack.Observe(r)
	r.tally = host.NewTally(k.profile, 0, des.Never)
	r.host = stack.AddHost(host.Config{Node: here, Address: r.address[0], Profile: k.profile, MTU: 1500, Tally: r.tally})
	net.Attach(there, r)
	r.peer = net.Send(there)
	if k.port != 0 {
		r.listen()
	}
	owner := r.sim.Owner()
	r.clock.Bind(r, owner.Rank(des.Workload))
	return r
}

func (r *replay) listen() {
	l, err := r.host.Listen(r.port, r.backlog, r, new(host.ListenerTally))
	if err != nil {
		r.t.Fatal(err)
	}
	if r.held {
		l.Hold()
	}
	if r.resets {
		l.ResetOverflow()
	}
	l.Settings = &r.options
	r.listener = l
}

// run lets everything happen that the case has.
func (r *replay) run() {
	r.next()
	last := r.lines[len(r.lines)-1].at
	r.sim.Run(des.Time(last) + 1)
}

// next sets the clock to the next line that is a cause or a look at the states.
func (r *replay) next() {
	for r.line < len(r.lines) && strings.Contains(">*", r.lines[r.line].kind) {
		r.line++
	}
	if r.line < len(r.lines) {
		r.sim.At(&r.clock, des.Time(r.lines[r.line].at))
	}
}

// Fire lets the line happen.
func (r *replay) Fire(now des.Time) {
	l := &r.lines[r.line]
	r.line++
	switch l.kind {
	case "<":
		r.link(l.ports).inject(now, l.seg)
	case "!":
		r.link(l.ports).call(now, l)
	case "=":
		r.look(l)
	}
	r.next()
}

// look compares the states.
func (r *replay) look(l *kernelLine) {
	for s := tcp.SynSent; s < tcp.States; s++ {
		if got := r.tally.Count[s].Value(); got != l.counts[s] {
			r.t.Errorf("line %d: %d in %v, want %d", l.number, got, s, l.counts[s])
		}
	}
}

func (r *replay) link(p ports) *link {
	k := r.links[p]
	if k == nil {
		k = &link{replay: r, ports: p, who: wire.IncarnationOf(0, uint32(len(r.order)), 1), begun: -1}
		r.links[p] = k
		r.order = append(r.order, k)
	}
	return k
}

func (k *link) touch(now des.Time) {
	k.touched = now
	if k.begun < 0 {
		k.begun = now
	}
}

// inject sends the peer's segment on its way.
func (k *link) inject(now des.Time, s wire.Segment) {
	k.touch(now)
	s.DstPort, s.SrcPort, s.Incarnation, s.Window = k.ports.ours, k.ports.theirs, k.who, 65535
	if s.Flags.Has(wire.ACK) {
		s.Ack = s.Ack.Add(k.iss.Uint32())
	}
	if s.Flags.Has(wire.SYN) {
		k.first = s.Seq.Add(1)
	}
	s.Offset = uint64(int64(s.Seq.Sub(k.first)))
	s.TSEcr = k.stamp
	p := k.replay.pool.Get()
	p.Segment, p.Src, p.Dst = s, k.replay.address[1], k.replay.address[0]
	p.Measure()
	k.replay.peer.Receive(now, p)
}

// call is what the application does.
func (k *link) call(now des.Time, l *kernelLine) {
	k.touch(now)
	r := k.replay
	switch {
	case l.word == "connect":
		s, err := r.host.Connect(now, host.Remote{Address: r.address[1], Port: k.ports.theirs}, k.ports.ours, k.who, k)
		if err != nil {
			r.t.Fatalf("line %d: %v", l.number, err)
		}
		k.socket = s
	case l.word == "accept":
		if !r.listener.Accept(now) || k.socket == nil {
			r.t.Fatalf("line %d: another was accepted, or none", l.number)
		}
	case k.socket == nil:
		r.t.Fatalf("line %d: no socket", l.number)
	case l.word == "write":
		k.socket.Write(now, l.bytes)
	case l.word == "read":
		k.socket.Read(now)
	case l.word == "shutdown":
		k.socket.Shutdown(now)
	case l.word == "close":
		k.socket.Close(now)
	case l.word == "abort":
		k.socket.Abort(now)
	default:
		r.t.Fatalf("line %d: no call %q", l.number, l.word)
	}
}

// Accept gives the connection to its link.
func (r *replay) Accept(_ des.Time, s *host.Socket) host.App {
	ours, theirs := s.Ports()
	k := r.link(ports{ours, theirs})
	k.socket = s
	return k
}

// News notes the end that an application learns of.
func (k *link) News(now des.Time, _ *host.Socket, n tcp.News) {
	for _, failed := range []struct {
		news tcp.News
		name string
	}{{tcp.TimedOut, "ETIMEDOUT"}, {tcp.WasReset, "ECONNRESET"}, {tcp.Refused, "ECONNREFUSED"}} {
		if n&failed.news != 0 {
			k.did = append(k.did, deed{at: now, news: failed.name, reply: now == k.touched})
		}
	}
	if n&(tcp.Ended|tcp.Failed) != 0 {
		k.socket = nil
	}
}

// State notes that a connection is gone.
func (r *replay) State(now des.Time, _ topo.NodeID, who wire.Incarnation, _, to tcp.State) {
	if k := r.order[who.Slot()]; to == tcp.Closed {
		k.did = append(k.did, deed{at: now, news: "gone", reply: now == k.touched})
	}
}

func (r *replay) Sent(des.Time, topo.NodeID, *wire.Packet)               {}
func (r *replay) Received(des.Time, topo.NodeID, *wire.Packet)           {}
func (r *replay) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

// Receive takes what the host sent, as the peer.
func (r *replay) Receive(now des.Time, p *wire.Packet) {
	s := p.Segment
	r.pool.Put(p)
	k := r.link(ports{s.SrcPort, s.DstPort})
	if s.Flags.Has(wire.SYN) && !k.known {
		k.iss, k.known = s.Seq, true
	}
	s.Seq = wire.SeqOf(uint32(s.Seq.Sub(k.iss)))
	if s.Options&wire.HasTimestamps != 0 {
		k.stamp = s.TSVal
	}
	k.did = append(k.did, deed{at: now, seg: s, reply: now == k.touched})
}

// compare holds what happened against what the kernel did.
func (r *replay) compare() {
	for _, k := range r.order {
		k.compare()
	}
	if r.t.Failed() {
		for _, k := range r.order {
			for _, d := range k.did {
				r.t.Logf("%10.4f  %v  %s", d.at.Seconds(), k.ports, d)
			}
		}
	}
}

// compare goes through the kernel's deeds, each of which must have its like here,
// in the same order but for those that are only known as news.
func (k *link) compare() {
	r, t := k.replay, k.replay.t
	last := r.lines[len(r.lines)-1].at
	before, late := k.begun, time.Duration(0)
	var segments []deed
	for _, d := range k.did {
		if d.news == "" {
			segments = append(segments, d)
		}
	}
	for i := range r.lines {
		l := &r.lines[i]
		if l.ports != k.ports || l.kind != ">" && l.kind != "*" {
			continue
		}
		d, ok := k.match(l, segments)
		if !ok {
			t.Errorf("line %d: the kernel's %s is missing", l.number, lineDeed(l))
			continue
		}
		k.same(l, d)
		behind := l.at - time.Duration(d.at)
		allowed := r.late
		if !d.reply {
			allowed += max(late, 0) + r.slack(d.at.Sub(before))
		}
		if behind < -r.late || behind > allowed {
			t.Errorf("line %d: %s\nis %v before the kernel, at most %v are its timers' due", l.number, d, behind, allowed)
		}
		if l.kind == ">" {
			before, late, segments = d.at, behind, segments[1:]
		}
	}
	for _, d := range segments {
		if time.Duration(d.at)+max(late, 0)+r.slack(d.at.Sub(before))+r.late < last {
			t.Errorf("%10.4f %s is not the kernel's", d.at.Seconds(), d)
		}
	}
}

// slack is how late a timer may be.
func (k *kernelCase) slack(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * k.timers / 100)
}

// same compares a deed with the line's, but for the fields in which they must
// differ.
func (k *link) same(l *kernelLine, d deed) {
	t, want := k.replay.t, lineDeed(l)
	for _, field := range l.departs {
		switch {
		case field != "win":
			t.Fatalf("line %d: no departure in %s is known", l.number, field)
		case d.seg.Window == want.seg.Window:
			t.Errorf("line %d: win does not depart any more", l.number)
		}
		want.seg.Window = d.seg.Window
	}
	if d.String() != want.String() {
		t.Errorf("line %d: %s\nwant    %s", l.number, d, want)
	}
}

// match finds what must be the line's deed.
func (k *link) match(l *kernelLine, segments []deed) (deed, bool) {
	if l.kind == ">" {
		if len(segments) == 0 {
			return deed{}, false
		}
		return segments[0], true
	}
	for _, d := range k.did {
		if d.news == l.word {
			return d, true
		}
	}
	return deed{}, false
}

func lineDeed(l *kernelLine) deed { return deed{news: l.word, seg: l.seg} }

// String is the deed as a case writes it.
func (d deed) String() string {
	if d.news != "" {
		return d.news
	}
	s := &d.seg
	var b strings.Builder
	for _, f := range []struct {
		flag wire.Flags
		name string
	}{{wire.SYN, "S"}, {wire.FIN, "F"}, {wire.RST, "R"}, {wire.PSH, "P"}, {wire.ACK, "."}} {
		if s.Flags.Has(f.flag) {
			b.WriteString(f.name)
		}
	}
	fmt.Fprint(&b, " seq ", int32(s.Seq.Uint32()))
	if s.Flags.Has(wire.ACK) {
		fmt.Fprint(&b, " ack ", s.Ack)
	}
	if s.Len > 0 {
		fmt.Fprint(&b, " len ", s.Len)
	}
	if !s.Flags.Has(wire.RST) {
		fmt.Fprint(&b, " win ", s.Window)
	}
	if s.Options&wire.HasMSS != 0 {
		fmt.Fprint(&b, " mss ", s.MSS)
	}
	if s.Options&wire.SACKPermitted != 0 {
		b.WriteString(" sack")
	}
	if s.Options&wire.HasTimestamps != 0 {
		fmt.Fprint(&b, " echo ", s.TSEcr)
	}
	if s.Options&wire.HasScale != 0 {
		fmt.Fprint(&b, " scale ", s.Scale)
	}
	return b.String()
}

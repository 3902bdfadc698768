//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"netsim/des"
	"netsim/packetdrill/script"
	"netsim/wire"
)

// real is a script on its way through the kernel of this machine. The numbers, flows
// and times are those of the simulated runner; time is of the clock on the wall.
type real struct {
	*runner
	*tunnel
	heard  []sniffed
	files  map[int64]*descriptor
	opened []*descriptor
	wait   *underway
	record bool // what the script expects is not looked at: what comes is noted
}

// descriptor is a file of the script: live is its number in this process.
type descriptor struct {
	socket
	live      int
	listening bool
}

// RunKernel runs a script against the kernel of this machine, in a namespace of its own.
// With record, expectations are passed over, and the rows are what happened.
func RunKernel(file, src string, o Options, record bool) *Result {
	done := make(chan *Result)
	go func() {
		runtime.LockOSThread() // and never unlocked: the namespace goes with the thread
		done <- runKernel(file, src, o, record)
	}()
	return <-done
}

func runKernel(file, src string, o Options, record bool) *Result {
	res := &Result{File: file}
	r, err := prepare(file, src, o)
	if err == nil {
		k := &real{runner: r, files: map[int64]*descriptor{}, record: record}
		k.runner.world = &world{book: wire.NewBook()}
		k.local, k.remote = k.book.Add(r.setup.local), k.book.Add(r.setup.remote)
		if k.tunnel, err = dig(&r.setup); err == nil {
			go k.sniff()
			err = k.run()
			k.over()
		} else {
			err = &unsupported{what: err.Error()}
		}
	}
	res.settle(err)
	if r != nil {
		res.Rows = r.rows
	}
	return res
}

// now is the time on the wall.
func (k *real) now() des.Time { return k.tunnel.now() }

func (k *real) run() error {
	for _, s := range k.script.Init {
		if err := command(k, s); err != nil {
			return k.note(s.Pos, err)
		}
	}
	k.base = k.now()
	k.last = k.base
	for _, e := range k.script.Events {
		k.event = e
		if err := k.happen(e); err != nil {
			return k.note(e.Pos, err)
		}
	}
	if err := k.await(); err != nil {
		return k.note(k.event.Pos, err)
	}
	if k.record { // what comes after the last event
		k.listen(k.now().Add(300 * time.Millisecond))
		k.writeDown()
		k.rows = append(k.rows, counterRows(k.Counters())...)
	}
	return nil
}

// note gives an error its place and its row.
func (k *real) note(at script.Pos, err error) error {
	if f, ok := err.(*failure); ok {
		if f.at.Line == 0 {
			f.at = at
		}
		k.rows = append(k.rows, Row{At: k.now().Sub(k.base), Pos: f.at, Kind: Mismatch, Text: f.want, Got: f.got + f.unexpected})
	}
	if u, ok := err.(*unsupported); ok && u.at.Line == 0 {
		u.at = at
	}
	return err
}

// over closes what the script left open; the rest goes with the namespace.
func (k *real) over() {
	k.tunnel.Close()
	for _, d := range k.opened {
		if !d.closed {
			syscall.SetsockoptLinger(d.live, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
			syscall.Shutdown(d.live, syscall.SHUT_RDWR)
			syscall.Close(d.live)
		}
	}
}

// happen lets an event happen at its time.
func (k *real) happen(e *script.Event) error {
	if err := k.poke(); err != nil {
		return err
	}
	p, isPacket := e.What.(*script.Packet)
	if isPacket && !p.Inbound && !k.record {
		k.injected = false
		at, err := k.expect(e, p)
		k.last = at
		return err
	}
	at := k.now()
	if !e.When.Any {
		at = k.due(&e.When)
	}
	k.reach(at)
	if isPacket && !p.Inbound { // recording
		k.last, k.injected = at, false
		return nil
	}
	if !e.When.Any && !k.record {
		if err := k.onTime("the event", at, k.late(&e.When, at), k.now()); err != nil {
			return err
		}
	}
	if err := k.poke(); err != nil {
		return err
	}
	if k.record {
		k.hear(k.now())
		k.writeDown()
	}
	k.last, k.injected = k.now(), false
	switch what := e.What.(type) {
	case *script.Packet:
		k.scripted, k.injected = at, true
		err := k.inject(what)
		if k.record {
			k.listen(k.now().Add(500 * time.Microsecond)) // what answers it stands behind it
		}
		return err
	case *script.Call:
		err := k.call(e, what)
		if k.record && k.wait == nil {
			k.listen(k.now().Add(500 * time.Microsecond))
		}
		return err
	case *script.Shell:
		defer func() { k.last = k.now() }()
		return command(k, what)
	case *script.Code:
		return k.code(what)
	case *script.Unknown:
		return &unsupported{what: what.What}
	}
	return nil
}

// reach sleeps until a time.
func (k *real) reach(at des.Time) {
	if d := at.Sub(k.now()); d > 0 {
		rest := syscall.NsecToTimespec(int64(d))
		for syscall.Nanosleep(&rest, &rest) == syscall.EINTR {
		}
	}
}

// hear takes what the kernel has sent until a time, and waits for the first of it.
// Segments of no flow that begin a connection begin a flow.
func (k *real) hear(until des.Time) bool {
	for len(k.heard) == 0 {
		var d datagram
		select {
		case d = <-k.sniffed:
		default:
			wait := until.Sub(k.now())
			if wait <= 0 {
				return false
			}
			select {
			case d = <-k.sniffed:
			case <-time.After(wait):
				return false
			}
		}
		k.take(d)
	}
	for {
		select {
		case d := <-k.sniffed:
			k.take(d)
			continue
		default:
		}
		return true
	}
}

func (k *real) take(d datagram) {
	s, ok := d.read(k.book)
	if !ok {
		return
	}
	seg := &s.packet.Segment
	if k.of(&s.packet) == nil && seg.Flags&(wire.SYN|wire.ACK) == wire.SYN {
		f := k.newFlow(seg.SrcPort, seg.DstPort, s.packet.Dst)
		if k.subject != nil {
			k.subject.flow = f
		}
		f.iss, f.known = seg.Seq.Uint32(), true
	}
	if f := k.of(&s.packet); f != nil && seg.Flags.Has(wire.SYN) {
		f.iss, f.known = seg.Seq.Uint32(), true
	}
	k.heard = append(k.heard, s)
}

// listen hears all until a time.
func (k *real) listen(until des.Time) {
	all := k.heard
	for k.heard = nil; k.hear(until); k.heard = nil {
		all = append(all, k.heard...)
	}
	k.heard = all
}

// writeDown makes rows of what was heard.
func (k *real) writeDown() {
	for i := range k.heard {
		s := &k.heard[i]
		k.rows = append(k.rows, Row{At: s.at.Sub(k.base), Pos: k.event.Pos, Kind: Out, Text: k.text(s)})
	}
	k.heard = nil
}

// text writes a segment of the kernel as a script would.
func (k *real) text(s *sniffed) string {
	text := liveText(k.of(&s.packet), &s.packet)
	text, _, _ = strings.Cut(text, " <")
	if len(s.options) > 0 {
		text += " " + optionsText(s.options)
	}
	return text
}

// inject brings a segment or an ICMP message to the kernel.
func (k *real) inject(p *script.Packet) error {
	if s := k.subject; s != nil && s.flow == nil && s.phase == connecting {
		k.hear(k.now().Add(20 * time.Millisecond)) // the SYN tells of the connection
	}
	f := k.flowOf(p)
	if strings.HasPrefix(p.Flags, "S") && f.irsKnown && !k.alive(f) {
		f.irsKnown = false
	}
	var packet wire.Packet
	if err := k.make(&packet, f, p); err != nil {
		return err
	}
	raw := wire.AppendPacket(nil, k.book, &packet)
	k.last = k.now() // looking for the connection may have taken its time
	k.rows = append(k.rows, Row{At: k.last.Sub(k.base), Pos: k.event.Pos, Kind: In, Text: packetText(p)})
	if n, err := k.Write(raw); err != nil || n != len(raw) {
		return fmt.Errorf("writing to the TUN device: %d bytes, %v", n, err)
	}
	return nil
}

// alive reports whether the kernel has a connection of the flow.
func (k *real) alive(f *flow) bool {
	for _, s := range k.Sockets() {
		if s.LocalPort == f.local && s.RemotePort == f.remote && s.State != "LISTEN" && s.State != "CLOSED" {
			return true
		}
	}
	return false
}

// expect waits for the segment that the script expects next and compares it.
func (k *real) expect(e *script.Event, p *script.Packet) (des.Time, error) {
	if p.ICMP != nil {
		return 0, &unsupported{what: "an ICMP message that is expected"}
	}
	from, to, limit := k.now(), des.Never, k.now().Add(100*time.Second)
	if !e.When.Any {
		from = k.due(&e.When)
		if to = k.late(&e.When, from); to < limit {
			limit = plus(to, k.tolerance(from)+20*time.Millisecond)
		}
	}
	if !k.hear(limit) {
		return k.now(), &failure{want: packetText(p), got: "nothing until " + k.clock(limit)}
	}
	s := k.heard[0]
	k.heard = k.heard[1:]
	f := k.of(&s.packet)
	if f == nil || p.Ports == nil && f != k.flowOf(p) || p.Ports != nil && (p.Ports[0] != f.local || p.Ports[1] != f.remote) {
		return s.at, &failure{want: packetText(p), got: k.text(&s) + ", of another connection"}
	}
	k.gather(&s, p)
	differs, err := k.differ(f, p, &s)
	if differs != "" {
		err = &failure{want: packetText(p), got: fmt.Sprintf("%s (%s)", k.text(&s), differs)}
	}
	if err == nil && !e.When.Any {
		err = k.onTime(packetText(p), from, to, s.at)
	}
	if err == nil {
		k.rows = append(k.rows, Row{At: s.at.Sub(k.base), Pos: e.Pos, Kind: Out, Text: k.text(&s)})
	}
	return s.at, err
}

// gather adds to a segment those that follow it and that the script expects as one.
func (k *real) gather(c *sniffed, p *script.Packet) {
	s := &c.packet.Segment
	for !k.setup.strict && s.Len > 0 && s.Len < p.Seq.Len && s.Flags&(wire.SYN|wire.FIN|wire.RST) == 0 && k.hear(c.at.Add(k.setup.tolerance)) {
		more := k.heard[0]
		m := &more.packet.Segment
		if m.SrcPort != s.SrcPort || m.DstPort != s.DstPort || m.Seq != s.End() || m.Len == 0 || s.Len+m.Len > p.Seq.Len {
			return
		}
		m.Seq, m.Len, m.Flags = s.Seq, s.Len+m.Len, s.Flags|m.Flags
		*c = more
		k.heard = k.heard[1:]
	}
}

// differ compares a segment with the expected one, options as they stand in the header.
func (k *real) differ(f *flow, p *script.Packet, s *sniffed) (string, error) {
	head := *p
	head.Any = true
	name, err := k.differs(f, &head, &s.packet)
	if name != "" || err != nil || p.Any {
		return name, err
	}
	if len(s.options) != len(p.Options) {
		return "options", nil
	}
	for i, want := range p.Options {
		if want.Kind != s.options[i].Kind || want.Kind == script.OtherOption || !k.same(f, &want, &s.options[i]) {
			return "options", nil
		}
	}
	return "", nil
}

// stop reports whether this process may do what a run needs.
func stop() string {
	switch _, err := os.Stat("/dev/net/tun"); {
	case os.Geteuid() != 0:
		return "not root"
	case err != nil:
		return "no TUN device"
	}
	return ""
}

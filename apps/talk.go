package apps

import (
	"strconv"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// talk is one conversation: a job of a flow with both ends of its connection.
// Talks are pooled; slot and generation name them in the incarnation.
type talk struct {
	flow             *Flow
	slot, generation uint32
	next             *talk
	client, server   end
	begun            des.Time // connect() was called
	exchanges        int      // complete, as the client sees it
	served           int      // responses written
	closing          uint64   // segments of the closing, of ends that are gone
	live, measured   bool
	settled          bool // what is measured is decided
	opened, answered bool
	jobDone          bool
	closeBegun       bool

	timedOut, wasReset, dirty, merged, crossed bool
}

// end is one end of a talk: its App, and its clock.
type end struct {
	talk       *talk
	socket     *host.Socket // nil before there is one and when it is gone
	clock      des.Event
	purpose    purpose
	busy, done bool   // it had a connection; that is gone, or in TIME-WAIT
	eof        bool   // the other end has closed
	closed     bool   // we have
	active     bool   // and we were first
	replyDue   bool   // the close in answer waits until all is said
	serving    bool   // a request waits for its response
	got        uint64 // bytes of the message that is arriving
	unsent     uint64 // written by the user, not yet taken by the connection
	closedAt   des.Time
	eofAt      des.Time
}

// purpose is what an end's clock is set for.
type purpose uint8

const (
	toClose purpose = iota
	toReply         // close in answer to the FIN
	toServe         // write the response
	toAsk           // write the next request
)

// take returns a new talk of the flow.
func (w *World) take(f *Flow) *talk {
	t := w.free
	if t == nil {
		t = &talk{slot: uint32(len(w.talks))}
		w.talks = append(w.talks, t)
	} else {
		w.free = t.next
	}
	*t = talk{flow: f, slot: t.slot, generation: t.generation + 1, live: true}
	t.client.talk, t.server.talk = t, t
	t.client.clock.Bind(&t.client, f.owner.Rank(des.Workload))
	t.server.clock.Bind(&t.server, f.owner.Rank(des.Workload))
	return t
}

func (w *World) put(t *talk) {
	w.sim.Cancel(&t.client.clock)
	w.sim.Cancel(&t.server.clock)
	t.live = false
	t.next = w.free
	w.free = t
}

// find returns the talk of that incarnation, nil if it is over.
func (w *World) find(who wire.Incarnation) *talk {
	if int(who.Slot()) >= len(w.talks) {
		return nil
	}
	if t := w.talks[who.Slot()]; t.live && t.who() == who {
		return t
	}
	return nil
}

func (t *talk) who() wire.Incarnation {
	return wire.IncarnationOf(t.flow.number, t.slot, t.generation)
}

// News is what the connection tells: [host.App].
func (e *end) News(now des.Time, s *host.Socket, n tcp.News) {
	over := n&(tcp.Ended|tcp.Failed) != 0
	if n&tcp.Connected != 0 && !over {
		e.connected(now)
	}
	if n&tcp.Readable != 0 {
		e.read(now, s, over)
	}
	if n&tcp.Writable != 0 && !over {
		e.push(now)
	}
	if n&tcp.EndOfData != 0 {
		e.eof, e.eofAt = true, now
		if !over {
			e.replyTo(now)
		}
	}
	if over {
		e.gone(now, s, n)
	}
}

// Fire is the clock.
func (e *end) Fire(now des.Time) {
	switch e.purpose {
	case toClose:
		e.talk.close(now, e)
	case toReply:
		e.close(now, Fin)
	case toServe:
		e.respond(now)
	case toAsk:
		e.ask(now)
	}
}

// after does what the purpose says, now or when the span is over.
func (e *end) after(now des.Time, p purpose, span time.Duration) {
	e.purpose = p
	if span > 0 {
		e.talk.flow.world.sim.At(&e.clock, now.Add(span))
		return
	}
	e.Fire(now)
}

// connected starts the conversation at this end.
func (e *end) connected(now des.Time) {
	t, f := e.talk, e.talk.flow
	if e == &t.server {
		t.moment(now, e, OnConnected)
		if f.Request == 0 && f.Response > 0 {
			e.serve(now)
		}
		return
	}
	t.opened = true
	if t.measured {
		f.Tally.Opened++
		f.Tally.SetupTime.Record(int64(now - t.begun))
		f.Tally.SetupTimeAll.Record(int64(now - t.begun))
		f.Tally.SYNSent.Record(int64(e.socket.Conn.Stats().SYNs))
	}
	f.Tally.Open.Add(now, 1)
	t.moment(now, e, OnConnected)
	if f.Request == 0 && f.Response == 0 {
		t.complete(now)
		return
	}
	e.ask(now)
}

// ask writes a request.
func (e *end) ask(now des.Time) {
	t, f := e.talk, e.talk.flow
	if e.socket == nil || e.eof || e.closed {
		return
	}
	e.write(now, f.Request)
	if t.exchanges == f.Exchanges-1 {
		t.moment(now, e, RequestSent)
	}
	if f.Response == 0 {
		e.answered(now)
	}
}

// read takes what has arrived; messages are told apart by their length alone.
func (e *end) read(now des.Time, s *host.Socket, over bool) {
	t, f := e.talk, e.talk.flow
	n := s.Conn.Read(now)
	e.got += uint64(n)
	if n > 0 && t.measured {
		f.Tally.Bytes += uint64(n)
	}
	if e == &t.server {
		for f.Request > 0 && e.got >= f.Request && !e.serving && !over {
			e.got -= f.Request
			e.serve(now)
		}
		return
	}
	if n > 0 && !t.answered {
		t.answered = true
		if t.measured {
			f.Tally.FirstByteTime.Record(int64(now - t.begun))
		}
	}
	for f.Response > 0 && e.got >= f.Response && !t.jobDone {
		e.got -= f.Response
		e.answered(now)
	}
}

// serve waits the service time and responds.
func (e *end) serve(now des.Time) {
	if e.talk.flow.Response == 0 {
		e.talk.said(now, e)
		return
	}
	e.serving = true
	e.after(now, toServe, e.talk.flow.Service)
}

// respond writes the response.
func (e *end) respond(now des.Time) {
	t := e.talk
	e.serving = false
	e.write(now, t.flow.Response)
	t.said(now, e)
	if t.flow.Request == 0 && t.served < t.flow.Exchanges && e.socket != nil {
		e.serve(now)
	}
}

// said counts a request answered; the server may have said everything.
func (t *talk) said(now des.Time, e *end) {
	t.served++
	if t.served == t.flow.Exchanges {
		t.moment(now, e, Done)
	}
	if e.replyDue && e.unsent == 0 {
		e.replyTo(now)
	}
}

// answered counts an exchange; the client may have everything.
func (e *end) answered(now des.Time) {
	t, f := e.talk, e.talk.flow
	t.exchanges++
	if t.exchanges >= f.Exchanges {
		t.complete(now)
		return
	}
	e.after(now, toAsk, f.Think)
}

// complete ends the job.
func (t *talk) complete(now des.Time) {
	t.jobDone = true
	if t.measured {
		t.flow.Tally.JobsDone++
		t.flow.Tally.JobTime.Record(int64(now - t.begun))
	}
	t.moment(now, &t.client, Done)
	if t.flow.Closing.By == Nobody {
		t.settle()
	}
}

// write hands n bytes to the connection, now or as it takes them.
func (e *end) write(now des.Time, n uint64) {
	e.unsent += n
	e.push(now)
}

func (e *end) push(now des.Time) {
	if e.unsent > 0 && e.socket != nil {
		e.unsent -= e.socket.Write(now, e.unsent)
	}
	if e.unsent == 0 && e.replyDue && !e.serving {
		e.replyTo(now)
	}
}

// itoa is for the names of streams.
func itoa(i int) string { return strconv.Itoa(i) }

package apps

import (
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// talk is one conversation: a job of a flow with both ends of its connection.
// Talks are pooled; slot and generation name them in the incarnation.
type talk struct {
	flow             *Flow
	slot, generation uint32
	live, measured   bool
	settled          bool // what is measured is decided
	opened, answered bool
	jobDone          bool
	closeBegun       bool
	resting, last    bool // without a job; the pool will have it no more
	gaveUp           bool // the job has lost patience before it opened

	timedOut, wasReset, dirty, merged, crossed bool

	together bool // both ends close when the server has its own

	next           *talk
	begun          des.Time // connect() was called
	laws           *Flow    // whose laws the job follows: the flow, but behind a proxy
	number         uint64   // of the job there, by which the laws are drawn from
	first          int      // exchange there
	rounds         int      // exchanges of the job
	exchanges      int      // complete, as the client sees it
	served         int      // responses written
	job            *job     // nil: a flow that keeps none, or at rest
	client, server end
	pool           *pool  // that the connection belongs to
	jobs           uint64 // done on it
	to             int    // which of the flow's servers
	closing        uint64 // segments of the closing, of ends that are gone
}

// end is one end of a talk: its App, and its clocks.
type end struct {
	talk       *talk
	socket     *host.Socket // nil before there is one and when it is gone
	slow       *slowReader  // at which speed it reads; nil is at once
	proxy      *Proxy       // that asks others for the responses; nil is none
	busy, done bool         // it had a connection; that is gone, or in TIME-WAIT
	eof        bool         // the other end has closed
	closed     bool         // we have
	active     bool         // and we were first
	left       bool         // the last byte of the last message, unread
	replyDue   bool         // the close in answer waits until all is said
	serving    bool         // a request waits for its response
	writing    bool         // the connection has not yet taken all of a message
	waits      int          // jobs that a request has triggered and its response waits for
	heard      int          // requests that have arrived
	got        uint64       // bytes of the message that is arriving
	unsent     uint64       // of the message that is written
	closedAt   des.Time
	eofAt      des.Time
	work       clock // to serve, or to ask
	leave      clock // to close, or to reply
}

// clock is what an end waits for before it acts. It has two, since a close that is
// due some time after the opening does not keep it from talking.
type clock struct {
	event   des.Event
	end     *end
	purpose purpose
}

// purpose is what a clock is set for.
type purpose uint8

const (
	toClose  purpose = iota
	toReply          // close in answer to the FIN
	toServe          // write the response
	toAsk            // write the next request
	toRetire         // be closed after a long rest
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
	slot, generation, slow := t.slot, t.generation+1, t.client.slow
	*t = talk{} // a literal with fields would be made elsewhere and copied
	t.flow, t.slot, t.generation, t.live = f, slot, generation, true
	t.client.bind(t)
	t.server.bind(t)
	if f.ReadRate > 0 {
		t.client.slowDown(slow)
	}
	return t
}

func (e *end) bind(t *talk) {
	e.talk = t
	for _, c := range []*clock{&e.work, &e.leave} {
		c.end = e
		c.event.Bind(c, t.flow.owner.Rank(des.Workload))
	}
}

// stop stops the clocks.
func (e *end) stop() {
	sim := e.talk.flow.world.sim
	sim.Cancel(&e.work.event)
	sim.Cancel(&e.leave.event)
	if e.slow != nil {
		sim.Cancel(&e.slow.event)
	}
}

func (w *World) put(t *talk) {
	t.client.stop()
	t.server.stop()
	if f := t.flow; f.active != nil {
		f.active[t.to]--
	}
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

// plan makes the talk that of a job.
func (t *talk) plan(laws *Flow, number uint64, first int) {
	t.laws, t.number, t.first = laws, number, first
	t.rounds = max(int(t.draw(&laws.Exchanges, ofExchanges, 0)), 1)
}

// draw is what a law gives for an exchange of the job.
func (t *talk) draw(law *dist.Dist, of subject, exchange int) int64 {
	return t.laws.draw(law, of, t.number, t.first+exchange)
}

// request is the length of an exchange's request in bytes, 0 if the client does not
// speak. One that varies cannot be nothing, for then nobody would see it.
func (t *talk) request(exchange int) uint64 {
	if !t.laws.asks {
		return 0
	}
	return uint64(max(t.draw(&t.laws.Request, ofRequest, exchange), 1))
}

// response is that of its response, if the server speaks.
func (t *talk) response(exchange int) uint64 {
	return uint64(max(t.draw(&t.laws.Response, ofResponse, exchange), 1))
}

// span is a time that a law gives for an exchange of the job.
func (t *talk) span(law *dist.Dist, of subject, exchange int) time.Duration {
	return time.Duration(t.draw(law, of, exchange))
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
	if n&tcp.EndOfData != 0 && (over || e.slow == nil || !e.slow.before(s)) {
		e.finish(now, over)
	}
	if over {
		e.gone(now, s, n)
	}
}

// finish takes the other end's FIN, once all before it is read.
func (e *end) finish(now des.Time, over bool) {
	e.eof, e.eofAt = true, now
	if e.talk.resting {
		e.talk.part(now)
	}
	if !over {
		e.replyTo(now)
	}
}

// after does what the purpose says, now or when the span is over. An end that is
// gone does nothing any more.
func (c *clock) after(now des.Time, p purpose, span time.Duration) {
	if c.end.done {
		return
	}
	c.purpose = p
	if span > 0 {
		c.end.talk.flow.world.sim.At(&c.event, now.Add(span))
		return
	}
	c.Fire(now)
}

// Fire does it.
func (c *clock) Fire(now des.Time) {
	switch e := c.end; c.purpose {
	case toClose:
		e.talk.close(now, e)
	case toReply:
		e.close(now, Fin)
	case toServe:
		e.respond(now)
	case toAsk:
		e.ask(now)
	case toRetire:
		p := e.talk.pool
		p.retire(now, e.talk)
		p.serve(now)
	}
}

// connected starts the conversation at this end.
func (e *end) connected(now des.Time) {
	t, f := e.talk, e.talk.flow
	if e == &t.server {
		t.moment(now, e, OnConnected)
		switch {
		case t.laws.asks && !t.laws.greets:
		case t.laws.answers: // the server speaks first
			e.serve(now)
		default: // nobody speaks
			t.moment(now, e, RequestSent)
			t.moment(now, e, Done)
			if t.together {
				t.close(now, &t.client)
			}
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
	if t.pool != nil {
		t.settle()
	}
	t.moment(now, e, OnConnected)
	if !t.laws.asks && !t.laws.answers {
		t.moment(now, e, RequestSent)
		t.complete(now)
		return
	}
	if t.laws.greets {
		return
	}
	if o := f.Options; o != nil && o.FastOpen { // the request was written with the OPEN
		e.unsent, e.writing = t.request(0)-e.socket.Conn.Written(), true
		e.push(now)
		return
	}
	e.ask(now)
}

// ask writes a request.
func (e *end) ask(now des.Time) {
	if e.socket == nil || e.eof || e.closed {
		return
	}
	e.write(now, e.talk.request(e.talk.exchanges))
}

// asked notes a request that the connection has taken.
func (e *end) asked(now des.Time) {
	t := e.talk
	if t.exchanges == t.rounds-1 {
		t.moment(now, e, RequestSent)
	}
	if !t.laws.answers || t.laws.greets {
		e.answered(now)
	}
}

// read takes what has arrived.
func (e *end) read(now des.Time, s *host.Socket, over bool) {
	if e.slow != nil && !over {
		e.slow.sip(now)
		return
	}
	if e.spurns() && !over {
		e.leaveLast(now, s)
		return
	}
	e.take(now, s.Read(now), over)
}

// take looks through n bytes for messages, which are told apart by their length
// alone.
func (e *end) take(now des.Time, n uint32, over bool) {
	t, f := e.talk, e.talk.flow
	e.got += uint64(n)
	if n > 0 && t.counts() {
		f.Tally.Bytes += uint64(n)
	}
	if e == &t.server {
		for t.laws.asks && !over {
			size := t.request(e.heard)
			if e.got < size {
				break
			}
			e.got -= size
			e.heard++
			e.hear(now)
		}
		return
	}
	if n > 0 && !t.answered {
		t.answered = true
		if t.measured {
			f.Tally.FirstByteTime.Record(int64(now - t.begun))
		}
	}
	for t.laws.answers && !t.jobDone {
		size := t.response(t.exchanges)
		if e.got < size {
			break
		}
		e.got -= size
		switch {
		case !t.laws.greets:
			e.answered(now)
		case t.exchanges == 0:
			e.ask(now)
		default:
			e.work.after(now, toAsk, t.span(&t.laws.Think, ofThink, t.exchanges))
		}
	}
}

// hear takes a request: what it asks for is still to be said, or with a greeting
// has been.
func (e *end) hear(now des.Time) {
	t := e.talk
	switch {
	case !t.laws.greets || e.heard < t.rounds:
		e.serve(now)
	default:
		t.moment(now, e, RequestSent)
		t.moment(now, e, Done)
	}
}

// serve waits the service time and responds.
func (e *end) serve(now des.Time) {
	t := e.talk
	if t.served == t.rounds-1 && !t.laws.greets {
		t.moment(now, e, RequestSent)
	}
	if e.calls(now) {
		return
	}
	e.attend(now)
}

// attend sees to the response.
func (e *end) attend(now des.Time) {
	t := e.talk
	if !t.laws.answers {
		e.said(now)
		return
	}
	e.serving = true
	if e.proxy != nil {
		e.proxy.forward(now, e)
		return
	}
	e.work.after(now, toServe, t.span(&t.laws.Service, ofService, t.served))
}

// respond writes the response.
func (e *end) respond(now des.Time) {
	e.serving = false
	e.write(now, e.talk.response(e.talk.served))
}

// said counts a response that the connection has taken; the server may have said
// everything.
func (e *end) said(now des.Time) {
	t := e.talk
	t.served++
	switch {
	case t.laws.greets:
	case t.served == t.rounds:
		t.moment(now, e, Done)
	case !t.laws.asks: // nothing to wait for
		e.serve(now)
	}
}

// answered counts an exchange; the client may have everything.
func (e *end) answered(now des.Time) {
	t := e.talk
	t.exchanges++
	if t.exchanges >= t.rounds {
		t.complete(now)
		return
	}
	if t.laws.greets {
		return
	}
	e.work.after(now, toAsk, t.span(&t.laws.Think, ofThink, t.exchanges))
}

// complete ends the job.
func (t *talk) complete(now des.Time) {
	t.jobDone = true
	j := t.job
	t.job = nil
	if j == nil && t.measured {
		t.flow.Tally.JobsDone++
		t.flow.Tally.JobTime.Record(int64(now - t.begun))
	}
	if t.pool != nil {
		t.pool.back(now, t)
	} else {
		t.moment(now, &t.client, Done)
		t.stand()
	}
	if j != nil {
		j.end(now, true)
	}
}

// counts reports whether what is said now is measured.
func (t *talk) counts() bool {
	if t.job != nil {
		return t.job.measured
	}
	return t.measured
}

// stand settles a talk that nobody closes, once both ends have done their part:
// the server may learn later than the client that the connection is open.
func (t *talk) stand() {
	if t.flow.Closing.By == Nobody && t.jobDone && t.server.busy {
		t.settle()
	}
}

// write hands a message of n bytes to the connection, now or as it takes them.
func (e *end) write(now des.Time, n uint64) {
	e.unsent, e.writing = e.unsent+n, true
	e.push(now)
}

// push goes on writing, until the connection has all of the message.
func (e *end) push(now des.Time) {
	if !e.writing || e.socket == nil {
		return
	}
	if e.unsent > 0 {
		e.unsent -= e.socket.Write(now, e.unsent)
	}
	if e.unsent > 0 {
		return
	}
	e.writing = false
	if e == &e.talk.server {
		e.said(now)
	} else {
		e.asked(now)
	}
	if e.replyDue {
		e.replyTo(now)
	}
}

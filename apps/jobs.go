package apps

import (
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// Retry is what becomes of a job that fails: so many times it is tried again, each
// time after a wait of so many ns.
type Retry struct {
	Times   int
	Backoff dist.Dist
}

// job is an arrival of a flow whose jobs are more than their connections: it may
// wait for one, borrow it from a pool, lose patience, and try again. Jobs are pooled
// records. That of a user comes back when he has thought.
type job struct {
	flow           *Flow
	talk           *talk // it has; nil while it waits
	client, server int
	number         uint64
	arrived        des.Time
	tries          int // that have failed
	measured       bool
	user, thinking bool
	next           *job // free
	again          alarm
	patience       alarm
	origin         *end             // of a proxy, that waits for the job to answer a request; nil is none
	caller         *end             // whose response waits for the job; nil is none
	who            wire.Incarnation // the origin's, or the caller's
}

// alarm is one of a job's two clocks.
type alarm struct {
	event des.Event
	job   *job
}

// keeps tells whether the flow's jobs have records of their own.
func (f *Flow) keeps() bool {
	return f.Pool != nil || f.Retry.Times > 0 || f.Timeout > 0 || f.Arrivals.Process == Users || f.Arrivals.Process == Triggered
}

func (w *World) takeJob(f *Flow) *job {
	j := w.idle
	if j == nil {
		j = new(job)
	} else {
		w.idle = j.next
	}
	*j = job{flow: f}
	for _, a := range []*alarm{&j.again, &j.patience} {
		a.job = j
		a.event.Bind(a, f.owner.Rank(des.Workload))
	}
	return j
}

func (w *World) putJob(j *job) {
	w.sim.Cancel(&j.again.event)
	w.sim.Cancel(&j.patience.event)
	j.next = w.idle
	w.idle = j
}

// begin is the arrival.
func (j *job) begin(now des.Time) {
	f := j.flow
	j.number, j.arrived, j.tries, j.measured = f.jobs, now, 0, f.Tally.measures(now)
	f.jobs++
	if j.measured {
		f.Tally.Jobs++
		f.world.unsettled++
	}
	j.try(now)
}

// try looks for a connection.
func (j *job) try(now des.Time) {
	f := j.flow
	if f.Timeout > 0 {
		f.world.sim.At(&j.patience.event, now.Add(f.Timeout))
	}
	if f.Pool == nil {
		f.connect(now, j.client, j.server, j, nil)
		return
	}
	f.poolOf(j.client, j.server).submit(now, j)
}

// Fire is the end of a wait: before the next try, of a user's thoughts, or of
// patience.
func (a *alarm) Fire(now des.Time) {
	j := a.job
	switch {
	case a == &j.patience:
		j.giveUp(now)
	case j.thinking && j.flow.leaves():
		j.flow.world.putJob(j)
	case j.thinking:
		j.thinking = false
		j.server = j.flow.server(j.flow.Clients[j.client], uint64(j.client))
		j.begin(now)
	default:
		j.try(now)
	}
}

// giveUp leaves the queue, or the connection, which is of no use any more.
func (j *job) giveUp(now des.Time) {
	if t := j.talk; t != nil {
		t.job, j.talk = nil, nil
		t.abandon(now)
	} else {
		j.flow.poolOf(j.client, j.server).forget(now, j)
	}
	j.lost(now)
}

// lost is a try that failed.
func (j *job) lost(now des.Time) {
	f := j.flow
	j.talk = nil
	f.world.sim.Cancel(&j.patience.event)
	if j.tries == f.Retry.Times {
		j.end(now, false)
		return
	}
	j.tries++
	if j.measured {
		f.Tally.Retries++
	}
	wait := f.draw(&f.Retry.Backoff, ofBackoff, j.number, j.tries)
	f.world.sim.At(&j.again.event, now.Add(time.Duration(wait)))
}

// end is the end of the job, which is done or has failed.
func (j *job) end(now des.Time, done bool) {
	f := j.flow
	f.world.sim.Cancel(&j.patience.event)
	if j.measured {
		f.world.unsettled--
		if done {
			f.Tally.JobsDone++
			f.Tally.JobTime.Record(int64(now - j.arrived))
		}
	}
	if j.user {
		j.think(now)
		return
	}
	if j.origin != nil {
		j.answer(now, done)
	}
	if j.caller != nil {
		j.called(now)
	}
	f.world.putJob(j)
}

// think is the time until a user comes back, if he does.
func (j *job) think(now des.Time) {
	f, a := j.flow, &j.flow.Arrivals
	next := now.Add(time.Duration(a.Think.Draw(f.thoughts)))
	if next >= a.Stop || a.Count > 0 && f.jobs >= a.Count || f.leaves() {
		f.world.putJob(j)
		return
	}
	j.thinking = true
	f.world.sim.At(&j.again.event, next)
}

// populate makes the users of a flow, who think first.
func (f *Flow) populate() {
	a := &f.Arrivals
	f.thoughts = des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+".arrivals")
	f.SetUsers(des.Time(a.Start), a.Users)
}

// SetUsers changes how many users there are, or are at each client: new ones think
// first, and whoever of those that are too many would begin or end a job first goes.
func (f *Flow) SetUsers(now des.Time, n int) {
	if f.Arrivals.PerHost {
		n *= len(f.Clients)
	}
	for ; f.users > n; f.users-- {
		f.leaving++
	}
	for ; f.users < n; f.users++ {
		if f.leaving > 0 {
			f.leaving--
			continue
		}
		j := f.world.takeJob(f)
		j.user, j.client = true, f.users%len(f.Clients)
		j.think(max(now, des.Time(f.Arrivals.Start)))
	}
}

// leaves tells whether a user is one too many, and goes.
func (f *Flow) leaves() bool {
	if f.leaving == 0 {
		return false
	}
	f.leaving--
	return true
}

// assign gives a talk the job.
func (t *talk) assign(j *job) {
	t.job, j.talk = j, t
	t.exchanges, t.served, t.server.heard, t.jobDone = 0, 0, 0, false
	if e := j.origin; e != nil {
		t.plan(e.talk.laws, e.talk.number, e.talk.served)
		t.rounds = 1
	} else {
		t.plan(j.flow, j.number, 0)
	}
	if p := t.pool; p != nil {
		t.last = p.flow.Pool.MaxRequests > 0 && t.jobs+1 >= p.flow.Pool.MaxRequests
	}
}

// part takes a talk whose connection is of no more use from its pool and its job.
func (t *talk) part(now des.Time) {
	j := t.job
	t.job = nil
	if p := t.pool; p != nil {
		p.leave(now, t)
		p.serve(now)
	}
	if j != nil {
		j.lost(now)
	}
}

// abandon closes a connection that has lost its job.
func (t *talk) abandon(now des.Time) {
	t.jobDone = true // whatever is still to come
	if !t.opened {
		t.gaveUp = true
		t.client.socket.Abort(now)
		return
	}
	t.part(now)
	t.client.close(now, t.flow.OnTimeout)
}

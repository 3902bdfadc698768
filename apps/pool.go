package apps

import (
	"slices"
	"time"

	"netsim/des"
)

// Pooling keeps connections for further jobs. A job borrows the one that was used
// last, opens one where there is room for it, or waits its turn. What is closed is
// closed by the flow's Closing, and has left the pool by then.
type Pooling struct {
	Size        int           // connections, those that are being opened among them
	PerHost     bool          // of a client; else of a client to a server
	MaxRequests uint64        // jobs of a connection; 0 is no limit
	MaxAge      time.Duration // since connect(), regarded when a job ends or while there is none; 0 is no limit
	Idle        time.Duration // longest rest; 0 is no limit
}

// pool is the connections of a client, or of a client to a server.
type pool struct {
	flow    *Flow
	open    int
	rest    []*talk // without a job, the last used at the end
	waiting []*job  // in order of arrival
	serving bool
}

// poolOf returns the pool of a pair, or of a client.
func (f *Flow) poolOf(client, server int) *pool {
	i := client
	if !f.Pool.PerHost {
		i = client*len(f.Servers) + server
	}
	if f.pools[i] == nil {
		f.pools[i] = &pool{flow: f}
	}
	return f.pools[i]
}

// submit gives a job a connection, or a place in the queue.
func (p *pool) submit(now des.Time, j *job) {
	if len(p.waiting) == 0 && p.place(now, j) {
		return
	}
	p.waiting = append(p.waiting, j)
	p.flow.Tally.Waiting.Add(now, 1)
}

// forget takes a job from the queue.
func (p *pool) forget(now des.Time, j *job) {
	i := slices.Index(p.waiting, j)
	p.waiting = slices.Delete(p.waiting, i, i+1)
	p.flow.Tally.Waiting.Add(now, -1)
}

// serve gives connections to those who wait, as far as there are some. What they do
// with them may free others at once: one loop sees to all.
func (p *pool) serve(now des.Time) {
	if p.serving {
		return
	}
	p.serving = true
	for len(p.waiting) > 0 && p.free(p.waiting[0]) {
		j := p.waiting[0]
		p.forget(now, j)
		p.place(now, j)
	}
	p.serving = false
}

// free tells whether the job can have a connection.
func (p *pool) free(j *job) bool { return p.open < p.flow.Pool.Size || len(p.rest) > 0 }

// place gives the job a connection to its server: one at rest, or a new one, for
// which one to another server goes if there is no room.
func (p *pool) place(now des.Time, j *job) bool {
	if !p.free(j) {
		return false
	}
	for i, t := range slices.Backward(p.rest) {
		if t.to == j.server {
			p.rest = slices.Delete(p.rest, i, i+1)
			p.lend(now, t, j)
			return true
		}
	}
	if p.open == p.flow.Pool.Size {
		p.retire(now, p.rest[0])
	}
	p.open++
	p.flow.Tally.Busy.Add(now, 1)
	p.flow.connect(now, j.client, j.server, j, p)
	return true
}

// lend gives a connection at rest to a job.
func (p *pool) lend(now des.Time, t *talk, j *job) {
	p.flow.world.sim.Cancel(&t.client.work.event)
	p.flow.Tally.Idle.Add(now, -1)
	p.flow.Tally.Busy.Add(now, 1)
	t.resting = false
	t.assign(j)
	t.client.ask(now)
}

// back takes a connection whose job is done.
func (p *pool) back(now des.Time, t *talk) {
	limits := p.flow.Pool
	t.jobs++
	left := time.Duration(des.Never - now)
	if limits.Idle > 0 {
		left = limits.Idle
	}
	if limits.MaxAge > 0 {
		left = min(left, limits.MaxAge-now.Sub(t.begun))
	}
	if t.last || t.client.eof || t.client.closed || left <= 0 {
		p.retire(now, t)
	} else {
		t.resting = true
		p.rest = append(p.rest, t)
		p.flow.Tally.Busy.Add(now, -1)
		p.flow.Tally.Idle.Add(now, 1)
		if limits.Idle > 0 || limits.MaxAge > 0 {
			t.client.work.after(now, toRetire, left)
		}
	}
	p.serve(now)
}

// retire lets a connection be closed. That it is the last job of its server's end
// may know already.
func (p *pool) retire(now des.Time, t *talk) {
	known := t.last
	p.leave(now, t)
	t.last = true
	t.moment(now, &t.client, Done)
	if !known {
		t.moment(now, &t.server, Done)
	}
}

// leave makes room.
func (p *pool) leave(now des.Time, t *talk) {
	p.open--
	t.pool = nil
	if !t.resting {
		p.flow.Tally.Busy.Add(now, -1)
		return
	}
	t.resting = false
	p.flow.world.sim.Cancel(&t.client.work.event)
	p.rest = slices.DeleteFunc(p.rest, func(other *talk) bool { return other == t })
	p.flow.Tally.Idle.Add(now, -1)
}

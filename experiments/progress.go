package experiments

import (
	"sync"
	"time"
)

// Progress is how far a study is.
type Progress struct {
	Runs    int // in all
	Done    int // with success, those of the archive included
	Cached  int // of the archive
	Failed  int
	Running int
	Share   float64 // of the work, runs under way included
	Events  uint64  // of runs made now
	Spent   time.Duration
	Left    time.Duration // by what runs of each point have cost so far; < 0: nobody knows
}

// meter knows how far the runs of a study are, and what runs of each point cost.
type meter struct {
	mu      sync.Mutex
	begun   time.Time
	next    time.Duration // before which nothing is told
	now     Progress
	workers int
	left    []int  // runs of each point that are neither done nor under way
	cost    []cost // of each point
	all     cost
	running map[Task]*underway
	report  func(Progress)
}

// cost is what runs took, in seconds.
type cost struct {
	runs, seconds float64
}

func (c *cost) add(seconds float64) { c.runs, c.seconds = c.runs+1, c.seconds+seconds }

// underway is a run that has begun.
type underway struct {
	begun  time.Time
	share  float64
	events uint64
}

func newMeter(s *Study, tasks []Task, o *Options) *meter {
	m := &meter{begun: time.Now(), now: Progress{Runs: len(tasks)}, workers: 1, running: map[Task]*underway{}, report: o.Progress,
		left: make([]int, len(s.Points)), cost: make([]cost, len(s.Points))}
	for _, t := range tasks {
		m.left[t.Point]++
	}
	return m
}

// cached notes a run of the archive, and what it took then.
func (m *meter) cached(t Task, seconds float64) {
	m.now.Done++
	m.now.Cached++
	m.left[t.Point]--
	m.cost[t.Point].add(seconds)
	m.all.add(seconds)
}

// begin says how many runs are made at the same time.
func (m *meter) begin(workers int) {
	m.workers = max(workers, 1)
	m.tell()
}

// started notes that a run has begun.
func (m *meter) started(t Task) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left[t.Point]--
	m.running[t] = &underway{begun: time.Now()}
	m.now.Running++
	m.tell()
}

// under notes how far a run is.
func (m *meter) under(t Task, share float64, events uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.running[t]
	u.share, u.events = share, events
	m.tell()
}

// done notes the end of a run.
func (m *meter) done(t Task, seconds float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended(t)
	m.now.Done++
	m.cost[t.Point].add(seconds)
	m.all.add(seconds)
	m.tell()
}

// failed notes a run that did.
func (m *meter) failed(t Task) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running[t] == nil { // its world could not be built
		m.left[t.Point]--
	}
	m.ended(t)
	m.now.Failed++
	m.tell()
}

func (m *meter) ended(t Task) {
	if u := m.running[t]; u != nil {
		m.now.Events += u.events
		delete(m.running, t)
		m.now.Running--
	}
}

// often is the time between two reports of progress, at least; tests take none.
var often = 20 * time.Millisecond

func (m *meter) tell() {
	if m.report == nil {
		return
	}
	p := m.now
	p.Spent = time.Since(m.begun)
	over := p.Done+p.Failed == p.Runs
	if p.Spent < m.next && !over {
		return
	}
	m.next = p.Spent + often
	through := float64(p.Done + p.Failed)
	for _, u := range m.running { // order-free: a sum for the eye
		p.Events += u.events
		through += u.share
	}
	p.Share = through / float64(max(p.Runs, 1))
	p.Left = m.ahead()
	if over {
		p.Share, p.Left = 1, 0
	}
	m.report(p)
}

// ahead is how long the rest takes, < 0 if nobody knows.
func (m *meter) ahead() time.Duration {
	seen := m.all
	for _, u := range m.running { // order-free: a sum for the eye
		if u.share > 0 {
			seen.add(time.Since(u.begun).Seconds() / u.share)
		}
	}
	if seen.runs == 0 {
		return -1
	}
	seconds, unknown := 0., seen.seconds/seen.runs
	for i, n := range m.left {
		seconds += float64(n) * m.cost[i].mean(unknown)
	}
	for t, u := range m.running { // order-free: a sum for the eye
		seconds += m.cost[t.Point].mean(unknown) * (1 - u.share)
	}
	return time.Duration(seconds / float64(m.workers) * 1e9)
}

func (c *cost) mean(unknown float64) float64 {
	if c.runs == 0 {
		return unknown
	}
	return c.seconds / c.runs
}

package packetdrill

import (
	"errors"
	"fmt"
	"math"
	"time"

	"netsim/des"
	"netsim/packetdrill/assert"
	"netsim/packetdrill/script"
	"netsim/plots"
	"netsim/tcp"
)

// Options are what a run is told beside its script.
type Options struct {
	Profile   string        // linux unless it says something else; see [tcp.ProfileNames]
	Defines   []string      // NAME or NAME=VALUE
	Tolerance time.Duration // in place of the script's own; 0 is none
}

// Verdict is what came of a script.
type Verdict uint8

const (
	Pass Verdict = iota
	Fail
	Unsupported // it has something that this runner does not
)

func (v Verdict) String() string { return [...]string{"pass", "FAIL", "unsupported"}[v] }

// Result is what came of a script. Pos is where it failed or could not go on, Text
// what was expected there and what came, or the construct that is not supported.
type Result struct {
	File string
	Verdict
	script.Pos
	Text string
	Rows []Row // what happened, up to there

	states []plots.StateSpan // of the host's connections
}

// failure is an expectation that did not hold.
type failure struct {
	at         script.Pos
	want, got  string
	unexpected string // instead of both
}

func (f *failure) Error() string {
	if f.unexpected != "" {
		return f.unexpected
	}
	return fmt.Sprintf("expected %s, got %s", f.want, f.got)
}

// unsupported is a construct that the language has and this runner does not.
type unsupported struct {
	at   script.Pos
	what string
}

func (u *unsupported) Error() string { return u.what }

// runner is a script on its way.
type runner struct {
	*world
	script  *script.Script
	profile *tcp.Profile
	manners *manners
	setup   setup

	files    map[int64]any // by descriptor: *socket, *epoll
	sockets  []*socket     // every one there was
	epolls   []*epoll
	fastOpen int // net.ipv4.tcp_fastopen
	flows    []*flow
	current  *flow   // of segments that name no ports
	subject  *socket // under test: its flow is to come

	base      des.Time // time 0 of the script
	last      des.Time // when the event before happened
	scripted  des.Time // when it should have, if it was an injected segment
	injected  bool     // it was
	pending   *waiting
	rows      []Row
	event     *script.Event
	exhausted int // steps that are left
	program   *assert.Program
	sysctls   sysctls
	history   map[string]uint64 // of nstat
}

// limits of a script: it shall not run for ever.
const (
	mostSteps = 2_000_000
	mostTime  = 30 * 24 * time.Hour
)

// Run runs a script. Where the simulator itself breaks, that script fails, and others
// can go on.
func Run(file, src string, o Options) (res *Result) {
	res = &Result{File: file}
	defer func() {
		if defect := recover(); defect != nil {
			res.Verdict, res.Pos, res.Text = Fail, script.Pos{Line: 1, Col: 1}, fmt.Sprintf("a defect of the simulator: %v", defect)
		}
	}()
	r, err := prepare(file, src, o)
	if err == nil {
		err = r.run()
	}
	res.settle(err)
	if r != nil {
		res.Rows, res.states = r.rows, r.spans
	}
	return res
}

// settle makes a verdict of how a script ended.
func (res *Result) settle(err error) {
	var parse *script.Error
	var fail *failure
	var un *unsupported
	switch {
	case errors.As(err, &parse):
		res.Verdict, res.Pos, res.Text = Fail, parse.Pos, parse.Text
	case errors.As(err, &un):
		res.Verdict, res.Pos, res.Text = Unsupported, un.at, un.what
	case errors.As(err, &fail):
		res.Verdict, res.Pos, res.Text = Fail, fail.at, fail.Error()
	case err != nil:
		res.Verdict, res.Pos, res.Text = Fail, script.Pos{Line: 1, Col: 1}, err.Error()
	}
}

// prepare reads a script and builds its world.
func prepare(file, src string, o Options) (*runner, error) {
	if o.Profile == "" {
		o.Profile = "linux"
	}
	profile := profileOf(o.Profile)
	if profile == nil {
		return nil, fmt.Errorf("no profile %q; there are %v", o.Profile, tcp.ProfileNames())
	}
	names := definitions(o)
	src = names.replace(src)
	s, err := script.Parse(file, src, names.defined)
	if err != nil {
		return nil, err
	}
	r := &runner{script: s, profile: profile, manners: mannersOf(o.Profile), files: map[int64]any{}, exhausted: mostSteps}
	if err := r.options(o); err != nil {
		return nil, err
	}
	r.build()
	r.sysctls.values = map[string]string{}
	r.fastOpen = r.manners.fastOpen
	return r, nil
}

// profileOf is a profile as the system of that name has it: FreeBSD keeps all connections
// alive, which experiments do not want of it.
func profileOf(name string) *tcp.Profile {
	p := tcp.ProfileByName(name)
	if p != nil && name == "freebsd" {
		p.KeepAlways = true
	}
	return p
}

// run lets the events of the script happen, in its order.
func (r *runner) run() error {
	r.base = r.now()
	for _, s := range r.script.Init {
		if err := r.shell(s); err != nil {
			return r.note(s.Pos, err)
		}
	}
	r.base, r.begun = r.now(), r.now()
	r.last = r.base
	for _, e := range r.script.Events {
		r.event = e
		if err := r.happen(e); err != nil {
			return r.note(e.Pos, err)
		}
	}
	if w := r.pending; w != nil {
		if err := r.await(); err != nil {
			return r.note(w.pos, err)
		}
	}
	return nil
}

// note gives an error its place, if it has none, and its row.
func (r *runner) note(at script.Pos, err error) error {
	switch e := err.(type) {
	case *failure:
		if e.at.Line == 0 {
			e.at = at
		}
		r.rows = append(r.rows, Row{At: r.now().Sub(r.base), Pos: e.at, Kind: Mismatch, Text: e.want, Got: e.got + e.unexpected})
	case *unsupported:
		if e.at.Line == 0 {
			e.at = at
		}
	default:
		err = &failure{at: at, unexpected: err.Error()}
	}
	return err
}

// happen lets an event happen at its time.
func (r *runner) happen(e *script.Event) error {
	if p, ok := e.What.(*script.Packet); ok && !p.Inbound {
		r.injected = false
		if err := r.expect(e, p); err != nil {
			return err
		}
		r.last = r.now()
		return nil
	}
	at := r.due(&e.When)
	if err := r.reach(at); err != nil {
		return err
	}
	if !e.When.Any {
		if err := r.onTime("the event", at, r.late(&e.When, at), r.now()); err != nil {
			return err
		}
	}
	r.last, r.injected = r.now(), false
	switch what := e.What.(type) {
	case *script.Packet:
		r.scripted, r.injected = at, true
		return r.inject(what)
	case *script.Call:
		return r.call(e, what)
	case *script.Shell:
		defer func() { r.last = r.now() }() // sleep takes its time
		return r.shell(what)
	case *script.Code:
		return r.code(what)
	case *script.Unknown:
		return &unsupported{what: what.What}
	}
	return &unsupported{what: fmt.Sprintf("%T", e.What)}
}

// due is when an event is to happen.
func (r *runner) due(t *script.Time) des.Time {
	switch {
	case t.Any:
		return r.now()
	case !t.Relative:
		return plus(r.base, t.At)
	case r.injected && !r.isPacket():
		return plus(r.last, t.At)
	case r.injected: // of injected segments the first sets the time of the others
		return plus(r.scripted, t.At)
	}
	return plus(r.last, t.At)
}

// isPacket reports that the event at hand is an injected segment.
func (r *runner) isPacket() bool {
	p, ok := r.event.What.(*script.Packet)
	return ok && p.Inbound
}

// late is the end of the window in which an event may happen that is due at a time.
func (r *runner) late(t *script.Time, at des.Time) des.Time {
	if t.To == math.MaxInt64 || t.Any {
		return des.Never
	}
	return plus(at, t.To-t.At)
}

// plus adds without passing Never.
func plus(t des.Time, d time.Duration) des.Time {
	if sum := t.Add(d); sum >= t {
		return sum
	}
	return des.Never
}

// onTime fails if what happened now was not due between two times.
func (r *runner) onTime(what string, from, to, now des.Time) error {
	tolerance := r.tolerance(from)
	if now < from && from.Sub(now) > tolerance || now > to && now.Sub(to) > tolerance {
		want := r.clock(from)
		if to != from {
			want += " to " + r.clock(to)
		}
		return &failure{want: fmt.Sprintf("%s at %s", what, want), got: "it at " + r.clock(now)}
	}
	return nil
}

// tolerance is how far from its time an event may happen that is due at a time: the
// script's, or an eighth of the time since the event before it.
func (r *runner) tolerance(due des.Time) time.Duration {
	return max(r.setup.tolerance, due.Sub(r.last)/8)
}

// clock writes a time as a script does.
func (r *runner) clock(t des.Time) string {
	if t == des.Never {
		return "*"
	}
	return fmt.Sprintf("%.6f", t.Sub(r.base).Seconds())
}

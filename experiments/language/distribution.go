package language

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"

	"netsim/theory"
)

// Distribution is a law of times, as the functions handshake and setup_time make it,
// with what expressions may ask of it, in s.
type Distribution struct {
	Mean    float64               `expr:"mean"`
	SD      float64               `expr:"sd"`
	Failure float64               `expr:"failure"`
	P       func(float64) float64 `expr:"p"`
	CDF     func(float64) float64 `expr:"cdf"`

	Law theory.Distribution `expr:"-"`
}

// NewDistribution is that of the times of a closed form, given that it succeeds.
func NewDistribution(law theory.Distribution) *Distribution {
	ns := func(x float64) time.Duration { return time.Duration(math.Round(x * 1e9)) }
	return &Distribution{law.Mean(), law.SD(), law.Failure,
		func(x float64) float64 { return law.P(ns(x)) }, func(x float64) float64 { return law.CDF(ns(x)) }, law}
}

// The words that may follow a distribution: numbers, and functions of a time.
var (
	ofLaw   = []string{"mean", "sd", "failure"}
	ofTimes = []string{"p", "cdf"}
)

// distributed are the functions that yield distributions.
var distributed = []string{"handshake", "setup_time"}

// member is what is asked of a distribution: f(x).mean, or f(x).cdf as the callee.
func (c *compilation) member(n *ast.MemberNode, call *ast.CallNode, words []string) ast.Node {
	name, _ := pathOf(call.Callee)
	word, _ := n.Property.(*ast.StringNode)
	if !slices.Contains(distributed, name) {
		return c.refuse(wrongf("", "%s() is a number and has no parts", name))
	}
	if word == nil || !slices.Contains(words, word.Value) {
		return c.refuse(wrongf("a distribution has .mean .sd .failure .p(x) .cdf(x)", "%s() has no %s", name, n.Property))
	}
	n.Node = c.rewrite(call)
	return n
}

// handshake is the slot of handshake(flow.F).
func (c *compilation) handshake(n *ast.CallNode) ast.Node {
	path := ""
	if len(n.Arguments) == 1 {
		path, _ = pathOf(n.Arguments[0])
	}
	words := strings.Split(path, ".")
	if len(words) != 2 || words[0] != "flow" {
		return c.refuse(wrongf("write handshake(flow.NAME)", "handshake() is of a flow"))
	}
	if w := c.scope.names.check(words); w != nil {
		return c.refuse(w)
	}
	return at(n, c.place(Slot{Kind: Opened, Path: path, Subject: path}))
}

// setupTime is the law of connect() for a policy ('stateless', 'strict', 'linux', 'cached') and
// a list of waits in s, which hold for the SYN and for the SYN-ACK.
func setupTime(policy string, waits any, loss, lossBack, rtt float64) (*Distribution, error) {
	p := slices.Index(policies, policy)
	list, _ := waits.([]any)
	if p < 0 || len(list) == 0 || len(list) > 20 {
		return nil, fmt.Errorf("setup_time takes one of %s and a list of at most 20 waits, as [1, 2, 4]", strings.Join(policies, ", "))
	}
	o := theory.Opening{Policy: theory.Policy(p), Loss: loss, LossBack: lossBack, RTT: time.Duration(math.Round(rtt * 1e9))}
	for _, wait := range list {
		f, ok := wait.(float64)
		if !ok || !(f > 0 && f < 1e6) {
			return nil, fmt.Errorf("%v is no wait of setup_time", wait)
		}
		o.Client = append(o.Client, time.Duration(math.Round(f*1e9)))
	}
	if o.Server = o.Client; !(loss >= 0 && loss <= 1 && lossBack >= 0 && lossBack <= 1 && rtt >= 0 && rtt < 1e6) {
		return nil, fmt.Errorf("setup_time takes probabilities of loss and a round-trip time")
	}
	return NewDistribution(o.SetupTime()), nil
}

// policies are those of theory.Policy.
var policies = []string{"stateless", "strict", "linux", "cached"}

// Opening is how connections of a flow open, but for the loss and the round-trip
// time of its path; an error names the setting for which there is no closed form.
func (s *Spec) Opening(flow string) (o theory.Opening, err error) {
	i := slices.IndexFunc(s.Flows, func(f Flow) bool { return f.Name == flow })
	if i < 0 {
		return o, fmt.Errorf("there is no flow %q in this case", flow)
	}
	f := &s.Flows[i]
	none := func(path string) error { return fmt.Errorf("%s has no closed form", path) }
	switch {
	case f.Packets() || f.Kind != "conversation":
		return o, fmt.Errorf("flow.%s opens no connections", flow)
	case f.FastOpen:
		return o, none("flow." + flow + ".fast_open")
	case f.Timeout != Never:
		return o, none("flow." + flow + ".timeout")
	case s.Run.Ties == "seeded":
		return o, none("run.ties")
	}
	client, server := s.one(f.From), s.one(f.To)
	if client == nil || server == nil {
		return o, fmt.Errorf("flow.%s is between several groups", flow)
	}
	for i := range s.Links {
		l := &s.Links[i]
		if key := l.unclosed(); key != "" && s.between(l, client, server) {
			return o, none("link." + l.Name + "." + key)
		}
	}
	o.Client, o.Server, o.TimersFirst = client.TCP.SYNSchedule, server.TCP.SYNACKSchedule, s.Run.Ties == "timers-first"
	policy := server.TCP.SYNACK.String()
	if v, _ := s.config.value("node." + server.Name + ".tcp.syn_cookies"); v == "always" {
		policy = "stateless"
	}
	o.Policy = theory.Policy(slices.Index(policies, policy))
	return o, nil
}

// one is the group that all targets are of, nil if there are several.
func (s *Spec) one(targets []Target) *Node {
	for _, t := range targets {
		if t.Node != targets[0].Node {
			return nil
		}
	}
	return s.Node(targets[0].Node)
}

// between tells whether packets from one group to another may take a link: not where it
// leads to a third that is of hosts, which do not forward.
func (s *Spec) between(l *Link, from, to *Node) bool {
	return !slices.ContainsFunc(l.Ends[:], func(end string) bool {
		n := s.Node(end)
		return n != from && n != to && !n.Router()
	})
}

// unclosed is the key of a link that leaves an opening without a closed form, "" if
// there is none.
func (l *Link) unclosed() string {
	for _, d := range []*Direction{&l.Forward, &l.Back} {
		jitter, fixed := d.Jitter.Fixed()
		switch {
		case d.Bursts != nil || d.Lost != nil:
			return "loss"
		case !fixed || jitter != 0:
			return "jitter"
		case d.DelaySchedule != nil:
			return "delay"
		case d.RateSchedule != nil:
			return "rate"
		case d.Trace != "":
			return "trace"
		case d.Corrupt > 0:
			return "corrupt"
		case d.Duplicate > 0:
			return "duplicate"
		}
	}
	if len(l.Rules) > 0 {
		return "rule." + l.Rules[0].Name
	}
	return ""
}

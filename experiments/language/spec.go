package language

import (
	"net/netip"
	"time"

	"netsim/shapes"
	"netsim/tcp"
)

// A Spec is the effective configuration of one point: all that the world is built
// from. Times are in ns, rates in bit/s, sizes in bytes.
type Spec struct {
	Run    Run
	Params []Param
	Nodes  []Node // in the order of the file, as all that follows
	Links  []Link
	Flows  []Flow
	Events []Event

	Routing  Routing
	Captures []Capture

	config *config
}

// Run says how long is simulated and how often.
type Run struct {
	Duration     time.Duration `key:"duration"` // 0: until nothing is left to happen
	Warmup       time.Duration `key:"warmup"`   // Auto: to be found
	Drain        time.Duration `key:"drain"`
	Seed         uint64        `key:"seed"`
	Replications int           `key:"replications"`
	Most         int           `key:"max_replications"` // 0: Replications
	Batches      int           `key:"batches"`          // 1: none
	Confidence   float64       `key:"confidence"`
	Common       bool          `key:"common_random_numbers"` // the same at every point
	Ties         string        `key:"ties"`                  // packets-first, timers-first, seeded
	WarmupSaid   bool          // be it none
	MaxEvents    uint64        `key:"max_events"` // Unlimited: no bound
}

// Auto is the warm-up that each run finds for itself.
const Auto time.Duration = -1

// Routing says how packets find their way.
type Routing struct {
	Kind   string `key:"kind"`   // shortest, ecmp, static
	Weight string `key:"weight"` // weight, delay, hops
	Routes []Route
}

// Route sends what is for some hosts on to a neighbour, for a time.
type Route struct {
	Name  string
	At    []Target      `key:"at"`
	To    []Target      `key:"to"`
	Via   []Target      `key:"via"` // one node
	Start time.Duration `key:"start"`
	Stop  time.Duration `key:"stop"` // 0: never
}

// Param is a parameter of the experiment's own: a float64, bool or string, or
// one of the quantities of this package.
type Param struct {
	Name    string
	Value   any
	Follows bool // it is computed from others
}

// Node is a group of equal members.
type Node struct {
	Name      string
	Kind      string       `key:"kind"` // host, router, nat, firewall, balancer
	Count     int          `key:"count"`
	Label     string       `key:"label"`
	Addresses int          `key:"addresses"` // of each member
	Prefix    netip.Prefix `key:"prefix"`    // invalid: to be assigned
	Profile   string       `key:"profile"`
	TCP       *tcp.Profile // that profile, with what the file says otherwise
	Memory    Memory       `key:"memory"`
	CPU       CPU          `key:"cpu"`
	Listeners []Listener
	ICMP      ICMP     `key:"icmp"`
	NAT       NAT      `key:"nat"`
	Firewall  Firewall `key:"firewall"`
	Balance   Balance  `key:"balance"`

	shape *NodeShape
}

// NodeShape is what the topology that has made a group says of it.
type NodeShape struct {
	Of string // the shape
	*shapes.Group
}

// Shape returns what a topology says of the group, nil if the file has it itself.
func (n *Node) Shape() *NodeShape { return n.shape }

// Router tells whether the node forwards, as middleboxes do.
func (n *Node) Router() bool { return n.Kind != "host" && !n.Proxy() }

// Proxy tells whether the node is a balancer that ends connections and opens its
// own: a host.
func (n *Node) Proxy() bool { return n.Kind == "balancer" && n.Balance.Mode == "proxy" }

// Listener is a port at which every member of its group accepts connections.
type Listener struct {
	Name         string
	Port         uint16        `key:"port"`
	Backlog      *int          `key:"backlog"`  // nil: the profile's
	Overflow     string        `key:"overflow"` // drop, reset
	DeferAccept  time.Duration `key:"defer_accept"`
	FastOpen     int           `key:"fast_open"`
	ReuseAddress bool          `key:"reuse_address"`
	Accept       Accept        `key:"accept"`
	Implied      bool          // made for a flow that goes to the port
}

// Accept is how the connections of a listener are accepted.
type Accept struct {
	Threads int64 `key:"threads"` // Unlimited: at once
	Time    Law   `key:"time"`
}

// Memory is what the connections of a host may hold.
type Memory struct {
	Limit      int64 `key:"limit"`       // bytes; 0: no limit
	QueueLimit int64 `key:"queue_limit"` // of these, in queues
}

// CPU is the processors of a host, for the segments that come in.
type CPU struct {
	Cores      int64         `key:"cores"` // Unlimited: one for each segment
	PerSegment Law           `key:"per_segment"`
	Lookup     string        `key:"lookup"` // hash, list
	PerLookup  time.Duration `key:"per_lookup"`
}

// Link is a group of full-duplex links between the members of two groups.
type Link struct {
	Name    string
	Label   string    `key:"label"`
	Ends    []string  `key:"ends"` // two
	Pair    string    `key:"pair"` // each, one-to-one, all-to-all, blocks, round-robin
	Weight  float64   `key:"weight"`
	Forward Direction `key:"forward"` // from the first end to the second
	Back    Direction `key:"back"`
	Rules   []Rule

	graph *shapes.Links // that says who is joined; nil: Pair does
}

// Direction is one half of a link.
type Direction struct {
	Rate           int64           `key:"rate"`  // Unlimited: no transmission time
	RateSchedule   *Schedule       `key:"rate"`  // nil: Rate holds for ever
	Delay          Law             `key:"delay"` // drawn once for each member
	DelaySchedule  *Schedule       `key:"delay"` // nil: Delay holds for ever
	Delays         []time.Duration // of each member, where a shape knows them
	Jitter         Law             `key:"jitter"` // drawn for each packet
	Reorder        bool            `key:"reorder"`
	Loss           float64         `key:"loss"`
	Bursts         *Bursts         `key:"loss"` // nil: by Loss
	Lost           *LostPackets    `key:"loss"` // nil: by Loss
	Duplicate      float64         `key:"duplicate"`
	DuplicateDelay Law             `key:"duplicate_delay"`
	Corrupt        float64         `key:"corrupt"`
	Trace          string          `key:"trace"` // "": by Rate
	Opportunities  []time.Duration // of the trace
	Up             bool            `key:"up"`
	MTU            int64           `key:"mtu"`
	Overhead       int64           `key:"overhead"`
	Queue          Queue           `key:"queue"`
}

// Rule singles out segments on a link; rules act in their order.
type Rule struct {
	Name        string
	Match       string  `key:"match"`
	From        string  `key:"from"` // a group at one of the ends; "": either
	Flow        string  `key:"flow"` // "": any
	Per         string  `key:"per"`  // link, connection
	Nth         []Range `key:"nth"`  // nil: every one
	Probability float64 `key:"probability"`
	Do          string  `key:"do"` // drop, delay, duplicate, corrupt, mark
	Delay       Law     `key:"delay"`
}

// Flow is who opens connections to whom, and what both do with them.
type Flow struct {
	Name         string
	Kind         string        `key:"kind"` // conversation, background, syn-flood, stale-syn, blind-rst
	Label        string        `key:"label"`
	From         []Target      `key:"from"`
	To           []Target      `key:"to"`     // each with its Port and the Listener there
	Spread       string        `key:"spread"` // random, round-robin
	Pick         string        `key:"pick"`
	Arrivals     Arrivals      `key:"arrivals"`
	Request      Law           `key:"request"`
	Response     Law           `key:"response"`
	Service      Law           `key:"service"`
	Exchanges    Law           `key:"exchanges"`
	Speaks       string        `key:"speaks"`    // client, server
	ReadRate     int64         `key:"read_rate"` // Unlimited
	Think        Law           `key:"think"`
	Close        Close         `key:"close"`
	Pool         Pool          `key:"pool"`
	Retry        Retry         `key:"retry"`
	Timeout      time.Duration `key:"timeout"`       // Never
	OnTimeout    string        `key:"on_timeout"`    // fin or rst
	Initial      string        `key:"initial"`       // empty, steady
	LocalPort    uint16        `key:"local.port"`    // 0: ephemeral
	LocalAddress int           `key:"local.address"` // which of the client's, from 1; 0: the host's choice
	ReuseAddress bool          `key:"local.reuse_address"`
	KeepAlive    bool          `key:"keepalive"`
	NoDelay      bool          `key:"nodelay"`
	FastOpen     bool          `key:"fast_open"`
	Size         Law           `key:"size"` // of the packets of a background flow
	Load         Load          `key:"load"`
	Spoof        string        `key:"spoof"` // silent, none, or a group of hosts; "" is of conversations
}

// Pool is how connections outlive jobs.
type Pool struct {
	Size        int64         `key:"size"`         // 0: there is no pool
	Per         string        `key:"per"`          // pair, host
	MaxRequests int64         `key:"max_requests"` // Unlimited
	MaxAge      time.Duration `key:"max_age"`      // Never
	IdleTimeout time.Duration `key:"idle_timeout"` // Never
}

// Retry is how often a job that fails is tried again, and after what wait.
type Retry struct {
	Times   int64 `key:"times"`
	Backoff Law   `key:"backoff"`
}

// Load is what a background flow is to be of a link: its arrivals have the rate
// that makes that share.
type Load struct {
	Of    string  `key:"of"` // link.NAME, link.NAME.forward; "": none
	Share float64 `key:"share"`
}

// Arrivals are the instants at which connections are opened.
type Arrivals struct {
	Process string          `key:"process"` // once, at, even, poisson, on-off, users, renewal, mmpp, triggered, trace
	Rate    float64         `key:"rate"`    // 1/s
	Rates   *Schedule       `key:"rate"`    // nil: Rate holds for ever
	Per     string          `key:"per"`     // flow: of all members together; host: of each; pair: of each to every server
	Count   int64           `key:"count"`   // Unlimited
	Start   time.Duration   `key:"start"`
	Stop    time.Duration   `key:"stop"` // 0: never
	Times   []time.Duration `key:"times"`
	Users   int64           `key:"users"`
	Think   Law             `key:"think"`
	On      Law             `key:"on"`
	Off     Law             `key:"off"`
	Gap     Law             `key:"gap"`
	States  []Frequency     `key:"rates"`
	Stay    []time.Duration `key:"stay"`
	Batch   Law             `key:"batch"`
	By      string          `key:"by"`
	FanOut  Law             `key:"fan_out"`
	Wait    bool            `key:"wait"`
	File    string          `key:"file"` // whose times are Times
}

// Ends tells whether the arrivals end by themselves.
func (a *Arrivals) Ends() bool {
	return a.Process == "once" || a.Process == "at" || a.Process == "trace" || a.Process == "triggered" || a.Count != Unlimited || a.Stop > 0
}

// Close is how a connection ends.
type Close struct {
	By     string        `key:"by"`   // client, server, both, nobody
	How    string        `key:"how"`  // fin, half, rst, linger, unread
	When   string        `key:"when"` // done, request-sent, connected
	After  Law           `key:"after"`
	Reply  Law           `key:"reply"`  // constant and Never: the other end does not close
	Linger time.Duration `key:"linger"` // of how = linger
}

// Node returns the group of that name, nil if there is none.
func (s *Spec) Node(name string) *Node {
	for i := range s.Nodes {
		if s.Nodes[i].Name == name {
			return &s.Nodes[i]
		}
	}
	return nil
}

package experiments

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"netsim/experiments/language"
)

// RunID names a run by all that it follows from: the configuration of its point,
// seed, replication and the version of the model. It is 32 hexadecimal digits.
type RunID string

// identity is what the runs of a point have in common.
type identity [sha256.Size]byte

func identityOf(p *language.Point) identity {
	return sha256.Sum256([]byte(p.Spec.Identity()))
}

// run is the name of one run of the point.
func (id identity) run(seed uint64, replication int) RunID {
	sum := sha256.Sum256(fmt.Appendf(nil, "model %d\nseed %d\nreplication %d\n%x", ModelVersion, seed, replication, id))
	return RunID(hex.EncodeToString(sum[:16]))
}

// Recorded says what a run records because somebody asks for it.
type Recorded struct {
	Links    []string      `json:"links,omitempty"` // groups whose queues are measured
	Memory   bool          `json:"memory,omitempty"`
	Series   []string      `json:"series,omitempty"`
	Every    time.Duration `json:"every,omitempty"` // of the series
	Instants []Instant     `json:"instants,omitempty"`
	Digest   bool          `json:"digest,omitempty"`
	Moves    bool          `json:"moves,omitempty"`
	Traced   int           `json:"traced,omitempty"` // connections of each flow
	Members  []string      `json:"members,omitempty"`
	Edges    []string      `json:"edges,omitempty"`
	Batches  int           `json:"batches,omitempty"`
}

// recorded is what a run with these needs records.
func (n *Needs) recorded(traced int) Recorded {
	r := Recorded{Memory: n.Memory, Series: slices.Clone(n.Series), Instants: slices.Clone(n.Instants), Digest: n.Digest, Moves: n.Moves, Traced: traced,
		Members: slices.Clone(n.Members), Edges: slices.Clone(n.Edges), Batches: n.Batches}
	for name := range n.Links { // order-free: sorted below
		r.Links = append(r.Links, name)
	}
	if len(r.Series) > 0 {
		r.Every = n.Every
	}
	r.sort()
	return r
}

func (r *Recorded) sort() {
	for _, list := range []*[]string{&r.Links, &r.Series, &r.Members, &r.Edges} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.SortFunc(r.Instants, func(a, b Instant) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Path, b.Path)) })
	r.Instants = slices.Compact(r.Instants)
}

// covers reports whether all that somebody asks for is there.
func (r *Recorded) covers(o *Recorded) bool {
	return subset(o.Links, r.Links) && subset(o.Series, r.Series) && subset(o.Instants, r.Instants) && subset(o.Members, r.Members) && subset(o.Edges, r.Edges) && (o.Batches == 0 || o.Batches == r.Batches) &&
		(len(o.Series) == 0 || o.Every == r.Every) && (r.Memory || !o.Memory) && (r.Digest || !o.Digest) && (r.Moves || !o.Moves) && r.Traced >= o.Traced
}

func subset[T comparable](some, all []T) bool {
	return !slices.ContainsFunc(some, func(x T) bool { return !slices.Contains(all, x) })
}

// add asks for what others asked for, too: a run that is made again for something
// new still serves the old. Series of another step stay behind.
func (n *Needs) add(r *Recorded, traced int) int {
	for _, name := range r.Links {
		n.Links[name] = true
	}
	n.Memory = n.Memory || r.Memory
	n.Digest = n.Digest || r.Digest
	n.Moves = n.Moves || r.Moves
	if len(n.Series) == 0 && len(r.Series) > 0 {
		n.Every = r.Every
	}
	if n.Every == r.Every {
		n.Series = append(n.Series, r.Series...)
	}
	n.Instants = append(n.Instants, r.Instants...)
	n.Members = append(n.Members, r.Members...)
	n.Edges = append(n.Edges, r.Edges...)
	have := n.recorded(0)
	n.Series, n.Instants, n.Members, n.Edges = have.Series, have.Instants, have.Members, have.Edges
	return max(traced, r.Traced)
}

// optional reports whether a metric is recorded on request alone, and whether
// this is one.
func (r *Recorded) optional(path string) (optional, wanted bool) {
	if asked, ok := ofMember(path); ok {
		return true, asks(r.Members, asked)
	}
	if weighed(path) {
		return true, r.Memory
	}
	words := strings.Split(path, ".")
	if words[0] != "link" || len(words) < 3 {
		return false, true
	}
	if _, what := directionOf(words[2:]); !slices.Contains(gauged, strings.Join(what, ".")) {
		return false, true
	}
	return true, slices.Contains(r.Links, words[1])
}

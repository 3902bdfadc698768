package des

import (
	"fmt"
	"math/bits"
)

// Class is the first part of a Rank: what kind of thing happens.
type Class uint8

// The classes in the order in which they act at one instant. [TimersFirst]
// exchanges Packet and Timer.
const (
	Control  Class = iota // a link goes down, a schedule changes
	Packet                // a packet arrives
	Timer                 // a protocol timer rings
	Workload              // an application or a user acts
	Observer              // a sampler looks; it sees everything of its instant
)

// Rank orders events at equal times: class, then owner, then the owner's count
// of births. It is fixed when an event is given its owner.
type Rank uint64

const (
	classShift = 60
	ownerShift = 32
	ownerBits  = classShift - ownerShift // 28: 268 million owners
	ownerMask  = 1<<ownerBits - 1
)

// In is the same rank in another class: of an event that belongs to another, of
// which there is one.
func (r Rank) In(class Class) Rank {
	const rest = 1<<classShift - 1
	return Rank(class)<<classShift | r&rest
}

// Ties says how events at equal times are ordered.
type Ties uint8

const (
	PacketsFirst Ties = iota // a packet is seen before a timer of the same instant
	TimersFirst              // a timer of the same instant rings before the packet is seen
	Seeded                   // packets first, owners permuted by the seed
)

var tiesNames = [...]string{"packets-first", "timers-first", "seeded"}

func (t Ties) String() string { return tiesNames[t] }

// ParseTies reads a Ties by the name String gives it.
func ParseTies(name string) (Ties, error) {
	for i, n := range tiesNames {
		if n == name {
			return Ties(i), nil
		}
	}
	return 0, fmt.Errorf("no order of ties %q; one of %q", name, tiesNames)
}

// An Owner gives ranks to the events of one component of a world. Owners are
// numbered in the order in which the world is built.
type Owner struct {
	number uint64
	births uint32
	ties   Ties
}

// Rank returns the rank of the owner's next event of the class. The count of
// births wraps after 2^32, which reorders nothing that is pending together.
func (o *Owner) Rank(class Class) Rank {
	if o.ties == TimersFirst {
		switch class {
		case Packet:
			class = Timer
		case Timer:
			class = Packet
		}
	}
	r := uint64(class)<<classShift | o.number<<ownerShift | uint64(o.births)
	o.births++
	return Rank(r)
}

// permute is a bijection on 28-bit owner numbers chosen by the key: four rounds
// of a Feistel network over two halves of 14 bits.
func permute(number, key uint64) uint64 {
	const half = ownerBits / 2
	const mask = 1<<half - 1
	l, r := number>>half&mask, number&mask
	for round := range uint64(4) {
		hi, lo := bits.Mul64(r+round<<half+1, key|1)
		l, r = r, l^((hi^lo>>17)&mask)
	}
	return l<<half | r
}

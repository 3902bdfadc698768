package host

import (
	"time"

	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
)

// chain is the records of a shelf that wait equally long: TIME-WAIT or half-open
// requests.
type chain struct {
	ledger.Chain
	length time.Duration
	tick   time.Duration // of the wheel by which it is rounded up; 0: it is exact
	number uint32        // among the chains of its shelf
}

// forever is the length of a wait that ends when somebody says so.
const forever = 100 * 365 * 24 * time.Hour

// due is when a wait that begins now is over.
func (c *chain) due(now des.Time) des.Time {
	if c.length == forever {
		return des.Never
	}
	return tcp.After(now, c.length, c.tick)
}

// append puts a record at the end, where it belongs: all wait equally long.
func (c *chain) append(now des.Time, i uint32) { c.Append(i, c.due(now)) }

// chains are those of a shelf, one for each length of wait in use.
type chains []*chain

// of returns the chain of that length and tick.
func (all *chains) of(sim *des.Sim, s ledger.Shelf, length, tick time.Duration) *chain {
	for _, c := range *all {
		if c.length == length && c.tick == tick {
			return c
		}
	}
	c := &chain{length: length, tick: tick, number: uint32(len(*all))}
	c.Begin(sim, s)
	*all = append(*all, c)
	return c
}

package ledger_test

import (
	"fmt"
	"time"

	"netsim/des"
	"netsim/ledger"
)

// loan is a book that is out.
type loan struct {
	ledger.Link
	reader uint64
}

// library is a shelf of loans.
type library struct {
	ledger.Slab[loan]
	out     ledger.Chain
	readers ledger.Table
}

func (l *library) Link(i uint32) *ledger.Link { return &l.At(i).Link }

func (l *library) Due(now des.Time, i uint32) {
	fmt.Println(now, "reader", l.At(i).reader)
	l.readers.Remove(ledger.Hash(l.At(i).reader, 0), i)
	l.out.Unlink(i)
}

func Example() {
	sim := des.NewSim(des.PacketsFirst, 1)
	var l library
	l.out.Begin(sim, &l)
	for reader := range uint64(3) {
		i := l.Grow()
		l.At(i).reader = reader
		l.readers.Add(ledger.Hash(reader, 0), i)
		l.out.Append(i, des.Time(0).Add(time.Duration(reader+1)*time.Hour))
	}
	i, _ := l.readers.First(ledger.Hash(1, 0)) // reader 1 brings it back in time
	l.readers.Remove(ledger.Hash(1, 0), i)
	l.out.Unlink(i)
	sim.Run(des.Never)
	fmt.Println(l.readers.Len(), "are out,", l.Made(), "were")
	// Output:
	// 1h0m0s reader 0
	// 3h0m0s reader 2
	// 0 are out, 3 were
}

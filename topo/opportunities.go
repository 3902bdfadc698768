package topo

import (
	"slices"
	"time"

	"netsim/des"
)

// Opportunities is a link of which a trace says when it can send, as those of
// Mahimahi do (Netravali et al. 2015): at each instant of the list as many bytes
// as one full packet, 1504 B. A packet that is larger than what is left takes the
// rest from the next; what nobody wants is lost. After the last instant the list
// begins anew, its times counted from that instant.
type Opportunities []time.Duration

// opportunity is how many bytes one lets pass: Mahimahi's, an MTU of 1500 B and
// the 4 B of its tunnel.
const opportunity = 1504

// period is after how long the list begins anew.
func (o Opportunities) period() time.Duration { return o[len(o)-1] }

// Rate returns the mean rate in bit/s.
func (o Opportunities) Rate() float64 {
	return opportunity * 8 * float64(len(o)) / o.period().Seconds()
}

func (o Opportunities) ok() bool {
	return len(o) > 0 && o.period() > 0 && o[0] >= 0 && slices.IsSorted(o)
}

// opportunities follows a trace for one queue.
type opportunities struct {
	times Opportunities
	left  int64 // bytes of the packet being sent
}

// next returns the first opportunity after now.
func (o *opportunities) next(now des.Time) des.Time {
	period := o.times.period()
	into := time.Duration(now) % period
	i, _ := slices.BinarySearch(o.times, into+1)
	return now.Add(o.times[i] - into)
}

// at counts the opportunities of an instant. The end of a round is also the begin
// of the next, if the list has something at 0.
func (o *opportunities) at(now des.Time) int {
	into := time.Duration(now) % o.times.period()
	n := o.count(into)
	if into == 0 {
		n += o.count(o.times.period())
	}
	return n
}

func (o *opportunities) count(t time.Duration) int {
	first, _ := slices.BinarySearch(o.times, t)
	after, _ := slices.BinarySearch(o.times, t+1)
	return after - first
}

// await looks forward to the next opportunity if somebody waits and nobody has
// done so.
func (o *opportunities) await(q *Queue, now des.Time) {
	sim := q.medium.sim
	if sim.When(&q.done) == des.Never && (q.sending != nil || q.waiting.Packets > 0) {
		sim.At(&q.done, o.next(now))
	}
}

// serve sends what the opportunities of this instant let pass.
func (o *opportunities) serve(q *Queue, now des.Time) {
	for range o.at(now) {
		for budget := int64(opportunity); budget > 0; {
			if q.sending == nil {
				if !q.take(now) {
					break
				}
				o.left = int64(q.sending.Size) + int64(q.medium.overhead)
			}
			sent := min(budget, o.left)
			budget -= sent
			if o.left -= sent; o.left == 0 {
				q.deliver(now)
			}
		}
	}
	o.await(q, now)
}

package host

import (
	"math/bits"
	"slices"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// cache is where a host keeps all that is half-open, whichever listener it came to:
// the tuples of each bucket, oldest first. No peer can choose its bucket.
type cache struct {
	buckets [][]tuple
	key     uint64
	until   des.Time // paused; zero: it never was
	doubled int      // how often the last pause was made longer
}

// mostDoubled bounds the pauses: 16 minutes (FreeBSD TCP_SYNCACHE_MAX_BACKOFF).
const mostDoubled = 6

func (c *cache) paused(now des.Time) bool { return now < c.until }

// pause makes all answers cookies for a while, since a bucket has overflowed: twice as
// long as the last time, if that was over no longer ago than it lasted (syncache_pause).
func (c *cache) pause(now des.Time, first time.Duration) {
	lasts := first << c.doubled
	switch {
	case c.until == 0 || now >= c.until.Add(lasts):
		c.doubled, lasts = 0, first
	case c.doubled < mostDoubled:
		c.doubled++
		lasts *= 2
	}
	c.until = now.Add(lasts)
}

func (c *cache) bucket(t tuple) *[]tuple {
	i, _ := bits.Mul64((t.hash()^c.key)*0x9e3779b97f4a7c15, uint64(len(c.buckets)))
	return &c.buckets[i]
}

// caches reports whether the profile has a cache, which then is the only bound on
// requests: its listeners have no SYN queues of their own.
func (l *Listener) caches() bool { return l.host.group.profile.SYNCacheBuckets > 0 }

// cached takes a place for a request that comes. The oldest of a full bucket makes
// room (FreeBSD syncache_insert), or all make place for cookies.
func (h *Host) cached(now des.Time, t tuple) {
	p, r := h.group.profile, h.own()
	if len(r.cache.buckets) != p.SYNCacheBuckets {
		r.cache = cache{buckets: make([][]tuple, p.SYNCacheBuckets), key: h.secret}
	}
	b := r.cache.bucket(t)
	if len(*b) < p.SYNCacheLimit {
		*b = append(*b, t)
		return
	}
	h.evict(now, (*b)[0])
	if p.SYNCachePause > 0 && p.SYNCookies != tcp.NoCookies { // what is there lives on as its cookies alone (syncache_timer, syncache_cookiesonly)
		r.cache.pause(now, p.SYNCachePause)
		for i := range r.cache.buckets {
			for b := &r.cache.buckets[i]; len(*b) > 0; {
				h.evict(now, (*b)[0])
			}
		}
		return
	}
	*b = append(*b, t)
}

// uncached gives the place of a request back, if it has one.
func (h *Host) uncached(t tuple) {
	if h.rest.cache.buckets == nil {
		return
	}
	b := h.rest.cache.bucket(t)
	if i := slices.Index(*b, t); i >= 0 {
		*b = slices.Delete(*b, i, i+1)
	}
}

// evict forgets a request, of which its cookie is left.
func (h *Host) evict(now des.Time, t tuple) {
	s := h.stack.socket(now, h.stack.find(t))
	s.listener.Evicted++
	s.listener.bakedAt = now
	s.Conn.Forget()
	s.pump(now)
}

// ready makes the number of a request that may be evicted a cookie (FreeBSD
// syncookie_generate).
func (l *Listener) ready(now des.Time, t tuple, syn *wire.Segment, o *tcp.Opening) {
	if p := o.Profile; p.SYNCookies != tcp.NoCookies && p.Handshake != tcp.TwoWay && p.ISN == tcp.HashedClock {
		o.Ready(now, t.key(), l.host.secret, syn)
	}
}

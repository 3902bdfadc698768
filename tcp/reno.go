package tcp

// Reno is the congestion control of RFC 5681, whose window grows by one segment
// in a round trip and is halved. It counts bytes (RFC 3465).
var Reno = &Algorithm{Name: "reno", New: func() Congestion { return new(reno) }}

type reno struct {
	acked uint32 // bytes towards the next segment
}

func (r *reno) Begin() { *r = reno{} }

func (r *reno) Acked(p *Path, n uint32) {
	r.acked += p.SlowStart(n)
	if r.acked >= p.Window {
		r.acked -= p.Window
		p.Window += p.MSS
	}
}

// Congested halves what is outstanding (equation 4). A timeout after another
// finds the same flight, so that the threshold stays.
func (r *reno) Congested(p *Path, _ Sign) {
	r.acked = 0
	p.Threshold = max(p.Flight/2, 2*p.MSS)
}

func (r *reno) Undone(*Path) {}

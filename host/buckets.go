package host

// bucket takes one of the profile's places for connections in TIME-WAIT, and reports
// whether there was one. Linux counts orphans in FIN-WAIT-2 with them, which it keeps
// as the same kind of record (tcp_time_wait, tcp_max_tw_buckets).
func (h *Host) bucket(s *Socket) bool {
	limit := h.group.profile.TimeWaitMax
	switch {
	case limit == 0 || s.bucket:
		return true
	case h.buckets >= uint32(limit):
		h.group.tally.TimeWaitRefused++
		return false
	}
	h.buckets++
	s.bucket = true
	return true
}

// evicted ends an orphan in FIN-WAIT-2 for which there is no bucket, and reports
// whether it did.
func (s *Socket) evicted() bool {
	if !s.Conn.Orphan() || s.host.bucket(s) {
		return false
	}
	s.Conn.Evict()
	return true
}

// emptyBucket gives the place of a socket back.
func (s *Socket) emptyBucket() {
	if s.bucket {
		s.host.buckets--
		s.bucket = false
	}
}

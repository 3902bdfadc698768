package packetdrill

import "netsim/tcp"

func readTTL(r *runner, s *socket) value {
	return value{n: int64(orElse(int(s.settings.TTL), r.profile.TTL))}
}

func writeTTL(_ *runner, s *socket, v value) errno {
	if v.n == -1 {
		v.n = 0
	} else if v.n < 1 || v.n > 255 {
		return "EINVAL"
	}
	s.settings.TTL = uint8(v.n)
	return ""
}

// readTOS and writeTOS are of the byte of IP whose two lowest bits are those of ECN, which
// TCP has for itself (Linux ip_sock_set_tos).
func readTOS(_ *runner, s *socket) value { return value{n: int64(s.settings.DSCP) << 2} }

func writeTOS(r *runner, s *socket, v value) errno {
	if r.setup.six && !r.setup.mapped && (v.n < -1 || v.n > 255) { // IPV6_TCLASS
		return "EINVAL"
	}
	s.settings.DSCP = uint8(max(v.n, 0)) >> 2
	return ""
}

// bindToDevice finds the one device that there is, beside that of the machine itself.
func bindToDevice(_ *runner, _ *socket, v value) errno {
	switch v.bytes {
	case "tun0", "lo", "":
		return ""
	}
	return "ENODEV"
}

// algorithmOf is a congestion control by the names that systems have.
func algorithmOf(name string) *tcp.Algorithm {
	if name == "newreno" {
		name = "reno"
	}
	return tcp.AlgorithmByName(name)
}

func readCongestion(r *runner, s *socket) value {
	a := r.profile.Congestion
	if own := s.settings.Congestion; own != nil {
		a = own
	}
	if a == tcp.Reno && r.bsd() {
		return value{bytes: "newreno"}
	}
	return value{bytes: a.Name}
}

func writeCongestion(r *runner, s *socket, v value) errno {
	a := algorithmOf(v.bytes)
	if a == nil {
		return r.manners.noAlgorithm
	}
	s.settings.Congestion = a
	return ""
}

package host

import "netsim/des"

// challenges reports whether the host may send another challenge ACK, which then
// counts: so many in each interval of the profile (RFC 5961 section 7; Linux,
// tcp_challenge_ack_limit). The limit is shared by all connections, and can be
// measured by who owns one of them (CVE-2016-5696).
func (h *Host) challenges(now des.Time) bool {
	p := h.group.profile
	if p.ChallengeLimit == 0 {
		return true
	}
	r := h.own()
	if interval := now - now%des.Time(p.ChallengeInterval); interval != r.challenged || r.sent == 0 {
		r.challenged, r.sent = interval, 0
	}
	if r.sent == p.ChallengeLimit {
		return false
	}
	r.sent++
	return true
}

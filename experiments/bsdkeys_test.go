package experiments

import "maps"

// Keys of what the BSDs do otherwise.
func init() {
	maps.Copy(elsewhere, map[string]string{
		"node.*.tcp.acceptance":        "tcp.TestTrim",
		"node.*.tcp.insecure_ack":      "tcp.TestGhostACK",
		"node.*.tcp.reset_at_ack":      "tcp.TestResetAtACK",
		"node.*.tcp.challenge_per":     "tcp.TestChallengesPerConnection",
		"node.*.tcp.keepalive.always":  "tcp.TestKeepAlways",
		"node.*.tcp.probe_min":         "tcp.TestProbeBounds",
		"node.*.tcp.probe_max":         "tcp.TestProbeBounds",
		"node.*.tcp.drop_resets":       "tcp.TestDropResets",
		"node.*.tcp.fin_beyond_window": "tcp.TestFINBeyondWindow",
		"node.*.tcp.cookie_period":     "host.TestCookieSecret",
		"node.*.tcp.cookie_trust":      "host.TestCookies",
		"node.*.tcp.syncache_pause":    "host.TestSyncachePause",
		"node.*.tcp.ack_every_other":   "tcp.TestAckEveryOther",
		"node.*.tcp.reset_has_window":  "packetdrill: reset/linger-0.pkt",
		"node.*.tcp.blackhole":         "packetdrill: reset/blackhole.pkt",
		"node.*.tcp.default_mss":       "packetdrill: options/default-segment-size.pkt",
		"node.*.tcp.min_mss":           "packetdrill: options/least-segment-size.pkt",
		"node.*.tcp.nagle_from_idle":   "packetdrill: options/default-segment-size.pkt",
		"node.*.tcp.tells_room":        "packetdrill: options/window.pkt",
		"node.*.tcp.overflow_resets":   "host.TestOverflowResets",
	})
}

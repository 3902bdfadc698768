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
		"node.*.tcp.overflow_resets":   "host.TestOverflowResets",
	})
}

package experiments

import "maps"

// Keys of what shows in segments that few connections have.
func init() {
	maps.Copy(elsewhere, map[string]string{
		"node.*.tcp.paws":           "packetdrill.TestScripts",
		"node.*.tcp.dup_thresh":     "packetdrill.TestScripts",
		"node.*.tcp.idle_restart":   "packetdrill.TestScripts",
		"node.*.tcp.window_use":     "packetdrill.TestScripts",
		"node.*.tcp.reduces_window": "packetdrill.TestScripts",
		"node.*.tcp.thin_linear":    "packetdrill.TestScripts",
		"node.*.tcp.probes_anew":    "packetdrill.TestScripts",
		"node.*.tcp.all_or_nothing": "packetdrill.TestScripts",
		"node.*.tcp.not_sent_low":   "packetdrill.TestScripts",
	})
}

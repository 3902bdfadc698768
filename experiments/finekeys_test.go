package experiments

import "maps"

// Keys of what shows in segments that few connections have.
func init() {
	maps.Copy(elsewhere, map[string]string{
		"node.*.tcp.paws": "packetdrill.TestScripts",
	})
}

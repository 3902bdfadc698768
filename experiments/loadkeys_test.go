package experiments

import "maps"

// Keys of what hosts bear.
func init() {
	maps.Copy(otherValues, map[string][]string{
		"node.*.memory.limit": {"4 kB"}, "node.*.cpu.cores": {"1"},
	})
	maps.Copy(elsewhere, map[string]string{
		"flow.*.initial":         "TestSteady",
		"node.*.cpu.per_segment": "TestProcessorQueue", "node.*.cpu.lookup": "TestListAndHash", "node.*.cpu.per_lookup": "TestListAndHash",
	})
}

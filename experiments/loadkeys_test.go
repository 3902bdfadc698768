package experiments

import "maps"

// Keys of what hosts bear.
func init() {
	maps.Copy(otherValues, map[string][]string{
		"node.*.memory.limit": {"4 kB"}, "node.*.cpu.cores": {"1"},
	})
	maps.Copy(elsewhere, map[string]string{
		"node.*.tcp.tw_recycle": "TestRecycleBehindNAT", "node.*.tcp.time_wait_overflow": "TestEviction", "node.*.tcp.max_orphans": "TestOrphanLimit",
		"node.*.listen.*.reuse_address": "TestListenAgain", "flow.*.local.reuse_address": "TestBoundAgain", "flow.*.initial": "TestSteady",
		"node.*.cpu.per_segment": "TestProcessorQueue", "node.*.cpu.lookup": "TestListAndHash", "node.*.cpu.per_lookup": "TestListAndHash",
	})
}

// Keys of the syncache.
func init() {
	maps.Copy(elsewhere, map[string]string{
		"node.*.tcp.syncache_buckets": "TestSyncache", "node.*.tcp.syncache_limit": "TestSyncache", "node.*.tcp.cookie_options": "host.TestSyncache",
	})
}

// Keys of the memory of queues.
func init() {
	maps.Copy(elsewhere, map[string]string{
		"node.*.memory.queue_limit": "TestQueueLimit", "node.*.memory.starved": "TestQueueLimit", "node.*.memory.buffer": "TestQueueMemory", "node.*.memory.per.buffer": "TestQueueMemory",
	})
}

func init() { otherValues["flow.*.on_timeout"] = []string{"rst"} }

func init() {
	otherValues["node.*.tcp.timers"] = []string{"linux-wheel"}
	elsewhere["node.*.tcp.tick"] = "TestWheelTimers"
}

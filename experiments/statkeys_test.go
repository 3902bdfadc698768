package experiments

// Keys that are about what is made of runs, or of how many.
func init() {
	elsewhere["run.max_replications"] = "TestAddedReplications"
	elsewhere["run.batches"] = "TestRunInBatches"
	elsewhere["run.until.*.metric"] = "TestAddedReplications"
	elsewhere["run.until.*.half_width"] = "TestAddedReplications"
	elsewhere["run.common_random_numbers"] = "TestCommonRandomNumbers"
}

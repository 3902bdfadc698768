package metrics

// MSER5 returns how many values at the start of a series, taken in even steps, are a
// warm-up to be left out: the cut after which the mean of the rest has the least
// standard error, over batches of five (White 1997, An effective truncation heuristic
// for bias reduction in simulation output; White, Cobb and Spratt 2000). It is not ok
// where the series is too short to tell: the cut is behind its middle, or nothing
// varies.
func MSER5(values []int64) (cut int, ok bool) {
	const batch = 5
	n := len(values) / batch
	var sum, squares float64
	least, best := 0.0, -1
	// From the end, so that each batch is added once. Of the last quarter some end is
	// always calm by chance, and those are many.
	for d := n - 1; d >= 0; d-- {
		var total int64
		for _, v := range values[d*batch : (d+1)*batch] {
			total += v - values[0] // near 0, where squares are exact
		}
		mean := float64(total) / batch
		sum += mean
		squares += float64(mean * mean)
		rest := float64(n - d)
		if n-d < max(batch, n/4) {
			continue
		}
		if error := (squares - float64(sum*sum)/rest) / float64(rest*rest); best < 0 || error <= least {
			least, best = error, d
		}
	}
	varies := false
	for _, v := range values {
		varies = varies || v != values[0]
	}
	return max(best, 0) * batch, varies && best >= 0 && 2*best <= n
}

package metrics

// Autocorrelation is that of neighbours in a sequence: the estimate at lag 1, and
// not-a-number if they are all the same.
func Autocorrelation(values []float64) float64 {
	mean := 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	var neighbours, squares float64
	for i, v := range values {
		squares += float64((v - mean) * (v - mean))
		if i > 0 {
			neighbours += float64((v - mean) * (values[i-1] - mean))
		}
	}
	return neighbours / squares
}

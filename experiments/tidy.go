package experiments

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// Measured is one value that was measured on a real system, by the name netsim has
// for it: "setup_time", "time_wait.count".
type Measured struct {
	Source string // the file it is from
	Metric string
	Time   float64 // s from the first in the file
	Value  float64 // in the base unit of the metric
}

// WriteMeasured writes values as tidy columns: source, metric, time_s, value.
// Figures take them by their key overlay.
func WriteMeasured(w io.Writer, rows []Measured) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"source", "metric", "time_s", "value"}) // Error returns what failed
	for _, r := range rows {
		_ = out.Write([]string{r.Source, r.Metric, exactly(r.Time), exactly(r.Value)})
	}
	out.Flush()
	return out.Error()
}

func exactly(f float64) string { return strconv.FormatFloat(f, 'g', 12, 64) }

// Import reads what a real system says of its connections: a capture (pcap or
// pcapng), or samples of ss or nstat, each below a line with its time.
func Import(source string, r io.Reader, o ImportOptions) ([]Measured, error) {
	head, whole, err := peek(r, 4)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	read := importSamples
	if isCapture(head) {
		read = importCapture
	}
	rows, err := read(whole, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: nothing that netsim has a name for; want a capture, or the output of ss or nstat below lines with their times", source)
	}
	first := rows[0].Time
	for i := range rows {
		first = min(first, rows[i].Time)
	}
	for i := range rows {
		rows[i].Source, rows[i].Time = source, rows[i].Time-first
	}
	return rows, nil
}

// ImportOptions say what data cannot.
type ImportOptions struct {
	TimeWait float64 // s that the closer of a captured connection stays in TIME_WAIT
}

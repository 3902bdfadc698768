package language

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// traces reads the files of delivery opportunities of a link.
func (c *config) traces(l *Link) {
	for way, d := range map[string]*Direction{"forward": &l.Forward, "back": &l.Back} { // order-free: each has its own
		if d.Trace == "" {
			continue
		}
		path := "link." + l.Name + "." + way + ".trace"
		if !c.set(path) {
			path = "link." + l.Name + ".trace"
		}
		data, err := c.file.read(c.given[path].file, d.Trace)
		if err != nil {
			c.fault(path, wrongf("a file is named from where the one is that names it", "%v", err))
			continue
		}
		opportunities, w := readTrace(d.Trace, string(data))
		if w != nil {
			c.fault(path, w)
			continue
		}
		d.Opportunities = opportunities
		c.sums[path] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
}

// readTrace reads a trace as Mahimahi has it: a line for each packet that may be
// sent, with the time in ms, upwards.
func readTrace(name, text string) (times []time.Duration, w *wrong) {
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		ms, err := strconv.ParseInt(strings.TrimSpace(line), 10, 32)
		if err != nil || ms < 0 {
			return nil, wrongf("write a whole number of ms a line", "%s:%d: %q is no time", name, i+1, strings.TrimSpace(line))
		}
		times = append(times, time.Duration(ms)*time.Millisecond)
	}
	if !slices.IsSorted(times) || times[len(times)-1] == 0 {
		return nil, wrongf("", "%s: times ascend, and the last is after 0", name)
	}
	return times, nil
}

package experiments

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// peek reads the first bytes and gives them back with the rest.
func peek(r io.Reader, n int) ([]byte, io.Reader, error) {
	head := make([]byte, n)
	k, err := io.ReadFull(r, head)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return head[:k], io.MultiReader(bytes.NewReader(head[:k]), r), err
}

// ssStates are the states as ss prints them.
var ssStates = map[string]string{
	"ESTAB": "established", "SYN-SENT": "syn_sent", "SYN-RECV": "syn_received", "FIN-WAIT-1": "fin_wait_1", "FIN-WAIT-2": "fin_wait_2",
	"TIME-WAIT": "time_wait", "CLOSE-WAIT": "close_wait", "LAST-ACK": "last_ack", "CLOSING": "closing",
}

// counters are those of nstat (/proc/net/snmp and netstat) that netsim has, too. What
// is of a listener or a flow here is of all of them there.
var counters = map[string]string{
	"TcpActiveOpens": "attempts", "TcpAttemptFails": "failed", "TcpInSegs": "segments.received", "TcpOutSegs": "segments.sent",
	"TcpRetransSegs": "segments.retransmitted", "TcpOutRsts": "resets.sent", "TcpExtTW": "time_wait.entered", "TcpExtTWRecycled": "time_wait.left.reused",
	"TcpExtTCPTimeWaitOverflow": "time_wait.refused", "TcpExtListenOverflows": "dropped.acceptq_full", "TcpExtTCPReqQFullDrop": "dropped.synq_full",
	"TcpExtSyncookiesSent": "cookies_sent", "TcpExtSyncookiesFailed": "cookies_bad", "TcpExtTCPChallengeACK": "challenge_acks",
}

// summary is what ss -s says of connections.
var summary = regexp.MustCompile(`^TCP:\s+\d+ \(estab (\d+),.*timewait (\d+)`)

// importSamples reads the output of ss -tan, ss -s or nstat, taken again and again,
// each time below a line with the time: in seconds (date +%s.%N) or as RFC 3339 has it
// (date -Ins).
func importSamples(r io.Reader, _ ImportOptions) (rows []Measured, err error) {
	var counts map[string]float64 // of the states in a sample of ss -tan
	now := 0.0
	flush := func() {
		for _, state := range sortedStates {
			if counts != nil {
				rows = append(rows, Measured{Metric: state + ".count", Time: now, Value: counts[state]})
			}
		}
		counts = nil
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		words := strings.Fields(line)
		if at, ok := instant(line); ok {
			flush()
			now = at
			continue
		}
		if m := summary.FindStringSubmatch(line); m != nil {
			for i, state := range []string{"established", "time_wait"} {
				n, _ := strconv.ParseFloat(m[i+1], 64)
				rows = append(rows, Measured{Metric: state + ".count", Time: now, Value: n})
			}
		} else if len(words) >= 4 && words[0] == "State" {
			counts = map[string]float64{} // its head: a sample without connections is one, too
		} else if len(words) >= 4 && ssStates[words[0]] != "" {
			if counts == nil {
				counts = map[string]float64{}
			}
			counts[ssStates[words[0]]]++
		} else if len(words) >= 2 && counters[words[0]] != "" {
			if n, err := strconv.ParseFloat(words[1], 64); err == nil {
				rows = append(rows, Measured{Metric: counters[words[0]], Time: now, Value: n})
			}
		}
	}
	flush()
	return rows, lines.Err()
}

// sortedStates are the states in the order of their names.
var sortedStates = func() (list []string) {
	for _, s := range ssStates { // order-free: sorted below
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}()

// instant reads a line that is a time.
func instant(line string) (seconds float64, ok bool) {
	if f, err := strconv.ParseFloat(line, 64); err == nil {
		return f, true
	}
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(line, ",", ".", 1))
	return float64(t.UnixNano()) / 1e9, err == nil
}

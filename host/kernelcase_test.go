package host_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"netsim/tcp"
	"netsim/wire"
)

// kernelCase is what a kernel was seen to do: a file of testdata/kernel. They were
// measured on Linux 6.18.44 (x86-64, HZ=250): its TCP on a TUN device in a network
// namespace of its own, against hand-made segments. After comments and settings
//
//	sysctl NAME=VALUE ...     of the kernel
//	socket NAME=VALUE ...     options of its socket
//	listen PORT [backlog N] [held]    connections wait for the call accept
//	late DURATION             how late the busy machine was beyond its timers; 20 ms
//	timers N%                 how late its timers were; 12.5 %, the most they may be
//
// there is a line for each thing that happened: seconds, its kind, and
//
//	<  flags ports seq ...    the peer sent a segment
//	>  flags ports seq ...    the kernel did
//	!  call ports [bytes]     its application called
//	*  news ports             it learnt of the end, or the connection was gone
//	=  STATE n ...            how many connections were in which state
//
// Ports are the kernel's and the peer's. The kernel's numbers count from the first
// ISS that it chose for the pair of ports, and are absolute where there is none; the
// peer's are absolute. stamp is the TSval of the peer, which echoes what it last got,
// and echo the kernel's TSecr. A field after ~ is known to differ here, and must.
type kernelCase struct {
	profile *tcp.Profile
	port    uint16 // listening; 0 is none
	backlog int
	held    bool
	resets  bool // tcp_abort_on_overflow
	options tcp.Settings
	late    time.Duration
	timers  float64
	lines   []kernelLine
}

type kernelLine struct {
	at      time.Duration
	number  int // in its file
	kind    string
	ports   ports
	word    string // of a call, of news
	bytes   uint64
	seg     wire.Segment // its numbers as they stand in the file
	counts  map[tcp.State]int64
	departs []string // fields
}

// ports are the kernel's and the peer's.
type ports struct{ ours, theirs uint16 }

// readKernelCase reads a file. What it says wrongly fails the test.
func readKernelCase(t *testing.T, path string) *kernelCase {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	k := &kernelCase{profile: tcp.Linux(), backlog: 128, late: 20 * time.Millisecond, timers: 12.5}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		if err := k.read(n, words); err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
	}
	return k
}

func (k *kernelCase) read(number int, words []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	switch words[0] {
	case "sysctl", "socket":
		for _, s := range words[1:] {
			name, value, _ := strings.Cut(s, "=")
			k.set(name, value)
		}
	case "listen":
		k.port = uint16(integer(words[1]))
		if len(words) > 3 {
			k.backlog = integer(words[3])
		}
		k.held = words[len(words)-1] == "held"
	case "late":
		k.late, err = time.ParseDuration(words[1])
	case "timers":
		k.timers, err = strconv.ParseFloat(strings.TrimSuffix(words[1], "%"), 64)
	default:
		k.lines = append(k.lines, readKernelLine(number, words))
	}
	return err
}

// set makes the profile one of a kernel with the setting.
func (k *kernelCase) set(name, value string) {
	p, n := k.profile, integer(value)
	switch name {
	case "tcp_syn_linear_timeouts":
		p.SYNSchedule = synSchedule(6, n)
	case "tcp_syn_retries": // after tcp_syn_linear_timeouts=0
		p.SYNSchedule = synSchedule(n, 0)
	case "tcp_rfc1337":
		p.RFC1337 = n != 0
	case "TCP_USER_TIMEOUT":
		k.options.UserTimeout = time.Duration(n) * time.Millisecond
	case "tcp_abort_on_overflow":
		k.resets = n != 0
	case "tcp_syncookies":
		p.SYNCookies = tcp.CookiePolicy(n)
	case "tcp_tw_reuse":
		p.TWReuse = [...]tcp.ReusePolicy{tcp.NoReuse, tcp.AlwaysReuse, tcp.LoopbackReuse}[n]
	case "SO_KEEPALIVE":
		k.options.KeepAlive = n != 0
	case "TCP_KEEPIDLE":
		k.options.KeepIdle = time.Duration(n) * time.Second
	case "TCP_KEEPINTVL":
		k.options.KeepInterval = time.Duration(n) * time.Second
	case "TCP_KEEPCNT":
		k.options.KeepProbes = n
	case "tcp_max_tw_buckets":
		p.TimeWaitMax = n
	case "tcp_max_syn_backlog":
		p.MaxSYNBacklog = n
	case "tcp_timestamps":
		p.Timestamps = n != 0
	default:
		panic("no setting " + name)
	}
}

// synSchedule is the waits of so many SYNs resent, of which the first linear ones
// are a second each, and not counted.
func synSchedule(retries, linear int) (s []time.Duration) {
	for range linear {
		s = append(s, time.Second)
	}
	for i := range retries + 1 {
		s = append(s, time.Second<<i)
	}
	return s
}

func readKernelLine(number int, words []string) kernelLine {
	seconds, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		panic(err)
	}
	l := kernelLine{at: time.Duration(seconds * 1e9).Round(100 * time.Microsecond / 10), number: number, kind: words[1]}
	switch l.kind {
	case "=":
		l.counts = map[tcp.State]int64{}
		for i := 2; i+1 < len(words); i += 2 {
			l.counts[stateOf(words[i])] = int64(integer(words[i+1]))
		}
	case "!", "*":
		l.word, l.ports = words[2], portsOf(words[3])
		if len(words) > 4 {
			l.bytes = uint64(integer(words[4]))
		}
	case "<", ">":
		l.ports = portsOf(words[3])
		for i, w := range words {
			if name, ok := strings.CutPrefix(w, "~"); ok {
				l.departs, words[i] = append(l.departs, name), name
			}
		}
		l.seg = segmentOf(words[2], words[4:])
	default:
		panic("no kind " + l.kind)
	}
	return l
}

func segmentOf(flags string, words []string) (s wire.Segment) {
	for _, f := range flags {
		s.Flags |= map[rune]wire.Flags{'S': wire.SYN, 'F': wire.FIN, 'R': wire.RST, 'P': wire.PSH, '.': wire.ACK}[f]
	}
	for i := 0; i < len(words); i++ {
		if words[i] == "sack" {
			s.Options |= wire.SACKPermitted
			continue
		}
		n := integer(words[i+1])
		switch words[i] {
		case "seq":
			s.Seq = wire.SeqOf(uint32(n))
		case "ack":
			s.Ack = wire.SeqOf(uint32(n))
		case "len":
			s.Len = uint32(n)
		case "win":
			s.Window = uint16(n)
		case "mss":
			s.Options |= wire.HasMSS
			s.MSS = uint16(n)
		case "scale":
			s.Options |= wire.HasScale
			s.Scale = uint8(n)
		case "stamp":
			s.Options |= wire.HasTimestamps
			s.TSVal = uint32(n)
		case "echo":
			s.Options |= wire.HasTimestamps
			s.TSEcr = uint32(n)
		default:
			panic("no field " + words[i])
		}
		i++
	}
	return s
}

func integer(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func portsOf(s string) ports {
	ours, theirs, _ := strings.Cut(s, ">")
	return ports{uint16(integer(ours)), uint16(integer(theirs))}
}

func stateOf(name string) tcp.State {
	for s := tcp.Closed; s < tcp.States; s++ {
		if s.String() == name {
			return s
		}
	}
	panic("no state " + name)
}

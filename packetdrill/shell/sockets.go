package shell

import (
	"regexp"
	"strconv"
	"strings"
)

// grep prints lines, or with -c counts them.
func grep(e *evaluation, args []string, in string, out *output) (int, error) {
	count, quiet, invert, fixed, whole, patterns := false, false, false, false, false, []string(nil)
	prefix := ""
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if len(arg) < 2 || arg[0] != '-' {
			patterns = append(patterns, arg)
			continue
		}
		for _, c := range arg[1:] {
			switch c {
			case 'c':
				count = true
			case 'q', 's':
				quiet = quiet || c == 'q'
			case 'v':
				invert = true
			case 'F':
				fixed = true
			case 'w':
				whole = true
			case 'i':
				prefix = "(?i)"
			case 'E', 'e':
			default:
				return 0, unsupported("option %s", arg)
			}
		}
	}
	if len(patterns) != 1 || len(patterns[0]) > 1000 {
		return 0, unsupported("grep without one pattern, of files")
	}
	pattern := patterns[0]
	if fixed {
		pattern = regexp.QuoteMeta(pattern)
	}
	if whole {
		pattern = `\b(?:` + pattern + `)\b`
	}
	re, err := regexp.Compile(prefix + pattern)
	if err != nil {
		return 0, unsupported("pattern %q", patterns[0])
	}
	n := 0
	for line := range strings.Lines(in) {
		line = strings.TrimSuffix(line, "\n")
		if re.MatchString(line) == invert {
			continue
		}
		if name, _, is := strings.Cut(line, unknown); is {
			return 0, unsupported("counter %s", strings.TrimSpace(name))
		}
		n++
		if !count && !quiet {
			out.line("%s", line)
		}
	}
	if count && !quiet {
		out.line("%d", n)
	}
	if n == 0 {
		return e.fails(1, "no line with "+strconv.Quote(patterns[0]))
	}
	return 0, nil
}

// stateNames are those of ss and of sockstat.
var stateNames = map[string][2]string{ // order-free: looked up by name
	"LISTEN": {"LISTEN", "LISTEN"}, "SYN-SENT": {"SYN-SENT", "SYN_SENT"}, "SYN-RECEIVED": {"SYN-RECV", "SYN_RCVD"},
	"ESTABLISHED": {"ESTAB", "ESTABLISHED"}, "FIN-WAIT-1": {"FIN-WAIT-1", "FIN_WAIT_1"},
	"FIN-WAIT-2": {"FIN-WAIT-2", "FIN_WAIT_2"}, "CLOSE-WAIT": {"CLOSE-WAIT", "CLOSE_WAIT"},
	"CLOSING": {"CLOSING", "CLOSING"}, "LAST-ACK": {"LAST-ACK", "LAST_ACK"}, "TIME-WAIT": {"TIME-WAIT", "TIME_WAIT"},
	"CLOSED": {"UNCONN", "CLOSED"},
}

// ss prints the sockets as Linux does; words without a dash are its filters, of
// which those by state and port are known.
func ss(e *evaluation, args []string, _ string, out *output) (int, error) {
	all, listening, header := false, false, true
	filters := []string{}
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			filters = append(filters, arg)
			continue
		}
		all = all || strings.ContainsAny(arg, "a")
		listening = listening || strings.ContainsAny(arg, "l")
		header = header && !strings.ContainsAny(arg, "H")
	}
	keep, err := filter(filters)
	if err != nil {
		return 0, err
	}
	if header {
		out.line("State      Recv-Q Send-Q Local Address:Port Peer Address:Port")
	}
	for _, s := range e.machine.Sockets() {
		is := s.State == "LISTEN"
		waiting := s.State == "TIME-WAIT" || s.State == "SYN-RECEIVED"
		if len(filters) == 0 && !all && (listening != is || waiting) || !keep(s) {
			continue
		}
		out.line("%-10s 0      0      %s %s", stateNames[s.State][0], join(s.Local, strconv.Itoa(int(s.LocalPort))), remote(s))
	}
	return 0, nil
}

// filter is one of ss: state NAME, sport = :N, dport = :N, joined by and.
func filter(words []string) (func(Socket) bool, error) {
	state, ports := "", [2]int{}
	for i := 0; i < len(words); i++ {
		switch w := strings.Trim(words[i], "()"); w {
		case "", "and", "=", "==", "eq":
		case "state":
			if i++; i < len(words) {
				state = words[i]
			}
		case "sport", "dport":
			for i++; i < len(words) && (words[i] == "=" || words[i] == "==" || words[i] == "eq"); i++ {
			}
			if i == len(words) {
				return nil, unsupported("filter %s", w)
			}
			n, err := strconv.ParseUint(strings.Trim(words[i], ":()"), 10, 16)
			if err != nil {
				return nil, unsupported("port %s", words[i])
			}
			ports[strings.Index("sd", w[:1])] = int(n)
		default:
			return nil, unsupported("filter %s", w)
		}
	}
	return func(s Socket) bool {
		names := stateNames[s.State]
		return (state == "" || state == "all" || strings.EqualFold(state, names[0]) || strings.EqualFold(state, s.State)) &&
			(ports[0] == 0 || ports[0] == int(s.LocalPort)) && (ports[1] == 0 || ports[1] == int(s.RemotePort))
	}, nil
}

// sockstat prints the sockets as FreeBSD does; -p chooses ports, -l and -c those
// that listen and those that do not, -s the states.
func sockstat(e *evaluation, args []string, _ string, out *output) (int, error) {
	listening, connected, port := false, false, -1
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") {
			return 0, unsupported("argument %s", arg)
		}
		listening = listening || strings.Contains(arg, "l")
		connected = connected || strings.Contains(arg, "c")
		if last := arg[len(arg)-1]; (last == 'p' || last == 'P') && i+1 < len(args) {
			if i++; last == 'p' {
				n, err := strconv.ParseUint(args[i], 10, 16)
				if err != nil {
					return 0, unsupported("ports %s", args[i])
				}
				port = int(n)
			}
		}
	}
	out.line("USER     COMMAND    PID   FD  PROTO  LOCAL ADDRESS         FOREIGN ADDRESS       STATE")
	for _, s := range e.machine.Sockets() {
		is := s.State == "LISTEN"
		if (listening || connected) && !(listening && is || connected && !is) {
			continue
		}
		if port >= 0 && port != int(s.LocalPort) && port != int(s.RemotePort) {
			continue
		}
		proto := "tcp4"
		if strings.Contains(s.Local, ":") {
			proto = "tcp6"
		}
		out.line("root     packetdril 0     3   %s   %-21s %-21s %s", proto, join(s.Local, strconv.Itoa(int(s.LocalPort))), remote(s), stateNames[s.State][1])
	}
	return 0, nil
}

// join writes an address and a port.
func join(address, port string) string {
	if strings.Contains(address, ":") {
		return "[" + address + "]:" + port
	}
	return address + ":" + port
}

// remote is the other end of s, or that there is none.
func remote(s Socket) string {
	if s.RemotePort == 0 {
		return "*:*"
	}
	return join(s.Remote, strconv.Itoa(int(s.RemotePort)))
}

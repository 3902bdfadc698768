package shell

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// running is a program: it returns its exit status, or an error that ends the
// whole command.
type running func(e *evaluation, args []string, in string, out *output) (int, error)

// program finds one by the last part of its path.
func program(name string) running {
	switch name {
	case "sysctl":
		return sysctl
	case "defaults.sh", "set_sysctls.py":
		return assignments
	case "grep":
		return grep
	case "ss", "netstat":
		return ss
	case "sockstat":
		return sockstat
	case "nstat":
		return nstat
	case "tcpdrop":
		return tcpdrop
	case "ip":
		return ip
	case "tc":
		return tc
	case "sleep":
		return sleep
	case "kldload", "kldunload", "modprobe", "true": // what they load is here, or asked for by name elsewhere
		return nothing
	}
	if strings.HasPrefix(name, "sysctl_restore_") && strings.HasSuffix(name, ".sh") { // what set_sysctls.py says it writes
		return func(e *evaluation, _ []string, _ string, _ *output) (int, error) {
			e.machine.RestoreSysctls()
			return 0, nil
		}
	}
	return nil
}

// nothing succeeds.
func nothing(*evaluation, []string, string, *output) (int, error) { return 0, nil }

// fails is an exit status and why.
func (e *evaluation) fails(status int, why string) (int, error) {
	e.why = ": " + why
	return status, nil
}

// sysctl sets and prints variables.
func sysctl(e *evaluation, args []string, _ string, out *output) (int, error) {
	quiet, bare := false, false
	for _, arg := range args {
		switch {
		case strings.HasPrefix(arg, "-"):
			if strings.Trim(arg, "-wqnei") != "" {
				return 0, unsupported("option %s", arg)
			}
			quiet = quiet || strings.Contains(arg, "q")
			bare = bare || strings.Contains(arg, "n")
			continue
		}
		name, value, sets := strings.Cut(arg, "=")
		name = sysctlName(name)
		if sets {
			if err := e.machine.SetSysctl(name, strings.TrimSpace(value)); err != nil {
				return 1, err
			}
			if quiet {
				continue
			}
		}
		value, err := e.machine.Sysctl(name)
		if err != nil {
			return 1, err
		}
		switch {
		case bare:
			out.line("%s", value)
		case strings.HasPrefix(name, "net.ipv"), strings.HasPrefix(name, "net.core"):
			out.line("%s = %s", name, value)
		default: // FreeBSD's
			out.line("%s: %s", name, value)
		}
	}
	return 0, nil
}

// sysctlName is the name with points of one that may be a path below /proc/sys.
func sysctlName(name string) string {
	name = strings.TrimSpace(name)
	if rest, is := strings.CutPrefix(name, "/proc/sys/"); is || strings.Contains(name, "/") {
		return strings.ReplaceAll(rest, "/", ".")
	}
	return name
}

// assignments are the helpers of suites: they set what stands on their line, and
// defaults.sh the usual before that. Their files are not read.
func assignments(e *evaluation, args []string, _ string, _ *output) (int, error) {
	if e.last == "defaults.sh" {
		if err := e.machine.Defaults(); err != nil {
			return 1, err
		}
	}
	for _, arg := range args {
		name, value, sets := strings.Cut(arg, "=")
		if !sets {
			return 0, unsupported("argument %q: name=value was expected", arg)
		}
		if err := e.machine.SetSysctl(sysctlName(name), strings.TrimSpace(value)); err != nil {
			return 1, err
		}
	}
	return 0, nil
}

// tcpdrop resets a connection: local address and port, remote address and port.
func tcpdrop(e *evaluation, args []string, _ string, out *output) (int, error) {
	var ends [2]string
	switch len(args) {
	case 4:
		ends = [2]string{join(args[0], args[1]), join(args[2], args[3])}
	case 2: // the other spelling: address:port
		ends = [2]string{args[0], args[1]}
	default:
		return 0, unsupported("tcpdrop without two addresses")
	}
	if !e.machine.Drop(ends[0], ends[1]) {
		return e.fails(1, "no such connection")
	}
	out.line("%s %s: dropped", ends[0], ends[1])
	return 0, nil
}

// ip answers what changes the MTU, and lets pass what is of no effect here.
func ip(e *evaluation, args []string, _ string, _ *output) (int, error) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	what := strings.Join(args, " ")
	switch {
	case strings.HasPrefix(what, "link set "):
		for i, arg := range args {
			if arg != "mtu" || i+1 == len(args) {
				continue
			}
			mtu, err := strconv.Atoi(args[i+1])
			if err != nil || mtu < 68 || mtu > 65535 { // RFC 791
				return e.fails(1, "an MTU is a number from 68 to 65535")
			}
			return 0, e.machine.SetMTU(mtu)
		}
		return 0, nil
	case strings.HasPrefix(what, "tcp_metrics flush"), strings.HasPrefix(what, "tcp_metrics del"), strings.HasPrefix(what, "route flush"):
		e.machine.FlushMetrics()
		return 0, nil
	case len(args) > 1 && args[0] == "route" && plainRoute(args[1:]):
		return 0, nil
	}
	return 0, unsupported("ip %s", what)
}

// plainRoute reports a route that says nothing but where: there is one way only.
func plainRoute(args []string) bool {
	switch args[0] {
	case "add", "change", "replace", "del", "show", "get":
	default:
		return false
	}
	for _, arg := range args {
		switch arg {
		case "initcwnd", "initrwnd", "rto_min", "quickack", "mtu", "advmss", "fastopen_no_cookie", "congctl", "features":
			return false
		}
	}
	return true
}

// tc lets pass a plain queue, which is what is there.
func tc(_ *evaluation, args []string, _ string, _ *output) (int, error) {
	what := " " + strings.Join(args, " ") + " "
	if !strings.HasPrefix(what, " qdisc ") {
		return 0, unsupported("tc%s", strings.TrimRight(what, " "))
	}
	for _, shaping := range []string{" netem ", " tbf ", " htb ", " fq ", " fq_codel "} {
		if strings.Contains(what, shaping) {
			return 0, unsupported("tc%s", strings.TrimRight(what, " "))
		}
	}
	return 0, nil
}

// sleep lets seconds pass, at most a day.
func sleep(e *evaluation, args []string, _ string, _ *output) (int, error) {
	if len(args) != 1 {
		return 0, unsupported("sleep without one number")
	}
	s, err := strconv.ParseFloat(strings.TrimSuffix(args[0], "s"), 64)
	if err != nil || !(s >= 0 && s <= 86400) {
		return e.fails(1, fmt.Sprintf("%q is no number of seconds of a day", args[0]))
	}
	e.machine.Sleep(time.Duration(math.Round(s * 1e9)))
	return 0, nil
}

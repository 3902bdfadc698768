package shell

import (
	"path"
	"strings"
)

// unknown stands for a value that the machine does not keep. A grep that selects its line
// ends the command: what it would have found is not known.
const unknown = "\x00not counted"

// nstat prints the counters of the patterns, of all without one: as far as they have
// grown since it last did, which it remembers, or all of it if it was never called (nstat
// of iproute2).
func nstat(e *evaluation, args []string, _ string, out *output) (int, error) {
	counters := e.machine.Counters()
	if counters == nil {
		return 0, unsupported("program nstat")
	}
	absolute, silent, forgetful, zeros := false, false, false, false
	history := e.machine.History()
	var patterns []string
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			patterns = append(patterns, strings.ToLower(arg))
			continue
		}
		letters := arg[1:]
		if word, is := strings.CutPrefix(arg, "--"); is {
			letters = map[string]string{"ignore": "a", "nooutput": "n", "noupdate": "s", "zeros": "z", "reset": "r"}[word] // order-free: one is looked up
		}
		if letters == "" || strings.Trim(letters, "anszr") != "" {
			return 0, unsupported("option %s", arg)
		}
		absolute = absolute || strings.Contains(letters, "a")
		silent = silent || strings.Contains(letters, "n")
		forgetful = forgetful || strings.Contains(letters, "s")
		zeros = zeros || strings.Contains(letters, "z")
		if strings.Contains(letters, "r") {
			*history = nil
		}
	}
	if err := named(counters, patterns); err != nil {
		return 0, err
	}
	now := map[string]uint64{}
	if !silent {
		out.line("#kernel")
	}
	for _, c := range counters {
		if !matches(c.Name, patterns) {
			continue
		}
		now[c.Name] = c.Value
		n := c.Value
		if !absolute {
			n -= (*history)[c.Name]
		}
		switch {
		case silent:
		case c.Unknown:
			out.line("%-32s%s", c.Name, unknown)
		case n > 0 || zeros:
			out.line("%-32s%-16d%6.1f", c.Name, n, 0.0)
		}
	}
	if !forgetful {
		*history = now
	}
	return 0, nil
}

// named looks whether every counter that is asked for by its whole name is known.
func named(counters []Counter, patterns []string) error {
	for _, p := range patterns {
		found := strings.ContainsAny(p, `*?[\`)
		for _, c := range counters {
			if strings.ToLower(c.Name) == p && !c.Unknown {
				found = true
			}
		}
		if !found {
			return unsupported("counter %s", p)
		}
	}
	return nil
}

// matches reports whether a name is that of one of the patterns, in small letters.
func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(p, strings.ToLower(name)); ok {
			return true
		}
	}
	return len(patterns) == 0
}

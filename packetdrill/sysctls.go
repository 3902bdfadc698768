package packetdrill

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"netsim/packetdrill/shell"
	"netsim/tcp"
)

// variable is a sysctl: how a profile holds it. A variable without reading is one
// that is accepted and only remembered: it can have no effect here.
type variable struct {
	read  func(p *tcp.Profile) string
	write func(p *tcp.Profile, value string) error
}

// system are the variables of one system, and the names or prefixes of those that are
// accepted beside them. Those of Linux that change nothing are in linuxInert.
type system struct {
	variables map[string]variable
	accepted  []string
}

// systemOf finds the one that a variable belongs to.
func systemOf(name string) *system {
	if strings.HasPrefix(name, "net.ipv4.") || strings.HasPrefix(name, "net.ipv6.") || strings.HasPrefix(name, "net.core.") {
		return &linuxSystem
	}
	return &bsdSystem
}

// sysctls are the values of a script's variables beside those of its profile.
type sysctls struct {
	values map[string]string // as they were set
	abort  bool              // tcp_abort_on_overflow
}

// Sysctl is the value of a variable: what it was set to, or what the profile has.
func (r *runner) Sysctl(name string) (string, error) {
	name = canonical(name)
	if v, ok := r.sysctls.values[name]; ok {
		return v, nil
	}
	s := systemOf(name)
	if v, ok := s.variables[name]; ok && v.read != nil {
		return v.read(r.profile), nil
	}
	if name == "net.ipv4.tcp_fastopen" {
		return strconv.Itoa(r.fastOpen), nil
	}
	if i, ok := inertOf(name); ok {
		return i.otherwise(), nil
	}
	if _, ok := s.variables[name]; ok || s.accepts(name) {
		return "0", nil
	}
	return "", &shell.Unsupported{What: "sysctl " + name}
}

// canonical is the name under which a variable is kept: those of IPv6 that stand for
// one of IPv4 are that one.
func canonical(name string) string { return strings.TrimSpace(name) }

func (s *system) accepts(name string) bool {
	return slices.ContainsFunc(s.accepted, func(prefix string) bool {
		return name == prefix || strings.HasSuffix(prefix, ".") && strings.HasPrefix(name, prefix)
	})
}

// SetSysctl gives a variable a value, for what begins from now on.
func (r *runner) SetSysctl(name, value string) error {
	name = canonical(name)
	value = strings.Join(strings.Fields(strings.Trim(value, `"'`)), " ")
	s := systemOf(name)
	v, known := s.variables[name]
	switch {
	case name == "net.ipv4.tcp_fastopen_key":
		key, err := fastKeysOf(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.host.SetFastOpenKeys(key...)
	case known:
		p := *r.profile
		if err := v.write(&p, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.profile = &p
		r.host.SetProfile(&p)
	case s.accepts(name):
	default:
		i, ok := inertOf(name)
		if ok {
			if err := i.check(name, value); err != nil {
				return err
			}
			break
		}
		return &shell.Unsupported{What: "sysctl " + name}
	}
	r.sysctls.values[name] = value
	return r.together(name, value)
}

// together sets what follows from several variables.
func (r *runner) together(name, value string) (err error) {
	switch name {
	case "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_syn_linear_timeouts":
		retries, linear := 6, 4
		for n, at := range map[string]*int{"net.ipv4.tcp_syn_retries": &retries, "net.ipv4.tcp_syn_linear_timeouts": &linear} { // order-free: each sets its own
			if text, ok := r.sysctls.values[n]; ok {
				if *at, err = whole(text, 0, 127); err != nil {
					return err
				}
			}
		}
		if retries == 0 { // tcp_syn_retries_min
			return fmt.Errorf("%s: no SYN is sent once only: from 1 to 127", name)
		}
		p := *r.profile
		p.SYNSchedule = synSchedule(&p, retries, linear)
		r.profile = &p
		r.host.SetProfile(&p)
	case "net.ipv4.tcp_fastopen":
		n, err := strconv.ParseInt(value, 0, 32)
		if err != nil {
			return fmt.Errorf("%s: %q is no number", name, value)
		}
		r.fastOpen = int(n)
	case "net.inet.tcp.fastopen.server_enable", "net.inet.tcp.fastopen.client_enable":
		bit := fastClient
		if strings.Contains(name, "server") {
			bit = fastServer
		}
		r.fastOpen &^= bit
		if strings.Trim(value, "0") != "" {
			r.fastOpen |= bit
		}
	case "net.inet.tcp.fastopen.setkey":
		key, err := hex.DecodeString(value)
		if err != nil || len(key) != 16 {
			return fmt.Errorf("%s: %q is no key of 16 bytes in hexadecimal", name, value)
		}
		r.host.SetFastOpenKeys([16]byte(key))
	case "net.inet.tcp.fast_finwait2_recycle", "net.inet.tcp.finwait2_timeout", "net.inet.tcp.keepcnt", "net.inet.tcp.keepintvl":
		p := *r.profile
		p.FinWait2 = time.Duration(p.KeepProbes) * p.KeepInterval // TP_MAXIDLE
		if r.sysctls.values["net.inet.tcp.fast_finwait2_recycle"] == "1" {
			p.FinWait2 = time.Minute
			if text, ok := r.sysctls.values["net.inet.tcp.finwait2_timeout"]; ok {
				ms, err := whole(text, 0, 1<<31-1)
				if err != nil {
					return err
				}
				p.FinWait2 = time.Duration(ms) * time.Millisecond
			}
		}
		r.profile = &p
		r.host.SetProfile(&p)
	case "net.ipv4.tcp_abort_on_overflow":
		r.sysctls.abort = value != "0"
	}
	return nil
}

// synSchedule are the waits after SYNs of Linux: so many of a second, then twice as
// long each (tcp_retransmit_timer).
func synSchedule(p *tcp.Profile, retries, linear int) (waits []time.Duration) {
	for range linear {
		waits = append(waits, p.RTOInitial)
	}
	wait := p.RTOInitial
	for range retries + 1 {
		waits = append(waits, wait)
		wait = min(2*wait, p.RTOMax)
	}
	return waits
}

// RestoreSysctls gives all variables the values they had.
func (r *runner) RestoreSysctls() {
	r.profile = profileOf(r.profile.Name)
	r.sysctls = sysctls{values: map[string]string{}}
	r.fastOpen = r.manners.fastOpen
	r.host.SetProfile(r.profile)
}

// Defaults is what suites set before each script: the variables of a busy server.
func (r *runner) Defaults() error {
	names := slices.Sorted(maps.Keys(productionValues))
	for _, name := range names {
		if r.profile.Name == "freebsd" {
			break
		}
		if err := r.SetSysctl(name, productionValues[name]); err != nil {
			return err
		}
	}
	r.FlushMetrics()
	return nil
}

// productionValues are those that the scripts of Linux name as their defaults.
var productionValues = map[string]string{ // order-free: sorted by name where it is walked
	"net.ipv4.tcp_rmem": "4096 540000 15728640", "net.ipv4.tcp_wmem": "4096 262144 4194304", "net.ipv4.tcp_timestamps": "1",
	"net.ipv4.tcp_sack": "1", "net.ipv4.tcp_dsack": "1", "net.ipv4.tcp_congestion_control": "cubic", "net.ipv4.tcp_ecn": "0",
	"net.ipv4.tcp_slow_start_after_idle": "0", "net.ipv4.tcp_fastopen": "0x70403", "net.ipv4.tcp_syncookies": "1",
	"net.ipv4.tcp_fastopen_key": "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4",
}

// switched, number, span and the like make variables of a field.
func switched(field func(p *tcp.Profile) *bool) variable {
	return variable{
		read: func(p *tcp.Profile) string { return map[bool]string{true: "1", false: "0"}[*field(p)] },
		write: func(p *tcp.Profile, v string) error {
			n, err := whole(v, -1<<30, 1<<30)
			*field(p) = n != 0
			return err
		},
	}
}

// not is a switch that is the other way round.
func not(field func(p *tcp.Profile) *bool) variable {
	f := switched(field)
	return variable{
		read: func(p *tcp.Profile) string { q := *p; *field(&q) = !*field(p); return f.read(&q) },
		write: func(p *tcp.Profile, v string) error {
			err := f.write(p, v)
			*field(p) = !*field(p)
			return err
		},
	}
}

func number(field func(p *tcp.Profile) *int, low, high int) variable {
	return variable{
		read: func(p *tcp.Profile) string { return strconv.Itoa(*field(p)) },
		write: func(p *tcp.Profile, v string) (err error) {
			*field(p), err = whole(v, low, high)
			return err
		},
	}
}

// span is a time in units.
func span(field func(p *tcp.Profile) *time.Duration, unit time.Duration) variable {
	return variable{
		read: func(p *tcp.Profile) string { return strconv.FormatInt(int64(*field(p)/unit), 10) },
		write: func(p *tcp.Profile, v string) error {
			n, err := whole(v, 0, 1<<31-1)
			*field(p) = time.Duration(n) * unit
			return err
		},
	}
}

// word is a variable of which each value stands for a state of the profile.
func word(read func(p *tcp.Profile) int, write func(p *tcp.Profile, n int), most int) variable {
	return variable{
		read: func(p *tcp.Profile) string { return strconv.Itoa(read(p)) },
		write: func(p *tcp.Profile, v string) error {
			n, err := whole(v, 0, most)
			if err == nil {
				write(p, n)
			}
			return err
		},
	}
}

// whole reads a number between two.
func whole(text string, low, high int) (int, error) {
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil || n < int64(low) || n > int64(high) {
		return 0, fmt.Errorf("%q is no number from %d to %d", text, low, high)
	}
	return int(n), nil
}

// three reads the three numbers of tcp_rmem and its like.
func three(text string) (n [3]int, err error) {
	words := strings.Fields(text)
	if len(words) != 3 {
		return n, fmt.Errorf("%q is not three numbers", text)
	}
	for i, w := range words {
		if n[i], err = whole(w, 0, 1<<30); err != nil {
			return n, err
		}
	}
	return n, nil
}

//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"netsim/packetdrill/shell"
)

// path is where a variable of this thread's namespace is. Only those of TCP, IP and the
// core are let through.
func path(name string) (string, error) {
	if !strings.HasPrefix(name, "net.") || strings.Contains(name, "/") || strings.Contains(name, "..") {
		return "", &shell.Unsupported{What: "sysctl " + name}
	}
	return "/proc/sys/" + strings.ReplaceAll(name, ".", "/"), nil
}

// Sysctl reads a variable.
func (k *real) Sysctl(name string) (string, error) {
	file, err := path(name)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", &shell.Unsupported{What: "sysctl " + name + ", which no namespace has of its own"}
	}
	return strings.Join(strings.Fields(string(b)), " "), nil
}

// SetSysctl writes a variable of the namespace.
func (k *real) SetSysctl(name, value string) error {
	if _, err := k.Sysctl(name); err != nil {
		return err
	}
	if n, err := strconv.ParseInt(value, 0, 64); err == nil { // hexadecimal ones, too
		value = strconv.FormatInt(n, 10)
	}
	file, _ := path(name)
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return &shell.Unsupported{What: "sysctl " + name + ", which cannot be written here"}
	}
	defer f.Close()
	_, err = f.WriteString(value)
	return err
}

// Defaults, RestoreSysctls and Drop are for suites and systems that are not run here.
func (k *real) Defaults() error          { return &shell.Unsupported{What: "defaults of a suite"} }
func (k *real) RestoreSysctls()          {}
func (k *real) Drop(string, string) bool { return false }
func (k *real) Sleep(d time.Duration)    { k.reach(plus(k.now(), d)) }
func (k *real) FlushMetrics()            { _ = exec.Command("ip", "tcp_metrics", "flush").Run() }

// Counters are those of the namespace, under the names of nstat.
func (k *real) Counters() (list []shell.Counter) {
	for _, file := range []string{"snmp", "netstat"} {
		b, _ := os.ReadFile("/proc/thread-self/net/" + file)
		lines := strings.Split(string(b), "\n")
		for i := 0; i+1 < len(lines); i += 2 {
			prefix, _, _ := strings.Cut(lines[i], ":")
			names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
			for j := 1; j < len(names) && j < len(values); j++ {
				v, _ := strconv.ParseUint(values[j], 10, 64)
				list = append(list, shell.Counter{Name: prefix + names[j], Value: v})
			}
		}
	}
	return list
}

// SetMTU changes that of the device.
func (k *real) SetMTU(mtu int) error {
	return exec.Command("ip", "link", "set", "tun0", "mtu", strconv.Itoa(mtu)).Run()
}

// socketStates are those of /proc/net/tcp, from 1.
var socketStates = [...]string{"", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED"}

// Sockets are those of the namespace.
func (k *real) Sockets() (list []shell.Socket) {
	for _, file := range []string{"tcp", "tcp6"} {
		b, err := os.ReadFile("/proc/thread-self/net/" + file)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(b), "\n")[1:] {
			words := strings.Fields(line)
			if len(words) < 4 {
				continue
			}
			state, _ := strconv.ParseUint(words[3], 16, 8)
			if int(state) >= len(socketStates) {
				continue
			}
			s := shell.Socket{State: socketStates[state]}
			s.Local, s.LocalPort = endOf(words[1])
			s.Remote, s.RemotePort = endOf(words[2])
			list = append(list, s)
		}
	}
	return list
}

// endOf reads an address and port of /proc/net/tcp: words of the machine's order.
func endOf(text string) (string, uint16) {
	address, port, _ := strings.Cut(text, ":")
	raw, _ := hex.DecodeString(address)
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	ip, _ := netip.AddrFromSlice(raw)
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return fmt.Sprint(ip), 0
	}
	return ip.Unmap().String(), uint16(n)
}

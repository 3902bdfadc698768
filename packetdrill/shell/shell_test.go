package shell_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/packetdrill/shell"
)

// box is a machine that notes what is done to it.
type box struct {
	values  map[string]string
	done    []string
	sockets []shell.Socket
	history map[string]uint64
}

func newBox() *box {
	return &box{values: map[string]string{"net.ipv4.tcp_sack": "1", "net.inet.tcp.sack.enable": "1"},
		sockets: []shell.Socket{
			{Local: "0.0.0.0", LocalPort: 8080, State: "LISTEN"},
			{Local: "192.0.2.1", LocalPort: 8080, Remote: "198.51.100.7", RemotePort: 40000, State: "ESTABLISHED"},
			{Local: "192.0.2.1", LocalPort: 8080, Remote: "198.51.100.7", RemotePort: 40001, State: "TIME-WAIT"},
		}}
}

func (b *box) note(format string, args ...any) { b.done = append(b.done, fmt.Sprintf(format, args...)) }

func (b *box) Sysctl(name string) (string, error) {
	if v, ok := b.values[name]; ok {
		return v, nil
	}
	return "", &shell.Unsupported{What: "sysctl " + name}
}

func (b *box) SetSysctl(name, value string) error {
	if _, err := b.Sysctl(name); err != nil {
		return err
	}
	b.values[name] = value
	b.note("%s=%s", name, value)
	return nil
}

func (b *box) Defaults() error             { b.note("defaults"); return nil }
func (b *box) RestoreSysctls()             { b.note("restore") }
func (b *box) Sockets() []shell.Socket     { return b.sockets }
func (b *box) FlushMetrics()               { b.note("flush") }
func (b *box) Sleep(d time.Duration)       { b.note("sleep %v", d) }
func (b *box) SetMTU(mtu int) error        { b.note("mtu %d", mtu); return nil }
func (b *box) Drop(l, r string) bool       { b.note("drop %s %s", l, r); return r == "198.51.100.7:40000" }
func (b *box) History() *map[string]uint64 { return &b.history }
func (b *box) Counters() []shell.Counter {
	return []shell.Counter{{Name: "TcpInSegs", Value: 7}, {Name: "TcpRetransSegs", Value: 3}, {Name: "TcpExtTW"}, {Name: "TcpExtTCPHPHits", Unknown: true}}
}

func ExampleRun() {
	out, err := shell.Run(newBox(), `sysctl -q net.ipv4.tcp_sack=0 && ss -ant state established | grep -c 40000`)
	fmt.Printf("%q %v\n", out, err)
	_, err = shell.Run(newBox(), `cat /etc/passwd`)
	fmt.Println(err)
	// Output:
	// "1\n" <nil>
	// unsupported: program cat
}

// What commands do to the machine, in order, and what they print.
func TestCommands(t *testing.T) {
	for _, c := range []struct{ text, out, done string }{
		{"sysctl -w net.ipv4.tcp_sack=0", "net.ipv4.tcp_sack = 0\n", "net.ipv4.tcp_sack=0"},
		{"sysctl -q net.ipv4.tcp_sack=0", "", "net.ipv4.tcp_sack=0"},
		{"sysctl net.inet.tcp.sack.enable", "net.inet.tcp.sack.enable: 1\n", ""},
		{"sysctl -n net.inet.tcp.sack.enable=0 > /dev/null 2>&1", "", "net.inet.tcp.sack.enable=0"},
		{`sysctl -q net.ipv4.tcp_sack="0" net.inet.tcp.sack.enable='0'`, "", "net.ipv4.tcp_sack=0; net.inet.tcp.sack.enable=0"},
		{"../common/defaults.sh\n../common/set_sysctls.py /proc/sys/net/ipv4/tcp_sack=0", "", "defaults; net.ipv4.tcp_sack=0"},
		{"./defaults.sh; /var/sysctl_restore_${PPID}.sh", "", "defaults; restore"},
		{"sleep 0.25; sleep 2", "", "sleep 250ms; sleep 2s"},
		{"ip link set dev tun0 mtu 1280", "", "mtu 1280"},
		{"ip tcp_metrics flush all > /dev/null 2>&1; ip route add 10.0.0.0/8 dev tun0", "", "flush"},
		{"tc qdisc replace dev tun0 root pfifo", "", ""},
		{"nstat -az TcpRetransSegs | grep -c 3", "1\n", ""},
		{"nstat TcpRetransSegs 'tcpext?w'", "#kernel\nTcpRetransSegs                  3                  0.0\n", ""},
		{"nstat -n; nstat 'Tcp*Segs' -z | grep -c ' 0 '", "2\n", ""},
		{"nstat -s TcpInSegs > /dev/null; nstat TcpInSegs > /dev/null; nstat --ignore TcpInSegs | grep -c 7; nstat TcpInSegs", "1\n#kernel\n", ""},
		{"nstat -n; nstat -r TcpInSegs | grep -c 7", "1\n", ""},
		{"nstat | grep -c TcpIn", "1\n", ""},
		{"ss -Hltn", "LISTEN     0      0      0.0.0.0:8080 *:*\n", ""},
		{"ss -Hta '( sport = :8080 )' | grep -c TIME-WAIT", "", ""},
		{"ss -Hta state time-wait sport = :8080 | grep -c . | grep 1", "1\n", ""},
		{"sockstat -P tcp -p 8080 -s | grep -c ESTABLISHED | grep 1", "1\n", ""},
		{"sockstat -l -p 8080 | grep -ci listen", "1\n", ""},
		{"sockstat | grep -v tcp4 | grep -cw STATE", "1\n", ""},
		{"tcpdrop 192.0.2.1 8080 198.51.100.7 40000", "192.0.2.1:8080 198.51.100.7:40000: dropped\n", "drop 192.0.2.1:8080 198.51.100.7:40000"},
		{"", "", ""},
		{"# nothing", "", ""},
	} {
		b := newBox()
		out, err := shell.Run(b, c.text)
		if c.text == "ss -Hta '( sport = :8080 )' | grep -c TIME-WAIT" {
			if err == nil {
				t.Errorf("%s: %q: a filter in one word is not understood, and is to be told", c.text, out)
			}
			continue
		}
		if err != nil || out != c.out || strings.Join(b.done, "; ") != c.done {
			t.Errorf("%s:\n printed %q, want %q\n did %q, want %q\n %v", c.text, out, c.out, b.done, c.done, err)
		}
	}
}

// A command that fails says which program did; && stops there, ; does not.
func TestFailures(t *testing.T) {
	for text, want := range map[string]string{
		"ss -Htn | grep -c CLOSING":             `grep: exit status 1: no line with "CLOSING"`,
		"ss -Htn | grep nothing && sleep 1":     `grep: exit status 1: no line with "nothing"`,
		"tcpdrop 192.0.2.1 8080 198.51.100.7 9": "tcpdrop: exit status 1: no such connection",
		"ip link set tun0 mtu 67":               "ip: exit status 1: an MTU is a number from 68 to 65535",
		"sleep 100000":                          `sleep: exit status 1: "100000" is no number of seconds of a day`,
		"sleep -1":                              `sleep: exit status 1: "-1" is no number of seconds of a day`,
		"sleep NaN":                             `sleep: exit status 1: "NaN" is no number of seconds of a day`,
		"ss |":                                  "no command of a shell: 1:4: `|` must be followed by a statement",
		strings.Repeat("sleep 0;", shell.MaxText/8+1): "the command is longer than 16384 bytes",
	} {
		b := newBox()
		if _, err := shell.Run(b, text); err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
		if len(b.done) > 0 && !strings.HasPrefix(text, "tcpdrop") {
			t.Errorf("%s: did %q", text, b.done)
		}
	}
	b := newBox()
	if _, err := shell.Run(b, "ss | grep nothing; sleep 1"); err != nil || !slices.Equal(b.done, []string{"sleep 1s"}) {
		t.Errorf("%v, %q", err, b.done)
	}
}

// Whatever is not a list of simple commands is refused, as are programs, options and
// variables that are not known: nothing of it is run.
func TestRefused(t *testing.T) {
	for _, text := range []string{
		"for i in 1 2 3; do sleep 1; done", "while true; do sleep 1; done", "until false; do sleep 1; done",
		"if sleep 1; then sleep 2; fi", "{ sleep 1; }", "( sleep 1 )", "f() { f | f; }; f", "case a in a) sleep 1;; esac",
		"sleep $(sleep 1)", "sleep `sleep 1`", "sleep $((1+1))", "sleep ${HOME}", "sleep $1", "sleep ${PPID:-1}", "sleep ${#PPID}",
		"sysctl *", "ls ~", "sysctl net.ipv4.tcp_[ab]", "X=1", "X=1 sleep 1", "sleep 1 &", "! sleep 1", "sleep 1 || sleep 2",
		"sleep 1 > /etc/x", "sleep 1 >> /dev/null", "ss < /etc/passwd", "ss 3> /dev/null", "ss <<E\nx\nE\n", "ss 2>&3",
		"cat /etc/passwd", "/bin/sh -c true", "python3 -c 1", "curl http://127.0.0.1", "eval sleep 1", "exec sleep 1", ". /etc/profile",
		"sysctl -a", "sysctl kernel.hostname=x", "sysctl -p /etc/sysctl.conf", "set_sysctls.py x", "ss -F /etc/passwd", "ss dst 1.2.3.4",
		"sockstat x", "sockstat -p a", "grep -f /etc/passwd x", "grep a b", "grep '\\(' ", "nstat IpInDelivers", "nstat TcpExtTCPHPHits", "nstat | grep HPHits", "nstat | grep -v TcpIn", "nstat -j", "nstat --json", "nstat -d 1", "ip netns exec x sh",
		"ip", "ip route add default via 1.2.3.4 initcwnd 3", "tc filter show", "tc qdisc add dev tun0 root netem delay 10ms",
		"tcpdrop -a", "sleep", "[ -e /etc/passwd ]", "export A=b",
		strings.Repeat("(", 10000), strings.Repeat("$(", 5000), strings.Repeat("{ ", 5000),
	} {
		b := newBox()
		_, err := shell.Run(b, text)
		if err == nil || len(b.done) > 0 {
			t.Errorf("%.60s: %v, did %q", text, err, b.done)
		}
		var u *shell.Unsupported
		if errors.As(err, &u) && u.What == "" {
			t.Errorf("%s: unsupported, but what?", text)
		}
	}
}

// Nesting that the parser follows costs no more than its text.
func TestDeepText(t *testing.T) {
	for _, text := range []string{strings.Repeat("if ", shell.MaxText/3), strings.Repeat("! ", shell.MaxText/2),
		strings.Repeat("sleep 0 |", shell.MaxText/9) + "sleep 0", strings.Repeat("sleep 0&&", shell.MaxText/9) + "sleep 0",
		"ss | grep '" + strings.Repeat("(a*)*", 190) + "b'"} {
		_, err := shell.Run(newBox(), text)
		t.Logf("%.20s: %.80v", text, err)
	}
}

// No text makes it panic, hang or do what is not listed.
func FuzzRun(f *testing.F) {
	for _, text := range []string{"sysctl -w a=b; ss | grep -c x", "sleep 1 > /dev/null 2>&1 && ip link set x mtu 5", "${PPID}\"$PPID\"'a'\\b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, _ := shell.Run(newBox(), text)
		if len(out) > shell.MaxOutput+1<<16 {
			t.Errorf("%d bytes printed", len(out))
		}
	})
}

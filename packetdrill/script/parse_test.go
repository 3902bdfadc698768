package script

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, src string) *Script {
	t.Helper()
	s, err := Parse("t.pkt", src, func(name string) bool { return name == "FreeBSD" })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const whole = `// Opens, talks and closes.
--tolerance_usecs=10000
--ip_version=ipv4 --mtu=1500 // two on a line

` + "`sysctl -w net.ipv4.tcp_sack=0`" + `

/* the
   call */
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
+0.000 bind(3, {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("0.0.0.0")}, ...) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
+.05 < [ect0] S. 0:0(0) ack 1 win 5792 <mss 1460,nop,wscale 2,
   FO abcd12>
* > . 1:1(0) ack 1 <...>
0.2...0.3 read(3, ..., 1000) = 10
0.4~0.5 > FP. 1:11(10) ack 1 win * <nop,nop,sack 10:20 30:40>
+0~+* < icmp unreachable frag_needed mtu 500 [1:11(10)]
+0 %{
assert tcpi_state == 1, tcpi_state
}%
+0 < 5000 > 80 R 1:1(0)! ack 7!
` + "+0 `ss -tan | grep -c TIME`" + `
+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1 ([x])
+0 > . ...(0) ack ...
`

func TestWholeScript(t *testing.T) {
	s := parse(t, whole)
	if len(s.Options) != 3 || s.Options[1].Name != "ip_version" || s.Options[2].Value != "1500" {
		t.Errorf("options %+v", s.Options)
	}
	if len(s.Init) != 1 || s.Init[0].Text != "sysctl -w net.ipv4.tcp_sack=0" {
		t.Errorf("init %+v", s.Init)
	}
	kinds := ""
	for _, e := range s.Events {
		switch e.What.(type) {
		case *Call:
			kinds += "c"
		case *Packet:
			kinds += "p"
		case *Shell:
			kinds += "s"
		case *Code:
			kinds += "%"
		}
	}
	if kinds != "ccccpppcpp%pscp" {
		t.Fatalf("events are %s", kinds)
	}
	connect := s.Events[3].What.(*Call)
	if connect.Errno != "EINPROGRESS" || connect.Note != "Operation now in progress" || connect.Result.Kind != Unary {
		t.Errorf("connect %+v", connect)
	}
	syn := s.Events[4].What.(*Packet)
	if syn.Inbound || syn.Flags != "S" || *syn.Window != 65535 || len(syn.Options) != 5 || syn.Options[2].Values[0] != 100 {
		t.Errorf("SYN %+v", syn)
	}
	answer := s.Events[5].What.(*Packet)
	if !answer.Inbound || answer.IP[0].Name != "ect0" || answer.Ack.Value != 1 || string(answer.Options[3].Bytes) != "\xab\xcd\x12" {
		t.Errorf("SYN,ACK %+v", answer)
	}
	if e := s.Events[6]; !e.When.Any || !e.What.(*Packet).Any {
		t.Errorf("any time, any options: %+v", e)
	}
	if e := s.Events[7]; e.When.At != 200*time.Millisecond || e.What.(*Call).Until.At != 300*time.Millisecond || e.When.Relative {
		t.Errorf("blocking %+v", e)
	}
	if e := s.Events[8]; e.When.To != 500*time.Millisecond || len(e.What.(*Packet).Options[2].Values) != 4 {
		t.Errorf("window %+v", e)
	}
	if m := s.Events[9].What.(*Packet).ICMP; m.Type != "unreachable" || m.Code != "frag_needed" || m.MTU != 500 || m.Quoted.Len != 10 {
		t.Errorf("ICMP %+v", m)
	}
	if p := s.Events[11].What.(*Packet); p.Ports == nil || p.Ports[1] != 80 || !p.Seq.Start.Absolute || !p.Ack.Absolute {
		t.Errorf("ports %+v", p)
	}
	if p := s.Events[14].What.(*Packet); !p.Seq.Start.Any || !p.Ack.Any {
		t.Errorf("wildcards %+v", p)
	}
	if at := s.Events[4].Pos; at != (Pos{13, 1}) {
		t.Errorf("the SYN is at %v", at)
	}
}

func TestConditions(t *testing.T) {
	s := parse(t, `#ifdef FreeBSD
0 a() = 1
#else
0 b() = 2
#ifdef FreeBSD
0 c() = 3
#endif
#endif
#define OWN
#ifdef OWN
+0 d() = 4
#endif
#ifndef OWN
+0 e() = 5
#endif
`)
	var names []string
	for _, e := range s.Events {
		names = append(names, e.What.(*Call).Name)
	}
	if got := strings.Join(names, " "); got != "a d" {
		t.Errorf("calls %q", got)
	}
	if at := s.Events[1].Pos; at.Line != 11 {
		t.Errorf("d is on line %d", at.Line)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"0 socket(", `t.pkt:1:10: a value expected, found the end of the script`},
		{"0 socket(3, = 1", `t.pkt:1:13: a value expected, found "="`},
		{"0 socket(3 4) = 1", `t.pkt:1:12: ")" expected, found "4"`},
		{"0 < S 0:0(0", `t.pkt:1:12: ")" expected, found the end of the script`},
		{"0 < S 0:5(4)", `t.pkt:1:7: 0:5(4): the end is not the start and the length`},
		{"0 < X 0:0(0)", `t.pkt:1:5: flags are of S F R P . U E W, or - for none; found "X"`},
		{"0 < S 0:0(0) win x", `t.pkt:1:18: a window expected, found "x"`},
		{"0 < S 0:0(0) win 70000", `t.pkt:1:18: "70000" is not a number of 16 bits`},
		{"0 < S 0:0(0) <mss", `t.pkt:1:18: a number expected, found the end of the script`},
		{"0 < S 0:0(0) <TS 1>", `t.pkt:1:18: "val" expected, found "1"`},
		{"0 < S 0:0(0) <FO xyz>", `t.pkt:1:18: "xyz" is not a cookie in hexadecimal`},
		{"\n 0.5~0.4 < S 0:0(0)", `t.pkt:2:6: the window ends before it begins`},
		{"0 `ls", "t.pkt:1:4: the command has no closing `"},
		{"0 %{ a", `t.pkt:1:5: the program has no closing }%`},
		{"/* a", `t.pkt:1:1: the comment has no end`},
		{`0 f("a`, `t.pkt:1:5: the string has no closing quote on its line`},
		{"0 f(0x)", `t.pkt:1:5: "0x" is not a number`},
		{"+ < S 0:0(0)", `t.pkt:1:3: a time in seconds expected, found "<"`},
		{"0 ?", `t.pkt:1:3: a call, a segment (< or >), a ` + "`command`" + ` or %{ program }% expected, found "?"`},
		{"--=3", `t.pkt:1:1: an option is written --name=value`},
		{"#else", `t.pkt:1:1: #else without #ifdef`},
		{"#endif", `t.pkt:1:1: #endif without #ifdef`},
		{"a() = 1\n  #ifdef A", `t.pkt:2:3: #ifdef without #endif`},
		{"0 f(" + strings.Repeat("[", 60), `t.pkt:1:55: values lie more than 50 deep in each other`},
		{"0 < icmp", `t.pkt:1:9: a word expected, found the end of the script`},
		{strings.Repeat(" ", MaxSize+1), `t.pkt:1:1: longer than 1 MiB`},
	} {
		_, err := Parse("t.pkt", c.src, nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q:\n got %v\nwant %s", c.src, err, c.want)
		}
	}
}

// Other protocols are read over and named.
func TestUnknown(t *testing.T) {
	s := parse(t, "0 < udp 5:5(5) anything <here>\n+0 < . 1:1(0)")
	if u, ok := s.Events[0].What.(*Unknown); !ok || u.What != "udp packet" || len(s.Events) != 2 {
		t.Errorf("%+v", s.Events[0].What)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("#ifdef A\n0 f({.a=1, b: -1|2}) = -1 EX (note)\n#else\n#endif")
	f.Add("+0~* > S. ...(0) ack * <md5 abc,exp-tarr,eol>")
	f.Fuzz(func(t *testing.T, src string) {
		s, err := Parse("f.pkt", src, nil)
		if err == nil {
			if _, err := json.Marshal(s); err != nil {
				t.Fatal(err)
			}
		}
	})
}

package main

import (
	"strings"
	"testing"
)

// TestImportCapture holds what is read from a capture of our own against what was
// measured while it was made, and shows both in one figure.
func TestImportCapture(t *testing.T) {
	n := newNetsim(t)
	experiment := strings.Replace(small, "[flow.web]", "loss = \"20 %\"\n[flow.web]\narrivals = { process = \"even\", rate = \"1/s\", count = 30 }", 1)
	n.file("lossy.toml", experiment)
	n.ok("run", "lossy.toml", "--capture")
	if out := n.ok("import", "out/lossy/captures/client.pcapng", "--out", "measured.csv"); !strings.HasPrefix(out, "measured.csv: ") {
		t.Error(out)
	}
	n.file("both.toml", experiment+`
[figure.setup]
kind = "cdf"
of = "flow.web.setup_time"
overlay = "measured.csv"
`)
	n.ok("run", "both.toml")
	simulated, measured := []string{}, []string{}
	for line := range strings.Lines(n.files()["out/both/figures/setup.csv"]) {
		if point, ok := strings.CutPrefix(line, ",client.pcapng,"); ok {
			measured = append(measured, point)
		} else if point, ok := strings.CutPrefix(line, ",,"); ok {
			simulated = append(simulated, point)
		}
	}
	if len(measured) < 3 || strings.Join(simulated, "") != strings.Join(measured, "") {
		t.Errorf("simulated\n%swas measured as\n%s", strings.Join(simulated, ""), strings.Join(measured, ""))
	}
	if !strings.Contains(n.files()["measured.csv"], "client.pcapng,time_wait.count,") {
		t.Errorf("nobody is in TIME_WAIT:\n%s", n.files()["measured.csv"])
	}
}

// TestImportSamples holds the columns that samples of ss and nstat become, and that a
// figure over time takes those of its metric.
func TestImportSamples(t *testing.T) {
	n := newNetsim(t)
	n.file("samples.txt", `1700000000.5
State      Recv-Q Send-Q Local Address:Port Peer Address:Port
ESTAB      0      0      10.0.0.1:40000     10.0.0.2:80
TIME-WAIT  0      0      10.0.0.1:40001     10.0.0.2:80
TIME-WAIT  0      0      10.0.0.1:40002     10.0.0.2:80
1700000001.5
State      Recv-Q Send-Q Local Address:Port Peer Address:Port
2023-11-14T22:13:22,500000000+00:00
TCP:   12 (estab 4, closed 3, orphaned 0, timewait 3)
TcpExtListenOverflows           7                  0.0
IpExtInOctets                   999                0.0
`)
	out := n.ok("import", "samples.txt")
	for _, want := range []string{
		"source,metric,time_s,value\n", "samples.txt,time_wait.count,0,2\n", "samples.txt,established.count,0,1\n", "samples.txt,time_wait.count,1,0\n",
		"samples.txt,time_wait.count,2,3\n", "samples.txt,established.count,2,4\n", "samples.txt,dropped.acceptq_full,2,7\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "999") {
		t.Error("bytes have no name here")
	}
	n.file("m.csv", out)
	n.file("over.toml", small+"[run]\nduration = \"10 s\"\n[figure.f]\nkind = \"time\"\nof = \"node.client.time_wait.count\"\noverlay = \"m.csv\"\n")
	n.ok("run", "over.toml")
	if csv := n.files()["out/over/figures/f.csv"]; !strings.Contains(csv, ",samples.txt,0,2,") || !strings.Contains(csv, ",samples.txt,2,3,") {
		t.Errorf("the figure shows\n%s", csv)
	}
	n.file("points.csv", "x,y\n1,2\n3,4\n")
	n.file("line.toml", small+"[sweep.axes]\nlink.wire.delay = [\"1 ms\", \"2 ms\"]\n[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"flow.web.setup_time.mean\"\noverlay = \"points.csv\"\n")
	n.ok("run", "line.toml")
	if csv := n.files()["out/line/figures/f.csv"]; !strings.Contains(csv, ",measured,3,4,") {
		t.Errorf("the figure shows\n%s", csv)
	}
	n.file("nothing.txt", "hello\n")
	for _, c := range []struct{ args, want string }{
		{"import nothing.txt", "nothing.txt: nothing that netsim has a name for"},
		{"import missing.txt", "missing.txt"},
		{"import", "import takes at least one FILE"},
		{"run line.toml --set figure.f.overlay=nothing.txt", "it has x and y, or metric, time_s and value"},
		{"run line.toml --set figure.f.overlay=missing.csv", "open missing.csv"},
		{"run over.toml --set figure.f.of=node.client.syn_sent.count --set figure.f.overlay=points.csv", ""},
		{"run line.toml --set figure.f.overlay=m.csv", "m.csv has no row that has numbers"},
	} {
		_, errs, code := n.run(strings.Fields(c.args)...)
		if (code != exitUsage) != (c.want == "") || !strings.Contains(errs, c.want) {
			t.Errorf("netsim %s: exit code %d, %s", c.args, code, errs)
		}
	}
}

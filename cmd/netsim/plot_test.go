package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlotNeedsNothingButResults: the folder is enough to draw its figures again,
// to the same bytes, when the experiment and what it extends are gone.
func TestPlotNeedsNothingButResults(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	base := write("base.toml", "[node.client]\n[node.server]\n[link.wire]\nends = [\"client\", \"server\"]\ndelay = \"10 ms\"\n")
	file := write("mine.toml", "extends = \"base.toml\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\narrivals = { process = \"even\", rate = \"10/s\", count = 50 }\n"+
		"[sweep.axes]\nlink.wire.delay = [\"5 ms\", \"10 ms\", \"20 ms\"]\n"+
		"[figure.map]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"flow.web.setup_time.mean\"\n")
	out := filepath.Join(dir, "out")
	call := func(want int, args ...string) string {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, &stdout, &stderr); code != want {
			t.Fatalf("netsim %s exits with %d, want %d: %s", strings.Join(args, " "), code, want, stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	call(exitOK, "run", file, "--out", out, "--set", "link.wire.loss=0.01", "--where", "link.wire.delay < 0.015")
	read := func(path string) []byte {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	before := read(filepath.Join(out, "figures", "map.svg"))
	more := write("more.toml", "extends = \"mine.toml\"\n[figure.box]\nkind = \"box\"\nx = \"link.wire.delay\"\nof = \"flow.web.setup_time\"\n")
	call(exitOK, "plot", out, "--from", more, "--figure", "box", "--format", "svg", "--out", dir)
	if !bytes.Contains(read(filepath.Join(dir, "box.svg")), []byte("10 ms")) {
		t.Error("box.svg does not name the delays")
	}
	// The text beside a figure names the command, to be called where the figure is.
	for _, at := range []string{filepath.Join(out, "figures"), dir} {
		name := map[bool]string{true: "box", false: "map"}[at == dir]
		var command []string
		for line := range strings.Lines(string(read(filepath.Join(at, name+".txt")))) {
			if text, ok := strings.CutPrefix(line, "drawn by: netsim "); ok {
				command = strings.Fields(text)
			}
		}
		drawn := read(filepath.Join(at, name+".svg"))
		if err := os.Remove(filepath.Join(at, name+".svg")); err != nil {
			t.Fatal(err)
		}
		t.Chdir(at)
		call(exitOK, command...)
		if !bytes.Equal(drawn, read(filepath.Join(at, name+".svg"))) {
			t.Errorf("netsim %v draws another %s.svg", command, name)
		}
	}
	for _, path := range []string{base, file} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	again := filepath.Join(dir, "again")
	call(exitOK, "plot", out, "--out", again, "--format", "svg")
	if !bytes.Equal(before, read(filepath.Join(again, "map.svg"))) {
		t.Error("the figure drawn again differs")
	}
	call(exitOK, "plot", out, "--out", again, "--format", "svg,tex", "--style", "dark", "--width", "174mm")
	if bytes.Equal(before, read(filepath.Join(again, "map.svg"))) {
		t.Error("the dark figure is the light one")
	}
	for want, args := range map[string][]string{ // order-free: each by itself
		"--width 3: want 40mm to 400mm":                                     {"--width", "3"},
		"--style neon: want print, screen or dark":                          {"--style", "neon"},
		"--format gif: want some of png, svg, pdf":                          {"--format", "gif"},
		"--figure maps: there is none of that name; the experiment has map": {"--figure", "maps"},
	} {
		if got := call(exitUsage, append([]string{"plot", out}, args...)...); !strings.Contains(got, want) {
			t.Errorf("netsim plot %v says %q, want %q", args, got, want)
		}
	}
	if got := call(exitUsage, "plot", dir); !strings.Contains(got, "has no results") {
		t.Errorf("a folder without results: %q", got)
	}
	write("out/source/mine.toml", "[node.client]\n")
	if got := call(exitUsage, "plot", out); !strings.Contains(got, "was changed since the results were made") {
		t.Errorf("a changed copy: %q", got)
	}
}

package packetdrill

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the systems send into scripts that expect something else")

// scripts lists the project's own scripts for a profile, as paths from testdata.
func scripts(t *testing.T, profile string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("testdata", profile), func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".pkt" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestScripts holds each system against its scripts. Each says at its head why it
// expects what it does, and draws it.
func TestScripts(t *testing.T) {
	all := 0
	for _, profile := range []string{"linux", "freebsd", "rfc9293"} {
		for _, path := range scripts(t, profile) {
			all++
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), ".pkt")
			t.Run(name, func(t *testing.T) {
				src, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				res := Run(path, string(src), Options{Profile: profile})
				if res.Verdict == Fail && *update {
					res = rewritten(t, path, string(src), profile)
				}
				if res.Verdict != Pass {
					var b strings.Builder
					res.WriteLadder(&b)
					t.Errorf("%s:%d: %v: %s\n%s", path, res.Line, res.Verdict, res.Text, b.String())
				}
			})
		}
	}
	if all < 150 {
		t.Errorf("%d scripts", all)
	}
}

// TestScriptsAreDocuments: two lines of why and a ladder stand at the head.
func TestScriptsAreDocuments(t *testing.T) {
	for _, profile := range []string{"linux", "freebsd", "rfc9293"} {
		for _, path := range scripts(t, profile) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(src), "\n\n")
			why, ladder, ok := strings.Cut(head, "\n//\n")
			if !ok || strings.Count(why, "\n") < 1 || !strings.HasPrefix(ladder, "//   host") {
				t.Errorf("%s: the head is two lines of why, an empty comment and a ladder", path)
			}
		}
	}
}

// remark is what the runner says behind a segment that differs: in what.
var remark = regexp.MustCompile(` \([a-z ]+\)$| win \d+`)

// rewritten puts what was sent in the place of what was expected, line by line, as far
// as only segments differ.
func rewritten(t *testing.T, path, src, profile string) (res *Result) {
	lines := strings.Split(src, "\n")
	for range lines {
		res = Run(path, strings.Join(lines, "\n"), Options{Profile: profile})
		if res.Verdict != Fail || len(res.Rows) == 0 {
			break
		}
		last := res.Rows[len(res.Rows)-1]
		line := lines[res.Line-1]
		at := strings.Index(line, "> ")
		got := remark.ReplaceAllString(last.Got, "")
		if last.Kind != Mismatch || at < 0 || got == "" || strings.HasPrefix(got, "nothing") || strings.HasSuffix(line, got) {
			return res
		}
		lines[res.Line-1] = line[:at+2] + got
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	return res
}

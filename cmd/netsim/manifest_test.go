package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestManifest takes the Indexed Job at its word: kubectl knows every field of it, where
// it is installed, and the commands of all its containers make all runs, once each.
func TestManifest(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", brief)
	sets := []string{"--replications", "2", "--set", `title=a "b" $(HOME) $$ \ é`, "--where", "link.wire.loss < 0.1"}
	manifest, _, code := n.run(append([]string{"sweep", "submit", "x.toml", "--kubernetes", "--image", "netsim:1", "--claim", "results", "--chunks", "3", "--cpus", "2"}, sets...)...)
	if code != exitOK {
		t.Fatal(manifest)
	}
	var args []string
	for _, quoted := range regexp.MustCompile(`(?m)^            - (".*")$`).FindAllStringSubmatch(manifest, -1) {
		word, err := strconv.Unquote(quoted[1])
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, word)
	}
	for chunk := range 3 {
		given := make([]string, len(args))
		for i, a := range args { // as the kubelet does
			given[i] = strings.ReplaceAll(strings.ReplaceAll(a, "$(CHUNK)", fmt.Sprint(chunk)), "$$", "$")
		}
		if _, errs, code := n.run(given...); code != exitOK {
			t.Fatalf("%q: exit code %d, %s", given, code, errs)
		}
	}
	if made := n.records("out/x"); made != 12 {
		t.Errorf("%d runs were made of 12", made)
	}
	n.ok(append([]string{"sweep", "collect", "x.toml"}, sets...)...)

	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("kubectl is not installed")
	}
	keys := regexp.MustCompile(`(?m)(?:^ *(?:- )?|[{,] )([a-zA-Z]+):`)
	for fault, text := range map[string]string{"": manifest, "backoffLimitPerIndx": strings.Replace(manifest, "backoffLimitPerIndex", "backoffLimitPerIndx", 1)} {
		c := exec.Command(kubectl, "set", "image", "--local", "-f", "-", "-o", "json", "netsim=another") // asks nobody, and writes the fields it knows
		c.Stdin = strings.NewReader(text)
		known, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		lost := ""
		for _, key := range keys.FindAllStringSubmatch(text[strings.Index(text, "\n"):], -1) {
			if !bytes.Contains(known, []byte(strconv.Quote(key[1])+": ")) {
				lost = key[1]
			}
		}
		if lost != fault {
			t.Errorf("kubectl does not know %q of the manifest, want %q", lost, fault)
		}
	}
}

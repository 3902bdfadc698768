package main

import (
	"strings"
	"testing"
)

// TestColumnsOfAnyScript: a Chinese character takes two places of a terminal.
func TestColumnsOfAnyScript(t *testing.T) {
	var b strings.Builder
	table{{"", "z"}, {"丢包率 1 %", "1"}, {"größer", "2"}, {"e\u0301t", "3"}}.print(&b)
	want := `            z
丢包率 1 %  1
größer      2
` + "e\u0301t          3\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	for most, want := range map[int]string{12: "丢包率 12345", 11: "丢包率 123…", 5: "丢包…", 4: "丢…"} { // order-free: each by itself
		if got := clip("丢包率 12345", most); got != want {
			t.Errorf("clipped to %d it is %q, want %q", most, got, want)
		}
	}
}

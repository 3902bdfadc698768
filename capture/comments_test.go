package capture_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"netsim/capture"
	"netsim/wire"
)

// remarked is the conversation with names, descriptions and remarks in any script.
func remarked(t *testing.T, options capture.Options) []byte {
	t.Helper()
	book, packets := conversation()
	for i := range packets {
		for name, a := range map[string]wire.Addr{"client": packets[0].Src, "server": packets[0].Dst, "sixth": packets[5].Src, "siebter": packets[5].Dst} {
			if packets[i].Src == a && !slices.ContainsFunc(options.Names, func(n capture.Name) bool { return n.Addr == a }) {
				options.Names = append(options.Names, capture.Name{Addr: a, Name: name})
			}
		}
	}
	var file bytes.Buffer
	w, err := capture.New(&file, book, options)
	if err != nil {
		t.Fatal(err)
	}
	at := w.Interface("client", "what client sends and receives")
	for i := range packets {
		remarks := [][]string{{"client: CLOSED -> SYN-SENT"}, nil, {"eins", "zwei, 三, €"}, {"x"}, nil, nil}[i]
		if err := w.Packet(0, at, &packets[i], remarks...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// The library's reader finds packets, interfaces and descriptions behind the names,
// and a maximum counts the bytes of comments.
func TestComments(t *testing.T) {
	f := read(t, remarked(t, capture.Options{}))
	if len(f.packets) != 6 || f.interfaces[0].Description != "what client sends and receives" {
		t.Errorf("%d packets of %+v", len(f.packets), f.interfaces[0])
	}
	whole := remarked(t, capture.Options{})
	bare, _ := write(t, capture.Options{})
	blocks := int64(0)
	for _, p := range read(t, bare).packets {
		blocks += 32 + int64(len(p.frame)+3)/4*4
	}
	blocks += 36 + (8 + 20 + 4) + (8 + 4) // the comments of three packets, with ends
	for _, less := range []int64{0, 1} {
		cut := remarked(t, capture.Options{Max: blocks - less})
		if got, want := len(read(t, cut).packets), 6-int(less); got != want || less == 0 && len(cut) != len(whole) {
			t.Errorf("of %d bytes that are needed, %d less take %d packets, want %d", blocks, less, got, want)
		}
	}
}

// A text that is too long is cut between characters.
func TestLongestComment(t *testing.T) {
	book, packets := conversation()
	var file bytes.Buffer
	w, err := capture.New(&file, book, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Packet(0, w.Interface("a", strings.Repeat("三", 30_000)), &packets[0], strings.Repeat("é", 40_000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := read(t, file.Bytes())
	if got := f.interfaces[0].Description; got != strings.Repeat("三", 65535/3) {
		t.Errorf("a description of %d bytes", len(got))
	}
	if len(f.packets) != 1 {
		t.Errorf("%d packets", len(f.packets))
	}
}

// Wireshark shows the comments, several of a packet too, and the names.
func TestTsharkShowsComments(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	path := filepath.Join(t.TempDir(), "c.pcapng")
	if err := os.WriteFile(path, remarked(t, capture.Options{Comment: "run 3"}), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tshark, "-N", "n", "-r", path, "-T", "fields", "-E", "separator=|",
		"-e", "frame.comment", "-e", "ip.src_host", "-e", "ipv6.src_host", "-e", "frame.interface_description", "-e", "_ws.malformed").Output()
	if err != nil {
		t.Fatal(err)
	}
	const at = "|what client sends and receives|"
	want := []string{
		"client: CLOSED -> SYN-SENT|client|" + at, "|server|" + at, "eins,zwei, 三, €|client|" + at, "x|client|" + at, "|server|" + at, "||sixth" + at,
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package language

import "testing"

// TestScaleOfBuffer holds that a receive buffer that is set can be offered: the scale
// is what it needs (RFC 7323 section 2.2), unless the file says another or none.
func TestScaleOfBuffer(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  int
	}{
		{"profile = \"rfc9293\"", 7},
		{"profile = \"rfc9293\"\ntcp.receive_window = \"60 kB\"", 7},
		{"profile = \"rfc9293\"\ntcp.receive_window = \"64 MiB\"", 11},
		{"profile = \"rfc9293\"\ntcp.receive_window = \"1 GiB\"", 14},
		{"profile = \"rfc9293\"\ntcp.receive_window = \"1 GiB\"\ntcp.window_scale = 3", 3},
		{"profile = \"rfc9293\"\ntcp.receive_window = \"1 GiB\"\ntcp.window_scale = \"none\"", -1},
		{"tcp.receive_window = \"6 MiB\"", 10},
		{"tcp.receive_window = \"64 MiB\"", 11},
	} {
		f, err := Parse("x.toml", []byte(base+"[default.node]\n"+c.lines+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Points[0].Spec.Nodes[0].TCP.WindowScale; got != c.want {
			t.Errorf("%q: the scale is %d, want %d", c.lines, got, c.want)
		}
	}
}

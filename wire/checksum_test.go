package wire

import "testing"

// The example of RFC 1071 section 3, whose sum is ddf2; and the header that is
// everybody's example.
func TestChecksum(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want uint16
	}{
		{[]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}, 0xffff &^ 0xddf2},
		{[]byte{0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7}, 0xb861},
		{nil, 0xffff},
		{[]byte{1}, 0xfeff},
		{[]byte{1, 2, 3}, 0xffff - 0x0402},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 0},
	} {
		if got := checksum(sum(0, c.b)); got != c.want {
			t.Errorf("% x: %04x, want %04x", c.b, got, c.want)
		}
	}
}

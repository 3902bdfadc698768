package wire_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"netsim/wire"
)

// The options of SYNs are written as the fingerprints of p0f 3.09b have them, for
// Linux as it was captured, and read back in whatever order.
func TestOptionOrder(t *testing.T) {
	const all = wire.HasMSS | wire.HasScale | wire.HasTimestamps | wire.SACKPermitted
	for _, c := range []struct {
		order   wire.OptionOrder
		options wire.Options
		want    string
	}{
		{wire.LinuxOrder, all, "020405b4 0402 080a0000000100000002 01 030307"},                     // mss,sok,ts,nop,ws
		{wire.LinuxOrder, all &^ wire.HasTimestamps, "020405b4 01010402 01 030307"},                // mss,nop,nop,sok,nop,ws
		{wire.BSDOrder, all, "020405b4 01 030307 0402 080a0000000100000002"},                       // mss,nop,ws,sok,ts
		{wire.BSDOrder, all &^ wire.HasTimestamps, "020405b4 01 030307 0402 0000"},                 // mss,nop,ws,sok,eol+1
		{wire.BSDOrder, all &^ wire.SACKPermitted, "020405b4 01 030307 0101 080a0000000100000002"}, // mss,nop,ws,nop,nop,ts
		{wire.DarwinOrder, all, "020405b4 01 030307 0101 080a0000000100000002 0402 0000"},          // mss,nop,ws,nop,nop,ts,sok,eol+1
		{wire.WindowsOrder, all, "020405b4 01 030307 0402 080a0000000100000002"},                   // mss,nop,ws,sok,ts
		{wire.WindowsOrder, all &^ wire.HasTimestamps, "020405b4 01 030307 01010402"},              // mss,nop,ws,nop,nop,sok
		{wire.DarwinOrder, wire.HasTimestamps, "0101 080a0000000100000002"},
	} {
		s := wire.Segment{Flags: wire.SYN, Options: c.options, Order: c.order, MSS: 1460, Scale: 7, TSVal: 1, TSEcr: 2}
		want, err := hex.DecodeString(strings.ReplaceAll(c.want, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := wire.AppendSegment(nil, &s)[20:]; string(got) != string(want) {
			t.Errorf("%v, options %06b: % x, want % x", c.order, c.options, got, want)
		}
		if s.HeaderLen() != 20+len(want) {
			t.Errorf("%v, options %06b: length %d, want %d", c.order, c.options, s.HeaderLen(), 20+len(want))
		}
	}
}

package experiments

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// isCapture tells a pcap or pcapng file by its first bytes.
func isCapture(head []byte) bool {
	for _, magic := range []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a"} {
		if bytes.Equal(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// source of packets: either reader of pcapgo.
type packetSource interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	LinkType() layers.LinkType
}

// importCapture measures the connections of a capture: setup_time, from the first SYN
// to the SYN-ACK, which at the client is connect()'s; handshake_time, from the first
// SYN to the ACK that completes the handshake, which is the server's; and
// time_wait.count, were the active closers to stay there for the time of the options.
func importCapture(r io.Reader, o ImportOptions) ([]Measured, error) {
	m := &meeting{open: map[tuple]*dialog{}}
	err := eachPacket(r, func(at time.Time, network gopacket.NetworkLayer, s *layers.TCP) {
		m.take(float64(at.UnixNano())/1e9, network, s)
	})
	if err != nil {
		return nil, err
	}
	return m.measured(o.TimeWait), nil
}

// eachPacket reads the packets of TCP of a capture, up to where it was cut off.
func eachPacket(r io.Reader, take func(at time.Time, network gopacket.NetworkLayer, s *layers.TCP)) error {
	head, r, err := peek(r, 4)
	if err != nil {
		return err
	}
	var packets packetSource
	if bytes.Equal(head, []byte("\x0a\x0d\x0d\x0a")) {
		packets, err = pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
	} else {
		packets, err = pcapgo.NewReader(r)
	}
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		data, info, err := packets.ReadPacketData()
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("packet %d: %w", n, err)
		}
		p := gopacket.NewPacket(data, packets.LinkType(), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		if s, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok && p.NetworkLayer() != nil {
			take(info.Timestamp, p.NetworkLayer(), s)
		}
	}
}

// tuple is the four-tuple of a connection, from its client.
type tuple struct{ client, server netip.AddrPort }

// dialog is what a capture has seen of a connection.
type dialog struct {
	syn, synAck float64
	acked       bool
	finAt       [2]bool // client, server
	closer      int     // who sent the first FIN: 1 + its place above, 0 for nobody
}

// meeting follows the connections of a capture.
type meeting struct {
	open  map[tuple]*dialog
	rows  []Measured
	waits []float64 // when somebody entered TIME_WAIT
}

func (m *meeting) take(now float64, network gopacket.NetworkLayer, t *layers.TCP) {
	flow := network.NetworkFlow()
	src, _ := netip.AddrFromSlice(flow.Src().Raw())
	dst, _ := netip.AddrFromSlice(flow.Dst().Raw())
	from, to := netip.AddrPortFrom(src, uint16(t.SrcPort)), netip.AddrPortFrom(dst, uint16(t.DstPort))
	forth, back := tuple{from, to}, tuple{to, from}
	if t.SYN && !t.ACK {
		if d := m.open[forth]; d == nil || d.synAck > 0 {
			m.open[forth] = &dialog{syn: now}
		}
		return
	}
	if d := m.open[back]; d != nil {
		m.fromServer(d, now, t)
		return
	}
	if d := m.open[forth]; d != nil {
		m.fromClient(d, now, t)
	}
}

func (m *meeting) fromServer(d *dialog, now float64, t *layers.TCP) {
	if t.SYN && t.ACK && d.synAck == 0 {
		d.synAck = now
		m.rows = append(m.rows, Measured{Metric: "setup_time", Time: d.syn, Value: now - d.syn})
	}
	m.fin(d, now, t, 1)
}

func (m *meeting) fromClient(d *dialog, now float64, t *layers.TCP) {
	if t.ACK && !t.RST && d.synAck > 0 && !d.acked {
		d.acked = true
		m.rows = append(m.rows, Measured{Metric: "handshake_time", Time: d.syn, Value: now - d.syn})
	}
	m.fin(d, now, t, 0)
}

// fin notes who closes first: that end is in TIME_WAIT once it has the other's FIN.
func (m *meeting) fin(d *dialog, now float64, t *layers.TCP, by int) {
	if !t.FIN || d.finAt[by] {
		return
	}
	d.finAt[by] = true
	if d.closer == 0 {
		d.closer = by + 1
	} else {
		m.waits = append(m.waits, now)
	}
}

// measured are the rows, with the level of TIME_WAIT whenever it changes.
func (m *meeting) measured(stay float64) []Measured {
	type change struct{ at, by float64 }
	var changes []change
	for _, at := range m.waits {
		changes = append(changes, change{at, 1}, change{at + stay, -1})
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	n := 0.0
	for _, c := range changes {
		n += c.by
		m.rows = append(m.rows, Measured{Metric: "time_wait.count", Time: c.at, Value: n})
	}
	return m.rows
}

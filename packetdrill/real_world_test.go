//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/packetdrill/script"
	"netsim/wire"
)

// tunnel is the wire of a network namespace of its own: what the kernel sends comes out
// of a TUN device, and what is written to that has come over the wire.
type tunnel struct {
	*os.File
	sniffed chan datagram
	since   time.Time
}

// datagram is what the kernel sent, as it was sent.
type datagram struct {
	at  des.Time
	raw []byte
}

// now is the time as captures have it.
func (t *tunnel) now() des.Time { return des.Time(start).Add(time.Since(t.since)) }

// dig gives this thread, which must be locked, a namespace with a TUN device that has
// the addresses of scripts.
func dig(s *setup) (*tunnel, error) {
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("a network namespace: %w", err)
	}
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	var request [40]byte // struct ifreq: the name, and flags IFF_TUN|IFF_NO_PI
	copy(request[:], "tun0")
	*(*uint16)(unsafe.Pointer(&request[16])) = 0x1001
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), 0x400454ca, uintptr(unsafe.Pointer(&request))); e != 0 {
		return nil, fmt.Errorf("TUNSETIFF: %w", e)
	}
	family, address := "-4", fmt.Sprintf("%v/16 dev tun0", s.local)
	if s.local.Is6() {
		family, address = "-6", fmt.Sprintf("%v/48 dev tun0 nodad", s.local)
	}
	ip := exec.Command("ip", family, "-batch", "-")
	ip.Stdin = strings.NewReader(fmt.Sprintf("link set lo up\nlink set tun0 up mtu %d\naddr add %s\nroute add default dev tun0\n", s.mtu, address))
	if out, err := ip.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ip: %w: %s", err, out)
	}
	for range 100 { // a worker of the kernel's makes an address one that is answered for
		b, _ := os.ReadFile("/proc/thread-self/net/if_inet6")
		if !s.local.Is6() || !tentative.Match(b) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return &tunnel{File: os.NewFile(uintptr(fd), "tun0"), sniffed: make(chan datagram, 10_000), since: time.Now()}, nil
}

// tentative are addresses of the device that are not yet.
var tentative = regexp.MustCompile(`(?m) [4-7cdef][0-9a-f] +tun0$`)

// sniff reads what the kernel sends, until the device is closed.
func (t *tunnel) sniff() {
	buf := make([]byte, 65536)
	for {
		n, err := t.Read(buf)
		at := t.now()
		if err != nil {
			close(t.sniffed)
			return
		}
		t.sniffed <- datagram{at, slices.Clone(buf[:n])}
	}
}

// sniffed is a segment of the kernel, with its options as they stand in the header.
type sniffed struct {
	capture
	options []script.TCPOption
}

// read parses a datagram, and reports whether it is a segment.
func (d *datagram) read(book *wire.Book) (s sniffed, ok bool) {
	s.at = d.at
	err := wire.ParsePacket(d.raw, book, &s.packet)
	if err != nil && !errors.Is(err, wire.ErrOption) || s.packet.Report != wire.NoReport || s.packet.Segment.Marks&wire.Datagram != 0 {
		return s, false
	}
	at := 40
	if d.raw[0]>>4 == 4 {
		at = int(d.raw[0]&15) * 4
	}
	s.options = optionsIn(d.raw[at+20 : at+int(d.raw[at+12]>>4)*4])
	return s, true
}

// optionsIn reads options in the order and with the padding that the kernel gave them.
func optionsIn(raw []byte) (list []script.TCPOption) {
	number := func(b []byte) (n uint32) {
		for _, c := range b {
			n = n<<8 | uint32(c)
		}
		return n
	}
	for len(raw) > 0 {
		o := script.TCPOption{Kind: kinds[raw[0]], Name: fmt.Sprintf("kind-%d", raw[0])}
		if raw[0] <= 1 {
			raw = raw[1:]
			list = append(list, o)
			continue
		}
		body := raw[2:raw[1]]
		raw = raw[raw[1]:]
		switch o.Kind {
		case script.MSS, script.Scale:
			o.Values = []uint32{number(body)}
		case script.Timestamps, script.SACK:
			for ; len(body) >= 4; body = body[4:] {
				o.Values = append(o.Values, number(body[:4]))
			}
		case script.FastOpen:
			o.Bytes = body
		case script.FastOpenExp:
			o.Bytes = body[2:]
		}
		list = append(list, o)
	}
	return list
}

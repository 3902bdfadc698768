package capture_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"netsim/capture"
	"netsim/des"
	"netsim/wire"
)

// A file with one SYN, as the client's side saw it after a millisecond.
func Example() {
	dir, err := os.MkdirTemp("", "capture")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "client.pcapng"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()

	book := wire.NewBook()
	syn := wire.Packet{
		Src: book.Add(netip.MustParseAddr("10.0.0.1")), Dst: book.Add(netip.MustParseAddr("10.0.0.2")), TTL: wire.DefaultTTL,
		Segment: wire.Segment{SrcPort: 40000, DstPort: 80, Flags: wire.SYN, Options: wire.HasMSS, MSS: 1460},
	}
	w, err := capture.New(file, book, capture.Options{Comment: "seed 1", Snap: 128})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := w.Interface("client", "")
	if err := w.Packet(des.Time(1e6), client, &syn); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	info, err := file.Stat()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info.Size(), "bytes,", w.LeftOut(), "packets left out")
	// Output:
	// 244 bytes, 0 packets left out
}

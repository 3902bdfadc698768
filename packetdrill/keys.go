package packetdrill

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// fastKeysOf reads tcp_fastopen_key: a key or two, with a comma between, each of four
// numbers that are kept from the lowest byte (Linux proc_tcp_fastopen_key).
func fastKeysOf(text string) (keys [][16]byte, err error) {
	for one := range strings.SplitSeq(text, ",") {
		parts := strings.Split(strings.TrimSpace(one), "-")
		if len(parts) != 4 {
			return nil, fmt.Errorf("%q is no key of four numbers", one)
		}
		var key [16]byte
		for i, part := range parts {
			n, err := strconv.ParseUint(part, 16, 32)
			if err != nil {
				return nil, fmt.Errorf("%q is no key of four numbers", one)
			}
			binary.LittleEndian.PutUint32(key[4*i:], uint32(n))
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// fastKeyBytes reads the bytes of TCP_FASTOPEN_KEY: 16 of a key, or 32 of two.
func fastKeyBytes(b string) (keys [][16]byte, ok bool) {
	if len(b) != 16 && len(b) != 32 {
		return nil, false
	}
	for ; len(b) > 0; b = b[16:] {
		keys = append(keys, [16]byte([]byte(b[:16])))
	}
	return keys, true
}

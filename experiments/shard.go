package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A shard is a file of lines that one worker appends to, a JSON object each. A
// line begins with the checksum of the rest of it, so that what a crash has torn
// and what a disk has spoilt is known and left out:
//
//	{"crc":"0a1b2c3d","id":...}
const (
	sealed   = `{"crc":"`
	sealSize = len(sealed) + 8 + len(`",`)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal makes a line of a JSON object that is not empty.
func seal(object []byte) []byte {
	rest := object[1:]
	line := fmt.Appendf(make([]byte, 0, sealSize+len(rest)+1), `%s%08x",`, sealed, crc32.Checksum(rest, castagnoli))
	return append(append(line, rest...), '\n')
}

// unseal reports whether a line, without its end, is as it was written.
func unseal(line []byte) bool {
	if len(line) <= sealSize || !bytes.HasPrefix(line, []byte(sealed)) {
		return false
	}
	sum := fmt.Appendf(nil, `%08x",`, crc32.Checksum(line[sealSize:], castagnoli))
	return bytes.Equal(line[len(sealed):sealSize], sum)
}

// appended is what a shard needs of its file.
type appended interface {
	io.WriteCloser
	Sync() error
}

// shard is a file being written. Lines are handed to the system one by one: what
// append has taken outlives the process, and power within [syncEvery].
type shard struct {
	path string

	mu    sync.Mutex
	file  appended
	dirty bool
	err   error // after which nothing is written: the end of the file may be torn
}

// syncEvery is the most work that a loss of power can cost.
const syncEvery = time.Second

// create makes a file of a name that no other process has; tests have other disks.
var create = createShard

func createShard(dir, name string) (path string, file appended, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	f, err := os.CreateTemp(dir, name+"-*"+shardSuffix)
	if err != nil {
		return "", nil, err
	}
	if err := errors.Join(f.Chmod(0o644), syncDirectory(dir)); err != nil {
		return "", nil, errors.Join(err, f.Close())
	}
	return f.Name(), f, nil
}

func newShard(dir, name string) (*shard, error) {
	path, file, err := create(dir, name)
	if err != nil {
		return nil, err
	}
	return &shard{path: path, file: file}, nil
}

const shardSuffix = ".jsonl"

// syncDirectory makes sure that the names in a directory outlive power, where the
// system lets one.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // Windows and some network file systems refuse
	return d.Close()
}

// append writes a line.
func (s *shard) append(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.dirty = true
		_, s.err = s.file.Write(line)
	}
	return s.err
}

// sync makes sure that what was written outlives power.
func (s *shard) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && s.dirty {
		s.dirty = false
		s.err = s.file.Sync()
	}
	return s.err
}

func (s *shard) close() error {
	err := s.sync()
	return errors.Join(err, s.file.Close())
}

// shardFiles lists the shards of a directory by name.
func shardFiles(dir string) (paths []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), shardSuffix) && !e.IsDir() {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, err
}

// readShard gives every whole line of a shard, with its place, to take, and the
// numbers of those that are damaged. The last one may be torn, by a crash or
// because it is just being written: that is no damage.
func readShard(path string, take func(line []byte, offset int64, number int) error) (damaged []int, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for at, number := 0, 1; at < len(text); number++ {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		if line := text[at : at+n]; !unseal(line) {
			damaged = append(damaged, number)
		} else if err := take(line, int64(at), number); err != nil {
			return damaged, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		at += n + 1
	}
	return damaged, nil
}

package experiments

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Archive is the runs that a folder keeps, by what they computed. Runs are looked
// up and added by several workers at the same time.
type Archive struct {
	Path    string      // of the folder with the shards
	Damaged []string    // lines that are not as they were written: "shards/a.jsonl:17"
	Others  map[int]int // results of other versions of the model, by version

	mu     sync.Mutex
	runs   map[RunID][]*entry
	failed map[RunID]string // why the last attempt did
	shapes map[string]*shape
}

// entry is where a record stands.
type entry struct {
	header
	file   string
	number int // of the line
	offset int64
	size   int
}

func (e *entry) at() string { return fmt.Sprintf("%s:%d", e.file, e.number) }

// DisagreeError is two results of the same run that differ.
type DisagreeError struct {
	ID   RunID
	A, B string // where they stand
}

func (e *DisagreeError) Error() string {
	return fmt.Sprintf("two results of run %s differ: %s and %s; the same run gives the same bits, so one machine or build is wrong: "+
		"netsim explain %s says how to repeat it; take away the shard that is wrong", e.ID, e.A, e.B, e.ID)
}

// shards is the directory of an archive within a folder of results.
const shards = "shards"

// OpenArchive reads what runs a folder keeps; none if there is no such folder.
// Lines that are torn or damaged, results of other versions of the model and
// failed runs count as not there. It fails if two results of a run differ.
func OpenArchive(folder string) (*Archive, error) {
	a := &Archive{Path: filepath.Join(folder, shards), Others: map[int]int{}, runs: map[RunID][]*entry{}, failed: map[RunID]string{}, shapes: map[string]*shape{}}
	paths, err := shardFiles(a.Path)
	if err != nil {
		return nil, fmt.Errorf("results cannot be read: %w", err)
	}
	for _, path := range paths {
		damaged, err := readShard(path, func(line []byte, offset int64, number int) error {
			e := &entry{file: path, number: number, offset: offset, size: len(line)}
			if err := json.Unmarshal(line, &e.header); err != nil {
				return err
			}
			return a.enter(e)
		})
		if err != nil {
			return nil, fmt.Errorf("results cannot be read: %w", err)
		}
		for _, n := range damaged {
			a.Damaged = append(a.Damaged, fmt.Sprintf("%s:%d", path, n))
		}
	}
	a.orphans()
	return a, nil
}

// orphans leaves out results when the line that says what their numbers are is
// damaged in every shard.
func (a *Archive) orphans() {
	for id, entries := range a.runs { // order-free: each on its own
		entries = slices.DeleteFunc(entries, func(e *entry) bool {
			lost := a.shapes[e.Shape] == nil
			if lost {
				a.Damaged = append(a.Damaged, e.at())
			}
			return lost
		})
		if a.runs[id] = entries; len(entries) == 0 {
			delete(a.runs, id)
		}
	}
	slices.Sort(a.Damaged)
}

// Len is the number of different runs whose results are there.
func (a *Archive) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.runs)
}

// enter notes a record.
func (a *Archive) enter(e *entry) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case e.Measures != nil:
		if a.shapes[e.Shape] == nil {
			a.shapes[e.Shape] = &shape{name: e.Shape, kinds: e.Measures}
		}
		e.Measures = nil
		return nil
	case e.Model != ModelVersion:
		a.Others[e.Model]++
		return nil
	case e.Failed != "":
		a.failed[e.ID] = e.Failed
		return nil
	}
	for _, other := range a.runs[e.ID] {
		if e.Sums[0] != other.Sums[0] || e.Sums[1] != other.Sums[1] && e.Recorded.covers(&other.Recorded) && other.Recorded.covers(&e.Recorded) {
			return &DisagreeError{e.ID, other.at(), e.at()}
		}
	}
	a.runs[e.ID] = append(a.runs[e.ID], e)
	return nil
}

// find is a result of a run in which all that is wanted is recorded, nil if there
// is none.
func (a *Archive) find(id RunID, wanted *Recorded) *entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.runs[id] {
		if e.Recorded.covers(wanted) {
			return e
		}
	}
	return nil
}

// beside adds to needs what former results of the run have recorded.
func (a *Archive) beside(id RunID, n *Needs, traced int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.runs[id] {
		traced = n.add(&e.Recorded, traced)
	}
	return traced
}

// failure is why a run failed of which there is no result, "" if it did not.
func (a *Archive) failure(id RunID) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.runs[id]) > 0 {
		return ""
	}
	return a.failed[id]
}

// read takes a record from its shard.
func (a *Archive) read(e *entry) (*record, *shape, error) {
	f, err := os.Open(e.file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	line := make([]byte, e.size)
	if _, err := f.ReadAt(line, e.offset); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", e.at(), err)
	}
	if !unseal(line) {
		return nil, nil, fmt.Errorf("%s was changed while it was read", e.at())
	}
	r := new(record)
	if err := json.Unmarshal(line, r); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", e.at(), err)
	}
	a.mu.Lock()
	s := a.shapes[r.Shape]
	a.mu.Unlock()
	return r, s, nil
}

// scribe appends what one worker finds to a shard of its own, which it makes when
// there is something.
type scribe struct {
	archive *Archive
	name    string
	shard   *shard
	offset  int64
	number  int
	told    map[string]bool // shapes that are in the shard
	last    *shape
}

// scribes are those of all workers.
type scribes struct {
	all  []*scribe
	stop context.CancelFunc
	done chan struct{}
}

// scribes makes one for each worker, and a clock that secures every second what
// they have written.
func (a *Archive) scribes(n int, name string) *scribes {
	ctx, stop := context.WithCancel(context.Background())
	s := &scribes{stop: stop, done: make(chan struct{})}
	for range n {
		s.all = append(s.all, &scribe{archive: a, name: name, told: map[string]bool{}})
	}
	go func() {
		defer close(s.done)
		tick := time.NewTicker(syncEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				for _, one := range s.all {
					_ = one.sync() // the next append reports what is wrong
				}
			}
		}
	}()
	return s
}

// close ends the shards.
func (s *scribes) close() (err error) {
	s.stop()
	<-s.done
	for _, one := range s.all {
		if sh := one.present(); sh != nil {
			err = errors.Join(err, sh.close())
		}
	}
	if err != nil {
		return fmt.Errorf("results cannot be written: %w", err)
	}
	return nil
}

// present is the shard, if there is one already.
func (s *scribe) present() *shard {
	s.archive.mu.Lock()
	defer s.archive.mu.Unlock()
	return s.shard
}

func (s *scribe) sync() error {
	if sh := s.present(); sh != nil {
		return sh.sync()
	}
	return nil
}

// write keeps a record.
func (s *scribe) write(r *record, of *shape) error {
	if err := s.begin(); err != nil {
		return fmt.Errorf("results cannot be written: %w", err)
	}
	if of != nil && !s.told[of.name] {
		line, err := of.line()
		if err != nil {
			return err
		}
		if _, err := s.append(line); err != nil {
			return err
		}
		s.told[of.name] = true
		if err := s.archive.enter(&entry{header: header{Shape: of.name, Measures: of.kinds}}); err != nil {
			return err
		}
	}
	object, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line := seal(object)
	e, err := s.append(line)
	if err != nil {
		return err
	}
	e.header = r.header
	return s.archive.enter(e)
}

// begin makes the shard.
func (s *scribe) begin() error {
	if s.present() != nil {
		return nil
	}
	made, err := newShard(s.archive.Path, s.name)
	s.archive.mu.Lock()
	defer s.archive.mu.Unlock()
	s.shard = made
	return err
}

func (s *scribe) append(line []byte) (*entry, error) {
	if err := s.shard.append(line); err != nil {
		return nil, fmt.Errorf("results cannot be written: %w", err)
	}
	s.number++
	e := &entry{file: s.shard.path, number: s.number, offset: s.offset, size: len(bytes.TrimSuffix(line, []byte("\n")))}
	s.offset += int64(len(line))
	return e, nil
}

// Notes say what is in the folder and was not used.
func (a *Archive) Notes() (lines []string) {
	const shown = 3
	for i, at := range a.Damaged {
		if i == shown && len(a.Damaged) > shown+1 {
			lines = append(lines, fmt.Sprintf("%d lines are damaged in all", len(a.Damaged)))
			break
		}
		lines = append(lines, fmt.Sprintf("%s: the line is damaged; what it held is made again", at))
	}
	for _, line := range a.others() {
		lines = append(lines, a.Path+": "+line)
	}
	return lines
}

// others says what is there of other versions of the model.
func (a *Archive) others() (lines []string) {
	for _, version := range slices.Sorted(maps.Keys(a.Others)) {
		n := a.Others[version]
		results, are := "results", "are"
		if n == 1 {
			results, are = "result", "is"
		}
		lines = append(lines, fmt.Sprintf("%d %s of version %d of the model %s left out; this is version %d", n, results, version, are, ModelVersion))
	}
	return lines
}

// but is what is there and was not used, behind what is missing; "" if it is nothing.
func (a *Archive) but() (text string) {
	for _, line := range a.others() {
		text += "; " + line
	}
	if len(a.Damaged) > 0 {
		text += fmt.Sprintf("; damaged: %s", strings.Join(a.Damaged[:min(len(a.Damaged), 3)], ", "))
	}
	return text
}

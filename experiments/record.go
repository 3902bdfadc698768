package experiments

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/plots"
)

// record is a line of a shard about a run: what it found, or why it failed.
type record struct {
	header
	File        string                         `json:"file"`
	Sets        []string                       `json:"sets,omitempty"`
	Cases       []string                       `json:"cases,omitempty"` // "link.wire.loss=1 %"
	Seed        uint64                         `json:"seed"`
	Replication int                            `json:"replication"`
	Outcome     *Outcome                       `json:"outcome,omitempty"`
	Derived     map[string]float64             `json:"derived,omitempty"`
	Ladders     map[string][]plots.LadderPanel `json:"ladders,omitempty"`
	Moves       map[string][]plots.Move        `json:"moves,omitempty"`
	Data        []byte                         `json:"data,omitempty"` // the measures, as Shape says
	More        []byte                         `json:"more,omitempty"` // what was recorded on request
}

// header is what is known of a record without opening it. A line with Measures
// says what the Data of that Shape are.
type header struct {
	ID       RunID     `json:"id,omitempty"`
	Model    int       `json:"model,omitempty"`
	Seconds  float64   `json:"seconds,omitempty"` // that the run took
	Failed   string    `json:"failed,omitempty"`
	Recorded Recorded  `json:"recorded"`
	Sums     [2]string `json:"sums"` // of what every run of the ID finds, and of what was recorded on request
	Shape    string    `json:"shape,omitempty"`
	Measures []kind    `json:"measures,omitempty"`
}

// kind is what is the same of a measure in every run.
type kind struct {
	Path  string         `json:"path"`
	Class language.Class `json:"class"`
	Unit  float64        `json:"unit"`
	Each  float64        `json:"each"`
	Name  string         `json:"name,omitempty"`
}

func (m *Measure) kind(path string) kind { return kind{path, m.Class, m.Unit, m.Each, m.Name} }

// shape is the kinds of the measures of a record, in the order of its data.
type shape struct {
	name    string
	kinds   []kind
	request []kind // of an outcome: those recorded on request, which are no part of the data

	mu   sync.Mutex
	same []map[string]*Measure // by measure: those read already, by their bytes
}

// shapeOf is the shape of an outcome: the last one, if it still is, else a new one.
func shapeOf(o *Outcome, last *shape) *shape {
	if last != nil && last.fits(o) {
		return last
	}
	s := &shape{}
	h := sha256.New()
	for _, path := range o.Paths() {
		k := o.Measures[path].kind(path)
		if optional, _ := new(Recorded).optional(path); optional {
			s.request = append(s.request, k)
			continue
		}
		s.kinds = append(s.kinds, k)
		fmt.Fprintln(h, k)
	}
	s.name = hex.EncodeToString(h.Sum(nil)[:8])
	return s
}

// fits reports whether the measures of an outcome are of these kinds.
func (s *shape) fits(o *Outcome) bool {
	if len(o.Measures) != len(s.kinds)+len(s.request) {
		return false
	}
	for _, kinds := range [][]kind{s.kinds, s.request} {
		for i := range kinds {
			if m := o.Measures[kinds[i].Path]; m == nil || m.kind(kinds[i].Path) != kinds[i] {
				return false
			}
		}
	}
	return true
}

// line tells readers of the shape.
func (s *shape) line() ([]byte, error) {
	object, err := json.Marshal(header{Shape: s.name, Measures: s.kinds})
	return seal(object), err
}

// fill puts what a run found into the record.
func (r *record) fill(o *Outcome, s *shape) error {
	r.Outcome, r.Shape = o, s.name
	for _, k := range s.kinds {
		r.Data = o.Measures[k.Path].append(r.Data)
	}
	for _, k := range s.request {
		text, err := json.Marshal(k)
		if err != nil {
			return err
		}
		r.More = o.Measures[k.Path].append(named(append(r.More, tagMeasure), string(text)))
	}
	for _, kinds := range [][]kind{s.kinds, s.request} {
		for _, k := range kinds {
			m := o.Measures[k.Path]
			for _, series := range m.Series {
				r.More, _ = series.AppendBinary(named(append(r.More, tagSeries), k.Path))
			}
			for _, e := range m.Edges {
				r.More = binary.AppendVarint(binary.AppendVarint(named(append(r.More, tagEdges), k.Path), int64(e.first)), int64(e.last))
			}
			for _, seen := range m.Moments {
				r.More = binary.AppendVarint(binary.AppendVarint(named(append(r.More, tagMoment), k.Path), int64(seen.at)), seen.value)
			}
		}
	}
	if err := r.fillBatches(o); err != nil {
		return err
	}
	facts, err := json.Marshal(o)
	if err != nil {
		return err
	}
	r.Sums = [2]string{digested(string(facts), s.name, string(r.Data)), digested(string(r.More))}
	return nil
}

// digested is a checksum that tells any two texts apart.
func digested(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// What the parts of More are.
const (
	tagMeasure = 'm'
	tagSeries  = 's'
	tagMoment  = 'i'
	tagEdges   = 'e'
	tagBatch   = 'b'
)

func named(b []byte, s string) []byte { return append(binary.AppendUvarint(b, uint64(len(s))), s...) }

// append writes what the measure of one run knows beyond its kind.
func (m *Measure) append(b []byte) []byte {
	switch {
	case m.Sample != nil:
		b, _ = m.Sample.AppendBinary(b)
	case m.Level != nil:
		b, _ = m.Level.AppendBinary(b)
	default:
		b = binary.AppendUvarint(binary.AppendUvarint(b, m.Count), m.Of)
		b = binary.AppendUvarint(b, math.Float64bits(m.Seconds))
	}
	return b
}

// errRecord says that the data of a record are not what its shape says.
var errRecord = errors.New("this record cannot be read by this version of netsim")

// read makes the measure of what append has written.
func (k *kind) read(b []byte) (m *Measure, rest []byte, err error) {
	m = &Measure{Class: k.Class, Unit: k.Unit, Each: k.Each, Name: k.Name, Runs: 1}
	switch k.Class {
	case language.Sample:
		m.Sample = new(metrics.Sample)
		rest, err = m.Sample.Read(b)
	case language.Level:
		m.Level = new(metrics.LevelResult)
		rest, err = m.Level.Read(b)
	default:
		var numbers [3]uint64
		for i := range numbers {
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return nil, nil, errRecord
			}
			numbers[i], b = v, b[n:]
		}
		m.Count, m.Of, m.Seconds = numbers[0], numbers[1], math.Float64frombits(numbers[2])
		rest = b
	}
	return m, rest, err
}

// Measures that are short are many and alike: one stands for all.
const (
	shortest = 24      // bytes of those that are kept
	mostKept = 1 << 12 // of each
)

// measures reads the data of a record of this shape.
func (s *shape) measures(data []byte) (map[string]*Measure, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]*Measure, len(s.kinds))
	if s.same == nil {
		s.same = make([]map[string]*Measure, len(s.kinds))
	}
	for i := range s.kinds {
		m, rest, err := s.kinds[i].read(data)
		if err != nil {
			return nil, errors.Join(errRecord, err)
		}
		if used := data[:len(data)-len(rest)]; len(used) <= shortest {
			if known := s.same[i][string(used)]; known != nil {
				m = known
			} else if len(s.same[i]) < mostKept {
				if s.same[i] == nil {
					s.same[i] = map[string]*Measure{}
				}
				s.same[i][string(used)] = m
			}
		}
		all[s.kinds[i].Path] = m
		data = rest
	}
	if len(data) > 0 {
		return nil, errRecord
	}
	return all, nil
}

// open is the outcome of the record with what is wanted of what was recorded on
// request, and no more.
func (r *record) open(s *shape, wanted *Recorded) (o *Outcome, err error) {
	o = r.Outcome
	if o.Measures, err = s.measures(r.Data); err != nil {
		return nil, err
	}
	if !wanted.Digest {
		o.Digest = ""
	}
	for b := r.More; len(b) > 0; {
		tag := b[0]
		n, size := binary.Uvarint(b[1:])
		if size <= 0 || n > uint64(len(b)-1-size) {
			return nil, errRecord
		}
		name := string(b[1+size : 1+size+int(n)])
		if b, err = o.more(tag, name, b[1+size+int(n):], wanted); err != nil {
			return nil, errors.Join(errRecord, err)
		}
	}
	return o, nil
}

// more enters one thing that was recorded on request, if it is wanted.
func (o *Outcome) more(tag byte, name string, b []byte, wanted *Recorded) (rest []byte, err error) {
	switch tag {
	case tagMeasure:
		var k kind
		if err := json.Unmarshal([]byte(name), &k); err != nil {
			return nil, err
		}
		m, rest, err := k.read(b)
		if _, ok := wanted.optional(k.Path); ok && err == nil {
			o.Measures[k.Path] = m
		}
		return rest, err
	case tagBatch:
		return o.batch(name, b, wanted)
	case tagSeries:
		series := new(metrics.Series)
		if rest, err = series.Read(b); err == nil && slices.Contains(wanted.Series, name) && wanted.Every == series.Every {
			o.attach(name, func(m *Measure) { m.Series = append(slices.Clip(m.Series), series) })
		}
		return rest, err
	case tagEdges, tagMoment:
		at, n := binary.Varint(b)
		value, k := binary.Varint(b[max(n, 0):])
		if n <= 0 || k <= 0 {
			return nil, errRecord
		}
		if tag == tagEdges && slices.Contains(wanted.Edges, name) {
			o.attach(name, func(m *Measure) { m.Edges = append(slices.Clip(m.Edges), edges{des.Time(at), des.Time(value)}) })
		}
		if tag == tagMoment && slices.Contains(wanted.Instants, Instant{name, des.Time(at)}) {
			o.attach(name, func(m *Measure) { m.Moments = append(slices.Clip(m.Moments), moment{des.Time(at), value}) })
		}
		return b[n+k:], nil
	}
	return nil, errRecord
}

// attach changes a measure that others may share.
func (o *Outcome) attach(path string, change func(*Measure)) {
	if m := o.Measures[path]; m != nil {
		own := *m
		change(&own)
		o.Measures[path] = &own
	}
}

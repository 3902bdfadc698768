package experiments

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// kept runs an experiment in a folder that keeps runs, and returns all that was
// saved but for manifest and shards, and how many runs were made now.
func kept(t testing.TB, dir, source string, o Options, sets ...string) (files map[string]string, made int) {
	t.Helper()
	folder, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Abandon()
	if o.Archive, err = OpenArchive(dir); err != nil {
		t.Fatal(err)
	}
	var last Progress
	f := parse(t, source, sets...)
	o.Connections, o.Progress = Traced(f), func(p Progress) { last = p }
	s, err := Run(t.Context(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Judge()
	if err == nil {
		err = folder.Save(t.Context(), s, results, Manifest{})
	}
	if err != nil {
		t.Fatal(err)
	}
	folder.Abandon()
	files = tree(t, dir)
	maps.DeleteFunc(files, func(name, _ string) bool { return name == manifest || strings.HasPrefix(name, shards) })
	return files, last.Done - last.Cached
}

// same holds files against others byte for byte.
func same(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s: %s is another", what, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: files are %q, not %q", what, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// plainly is [everything] with figures in one format, which is quicker.
const quick = "output.figures=svg"

// fresh is what a run in a folder of its own saves.
func fresh(t testing.TB, source string, sets ...string) map[string]string {
	files, _ := kept(t, filepath.Join(t.TempDir(), "fresh"), source, Options{}, sets...)
	return files
}

// TestResume holds that what a folder keeps is not run again, and that nobody can
// tell results that were kept from those just made: a second run makes nothing,
// more replications those that are new, another figure none unless it shows what
// was not recorded.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	folder, _ := saved(t, everything, Options{}, quick)
	plain := tree(t, folder.Path)
	delete(plain, manifest)
	step := func(what string, want int, files map[string]string, source string, sets ...string) {
		t.Helper()
		got, made := kept(t, dir, source, Options{Jobs: 2}, append(sets, quick)...)
		if made != want {
			t.Errorf("%s makes %d runs, want %d", what, made, want)
		}
		same(t, what, got, files)
	}
	step("the first run", 8, plain, everything)
	step("a second run", 0, plain, everything)
	more := fresh(t, everything, quick, "run.replications=6")
	step("two more replications", 4, more, everything, "run.replications=6")
	step("fewer replications", 0, plain, everything)
	other := fresh(t, everything, quick, "figure.ladder.connection=1", "figure.ccdf.log=xy", "run.confidence=0.9", "expect.setup.within=1 %")
	step("other figures", 0, other, everything, "figure.ladder.connection=1", "figure.ccdf.log=xy", "run.confidence=0.9", "expect.setup.within=1 %")
	step("a ladder of a later connection", 2, fresh(t, everything, quick, "figure.ladder.connection=5"), everything, "figure.ladder.connection=5")
	const waits = "[figure.waits]\nkind = \"time\"\nof = \"link.wire.queued.packets\"\nseries = \"case.loss\"\n"
	step("a figure of a queue", 8, fresh(t, everything+waits, quick), everything+waits)
	step("and without it", 0, plain, everything)
	step("another seed", 8, fresh(t, everything, quick, "run.seed=4"), everything, "run.seed=4")
	step("one case", 0, fresh(t, everything, quick, "case.loss=some"), everything, "case.loss=some")
	step("another label", 0, fresh(t, everything, quick, "link.wire.label=the wire"), everything, "link.wire.label=the wire")
	step("another delay", 8, fresh(t, everything, quick, "link.wire.delay=11 ms"), everything, "link.wire.delay=11 ms")
}

// TestResumeWithoutEnd holds the same where a world ends by itself, and is looked
// at or not: looking changes nothing that is measured.
func TestResumeWithoutEnd(t *testing.T) {
	const brief = pair + "delay = \"10 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\narrivals = { process = \"poisson\", rate = \"2/s\", count = 9 }\n[figure.c]\nkind = \"cdf\"\nof = \"flow.web.setup_time\"\n"
	const looked = brief + "[figure.f]\nkind = \"time\"\nof = \"node.client.time_wait.count\"\n"
	dir := t.TempDir()
	want := fresh(t, brief, quick)
	got, made := kept(t, dir, looked, Options{}, quick)
	if made != 1 || got["results.csv"] != want["results.csv"] {
		t.Errorf("%d runs; results.csv of a world that is looked at is\n%s\nelse\n%s", made, got["results.csv"], want["results.csv"])
	}
	got, made = kept(t, dir, brief, Options{}, quick)
	if made != 0 {
		t.Errorf("%d runs for fewer looks", made)
	}
	same(t, "fewer looks", got, want)
}

// TestAgain holds that runs made again are held against what is kept, and that a
// difference is said loudly.
func TestAgain(t *testing.T) {
	dir := t.TempDir()
	kept(t, dir, everything, Options{}, quick)
	if _, made := kept(t, dir, everything, Options{Again: true}, quick); made != 8 {
		t.Errorf("%d runs made again", made)
	}
	paths, _ := shardFiles(filepath.Join(dir, shards))
	for what, change := range map[string]func(*record){
		"a measure":          func(r *record) { r.Sums[0] = "f" + r.Sums[0][1:] },
		"what was requested": func(r *record) { r.Sums[1] = "f" + r.Sums[1][1:] },
	} {
		text := read(t, paths[0])
		spoil(t, paths[0], change)
		_, err := OpenArchive(dir)
		var differ *DisagreeError
		if !errors.As(err, &differ) || !strings.Contains(err.Error(), "two results of run "+string(differ.ID)+" differ: ") || !strings.Contains(err.Error(), paths[0]) {
			t.Errorf("%s differs, and opening says %v", what, err)
		}
		write(t, paths[0], text)
	}
	if _, err := OpenArchive(dir); err != nil {
		t.Error(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// spoil changes every record of a shard, with right checksums.
func spoil(t testing.TB, path string, change func(*record)) {
	t.Helper()
	var b strings.Builder
	_, err := readShard(path, func(line []byte, _ int64, _ int) error {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if r.ID == "" {
			b.Write(append(line, '\n'))
			return nil
		}
		change(&r)
		object, err := json.Marshal(r)
		b.Write(seal(object))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
}

// TestOtherModel holds that results of another version of the model are not used,
// and that this is said.
func TestOtherModel(t *testing.T) {
	dir := t.TempDir()
	want, _ := kept(t, dir, everything, Options{Jobs: 1}, quick)
	paths, _ := shardFiles(filepath.Join(dir, shards))
	spoil(t, paths[0], func(r *record) { r.Model-- })
	a, err := OpenArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	note := fmt.Sprintf("8 results of version %d of the model are left out; this is version %d", ModelVersion-1, ModelVersion)
	if notes := a.Notes(); len(notes) != 1 || !strings.HasSuffix(notes[0], note) {
		t.Errorf("notes are %q, want %q", notes, note)
	}
	got, made := kept(t, dir, everything, Options{}, quick)
	if made != 8 {
		t.Errorf("%d runs made", made)
	}
	same(t, "beside another version", got, want)
}

// TestDamaged tears and spoils a shard at many places: what is whole is kept, the
// rest is made again, and the results are the same.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	want, _ := kept(t, dir, everything, Options{Jobs: 1}, quick)
	paths, _ := shardFiles(filepath.Join(dir, shards))
	text := read(t, paths[0])
	lines := strings.SplitAfter(text, "\n") // two shapes may be among them
	if len(lines) != 10 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, c := range []struct {
		what, text    string
		made, damaged int
	}{
		{"torn in its last line", text[:len(text)-9], 1, 0},
		{"without its last line end", text[:len(text)-1], 1, 0},
		{"torn in its first line", lines[0][:20], 8, 0},
		{"without a line", strings.Replace(text, lines[3], "", 1), 1, 0},
		{"spoilt in a line", strings.Replace(text, lines[3], strings.Replace(lines[3], "replication", "replicatiom", 1), 1), 1, 1},
		{"spoilt in its first line, which says what the numbers are", strings.Replace(text, "measures", "measurez", 1), 8, 9},
		{"with nonsense in the middle", strings.Replace(text, lines[2], "nonsense\n\x00\x00\x00\n\n"+lines[2], 1), 0, 3},
		{"of zeros, as after a loss of power", lines[0] + lines[1] + strings.Repeat("\x00", 5000), 7, 0},
		{"empty", "", 8, 0},
	} {
		damaged := t.TempDir()
		path := filepath.Join(damaged, shards, filepath.Base(paths[0]))
		if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, c.text)
		a, err := OpenArchive(damaged)
		if err != nil || len(a.Damaged) != c.damaged {
			t.Errorf("a shard %s: %v, %d damaged lines, want %d", c.what, err, len(a.Damaged), c.damaged)
			continue
		}
		if notes := a.Notes(); len(notes) > 4 || (len(notes) > 0) != (c.damaged > 0) || c.damaged == 1 && notes[0] != path+":4: the line is damaged; what it held is made again" {
			t.Errorf("a shard %s: notes %q", c.what, notes)
		}
		got, made := kept(t, damaged, everything, Options{Jobs: 1}, quick)
		if made != c.made {
			t.Errorf("a shard %s: %d runs made, want %d", c.what, made, c.made)
		}
		same(t, "a shard "+c.what, got, want)
	}
}

// full is a disk with room for so many bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	if f.room -= n; n < len(b) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (f *full) Sync() error  { return nil }
func (f *full) Close() error { return nil }

// TestDiskFull holds that a disk without room ends the study with an error that
// says so, and that nothing is written behind a line that was torn.
func TestDiskFull(t *testing.T) {
	a, err := OpenArchive(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	disk := &full{room: 20_000}
	create = func(dir, name string) (string, appended, error) { return filepath.Join(dir, name), disk, nil }
	defer func() { create = createShard }()
	_, err = Run(t.Context(), parse(t, everything), Options{Jobs: 1, Archive: a})
	if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "results cannot be written: ") {
		t.Errorf("a full disk: %v", err)
	}
	sh := &shard{path: "x", file: &full{room: 10}}
	for range 2 {
		if err := sh.append([]byte("more than ten")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("appending to a full disk: %v", err)
		}
	}
	if err := sh.close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("closing on a full disk: %v", err)
	}
}

// TestUnwritable holds that a folder in which no shard can be made is an error.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	a, err := OpenArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, shards), "mine")
	if _, err := Run(t.Context(), parse(t, everything), Options{Archive: a}); err == nil || !strings.HasPrefix(err.Error(), "results cannot be written: ") {
		t.Errorf("a file in the place of the shards: %v", err)
	}
	if _, err := OpenArchive(dir); err == nil || !strings.HasPrefix(err.Error(), "results cannot be read: ") {
		t.Errorf("a file in the place of the shards: %v", err)
	}
}

// TestSomeFail holds that one run that fails does not end the others, whose results
// are kept; that all failing ends them early; and that those that failed are tried
// again.
func TestSomeFail(t *testing.T) {
	source := everything[:strings.Index(everything, "[figure")] + "[output]\nfigures = \"svg\"\n[figure.f]\nkind = \"bar\"\nx = \"case.loss\"\nseries = \"case.limit\"\ny = \"flow.web.opened.total\"\n[case.limit.none]\n[case.limit.some]\nrun.max_events = 100\n"
	dir := t.TempDir()
	a, _ := OpenArchive(dir)
	_, err := Run(t.Context(), parse(t, source, quick, "run.replications=6"), Options{Archive: a})
	var failed *RunErrors
	if !errors.As(err, &failed) || len(failed.Runs) != 12 || failed.Early || !errors.Is(err, ErrEvents) {
		t.Fatalf("some fail: %v", err)
	}
	if got := strings.Count(err.Error(), "\n"); got != 5 || !strings.HasSuffix(err.Error(), "\n12 runs failed in all") {
		t.Errorf("of 12 failures it is said\n%v", err)
	}
	if a, _ = OpenArchive(dir); a.Len() != 12 || len(a.failed) != 12 {
		t.Errorf("%d results and %d failures are kept", a.Len(), len(a.failed))
	}
	if _, made := kept(t, dir, source, Options{}, quick, "run.replications=6", "case.limit=none"); made != 0 {
		t.Errorf("%d runs made again", made)
	}
	_, err = Run(t.Context(), parse(t, source, "run.replications=60", "case.limit=some"), Options{Archive: a, Jobs: 2})
	if !errors.As(err, &failed) || len(failed.Runs) < hopeless || len(failed.Runs) > hopeless+1 || !failed.Early || !strings.HasSuffix(err.Error(), "none succeeded, so the others were not made") {
		t.Errorf("all fail: %v", err)
	}
}

// TestChunks holds that stripes together make every run once, each in shards of
// its own, and give the results of one process.
func TestChunks(t *testing.T) {
	dir := t.TempDir()
	f := parse(t, everything, quick)
	total := 0
	for i := range 3 {
		a, err := OpenArchive(dir)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Connections: Traced(f), Archive: a, Chunk: Chunk{i, 3}, Progress: func(p Progress) {
			if p.Done == p.Runs {
				total += p.Done - p.Cached
			}
		}}
		if err := NewStudy(f, o).Execute(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if found, _ := filepath.Glob(filepath.Join(dir, shards, fmt.Sprintf("chunk-%05d-*.jsonl", i))); len(found) == 0 {
			t.Errorf("no shard of chunk %d", i)
		}
	}
	got, made := kept(t, dir, everything, Options{}, quick)
	if total != 8 || made != 0 {
		t.Errorf("chunks made %d runs, and then %d were missing", total, made)
	}
	same(t, "three chunks", got, fresh(t, everything, quick))
}

// TestRecordKeepsAll holds that an outcome comes back from its record as it was,
// recorded on request or not, and that nobody adds to a measure what records do
// not keep.
func TestRecordKeepsAll(t *testing.T) {
	f := parse(t, everything+"[output]\nseries = [\"link.wire.queued.packets\", \"node.client.memory.bytes\"]\n[expect.then]\nthat = \"at(node.server.time_wait.count, 10) >= 0 and flow.web.attempts.last > 0\"\n")
	s := NewStudy(f, Options{Digest: true})
	e := newExecution(s, &Options{Digest: true})
	e.meter = newMeter(s, nil, e.options)
	r, o, err := e.make(t.Context(), Task{1, 1})
	if err != nil {
		t.Fatal(err)
	}
	sh := shapeOf(o, nil)
	if err := r.fill(o, sh); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again record
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	back, err := again.open(sh, &r.Recorded)
	if err != nil {
		t.Fatal(err)
	}
	moments := 0
	for _, path := range o.Paths() {
		a, b := o.Measures[path], back.Measures[path]
		if b == nil {
			t.Fatalf("%s is lost", path)
		}
		moments += len(b.Moments)
		for _, word := range append(a.Statistics(), "p1", "p99_9", "integral", "rate", "fraction") {
			if x, y := a.Statistic(word), b.Statistic(word); x != y && !(x != x && y != y) {
				t.Errorf("%s.%s was %v and is %v", path, word, x, y)
			}
		}
		if a.kind(path) != b.kind(path) || !reflect.DeepEqual(a.Series, b.Series) || !reflect.DeepEqual(a.Moments, b.Moments) || !reflect.DeepEqual(a.Edges, b.Edges) || a.Runs != b.Runs || a.Count != b.Count || a.Of != b.Of || a.Seconds != b.Seconds {
			t.Errorf("%s was %+v and is %+v", path, a, b)
		}
	}
	if moments == 0 || len(back.Measures) != len(o.Measures) || len(back.Measures["link.wire.queued.packets"].Series) != 1 || back.Measures["node.client.memory.bytes"] == nil {
		t.Errorf("%d moments, %d of %d measures", moments, len(back.Measures), len(o.Measures))
	}
	o.Measures, back.Measures = nil, nil
	if o.Digest == "" || !reflect.DeepEqual(o, back) {
		t.Errorf("the outcome was %+v and is %+v", o, back)
	}
	if n := reflect.TypeFor[Measure]().NumField(); n != 13 {
		t.Errorf("a measure has %d fields: let record.go keep the new one", n)
	}
}

// TestCapturesAreKept holds that captures of runs that are kept are kept, too, if they
// are of these runs and of these packets.
func TestCapturesAreKept(t *testing.T) {
	dir := t.TempDir()
	asked := everything + "[capture.wire]\nat = \"node.client\"\n"
	captured := func(sets ...string) (made int) {
		folder, err := OpenFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Abandon()
		archive, err := OpenArchive(dir)
		if err != nil {
			t.Fatal(err)
		}
		f := parse(t, asked, append(sets, quick)...)
		s, err := Run(t.Context(), f, Options{Archive: archive, Captured: folder.Captured, Capture: func(p *Point, w *World) (io.Closer, error) {
			made++
			return folder.Capture(p, w)
		}, Jobs: 1})
		if err == nil {
			err = folder.Save(t.Context(), s, nil, Manifest{})
		}
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	first, second, shorter := captured(), captured(), captured("capture.wire.snap=100 B")
	if first != 2 || second != 0 || shorter != 2 {
		t.Errorf("of 2 points %d are captured, then %d, then with shorter packets %d", first, second, shorter)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "captures", "*")); len(files) != 2 {
		t.Errorf("captures are %q", files)
	}
}

// TestCaptureAgain holds that captures are made of runs that are kept, too.
func TestCaptureAgain(t *testing.T) {
	dir := t.TempDir()
	kept(t, dir, everything, Options{}, quick)
	captured := 0
	kept(t, dir, everything, Options{Capture: func(*Point, *World) (io.Closer, error) {
		captured++
		return io.NopCloser(nil), nil
	}, Jobs: 1}, quick)
	if captured != 2 {
		t.Errorf("%d captures of 2 points", captured)
	}
}

package experiments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2/maybe"
)

// ModelVersion changes with everything that changes what a run computes: results
// of two versions are not to be mixed. A test holds it against golden digests.
const ModelVersion = 6

// Manifest says where results come from.
type Manifest struct {
	Program      string    `json:"program"`
	Version      string    `json:"version"`
	Model        int       `json:"model"`
	Go           string    `json:"go"`
	Platform     string    `json:"platform"`
	Host         string    `json:"host"`
	Command      []string  `json:"command"`
	File         string    `json:"file"`
	FileSHA256   string    `json:"file_sha256"`
	Sets         []string  `json:"sets,omitempty"`
	Where        string    `json:"where,omitempty"`
	Sources      []Piece   `json:"sources"`
	Seed         uint64    `json:"seed"`
	Replications int       `json:"replications"`
	Points       int       `json:"points"`
	Events       uint64    `json:"events"`
	Start        time.Time `json:"start"`
	End          time.Time `json:"end"`
	Files        []string  `json:"files"`
}

// Folder is where the results of a study go. They are made in a hidden folder
// within it and moved to their places when all of them are there: what another
// run has left is replaced by a whole new set or stays as it is.
type Folder struct {
	Path  string
	Page  func(io.Writer, Manifest) error // writes report.html, if set
	Files []string                        // that Save wrote, relative to Path, with slashes, in order

	stage string
	made  []string // directories that were not there before
}

// OpenFolder makes the folder, if it is not there, and makes sure that it can be
// written to, before any work is done.
func OpenFolder(path string) (*Folder, error) {
	f := &Folder{Path: path, made: missing(path)}
	err := os.MkdirAll(path, 0o755)
	if err == nil {
		sweepStages(path)
		f.stage, err = os.MkdirTemp(path, stageName(os.Getpid())+"*")
	}
	if err != nil {
		f.Abandon()
		return nil, fmt.Errorf("results cannot be written: %w", err)
	}
	return f, nil
}

// stageName is how the hidden folders of a process begin.
func stageName(pid int) string {
	host, _ := os.Hostname() // unknown is empty
	return fmt.Sprintf(".netsim-%s-%d-", host, pid)
}

// sweepStages takes away the hidden folders of processes of this machine that were
// killed.
func sweepStages(path string) {
	stages, _ := filepath.Glob(filepath.Join(path, ".netsim-*")) // the pattern is right
	for _, stage := range stages {
		words := strings.Split(filepath.Base(stage), "-")
		pid, err := strconv.Atoi(words[max(len(words)-2, 0)])
		if err != nil || !strings.HasPrefix(filepath.Base(stage), stageName(pid)) {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil && errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			_ = os.RemoveAll(stage) // what cannot be taken away is hidden
		}
	}
}

// missing lists the directories of a path that are not there, the upper first.
func missing(path string) (dirs []string) {
	for dir := path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	return dirs
}

// Abandon takes away what was not saved, and the directories that OpenFolder made
// for it.
func (f *Folder) Abandon() {
	if f.stage != "" {
		_ = os.RemoveAll(f.stage) // what cannot be taken away now is hidden
	}
	for _, dir := range slices.Backward(f.made) {
		_ = os.Remove(dir) // refused where it is not empty, which is meant
	}
}

// Save writes all that a study found: figures with their tables, results.csv
// and results.parquet, summary.csv, effective.toml and, last, manifest.json, beside captures that were
// made. When the context ends before all is made, nothing is written.
func (f *Folder) Save(ctx context.Context, s *Study, results []*Result, m Manifest) error {
	for _, part := range []func() error{
		func() error { return f.draw(ctx, s) },
		func() error { return f.keepPieces(s.File, &m) },
		func() error { return f.writeResults(s) },
		func() error { return f.compare(s) },
		func() error {
			return f.write("summary.csv", func(w io.Writer) error { return s.WriteSummary(w, results) })
		},
		func() error {
			return f.write("effective.toml", func(w io.Writer) error { _, err := io.WriteString(w, s.Effective()); return err })
		},
	} {
		if err := errors.Join(part(), ctx.Err()); err != nil {
			return err
		}
	}
	files, err := f.staged()
	if err != nil {
		return err
	}
	s.describe(&m)
	if f.Page != nil {
		if err := f.write("report.html", func(w io.Writer) error { return f.Page(w, m) }); err != nil {
			return err
		}
		files = append(files, "report.html")
	}
	m.Files = append(files, manifest)
	err = f.write(manifest, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(m)
	})
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	return f.publish(m.Files)
}

// writeResults writes the table of runs as CSV and as Parquet.
func (f *Folder) writeResults(s *Study) error {
	var text bytes.Buffer
	if err := s.WriteResults(&text); err != nil {
		return err
	}
	table, err := ReadTable(bytes.NewReader(text.Bytes()))
	if err != nil {
		return fmt.Errorf("results.csv: %w", err)
	}
	return errors.Join(
		f.write("results.csv", func(w io.Writer) error { _, err := w.Write(text.Bytes()); return err }),
		f.write("results.parquet", table.WriteParquet),
	)
}

// manifest is the file that comes last: a folder that has it is whole.
const manifest = "manifest.json"

// draw makes the figures.
func (f *Folder) draw(ctx context.Context, s *Study) error {
	if len(s.File.Figures) == 0 {
		return nil
	}
	dir := filepath.Join(f.stage, "figures")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return s.Draw(ctx, dir)
}

// write makes one file of what the function writes.
func (f *Folder) write(name string, fill func(io.Writer) error) error {
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := maybe.WriteFile(filepath.Join(f.stage, name), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// staged lists the files made so far.
func (f *Folder) staged() (names []string, err error) {
	err = fs.WalkDir(os.DirFS(f.stage), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	return names, err
}

// publish moves files to their places, in order, once all places are there. What an
// earlier run wrote here and this one did not is taken away, its manifest first:
// no folder has one beside files of two runs.
func (f *Folder) publish(names []string) error {
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(f.at(name)), 0o755); err != nil {
			return fmt.Errorf("results cannot be written: %w", err)
		}
	}
	stale := slices.DeleteFunc(f.former(), func(name string) bool { return name != manifest && slices.Contains(names, name) })
	for _, name := range stale {
		_ = os.Remove(f.at(name)) // what is gone already was taken by the user
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(f.stage, filepath.FromSlash(name)), f.at(name)); err != nil {
			return fmt.Errorf("results are incomplete: %w", err)
		}
		f.Files = append(f.Files, name)
	}
	for _, name := range stale {
		_ = os.Remove(filepath.Dir(f.at(name))) // refused where it is not empty, which is meant
	}
	return nil
}

// at is the place of a file of the results.
func (f *Folder) at(name string) string { return filepath.Join(f.Path, filepath.FromSlash(name)) }

// former lists what the manifest says that an earlier run wrote, itself first.
func (f *Folder) former() []string {
	var m Manifest
	text, err := os.ReadFile(f.at(manifest))
	if err != nil || json.Unmarshal(text, &m) != nil || m.Program != "netsim" {
		return nil
	}
	names := slices.DeleteFunc(m.Files, func(name string) bool {
		return name == manifest || !filepath.IsLocal(filepath.FromSlash(name))
	})
	return slices.Insert(names, 0, manifest)
}

// describe fills in what the study and the program know of themselves.
func (s *Study) describe(m *Manifest) {
	sum := sha256.Sum256(s.File.Source)
	m.Program, m.Version, m.Model = "netsim", Version(), ModelVersion
	m.Go, m.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	m.Host, _ = os.Hostname() // unknown is empty
	m.File, m.FileSHA256 = s.File.Name, hex.EncodeToString(sum[:])
	m.Seed, m.Replications, m.Points = s.Seed, s.Replications, len(s.Points)
	for _, p := range s.Points {
		for _, o := range p.Outcomes {
			m.Events += o.Events
		}
	}
}

// Version is the program's, and the revision it was built from where that is
// known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			version += " " + s.Value
		}
	}
	return version
}

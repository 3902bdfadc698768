package experiments

import (
	"bytes"
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
	"sync"
	"time"

	"github.com/google/renameio/v2"
)

// ModelVersion changes with everything that changes what a run computes: results
// of two versions are not to be mixed. A test holds it against golden digests.
const ModelVersion = 1

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
	Seed         uint64    `json:"seed"`
	Replications int       `json:"replications"`
	Points       int       `json:"points"`
	Events       uint64    `json:"events"`
	Start        time.Time `json:"start"`
	End          time.Time `json:"end"`
	Files        []string  `json:"files"`
}

// Folder is where the results of a study go. Each file is written whole or not at
// all.
type Folder struct {
	Path string

	mu    sync.Mutex // runs that capture add files at the same time
	made  []string   // directories that were not there before
	files []string
}

// OpenFolder makes the folder, if it is not there, and makes sure that it can be
// written to, before any work is done.
func OpenFolder(path string) (*Folder, error) {
	f := &Folder{Path: path}
	for _, dir := range []string{path, filepath.Join(path, "figures")} {
		if err := f.mkdir(dir); err != nil {
			return nil, err
		}
	}
	probe, err := os.CreateTemp(path, ".netsim-*")
	if err != nil {
		return nil, fmt.Errorf("results cannot be written: %w", err)
	}
	return f, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (f *Folder) mkdir(path string) error {
	var missing []string
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("results cannot be written: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made = append(f.made, missing...)
	return nil
}

// Abandon takes away the directories that OpenFolder made, if they are empty.
func (f *Folder) Abandon() {
	for _, dir := range slices.Backward(f.made) {
		_ = os.Remove(dir) // refused where it is not empty, which is meant
	}
}

// write makes one file of what the function writes.
func (f *Folder) write(name string, fill func(io.Writer) error) error {
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := renameio.WriteFile(filepath.Join(f.Path, name), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f.Add(name)
	return nil
}

// Add names a file in the folder that somebody else has written.
func (f *Folder) Add(path string) {
	if rel, err := filepath.Rel(f.Path, path); err == nil {
		path = rel
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = append(f.files, filepath.ToSlash(path))
}

// Save writes all that a study found: figures with their tables, results.csv,
// summary.csv, effective.toml and, last, manifest.json.
func (f *Folder) Save(s *Study, results []*Result, m Manifest) error {
	drawn, err := s.Draw(filepath.Join(f.Path, "figures"))
	for _, path := range drawn {
		f.Add(path)
	}
	if err != nil {
		return err
	}
	text := func(t string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, t); return err }
	}
	err = errors.Join(
		f.write("results.csv", s.WriteResults),
		f.write("summary.csv", func(w io.Writer) error { return s.WriteSummary(w, results) }),
		f.write("effective.toml", text(s.Effective())),
	)
	if err != nil {
		return err
	}
	s.describe(&m)
	m.Files = append(slices.Clone(f.files), "manifest.json")
	slices.Sort(m.Files)
	return f.write("manifest.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(m)
	})
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

package experiments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"netsim/experiments/language"
)

// Piece is a file that results rest on, and the copy of it among them.
type Piece struct {
	Name string `json:"name"` // as the command or another piece names it
	Copy string `json:"copy"` // relative to the folder
}

// keepPieces copies the experiment and all that it takes in to source/, so that
// results can be read without them.
func (f *Folder) keepPieces(file *language.File, m *Manifest) error {
	if err := os.Mkdir(filepath.Join(f.stage, "source"), 0o755); err != nil {
		return err
	}
	taken := map[string]bool{}
	keep := func(name string, text []byte) error {
		base := path.Base(filepath.ToSlash(name))
		for n := 2; taken[base]; n++ {
			base = fmt.Sprintf("%d-%s", n, path.Base(filepath.ToSlash(name)))
		}
		taken[base] = true
		m.Sources = append(m.Sources, Piece{name, "source/" + base})
		return f.write("source/"+base, func(w io.Writer) error { _, err := w.Write(text); return err })
	}
	err := keep(file.Name, file.Source)
	for _, p := range file.Pieces {
		err = errors.Join(err, keep(p.Name, p.Text))
	}
	m.Sets, m.Where = file.Sets, file.Where
	return err
}

// ReadManifest reads where the results in a folder come from.
func ReadManifest(folder string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(folder, manifest))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s has no results: there is no %s; netsim run FILE --out %s makes them", folder, manifest, folder)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return m, fmt.Errorf("%s is a file; want the folder of its results", folder)
	}
	if err != nil {
		return m, fmt.Errorf("results cannot be read: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(folder, manifest), err)
	}
	if m.Program != "netsim" || len(m.Sources) == 0 {
		return m, fmt.Errorf("%s is not of results that this version of netsim has written", filepath.Join(folder, manifest))
	}
	return m, nil
}

// Results reads what a folder of results has found, without the files that it was
// made from: the experiment as it was run, with every outcome.
func Results(ctx context.Context, folder string) (*Study, Manifest, error) {
	m, err := ReadManifest(folder)
	if err != nil {
		return nil, m, err
	}
	file, err := m.experiment(folder)
	if err != nil {
		return nil, m, err
	}
	s, err := Stored(ctx, folder, file)
	return s, m, err
}

// Stored takes the outcomes of an experiment from a folder of results. It fails
// if some run is not there, or did not record what the experiment now shows.
func Stored(ctx context.Context, folder string, file *language.File) (*Study, error) {
	archive, err := OpenArchive(folder)
	if err != nil {
		return nil, err
	}
	options := Options{Connections: Traced(file), Archive: archive}
	s := NewStudy(file, options)
	if _, err := s.Advance(ctx, options); err != nil {
		return nil, err
	}
	missing := 0
	for _, p := range s.Points {
		for _, o := range p.Outcomes {
			if o == nil {
				missing++
			}
		}
	}
	if missing > 0 && len(archive.Others) > 0 {
		var versions []string
		for _, v := range slices.Sorted(maps.Keys(archive.Others)) {
			versions = append(versions, fmt.Sprint(v))
		}
		return nil, fmt.Errorf("%s has results of version %s of the model, and this netsim has version %d, by which they may differ; netsim run %s --out %s makes them anew",
			folder, strings.Join(versions, " and "), ModelVersion, file.Name, folder)
	}
	if missing > 0 {
		return nil, fmt.Errorf("%s lacks %d of the runs, or what is shown of them%s; netsim run %s --out %s makes what is missing", folder, missing, archive.but(), again(file), Quote(folder))
	}
	return s, nil
}

// again is what netsim run takes to read an experiment as it was read.
func again(file *language.File) string {
	words := []string{Quote(file.Name)}
	for _, set := range file.Sets {
		words = append(words, "--set", Quote(set))
	}
	return strings.Join(words, " ")
}

// experiment reads the experiment from the copies.
func (m *Manifest) experiment(folder string) (*language.File, error) {
	copies := map[string]string{}
	for _, p := range m.Sources {
		copies[p.Name] = p.Copy
	}
	open := func(name string) ([]byte, error) {
		at, ok := copies[name]
		if !ok || !filepath.IsLocal(filepath.FromSlash(at)) {
			return nil, fmt.Errorf("%s is not among the results", name)
		}
		return os.ReadFile(filepath.Join(folder, filepath.FromSlash(at)))
	}
	source, err := open(m.File)
	if err != nil {
		return nil, fmt.Errorf("results cannot be read: %w", err)
	}
	if sum := sha256.Sum256(source); hex.EncodeToString(sum[:]) != m.FileSHA256 {
		return nil, fmt.Errorf("%s was changed since the results were made", filepath.Join(folder, filepath.FromSlash(copies[m.File])))
	}
	file, err := language.ParseFrom(open, m.File, source, m.Sets...)
	if err == nil && strings.TrimSpace(m.Where) != "" {
		err = file.Restrict(m.Where)
	}
	return file, err
}

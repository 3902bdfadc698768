package experiments

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"netsim/experiments/language"
)

//go:embed catalog
var catalog embed.FS

// Catalog lists the names of the experiments that come with netsim.
func Catalog() (names []string) {
	entries, err := catalog.ReadDir("catalog")
	if err != nil {
		panic(err) // it is part of the program
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Source returns the name and the text of an experiment: of the catalogue, or
// the file of that path.
func Source(nameOrPath string) (name string, source []byte, err error) {
	if slices.Contains(Catalog(), nameOrPath) {
		name = nameOrPath + ".toml"
		source, err = catalog.ReadFile("catalog/" + name)
		return name, source, err
	}
	source, err = os.ReadFile(nameOrPath)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(nameOrPath, "./\\") {
		right := "the catalogue has " + strings.Join(Catalog(), ", ")
		if best := language.Nearest(nameOrPath, Catalog()); best != "" {
			right = fmt.Sprintf("did you mean %q?", best)
		}
		return "", nil, fmt.Errorf("no file and no experiment of the catalogue is called %q; %s", nameOrPath, right)
	}
	return nameOrPath, source, err
}

// Load reads and checks an experiment of the catalogue or a file. Each of sets is
// "path=value" and wins over it.
func Load(nameOrPath string, sets ...string) (*language.File, error) {
	name, source, err := Source(nameOrPath)
	if err != nil {
		return nil, err
	}
	if slices.Contains(Catalog(), nameOrPath) {
		return language.ParseFrom(fromCatalog, name, source, sets...)
	}
	return language.ParseFrom(beside, name, source, sets...)
}

// beside reads a file that an experiment names: its own, or one of data that comes
// with netsim, so that a copy of an experiment of the catalogue runs anywhere.
func beside(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && filepath.Ext(path) != ".toml" {
		if own, missing := fromCatalog(filepath.Base(path)); missing == nil {
			return own, nil
		}
	}
	return data, err
}

// fromCatalog reads what an experiment of the catalogue extends or includes.
func fromCatalog(name string) ([]byte, error) {
	return catalog.ReadFile("catalog/" + name)
}

package plots

import (
	"bytes"
	"fmt"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
)

// Formats are the picture formats that Save knows.
var Formats = []string{"png", "svg", "pdf", "tex"}

// encoders by format; a format is a file name's extension.
var encoders = map[string]func(*drawing) ([]byte, error){
	"png": encodePNG, "svg": encodeSVG, "pdf": encodePDF, "tex": encodeTeX,
}

// save draws once and writes name.FORMAT for every format and name.csv, each
// complete or not at all. Every format is encoded before the first is written.
func save(dir, name string, formats []string, draw func() *drawing, table func() []byte) ([]string, error) {
	if name == "" || name != filepath.Base(name) {
		return nil, fmt.Errorf("plots: figure name %q: want a plain file name", name)
	}
	type file struct {
		path string
		data []byte
	}
	var files []file
	if len(formats) > 0 {
		d := draw()
		for _, format := range formats {
			encode, ok := encoders[format]
			if !ok {
				return nil, fmt.Errorf("plots: figure format %q: want one of %v", format, Formats)
			}
			data, err := encode(d)
			if err != nil {
				return nil, fmt.Errorf("plots: %s.%s: %w", name, format, err)
			}
			files = append(files, file{filepath.Join(dir, name+"."+format), data})
		}
	}
	files = append(files, file{filepath.Join(dir, name+".csv"), table()})
	var paths []string
	for _, f := range files {
		if err := maybe.WriteFile(f.path, f.data, 0o644); err != nil {
			return paths, err
		}
		paths = append(paths, f.path)
	}
	return paths, nil
}

// csvCell quotes a cell where RFC 4180 asks for it.
func csvCell(s string) string {
	if !bytes.ContainsAny([]byte(s), ",\"\r\n") {
		return s
	}
	return `"` + string(bytes.ReplaceAll([]byte(s), []byte(`"`), []byte(`""`))) + `"`
}

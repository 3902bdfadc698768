package plots

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2/maybe"
)

// Formats are the picture formats that Save knows.
var Formats = []string{"png", "svg", "pdf", "tex"}

// encoders by format; a format is a file name's extension.
var encoders = map[string]func(*drawing) ([]byte, error){
	"png": encodePNG, "svg": encodeSVG, "pdf": encodePDF, "tex": encodeTeX,
}

// A Picture is what can be drawn: a [Figure], a [Ladder], a diagram of [States].
type Picture interface {
	// Encode writes the picture in one of Formats, or as "csv" the table of what it
	// shows.
	Encode(w io.Writer, format string) error
	// Save writes it into dir as Name.FORMAT for each of formats, and its table as
	// Name.csv, each whole or not at all. It returns the paths of the files.
	Save(dir string, formats []string) ([]string, error)
	// Absent are the characters of its texts that no font here has, in order: a box
	// stands for each, but in SVG and TeX, whose fonts are the reader's.
	Absent() []rune
}

// picture is what a kind of picture is made of: what can be wrong with it, how it is
// drawn, and its table.
type picture struct {
	name  string
	check func() error
	draw  func() *drawing
	table func() []byte
}

// encode writes one format, of a drawing that is made when it is first needed.
func (p *picture) encode(format string, made **drawing) ([]byte, error) {
	if format == "csv" {
		return p.table(), nil
	}
	encode, ok := encoders[format]
	if !ok {
		return nil, fmt.Errorf("plots: figure format %q: want one of %v", format, Formats)
	}
	if *made == nil {
		*made = p.draw()
	}
	data, err := encode(*made)
	if err != nil {
		return nil, fmt.Errorf("plots: %s.%s: %w", p.name, format, err)
	}
	return data, nil
}

func (p *picture) write(w io.Writer, format string) error {
	if err := p.check(); err != nil {
		return err
	}
	data, err := p.encode(format, new(*drawing))
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// save draws once and encodes every format before the first is written.
func (p *picture) save(dir string, formats []string) ([]string, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if p.name == "" || p.name != filepath.Base(p.name) {
		return nil, fmt.Errorf("plots: figure name %q: want a plain file name", p.name)
	}
	var made *drawing
	formats = append(slices.Clip(formats), "csv")
	files := make([][]byte, len(formats))
	for i, format := range formats {
		var err error
		if files[i], err = p.encode(format, &made); err != nil {
			return nil, err
		}
	}
	var paths []string
	for i, data := range files {
		path := filepath.Join(dir, p.name+"."+formats[i])
		if err := maybe.WriteFile(path, data, 0o644); err != nil {
			if inner := errors.Unwrap(err); inner != nil { // of a temporary name
				err = inner
			}
			return paths, fmt.Errorf("%s cannot be written: %w", path, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (p *picture) absent() []rune {
	if p.check() != nil {
		return nil
	}
	return p.draw().absences()
}

// csvCell quotes a cell where RFC 4180 asks for it.
func csvCell(s string) string {
	if !bytes.ContainsAny([]byte(s), ",\"\r\n") {
		return s
	}
	return `"` + string(bytes.ReplaceAll([]byte(s), []byte(`"`), []byte(`""`))) + `"`
}

package experiments

import (
	"fmt"
	"slices"
	"strings"

	"netsim/experiments/language"
)

// Notes are what a reader should know of the numbers: of each kind a line or some.
func (s *Study) Notes() ([]string, error) {
	lines, err := s.Unreached()
	if err != nil {
		return nil, err
	}
	lines = append(s.warnings(), lines...)
	for _, f := range s.File.Figures {
		line, err := s.Unprinted(f)
		if err != nil {
			return nil, err
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// Unprinted is a line on the characters of a figure that no font has, "" if there are
// none.
func (s *Study) Unprinted(f *language.Figure) (string, error) {
	if plain(s.File) {
		return "", nil
	}
	p, err := s.Picture(f, Look{})
	if err != nil || p == nil {
		return "", err
	}
	return Boxes("figure."+f.Name, p.Absent()), nil
}

// plain reports that a file, where the texts of its figures are from, has nothing but
// ASCII, and no backslash to write more with.
func plain(f *language.File) bool {
	texts := []string{f.Name, string(f.Source), strings.Join(f.Sets, "")}
	for _, p := range f.Pieces {
		texts = append(texts, string(p.Text))
	}
	return !slices.ContainsFunc(texts, func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return r > '~' || r == '\\' })
	})
}

// Boxes says which characters of a picture are boxes, "" if none is.
func Boxes(picture string, absent []rune) string {
	if len(absent) == 0 {
		return ""
	}
	var names []string
	for i, r := range absent {
		if i == 8 {
			names = append(names, fmt.Sprintf("%d more", len(absent)-i))
			break
		}
		names = append(names, fmt.Sprintf("%q (%U)", r, r))
	}
	return fmt.Sprintf("%s: no font of PNG and PDF has %s; a box stands there", picture, strings.Join(names, ", "))
}

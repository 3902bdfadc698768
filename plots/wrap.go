package plots

import (
	"regexp"
	"strings"
	"unicode"
)

// bound are numbers with what belongs to them: a unit, or the name of a field.
var bound = regexp.MustCompile(`\b(?:(?:seq|ack|len|win) \d\S*|\d\S* (?:%|[nµm]?s|[kMG]?i?B|min|h|[kMG]?bit/s)(?:[,;.)，；。）、：\p{Han}]|$))`)

// Chinese and Japanese are written without spaces: lines break between any two
// characters, except that these do not begin one, and those do not end one.
const (
	closing = "，。、；：？！）》〉」』】〕’”…％·ー々"
	opening = "（《〈「『【〔‘“"
)

// ideographic reports whether lines may break beside a character.
func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || '\u3000' <= r && r <= '\u303f' || '\uff00' <= r && r <= '\uffef'
}

// breakable reports whether a line may end between two characters that no space parts.
func breakable(a, b rune) bool {
	return (ideographic(a) || ideographic(b)) && !strings.ContainsRune(opening, a) && !strings.ContainsRune(closing, b)
}

// A piece is what a line is not broken in; the first of a word stands after a space.
type piece struct {
	text  string
	space bool
}

// pieces are what s is broken between.
func pieces(s string) (list []piece) {
	const hard = "\u00a0"
	s = bound.ReplaceAllStringFunc(s, func(m string) string { return strings.ReplaceAll(m, " ", hard) })
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' }) {
		word = strings.ReplaceAll(word, hard, " ")
		space, from, before := true, 0, rune(0)
		for i, r := range word {
			if i > 0 && breakable(before, r) {
				list = append(list, piece{word[from:i], space})
				space, from = false, i
			}
			before = r
		}
		list = append(list, piece{word[from:], space})
	}
	return list
}

// wrap breaks s into lines no wider than w where its words allow it.
func (l lettering) wrap(s string, w float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		line := ""
		for _, p := range pieces(paragraph) {
			longer := line + p.text
			if p.space && line != "" {
				longer = line + " " + p.text
			}
			if line != "" && l.width(longer) > w {
				lines = append(lines, line)
				longer = p.text
			}
			line = longer
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

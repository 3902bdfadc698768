package tcp

import "strings"

// Source says where a value of a profile is from: "RFC 6298 (2.1)", "measured on
// Linux 6.18.44: tcp_fin_timeout". It begins with one of the words of Evidence.
type Source string

// Evidence are the kinds of sources, by the words they begin with: a standard; a
// running kernel; its source code; what its maker or others have published; a
// choice of this simulator where nothing is given; and what is only remembered.
var Evidence = []string{"RFC", "measured", "code", "published", "chosen", "unverified"}

// Unverified tells whether nothing but memory stands behind the value.
func (s Source) Unverified() bool { return strings.HasPrefix(string(s), "unverified") }

// sources are those of a profile, by the names of its fields: one, or several
// that have the same.
type sources map[string]Source

// of returns the source of a field, "" if there is none.
func (s sources) of(field string) Source {
	for names, source := range s { // order-free: each field is named once
		for name := range strings.FieldsSeq(names) {
			if name == field {
				return source
			}
		}
	}
	return ""
}

// SourceOf tells where a built-in profile has the value of a field from; "" if
// there is no such profile or field.
func SourceOf(profile, field string) Source {
	for _, p := range profiles {
		if p.name == profile {
			return p.sources.of(field)
		}
	}
	return ""
}

package language

import (
	"reflect"
	"strings"
	"time"

	"netsim/tcp"
)

// A ProfileValue is what a profile has for one key, and where it has it from.
type ProfileValue struct {
	Key     string // below a node: "tcp.time_wait"
	Meaning string
	Value   any    // typed as the key is
	Text    string // as a file would say it: "1 min", "linux-parity"
	Unit    string // of its number in expressions: "s", "B" or none
	Source  tcp.Source
}

// Differs tells whether two values are not the same.
func (v *ProfileValue) Differs(other *ProfileValue) bool { return v.Text != other.Text }

// Marked is the text, with a question mark after what is unverified.
func (v *ProfileValue) Marked() string {
	if v.Source.Unverified() {
		return v.Text + " ?"
	}
	return v.Text
}

// Number is the value as expressions see it: a float64 in the base unit, a truth
// or a word; a list of them for a list. +Inf stands for "never" and "unlimited".
func (v *ProfileValue) Number() any {
	if waits, ok := v.Value.([]time.Duration); ok {
		all := make([]any, len(waits))
		for i, wait := range waits {
			all[i] = Base(wait)
		}
		return all
	}
	if b := Base(v.Value); b != nil {
		return b
	}
	return v.Text
}

// ProfileValues are all values of a profile, in the order of the keys; nil if
// there is no such profile.
func ProfileValues(name string) (values []ProfileValue) {
	p := tcp.ProfileByName(name)
	if p == nil {
		return nil
	}
	fields := reflect.TypeFor[tcp.Profile]()
	for k := range Keys() {
		key, ok := strings.CutPrefix(k.Path, "node.*.")
		at := places[key]
		if !ok || at == nil {
			continue
		}
		v := ProfileValue{Key: key, Meaning: k.Meaning, Value: profileValue(p, key), Unit: k.Type.Unit,
			Source: tcp.SourceOf(name, fields.Field(at[0].field).Name)}
		v.Text = k.profileText(v.Value)
		if state, ok := strings.CutPrefix(key, "memory.per."); ok && state != "buffer" {
			v.Meaning = strings.Replace(v.Meaning, "this state", strings.ToUpper(state), 1)
		}
		values = append(values, v)
	}
	return values
}

// profileText writes a value for readers; of a size that is from the path there
// is none.
func (k *Key) profileText(value any) string {
	if k.Default != "(profile)" && value == Size(0) {
		return strings.Trim(k.Default, "()")
	}
	return strings.NewReplacer("[", "", "]", "", `"`, "").Replace(literal(value))
}

// A Guess is a profile of which some values are unverified.
type Guess struct {
	Profile        string
	Unverified, Of int
}

// Guesses are the profiles of the file's nodes of which some values are
// unverified, so that nobody takes what comes out for more than it is.
func (f *File) Guesses() (guesses []Guess) {
	seen := map[string]bool{}
	for _, p := range f.Points {
		for i := range p.Spec.Nodes {
			name := p.Spec.Nodes[i].Profile
			if seen[name] {
				continue
			}
			seen[name] = true
			g := Guess{Profile: name}
			for _, v := range ProfileValues(name) {
				g.Of++
				if v.Source.Unverified() {
					g.Unverified++
				}
			}
			if g.Unverified > 0 {
				guesses = append(guesses, g)
			}
		}
	}
	return guesses
}

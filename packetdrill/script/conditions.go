package script

import "strings"

// conditions blanks out what the lines #ifdef, #ifndef, #else and #endif leave
// out, and these lines themselves, so that places stay what they are. A line
// #define adds a name.
func conditions(file, src string, defined func(string) bool) (string, error) {
	type branch struct {
		at        Pos
		on, elsed bool
	}
	var open []branch
	own := map[string]bool{}
	out := []byte(src)
	line := 0
	for from := 0; from < len(src); line++ {
		end := len(src)
		if n := strings.IndexByte(src[from:], '\n'); n >= 0 {
			end = from + n
		}
		text := strings.TrimSpace(src[from:end])
		at := Pos{line + 1, strings.Index(src[from:end], text) + 1}
		word, rest, _ := strings.Cut(text, " ")
		name := strings.Trim(strings.TrimSpace(rest), `"`)
		directive := true
		live := len(open) == 0 || open[len(open)-1].on
		switch word {
		case "#ifdef", "#ifndef", "#if":
			on := (own[name] || defined(name)) == (word != "#ifndef")
			if word == "#if" {
				on = name != "0"
			}
			open = append(open, branch{at, live && on, !live})
		case "#else":
			if len(open) == 0 {
				return "", &Error{file, at, "#else without #ifdef"}
			}
			b := &open[len(open)-1]
			b.on = !b.on && !b.elsed
			b.elsed = true
		case "#endif":
			if len(open) == 0 {
				return "", &Error{file, at, "#endif without #ifdef"}
			}
			open = open[:len(open)-1]
		case "#define":
			if live {
				own[name] = true
			}
		default:
			directive = false
		}
		if directive || !live {
			for i := from; i < end; i++ {
				out[i] = ' '
			}
		}
		from = end + 1
	}
	if len(open) > 0 {
		return "", &Error{file, open[0].at, "#ifdef without #endif"}
	}
	return string(out), nil
}

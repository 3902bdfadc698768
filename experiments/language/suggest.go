package language

import "strings"

// Nearest returns the word most like w, or the path that ends with it, "" if none
// is like it at all.
func Nearest(w string, words []string) string {
	best, least := "", 1+len(w)/4
	for _, word := range words {
		if strings.HasSuffix(word, "."+w) {
			return word
		}
		if d := distance(strings.ToLower(w), strings.ToLower(word)); d <= least && (best == "" || d < least) {
			best, least = word, d
		}
	}
	if best == w {
		return ""
	}
	return best
}

// distance is the number of letters to insert, drop, change or swap.
func distance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return 100
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// meant makes "no such X" of a word that is not among those there are.
func meant(what, w string, words []string) string {
	if best := Nearest(w, words); best != "" {
		return what + ` (did you mean "` + best + `"?)`
	}
	return what
}

package language

import "fmt"

// Quantity reads a quantity as files write it, "10 ms", "400/s", "64 MiB" or "5 %",
// and returns it in its base unit, which says of what kind it is to be: "s", "1/s",
// "B" or "" for a probability.
func Quantity(unit, text string) (float64, error) {
	t := map[string]*Type{"s": duration, "1/s": often, "B": size, "": share}[unit]
	if t == nil {
		panic(fmt.Sprintf("language: no quantity has the base unit %q", unit))
	}
	v, w := t.fromText(text)
	if w != nil {
		return 0, w
	}
	return Base(v).(float64), nil
}

package language

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// filed is a form whose numbers are in a file beside the one that names it. It is
// read when a configuration first asks for the value, and then once for all points.
type filed struct {
	name string
	text string
	take func(data string) (form, *wrong)
}

func (f filed) String() string { return f.text }

func (f filed) mean() any { return nil }

// summed is a form that was read from a file, with its checksum.
type summed struct {
	form
	sum string
}

// loaded is a value of a setting with what its file holds.
func (c *config) loaded(s *setting, v any) any {
	if f, isFiled := v.(filed); isFiled {
		return c.fromFile(s, f)
	}
	return plain(v)
}

// fromFile reads the file of a setting.
func (c *config) fromFile(s *setting, f filed) any {
	data, err := c.file.read(s.file, f.name)
	if err != nil {
		c.refuse(s, s.where, wrongf("a file is named from where the one is that names it", "%v", err))
		return nil
	}
	read, w := f.take(string(data))
	if w != nil {
		c.refuse(s, s.where, w)
		return nil
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	if len(s.parts) == 1 && s.parts[0].word == "" {
		s.parts[0].value = summed{read, sum} // once for all points
	} else {
		s.sum = sum
	}
	return read
}

// plain is a form without its checksum.
func plain(v any) any {
	if s, ok := v.(summed); ok {
		return s.form
	}
	return v
}

// sum is the checksum of the file that a path names, "" if it names none.
func (c *config) sum(path string) string {
	if s := c.given[path]; s != nil && s.sum != "" {
		return s.sum
	} else if s != nil && len(s.parts) == 1 {
		if f, ok := s.parts[0].value.(summed); ok {
			return f.sum
		}
	}
	return c.sums[path]
}

// sumLine is the comment that tells equal files from others of the same name.
func sumLine(sum string) string {
	if sum == "" {
		return ""
	}
	return "# SHA-256 of the file: " + sum + "\n"
}

// A column is one of a file of comma-separated values whose first line names them.
type column struct {
	name  string
	typ   *Type
	scale float64 // of the file's unit in that of draws
}

// columnOf reads which column has values of a type, and in which unit.
func columnOf(t *Type, values map[string]any, name, unit string) (column, *wrong) {
	col := column{typ: t, scale: 1}
	var ok bool
	if col.name, ok = values[name].(string); !ok {
		return col, wrongf(fmt.Sprintf("write %s = %q", name, "name"), "needs %s, the name of a column of the file", name)
	}
	var d *dimension
	switch t.Unit {
	case "s":
		d = &durations
	case "B":
		d = &sizes
	case "bit/s":
		d = &rates
	case "1/s":
		d = &frequencies
	}
	given, isText := values[unit].(string)
	switch {
	case d == nil && values[unit] != nil:
		return col, wrongf("leave it out", "a %s has no %s", t.Name, unit)
	case d == nil:
	case !isText:
		return col, wrongf("units are "+d.written, "needs %s, which the numbers of the column have", unit)
	case d.units[given] == nil:
		return col, wrongf("units are "+d.written, "%s has no unit %q", d.name, given)
	default:
		col.scale, _ = d.units[given].Float64()
	}
	return col, nil
}

// readColumns reads columns of a file, each as numbers in the unit of draws.
func readColumns(file, data string, columns ...column) ([][]float64, *wrong) {
	r := csv.NewReader(strings.NewReader(data))
	r.Comment, r.TrimLeadingSpace, r.ReuseRecord = '#', true, true
	head, err := r.Read()
	if err != nil {
		return nil, wrongf("its first line names the columns", "%s is no file of comma-separated values: %v", file, err)
	}
	head = slices.Clone(head)
	all, at := make([][]float64, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.IndexFunc(head, func(h string) bool { return strings.TrimSpace(h) == c.name }); at[i] < 0 {
			return nil, wrongf("it has "+strings.Join(head, ", "), "%s has no column %q", file, c.name)
		}
	}
	for {
		row, err := r.Read()
		if row == nil && err != nil && len(all[0]) > 0 && err.Error() == "EOF" {
			return all, nil
		}
		if err != nil {
			return nil, wrongf("", "%s: %s", file, map[bool]string{true: "there is no line of numbers", false: err.Error()}[err.Error() == "EOF"])
		}
		for i, c := range columns {
			v, w := c.number(row[at[i]])
			if w != nil {
				line, _ := r.FieldPos(at[i])
				return nil, wrongf(w.right, "%s:%d: %s", file, line, w.what)
			}
			all[i] = append(all[i], v)
		}
	}
}

// number reads one of a column.
func (c column) number(text string) (float64, *wrong) {
	text = strings.TrimSpace(text)
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return 0, wrongf("", "%q is no number", text)
	case v < 0:
		return 0, wrongf("", "%s is negative", text)
	}
	if v = float64(v * c.scale); v >= math.MaxInt64 {
		return 0, wrongf("", "%s is too large", text)
	}
	return v, nil
}

// empirical reads the distribution of values that were measured.
func (k *Key) empirical(values map[string]any) (any, *wrong) {
	file, ok := values["file"].(string)
	if !ok {
		return nil, wrongf(`write file = "rtt.csv"`, "needs file")
	}
	p := params{key: k, values: values, known: []string{"dist", "min", "max", "file", "column", "unit"}}
	if p.strangers(); p.w != nil {
		return nil, p.w
	}
	col, w := columnOf(k.Type, values, "column", "unit")
	if w != nil {
		return nil, w
	}
	return filed{file, inline(values, "dist"), func(data string) (form, *wrong) {
		numbers, w := readColumns(file, data, col)
		if w != nil {
			return nil, w
		}
		return p.measured(numbers[0])
	}}, nil
}

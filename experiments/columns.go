package experiments

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// Table is a table of results with the type of each column. Cells are as in its
// CSV; an empty one is of a number that there is none of.
type Table struct {
	Columns []TableColumn
	Rows    [][]string
}

// TableColumn is a name and what its cells are.
type TableColumn struct {
	Name string
	Type ColumnType
}

// ColumnType is what the cells of a column are.
type ColumnType uint8

const (
	TextColumn ColumnType = iota
	IntegerColumn
	RealColumn
)

// whole numbers are these columns of every table; other numbers are real, though
// all of a column may be whole by chance.
var wholeColumns = []string{"replication", "seed", "n"}

// ReadTable reads a table of results from CSV.
func ReadTable(r io.Reader) (*Table, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = false
	all, err := in.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no line with the names of the columns")
	}
	t := &Table{Rows: all[1:]}
	for i, name := range all[0] {
		t.Columns = append(t.Columns, TableColumn{name, t.typeOf(name, i)})
	}
	return t, nil
}

// typeOf finds out what the cells of a column are.
func (t *Table) typeOf(name string, column int) ColumnType {
	kind := RealColumn
	if slices.Contains(wholeColumns, name) {
		kind = IntegerColumn
	}
	for _, row := range t.Rows {
		if cell := row[column]; cell != "" && kind.value(cell) == nil {
			return TextColumn
		}
	}
	return kind
}

// value is a cell as the type has it, nil if it is none.
func (c ColumnType) value(cell string) any {
	switch c {
	case IntegerColumn:
		if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return n
		}
		return nil
	case RealColumn:
		if f, err := strconv.ParseFloat(cell, 64); err == nil {
			return f
		}
		return nil
	}
	return cell
}

// Value is a cell as text, int64, float64, or nil where there is nothing.
func (t *Table) Value(row, column int) any { return t.Columns[column].Type.value(t.Rows[row][column]) }

// WriteParquet writes the table as Parquet, compressed with Zstandard: the same
// bytes for the same table.
func (t *Table) WriteParquet(w io.Writer) error {
	out := parquet.NewWriter(w, parquet.NewSchema("results", t.schema()), parquet.Compression(&parquet.Zstd), parquet.CreatedBy("netsim", "", ""))
	row := make(parquet.Row, len(t.Columns))
	for r := range t.Rows {
		for c := range t.Columns {
			switch v := t.Value(r, c).(type) {
			case nil:
				row[c] = parquet.NullValue().Level(0, 0, c)
			case int64:
				row[c] = parquet.Int64Value(v).Level(0, 1, c)
			case float64:
				row[c] = parquet.DoubleValue(v).Level(0, 1, c)
			case string:
				row[c] = parquet.ByteArrayValue([]byte(v)).Level(0, 1, c)
			}
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
	}
	return out.Close()
}

// inOrder is a group whose fields stand in the order of the table, not in that of
// the alphabet.
type inOrder struct {
	parquet.Group
	fields []parquet.Field
}

func (g inOrder) Fields() []parquet.Field { return g.fields }

func (t *Table) schema() parquet.Node {
	g := inOrder{Group: parquet.Group{}}
	for _, c := range t.Columns {
		leaf := parquet.String()
		switch c.Type {
		case IntegerColumn:
			leaf = parquet.Int(64)
		case RealColumn:
			leaf = parquet.Leaf(parquet.DoubleType)
		}
		g.Group[c.Name] = parquet.Optional(leaf)
	}
	byName := g.Group.Fields()
	for _, c := range t.Columns {
		g.fields = append(g.fields, byName[slices.IndexFunc(byName, func(f parquet.Field) bool { return f.Name() == c.Name })])
	}
	return g
}

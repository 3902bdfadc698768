package experiments

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

const someTable = `case.style,link.wire.loss,replication,seed,flow.web.setup_time.mean_s,empty
four,0.1,1,7,0.0200960001,
four,0.1,2,7,,
three,0.25,1,7,3,
`

// TestParquet holds that a table comes back from Parquet with its columns in
// order, its numbers as numbers, and nothing where there was nothing.
func TestParquet(t *testing.T) {
	table, err := ReadTable(strings.NewReader(someTable))
	if err != nil {
		t.Fatal(err)
	}
	var files [2]bytes.Buffer
	for i := range files {
		if err := table.WriteParquet(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the same table makes other bytes")
	}
	in := parquet.NewReader(bytes.NewReader(files[0].Bytes()))
	defer in.Close()
	var got strings.Builder
	for i, path := range in.Schema().Columns() {
		leaf, _ := in.Schema().Lookup(path...)
		fmt.Fprintf(&got, "%d %s %s\n", i, path[0], leaf.Node.Type())
	}
	rows := make([]parquet.Row, 9)
	n, err := in.ReadRows(rows)
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	for _, row := range rows[:n] {
		fmt.Fprintf(&got, "%v\n", row)
	}
	want := `0 case.style STRING
1 link.wire.loss DOUBLE
2 replication INT(64,true)
3 seed INT(64,true)
4 flow.web.setup_time.mean_s DOUBLE
5 empty DOUBLE
[four 0.1 1 7 0.0200960001 <null>]
[four 0.1 2 7 <null> <null>]
[three 0.25 1 7 3 <null>]
`
	if got.String() != want {
		t.Errorf("it comes back as\n%swant\n%s", &got, want)
	}
}

// TestColumnTypes says what columns are: a seed beyond 63 bits is text.
func TestColumnTypes(t *testing.T) {
	table, err := ReadTable(strings.NewReader("seed,n,a,b\n18446744073709551615,3,1,x\n1,4,2.5,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []ColumnType{TextColumn, IntegerColumn, RealColumn, TextColumn} {
		if got := table.Columns[i].Type; got != want {
			t.Errorf("%s has type %d, want %d", table.Columns[i].Name, got, want)
		}
	}
	if _, err := ReadTable(strings.NewReader("")); err == nil {
		t.Error("nothing is no table")
	}
}

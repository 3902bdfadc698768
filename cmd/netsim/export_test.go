package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// TestExport asks a database for what the tables of a folder say.
func TestExport(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small+"[run]\nreplications = 3\n[sweep.axes]\n\"link.wire.delay\" = [\"10 ms\", \"20 ms\"]\n[output]\nfigures = \"svg\"\n")
	n.ok("run", "small.toml", "--out", "r")
	n.ok("export", "r", "--sqlite", "r.db")
	n.ok("export", "r", "--sqlite", "r.db") // what is there is replaced
	db, err := sql.Open("sqlite", "r.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ask := func(query string) string {
		t.Helper()
		var n, sum any
		if err := db.QueryRow(query).Scan(&n, &sum); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(n, " ", sum)
	}
	for query, want := range map[string]string{
		`SELECT count(*), sum("flow.web.setup_time.mean_s") FROM results`:                                    "6 0.18",
		`SELECT "link.wire.delay_s", mean FROM summary WHERE metric = 'flow.web.setup_time.mean' LIMIT 1`:    "0.01 0.02",
		`SELECT typeof(replication), typeof("link.wire.delay_s") FROM results WHERE replication = 3 LIMIT 1`: "integer real",
		`SELECT count(*) > 0, 1 FROM figure_ladder_web`:                                                      "1 1",
	} {
		if got := ask(query); got != want {
			t.Errorf("%s is %s, want %s", query, got, want)
		}
	}
	for args, want := range map[string]string{
		"export r":                       "netsim: export needs a file; write: netsim export r --sqlite results.db\n",
		"export nowhere --sqlite x.db":   "netsim: nowhere/results.csv is not there; RESULTS is a folder that netsim run or netsim sweep collect has written\n",
		"export r --sqlite nowhere/x.db": "netsim: ",
	} {
		if _, errs, code := n.run(strings.Fields(args)...); code != exitUsage || !strings.HasPrefix(errs, want) {
			t.Errorf("netsim %s: exit code %d, %s", args, code, errs)
		}
	}
	if got := strings.Join(n.names(), " "); strings.Contains(got, ".part") || strings.Contains(got, "x.db") {
		t.Errorf("left are %s", got)
	}
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	_ "modernc.org/sqlite" // the driver

	"netsim/experiments"
)

func exportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export RESULTS",
		Short: "Write the tables of a folder of results as a SQLite database",
		Long: `Write the tables of a folder of results as a SQLite database: results has a row a run,
summary a row a number at each point, and each figure_NAME what that figure shows.
Names of columns hold dots, so quote them: SELECT "flow.web.setup_time.mean_s" FROM results.`,
		Example: `  netsim export out/handshake --sqlite handshake.db
  sqlite3 handshake.db 'SELECT metric, mean, half_width FROM summary'`,
		Args: one("RESULTS", "netsim export out/handshake --sqlite handshake.db"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return fmt.Errorf("export needs a file; write: netsim export %s --sqlite results.db", args[0])
			}
			return export(cmd.Context(), args[0], out)
		},
	}
	c.Flags().StringVar(&out, "sqlite", "", "the database; a file that is there is replaced")
	return c
}

// export writes the tables of a folder into a database that comes to its place
// whole. SQLite wants a local disk.
func export(ctx context.Context, folder, out string) error {
	names, err := filepath.Glob(filepath.Join(folder, "figures", "*.csv"))
	if err != nil {
		return err
	}
	temporary := out + ".part"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := sql.Open("sqlite", temporary)
	if err == nil {
		err = fill(ctx, db, append([]string{filepath.Join(folder, "results.csv"), filepath.Join(folder, "summary.csv")}, names...))
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		_ = os.Remove(temporary) // the first error tells
		return err
	}
	return os.Rename(temporary, out)
}

// fill makes a table of each file.
func fill(ctx context.Context, db *sql.DB, files []string) error {
	for _, path := range files {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is not there; RESULTS is a folder that netsim run or netsim sweep collect has written", path)
		}
		if err != nil {
			return err
		}
		t, err := experiments.ReadTable(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := insert(ctx, db, tableName(path), t); err != nil {
			return fmt.Errorf("the database cannot be written: %w", err)
		}
	}
	return nil
}

func tableName(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".csv")
	if filepath.Base(filepath.Dir(path)) == "figures" {
		return "figure_" + name
	}
	return name
}

// insert makes one table, in one transaction.
func insert(ctx context.Context, db *sql.DB, name string, t *experiments.Table) error {
	types := map[experiments.ColumnType]string{experiments.TextColumn: "TEXT", experiments.IntegerColumn: "INTEGER", experiments.RealColumn: "REAL"}
	var columns, marks []string
	for _, c := range t.Columns {
		columns = append(columns, identifier(c.Name)+" "+types[c.Type])
		marks = append(marks, "?")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing is left to roll back behind a commit
	if _, err := tx.ExecContext(ctx, "CREATE TABLE "+identifier(name)+" ("+strings.Join(columns, ", ")+")"); err != nil {
		return err
	}
	add, err := tx.PrepareContext(ctx, "INSERT INTO "+identifier(name)+" VALUES ("+strings.Join(marks, ", ")+")")
	if err != nil {
		return err
	}
	row := make([]any, len(t.Columns))
	for r := range t.Rows {
		for c := range t.Columns {
			row[c] = t.Value(r, c)
		}
		if _, err := add.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return errors.Join(add.Close(), tx.Commit())
}

// identifier quotes a name for SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

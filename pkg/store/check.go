package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/journal"
)

// Report is what Check found.
type Report struct {
	Layout   int
	Ended    bool // the sensor that wrote it ended as it should, or is still writing
	By       string
	Bytes    int64
	Tables   []Count
	Removed  []Count // what had to go, for age or size
	Oldest   int64   // first sighting of the oldest event, 0 when there is none
	Newest   int64   // last sighting of the newest
	Journals []journal.Report
	Problems []string // what is damaged
}

// Count is how many rows a table has, or lost.
type Count struct {
	Table string
	Rows  int64
}

// mostProblems are told.
const mostProblems = 20

// Check reads a whole file and says what is in it and what is wrong with it.
// The error is that it could not be read at all.
func Check(path string) (*Report, error) {
	db, err := view(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r := &Report{Bytes: sizeOf(path) + sizeOf(path+"-wal")}
	for _, look := range []func(*sql.DB) error{r.integrity, r.state, r.tables, r.journals} {
		if err := look(db); err != nil {
			r.Problems = append(r.Problems, told(path, err).Error())
			break
		}
	}
	return r, nil
}

// integrity has SQLite look at every page, and at every reference between tables.
func (r *Report) integrity(db *sql.DB) error {
	said, err := texts(db, fmt.Sprintf("PRAGMA integrity_check(%d)", mostProblems))
	if err != nil {
		return err
	}
	if !slices.Equal(said, []string{"ok"}) {
		r.Problems = append(r.Problems, said...)
	}
	lost, err := texts(db, `SELECT "table" || ' row ' || ifnull(rowid, '?') || ' names a row of ' || parent || ' that is not there' FROM pragma_foreign_key_check LIMIT 20`)
	r.Problems = append(r.Problems, lost...)
	if err != nil {
		return err
	}
	if _, r.Layout, err = identity(db); err != nil || r.Layout < 2 {
		return err
	}
	lost, err = texts(db, "SELECT 'activity of minute ' || minute || ' names habit ' || habit || ' that is not there' FROM activity WHERE habit NOT IN (SELECT id FROM habits) LIMIT 20")
	r.Problems = append(r.Problems, lost...)
	return err
}

func (r *Report) state(db *sql.DB) error {
	var ended, by sql.NullString
	err := db.QueryRow("SELECT (SELECT value FROM meta WHERE key='ended'), (SELECT value FROM meta WHERE key='written_by')").Scan(&ended, &by)
	r.Ended, r.By = ended.String == "yes", by.String
	if err == nil {
		err = db.QueryRow("SELECT ifnull(min(first), 0), ifnull(max(last), 0) FROM events").Scan(&r.Oldest, &r.Newest)
	}
	return err
}

func (r *Report) tables(db *sql.DB) error {
	names, err := texts(db, "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('meta', 'removed') ORDER BY name")
	if err != nil {
		return err
	}
	for _, name := range names {
		c := Count{Table: name}
		if err := db.QueryRow("SELECT count(*) FROM " + name).Scan(&c.Rows); err != nil {
			return err
		}
		r.Tables = append(r.Tables, c)
	}
	rows, err := db.Query("SELECT what, rows FROM removed ORDER BY what")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Table, &c.Rows); err != nil {
			return err
		}
		r.Removed = append(r.Removed, c)
	}
	return rows.Err()
}

// journals follows the chain of each journal that was taken over.
func (r *Report) journals(db *sql.DB) error {
	var last int64
	if err := db.QueryRow("SELECT ifnull(max(chain), 0) FROM journal").Scan(&last); err != nil {
		return err
	}
	for chain := int64(1); chain <= last; chain++ {
		all, err := lines(db, chain)
		if err != nil {
			return err
		}
		j, err := journal.Verify(strings.NewReader(strings.Join(all, "\n")))
		if err != nil {
			return err
		}
		for _, p := range j.Problems {
			r.Problems = append(r.Problems, fmt.Sprintf("journal %d, %s", chain, p))
		}
		r.Journals = append(r.Journals, j)
	}
	return nil
}

func texts(db querier, query string) (all []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

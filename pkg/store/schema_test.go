package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/store"
)

// Each older layout is brought to the present one with everything that was in
// it, and the file of before stays beside.
func TestOlderLayouts(t *testing.T) {
	for version := 1; version < store.Version(); version++ {
		path := filepath.Join(t.TempDir(), "store.db")
		text, err := os.ReadFile(fmt.Sprintf("testdata/%d.sql", version))
		if err != nil {
			t.Fatal(err)
		}
		change(t, path, string(text))
		if r := whole(t, path); r.Layout != version {
			t.Fatalf("the file has layout %d, not %d", r.Layout, version)
		}
		rows := func(path string) (all []string) {
			for _, table := range []string{"events", "cases", "journal", "cursors", "removed"} {
				all = append(all, ask(t, path, "SELECT * FROM "+table)...)
			}
			return all
		}
		before := rows(path)
		s := open(t, path, roomy)
		if _, err := s.Follow(nil); err != nil {
			t.Fatal(err)
		}
		closed(t, s)
		if r := whole(t, path); r.Layout != store.Version() || len(before) < 3 {
			t.Errorf("layout %d, %d rows before", r.Layout, len(before))
		}
		same(t, "afterwards", rows(path), before...)
		same(t, "kept beside", rows(fmt.Sprintf("%s.v%d", path, version)), before...)
		fresh := filepath.Join(t.TempDir(), "store.db")
		closed(t, open(t, fresh, roomy))
		const layout = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"
		same(t, "the layout of a new file", ask(t, path, layout), ask(t, fresh, layout)...)
	}
}

// docs/store.md tells of every table and column, and of no other.
func TestPageTellsOfEveryColumn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	closed(t, open(t, path, roomy))
	page, err := os.ReadFile("../../docs/store.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(page), "\n## Tables\n")
	tables, _, _ = strings.Cut(tables, "\n## ")
	told := map[string]bool{}
	table, word := []string(nil), regexp.MustCompile("`([a-z_]+)`")
	for _, line := range strings.Split(tables, "\n") {
		cells := strings.Split(line, "|")
		switch {
		case strings.HasPrefix(line, "### "):
			table = strings.Split(strings.TrimPrefix(line, "### "), ", ")
		case len(cells) == 4: // of the one table above
			for _, m := range word.FindAllStringSubmatch(cells[1], -1) {
				told[table[0]+"."+m[1]] = true
			}
		case len(cells) == 5: // names its table, or goes on with the one before
			if m := word.FindStringSubmatch(cells[1]); m != nil {
				table = m[1:]
			}
			for _, m := range word.FindAllStringSubmatch(cells[2], -1) {
				told[table[0]+"."+m[1]] = true
			}
		}
	}
	there := ask(t, path, "SELECT s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type='table'")
	for _, c := range there {
		if !told[c] {
			t.Errorf("docs/store.md does not tell of %s", c)
		}
	}
	for c := range told {
		if !slices.Contains(there, c) {
			t.Errorf("docs/store.md tells of %s, which is not there", c)
		}
	}
}

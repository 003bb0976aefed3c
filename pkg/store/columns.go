package store

import (
	"fmt"
	"strconv"
	"strings"
)

// column is one column of a table and where its value comes from.
type column[T any] struct {
	name string
	of   func(*T) any
	stay bool // a later row leaves it as the first had it
	fill bool // a later row that does not know it leaves it
}

// valuesOf reads the columns of a row.
func valuesOf[T any](cols []column[T], row *T) []any {
	all := make([]any, len(cols))
	for i, c := range cols {
		all[i] = c.of(row)
	}
	return all
}

// upsert is the statement that writes a row, or writes over the one with its key.
func upsert[T any](table, key string, cols []column[T]) string {
	var names, sets []string
	for _, c := range cols {
		names = append(names, c.name)
		switch {
		case c.name == key || c.stay:
		case c.fill:
			sets = append(sets, fmt.Sprintf("%[2]s=coalesce(excluded.%[2]s, %[1]s.%[2]s)", table, c.name))
		default:
			sets = append(sets, c.name+"=excluded."+c.name)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s) ON CONFLICT (%s) DO UPDATE SET %s",
		table, strings.Join(names, ", "), strings.Repeat(", ?", len(cols)-1), key, strings.Join(sets, ", "))
}

// text is a text, or nothing.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// number is a number, or nothing.
func number[N ~int | ~int64 | ~uint64](n N) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}

// numbers are a list's numbers as texts.
func numbers(all []uint16) []string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = strconv.Itoa(int(n))
	}
	return texts
}

// words is a list as one text.
func words(all []string) any { return text(strings.Join(all, ", ")) }

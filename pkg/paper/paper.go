// Package paper writes the papers of a case: what people print, fill in, sign and keep.
//
// A report is one document of sections and blocks, written as HTML or
// Markdown. It says what was seen, when, and under which coverage; what people
// decided, as the journal has it; and what is open stays a visible blank.
package paper

import (
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
)

// Case is what a report is about.
type Case struct {
	ID        string // "" while the events are of no case
	Name      string
	Events    []*event.Event  // each as its last record has it
	Decisions []journal.Entry // about the case, or about none, in the order in which they were made
	Stands    *cases.Case     // where people stand with it; nil while the events are of no case
	Exercise  *Exercise       // of an exercise; nil otherwise

	Raised int64 // sensor clock when the first alert was raised, 0 where the events do not say
}

// Exercise is what is known of an exercise beside its events.
type Exercise struct {
	Scenario string
	Packets  uint64
	Began    int64 // packet time of the first frame
	Ended    int64
	Took     string // on the clock on the wall
}

// Document is a report before it is written.
type Document struct {
	Title, Subtitle string
	Notice          string // printed under the title
	Facts           []Field
	Sections        []Section
}

// Section is a part of a document with a heading.
type Section struct {
	ID, Title string
	Intro     string
	Blocks    []Block
}

// Block is one of: fields, a table, a list, a figure.
type Block struct {
	Title  string
	Note   string // under the block
	Fields []Field
	Table  *Table
	List   []string
	Figure *Figure
	Sign   []string // roles that sign
}

// Field is a label and what is known, or a blank for people to fill.
type Field struct {
	Label, Value string
	Blank        bool
	Tick         []string // boxes to tick
}

// Table has a head and rows; a cell "" is a blank for people to fill where its column is open.
type Table struct {
	Head  []string
	Wide  int          // column that takes the room
	Open  map[int]bool // columns that people fill
	Level int          // column that holds a severity, -1 for none
	Code  map[int]bool // columns in a fixed width
	Rows  [][]string
}

// Figure is a drawing, as SVG, and what it shows in words.
type Figure struct {
	SVG, Caption string
}

// longest is how much of a text that came from elsewhere is shown, bytes.
const longest = 600

// clean takes from a text what could steer a reader: control and direction characters.
func clean(s string) string { return ot.CleanString([]byte(s), longest) }

// longestSaid is how much of what people wrote is shown, bytes.
const longestSaid = 4000

// said is what people wrote, whole; where even that is too long, it says so.
func said(s string) string {
	if len(s) > longestSaid {
		return ot.CleanString([]byte(s), longestSaid) + " … (cut here; the journal has it whole)"
	}
	return ot.CleanString([]byte(s), longestSaid)
}

// when writes a time for people.
func when(t int64) string {
	if t == 0 {
		return ""
	}
	return time.Unix(0, t).UTC().Format("2006-01-02 15:04:05 UTC")
}

// span writes how long something took.
func span(from, to int64) string {
	if from == 0 || to < from {
		return ""
	}
	return time.Duration(to - from).Round(time.Second).String()
}

// known is a field with a value, or a blank where there is none. What comes
// from elsewhere in it was cleaned.
func known(label, value string) Field {
	return Field{Label: label, Value: value, Blank: value == ""}
}

func blank(label string) Field { return Field{Label: label, Blank: true} }

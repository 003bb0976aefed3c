package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// containment is the record of what may be considered, what was approved, and what must not be done.
func (r *report) containment() Section {
	t := &Table{Head: []string{"", "Measure", "Running line", "Decides", "Approved, by, when", "If not, why"}, Wide: 1, Level: -1, Open: map[int]bool{4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Containment })
	for _, m := range r.p.Containment {
		if slices.Contains(named, m.ID) {
			t.Rows = append(t.Rows, []string{m.ID, m.Title, m.Line, r.roles(m.Decides...), "", ""})
		}
	}
	var nevers []string
	not := r.collect(func(e *event.Event) []string { return e.Playbook.DoNot })
	for _, n := range r.p.DoNot {
		if slices.Contains(not, n.ID) {
			nevers = append(nevers, n.Text)
		}
	}
	return Section{ID: "containment", Title: "Containment record", Intro: "Measures that may be considered on a running line, least effect first. None was taken by the sensor.", Blocks: []Block{
		{Table: t}, {Title: "Must not be done", List: nevers},
		{Title: "Record", Fields: []Field{
			known("Contained", when(r.c.Contained)), blank("Removed from the network, approved by and when; if not, why"),
			blank("Backup made by, from, to"), blank("Sealed, and stored where"),
		}, Sign: []string{r.p.Role(r.p.Severity.ConfirmedBy).Title, r.p.Role("production_lead").Title}},
	}}
}

// eradication is the record of how the cause was removed and the line brought back.
func (r *report) eradication() Section {
	t := &Table{Head: []string{"Type", "Eradicate", "Recover"}, Wide: 1, Level: -1}
	r.eachType(func(x *playbook.IncidentType) {
		t.Rows = append(t.Rows, []string{x.ID, x.Eradicate, x.Recover})
	})
	return Section{ID: "eradication", Title: "Eradication and recovery record", Intro: "What the profile asks for, by incident type.", Blocks: []Block{
		{Table: t},
		{Title: "Record", Fields: []Field{
			blank("Forensic work done by"), blank("Vector and weakness found"), blank("What was removed, rebuilt or restored, from which verified source"),
			blank("Validation procedure, and its result"), known("Eradicated", when(r.c.Eradicated)), known("Returned to service", when(r.c.Recovered)),
		}, Sign: []string{r.p.Role("technical_lead").Title, r.p.Role("it_ot_liaison").Title}},
	}}
}

func (r *report) eachType(do func(x *playbook.IncidentType)) {
	for _, id := range r.types() {
		if x, ok := r.p.Type(id); ok {
			do(x)
		}
	}
}

// register is the register of evidence: files of the sensor, and what people take.
func (r *report) register() Section {
	files := &Table{Head: []string{"File", "Frames", "From", "To", "Complete", "SHA-256"}, Wide: 5, Level: -1, Code: map[int]bool{0: true, 5: true}}
	for _, e := range r.c.Events {
		for _, c := range e.Captures {
			if c.File != "" && len(files.Rows) < mostRows {
				files.Rows = append(files.Rows, []string{clean(c.File), fmt.Sprint(c.Frames), when(c.From), when(c.To), yes(c.Whole), clean(c.SHA256)})
			}
		}
	}
	items := &Table{Head: []string{"", "Item", "How to keep it", "Taken by, when", "Hash or seal, stored where", "Handled since by"}, Wide: 2, Level: -1, Open: map[int]bool{3: true, 4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Evidence })
	for _, e := range r.p.Evidence {
		if slices.Contains(named, e.ID) {
			items.Rows = append(items.Rows, []string{e.ID, e.Title, e.How, "", "", ""})
		}
	}
	blocks := []Block{}
	if len(files.Rows) > 0 {
		blocks = append(blocks, Block{Title: "Capture files of the sensor", Table: files, Note: "Verify with: sensor evidence verify, or sha256sum. Complete says that the sensor's memory held all that belongs into the file."})
	} else {
		blocks = append(blocks, Block{Title: "Capture files of the sensor", Note: "No event of this record names a capture file."})
	}
	return Section{ID: "evidence", Title: "Evidence register", Intro: "Most volatile first. Every item is registered with its hash and every handler.",
		Blocks: append(blocks, Block{Title: "Items to secure", Table: items, Sign: []string{r.p.Role("technical_lead").Title}})}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// reporting lists the reports that may be due.
func (r *report) reporting() Section {
	t := &Table{Head: []string{"", "To", "When", "Owner", "Due? decided by, when", "Sent, by, reference"}, Wide: 1, Level: -1, Open: map[int]bool{4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Reporting })
	for _, x := range r.p.Reporting {
		if slices.Contains(named, x.ID) {
			t.Rows = append(t.Rows, []string{x.ID, x.To, x.When, r.roles(x.Owner), "", ""})
		}
	}
	return Section{ID: "reporting", Title: "Reports that may be due", Intro: "Legal counsel decides on every line. The times are reminders.", Blocks: []Block{{Table: t, Sign: []string{r.p.Role("legal").Title}}}}
}

// techniques lists what the events are described with.
func (r *report) techniques() string {
	var all []string
	for _, id := range r.collect(func(e *event.Event) []string { return e.Attack.Techniques }) {
		if t, ok := r.p.Technique(id); ok {
			all = append(all, t.ID+" "+t.Name)
		}
	}
	return strings.Join(all, "; ")
}

package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// captureItem is what capture files are in the playbook's list of evidence.
const captureItem = "EV-01"

// register is the register of evidence: files of the sensor, what people took,
// and who held what when.
func (r *report) register() Section {
	files := Block{Title: "Capture files of the sensor", Table: r.files(),
		Note: "Verify with: sensor evidence verify, or sha256sum. Complete says that the sensor's memory held all that belongs into the file."}
	if len(files.Table.Rows) == 0 {
		files = Block{Title: files.Title, Note: "No event of this record names a capture file."}
	}
	blocks := []Block{files, {Title: "Items to secure", Table: r.itemsToSecure(), Sign: []string{r.p.Role("technical_lead").Title}}}
	if chain := r.chain(); len(chain.Rows) > 0 {
		blocks = append(blocks, Block{Title: "Chain of custody", Table: chain, Note: "Capture files that one person registered and nobody took over stand above, with who and when."})
	}
	return Section{ID: "evidence", Title: "Evidence register", Intro: "Most volatile first. Every item is registered with its hash and every handler.", Blocks: blocks}
}

// files lists the capture files that events name, those of whole cases among them.
func (r *report) files() *Table {
	t := &Table{Head: []string{"File", "Frames", "From", "To", "Complete", "Registered", "SHA-256"}, Wide: 6, Level: -1, Open: map[int]bool{5: true}, Code: map[int]bool{0: true, 6: true}}
	for _, e := range slices.Concat(r.events, r.own) {
		for _, c := range e.Captures {
			if c.File != "" && len(t.Rows) < mostRows {
				t.Rows = append(t.Rows, []string{clean(c.File), fmt.Sprint(c.Frames), when(c.From), when(c.To), yes(c.Whole), r.registered(&c), clean(c.SHA256)})
			}
		}
	}
	return t
}

// registered is who registered a file, and who holds it now; "" while nobody did.
func (r *report) registered(c *event.Capture) string {
	all := r.custodyOf(c.File)
	if len(all) == 0 {
		return ""
	}
	first, last := all[0], all[len(all)-1]
	text := clean(first.By) + ", " + when(first.At.UnixNano()) + "; held by " + clean(last.Holder)
	if last.Sum != c.SHA256 {
		text += "; registered with another hash than the event names: " + clean(last.Sum)
	}
	return text
}

func (r *report) custodyOf(file string) (all []*journal.Entry) {
	for i := range r.c.Decisions {
		if d := &r.c.Decisions[i]; d.File == file && (d.Do == journal.Evidence || d.Do == journal.HandedOver) {
			all = append(all, d)
		}
	}
	return all
}

// itemsToSecure are the items that events name and those that people took.
func (r *report) itemsToSecure() *Table {
	t := &Table{Head: []string{"", "Item", "How to keep it", "Taken by, when, how", "Hash, where it is", "Handled since by"}, Wide: 2, Level: -1, Open: map[int]bool{3: true, 4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Evidence })
	for _, e := range r.p.Evidence {
		row := []string{e.ID, e.Title, e.How}
		taken := false
		for i := range r.c.Decisions {
			d := &r.c.Decisions[i]
			if d.Do == journal.Evidence && d.Item == e.ID && e.ID != captureItem {
				taken = true
				t.Rows = append(t.Rows, append(slices.Clone(row), r.each(func(x *journal.Entry) bool { return x == d }), "SHA-256 "+clean(d.Sum)+", "+clean(d.File), r.handlers(d)))
			}
		}
		switch {
		case e.ID == captureItem && slices.Contains(named, e.ID):
			t.Rows = append(t.Rows, append(row, "the sensor; see the files above", "–", "–"))
		case !taken && slices.Contains(named, e.ID):
			t.Rows = append(t.Rows, append(row, "", "", ""))
		}
	}
	return t
}

// handlers are all who held an item, in their order.
func (r *report) handlers(of *journal.Entry) string {
	var all []string
	for _, d := range r.custodyOf(of.File) {
		all = append(all, clean(d.Holder)+" since "+when(d.At.UnixNano()))
	}
	return strings.Join(all, "; ")
}

// chain is the chain of custody: every registration and every hand-over, save
// of capture files above that have one holder.
func (r *report) chain() *Table {
	t := &Table{Head: []string{"When", "Who", "What", "Item, file", "Held by from then on", "Why"}, Wide: 5, Level: -1, Code: map[int]bool{3: true}}
	named := map[string]bool{}
	for _, e := range slices.Concat(r.events, r.own) {
		for _, c := range e.Captures {
			named[c.File] = true
		}
	}
	for i := range r.c.Decisions {
		d := &r.c.Decisions[i]
		if d.Do != journal.Evidence && d.Do != journal.HandedOver || named[d.File] && len(r.custodyOf(d.File)) == 1 {
			continue
		}
		if len(t.Rows) < mostRows {
			t.Rows = append(t.Rows, []string{when(d.At.UnixNano()), clean(d.By), clean(d.Says()), clean(strings.TrimSpace(d.Item + " " + d.File)), clean(d.Holder), said(d.Why)})
		}
	}
	return t
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

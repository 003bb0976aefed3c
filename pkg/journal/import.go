package journal

import (
	"encoding/json"
	"io"
)

// Import adds the decisions of another journal. One that is here already is
// not added again, and a revocation names its acceptance by the number that it
// has here.
func Import(path string, others []Entry) (written []Entry, torn int, err error) {
	for i := range others {
		if err := others[i].check(); err != nil {
			return nil, 0, err
		}
	}
	return write(path, func(whole io.Reader, last uint64) ([]Entry, error) {
		j, err := Parse(whole, path)
		if err != nil {
			return nil, err
		}
		here := map[string]uint64{} // number of a decision by what it says
		for i := range j.Entries {
			here[j.Entries[i].content()] = j.Entries[i].Seq
		}
		return fresh(others, here, last), nil
	})
}

// fresh gives the decisions that are not here yet, as they will be numbered.
func fresh(others []Entry, here map[string]uint64, last uint64) (all []Entry) {
	number := map[uint64]uint64{} // here, by the number there
	for _, e := range others {
		if n, known := number[e.Of]; e.Do == Revoke && known {
			e.Of = n
		}
		what := e.content()
		n, known := here[what]
		if !known {
			last++
			n = last
			here[what] = n
			all = append(all, e)
		}
		if e.Seq > 0 {
			number[e.Seq] = n
		}
	}
	return all
}

// content is what a decision says, without its place in a journal.
func (e *Entry) content() string {
	c := *e
	c.Seq, c.Prev, c.Hash, c.At = 0, "", "", c.At.UTC()
	text, err := json.Marshal(c)
	if err != nil {
		return e.Hash // it was read from JSON, and can be written as such
	}
	return string(text)
}

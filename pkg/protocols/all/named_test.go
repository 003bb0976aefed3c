package all

import "testing"

// Rules find the names of a field's values by asking for the numbers that Named
// gives, so it must leave out none.
func TestNamedLeavesOutNoName(t *testing.T) {
	for _, p := range Table() {
		for i := range p.Fields {
			f := &p.Fields[i]
			if f.Names == nil {
				continue
			}
			given := map[uint64]bool{}
			f.Named(p.Codes, func(n uint64) { given[n] = true })
			last := uint64(0)
			for n := range uint64(1 << 16) {
				if f.Names(n) == "" {
					continue
				}
				if last = n; !given[n] {
					t.Errorf("%s: %d has the name %q and lies above NamedTo", f.Name, n, f.Names(n))
				}
			}
			if last < f.NamedTo/2 {
				t.Errorf("%s: the last number with a name is %d, NamedTo is %d", f.Name, last, f.NamedTo)
			}
		}
	}
}

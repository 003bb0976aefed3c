package sensor

import "otsensor/pkg/ot"

// judgeTables is how many tables of the judge are watched, countingWindows the
// place of one of them.
const (
	judgeTables     = 7
	countingWindows = 2
)

// tables tells of each table of the judge that was full since the last tick.
// Those of the workers tell of themselves.
func (w *Watch) tables(t Tick) {
	_, _, windows := w.engine.Windows()
	states := uint64(0)
	if w.o.Learner != nil {
		states = w.o.Learner.Full()
	}
	for i, table := range [judgeTables]struct {
		name string
		full uint64
	}{
		{"assets", w.assets.Evicted},
		{"hosts and addresses of this run", w.weigher.Full},
		{"counting windows", windows},
		{"open events", w.engine.Counts.Evicted},
		{"VLANs", w.coverage.vlans.full + w.coverage.sides.vlans.full},
		{"hosts not seen to speak", w.coverage.sides.hosts.full},
		{"what is learned", states},
	} {
		if table.full <= w.coverage.full[i] {
			continue
		}
		w.coverage.full[i] = table.full
		w.odd(t.At, ot.TableFull, table.name)
	}
	w.besides(t)
}

// besides looks at the tables beside the judge, such as the store's queue.
func (w *Watch) besides(t Tick) {
	if w.o.Beside == nil {
		return
	}
	now := w.o.Beside()
	for i, table := range now {
		was := uint64(0)
		if i < len(w.beside) && w.beside[i].Name == table.Name {
			was = w.beside[i].Evicted
		}
		if table.Evicted > was {
			w.odd(t.At, ot.TableFull, table.Name)
		}
	}
	w.beside = now
}

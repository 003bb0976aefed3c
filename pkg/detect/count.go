package detect

import "sort"

// maxKeys is how many keys a counting rule keeps at once; the least recently
// seen goes first.
const maxKeys = 4096

// tally counts sightings, or different values, per key over a sliding time.
type tally struct {
	keys        map[string]*window
	first, last *window
	Evicted     uint64
}

// window is the recent past of one key.
type window struct {
	key        string
	times      []int64          // of the latest sightings, a ring
	at         int              // next place in times
	values     map[string]value // the different values seen
	prev, next *window
}

type value struct {
	at   int64
	show string
}

// of gives the window of a key, most recently used.
func (t *tally) of(key []byte) *window {
	if t.keys == nil {
		t.keys = map[string]*window{}
	}
	w := t.keys[string(key)]
	if w == nil {
		if len(t.keys) >= maxKeys {
			t.Evicted++
			old := t.first
			t.unlink(old)
			delete(t.keys, old.key)
		}
		w = &window{key: string(key)}
		t.keys[w.key] = w
	} else {
		t.unlink(w)
	}
	w.prev, w.next = t.last, nil
	if t.last != nil {
		t.last.next = w
	} else {
		t.first = w
	}
	t.last = w
	return w
}

func (t *tally) unlink(w *window) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		t.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		t.last = w.prev
	}
}

// sighted counts one sighting; true when there were at least n within over.
func (w *window) sighted(now int64, n int, over int64) bool {
	if len(w.times) < n {
		w.times = append(w.times, now)
		return len(w.times) == n && now-w.times[0] <= over
	}
	w.times[w.at] = now
	w.at = (w.at + 1) % n
	return now-w.times[w.at] <= over
}

// differs counts one value; it gives how many different ones there were within over.
func (w *window) differs(now int64, key []byte, show func() string, n int, over int64) int {
	if w.values == nil {
		w.values = map[string]value{}
	}
	v, known := w.values[string(key)]
	if !known {
		if len(w.values) >= 4*n {
			w.forget(now, over)
		}
		if len(w.values) >= 4*n {
			return len(w.values)
		}
		v.show = show()
	}
	v.at = now
	w.values[string(key)] = v
	if len(w.values) >= n {
		w.forget(now, over)
	}
	return len(w.values)
}

func (w *window) forget(now, over int64) {
	for k, v := range w.values {
		if now-v.at > over {
			delete(w.values, k)
		}
	}
}

// shown lists the values, sorted.
func (w *window) shown() []string {
	var all []string
	for _, v := range w.values {
		all = append(all, v.show)
	}
	sort.Strings(all)
	return all
}

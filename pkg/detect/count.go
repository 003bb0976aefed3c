package detect

import "slices"

// What a counting rule remembers at once; the least recently seen keys go first.
const (
	maxKeys   = 4096
	maxValues = 1 << 15 // of all keys
)

// tally is what a rule remembers per key: sightings, different values, or how
// far a chain has come.
type tally struct {
	keys        map[string]*window
	first, last *window
	values      int // in all windows
	forgotten   uint64
}

// window is the recent past of one key.
type window struct {
	key        string
	times      []int64           // of the latest sightings, a ring; of a chain, see advance
	at         int               // place in times of the oldest
	values     map[string]*value // the different values seen
	latest     *value            // of values, the one seen last, with its key at hand
	latestKey  shortKey
	grown      bool  // values holds one that no event lists yet
	gone       bool  // it was forgotten
	used       int64 // second of the sensor clock in which it was put last in line
	prev, next *window
}

// shortKey is a key that is short enough to lie in the window itself.
type shortKey struct {
	n int8 // -1 for a longer one, which is nobody's
	b [23]byte
}

func (k *shortKey) set(key []byte) {
	if k.n = -1; len(key) <= len(k.b) {
		k.n = int8(copy(k.b[:], key))
	}
}

func (k *shortKey) is(key []byte) bool {
	return int(k.n) == len(key) && string(k.b[:k.n]) == string(key)
}

type value struct {
	at   int64
	show string
}

// of gives the window of a key.
func (t *tally) of(key []byte, now int64) *window {
	if w := t.keys[string(key)]; w != nil {
		t.use(w, now)
		return w
	}
	if t.keys == nil {
		t.keys = map[string]*window{}
	}
	if len(t.keys) >= maxKeys {
		t.forgetFirst()
	}
	w := &window{key: string(key)}
	t.keys[w.key] = w
	t.push(w, now)
	return w
}

// use moves a window to the end of the line once a second: who was seen in the
// same second is as recent as another.
func (t *tally) use(w *window, now int64) {
	if w != t.last && w.used != now/second {
		t.unlink(w)
		t.push(w, now)
	}
}

func (t *tally) push(w *window, now int64) {
	w.used = now / second
	w.prev, w.next = t.last, nil
	if t.last != nil {
		t.last.next = w
	} else {
		t.first = w
	}
	t.last = w
}

func (t *tally) forgetFirst() {
	t.forgotten++
	old := t.first
	t.unlink(old)
	t.values -= len(old.values)
	delete(t.keys, old.key)
	*old = window{gone: true} // a seat may still lead to it, and must hold little
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

// clear forgets everything but how much was forgotten for want of room.
func (t *tally) clear() {
	for w := t.first; w != nil; w = w.next {
		w.gone = true
	}
	*t = tally{forgotten: t.forgotten}
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

// differs counts one value in a window of t; it gives how many different ones
// there were within over. Beyond four times the threshold it only says so.
func (t *tally) differs(w *window, now int64, key []byte, show func() string, n int, over int64) int {
	if w.values == nil {
		w.values = map[string]*value{}
	}
	v := w.latest
	if v == nil || !w.latestKey.is(key) {
		v = w.values[string(key)]
	}
	known := v != nil
	if !known {
		if len(w.values) >= n-1 {
			t.forget(w, now, over)
		}
		if len(w.values) >= 4*n {
			return len(w.values)
		}
		v = &value{show: show()}
		w.values[string(key)] = v
		w.grown = true
		t.values++
	}
	if v.at = now; v != w.latest {
		w.latest = v
		w.latestKey.set(key)
	}
	for t.values > maxValues && t.first != w {
		t.forgetFirst()
	}
	if known && len(w.values) >= n {
		t.forget(w, now, over)
	}
	return len(w.values)
}

func (t *tally) forget(w *window, now, over int64) {
	for k, v := range w.values {
		if now-v.at > over {
			delete(w.values, k)
			t.values--
			if v == w.latest {
				w.latest = nil
			}
		}
	}
}

// shown lists the values, sorted.
func (w *window) shown() []string {
	var all []string
	for _, v := range w.values {
		all = append(all, v.show)
	}
	slices.Sort(all)
	return all
}

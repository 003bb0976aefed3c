package baseline

import (
	"otsensor/pkg/ot"
)

// weighHost is a host of the baseline, or a stranger.
type weighHost struct {
	host       ot.Endpoint
	known      bool
	asks       bool // learned as a client
	serves     bool // learned as a server
	silent     bool
	unsure     bool       // it was in doubt when it fell silent
	quality    ot.Quality // of what was seen last of its conversations
	tainted    bool       // changed in a way that was not learned
	seen       uint32     // sightings of a stranger
	last       int64
	before     int64 // the sighting before the last
	good       int64 // last sighting before it was tainted
	limit      int64 // silence beyond which it counts as silent, where it is regular
	gap        int64 // longest learned silence
	ports      []Port
	macs       [][6]byte
	identities []*Identity
	asked      []*weighPair // learned conversations it serves
	writers    []writer     // and what is written in them
	walked     walked       // where it stands among the steps done to it
	steps      uint64       // how often they were done while learning
}

// writer is a learned habit of writing to a host.
type writer struct {
	pair  *weighPair
	habit *weighHabit
}

// heard notes that a host speaks; true when it had fallen silent.
func (h *weighHost) heard(now int64) (silent bool) {
	h.before, h.last = h.last, now
	return h.silent
}

// back notes that a host that had fallen silent speaks again.
func (w *Weigher) back(h *weighHost) Deviation {
	h.silent = false
	w.down--
	if h.unsure {
		return 0
	}
	return Returned
}

// sighted counts the sightings of a host that was not learned.
func (h *weighHost) sighted(o *ot.Observation) {
	if h.known {
		return
	}
	h.seen++
	if o.Kind == ot.Did || o.Kind == ot.Opened || o.Conv == nil {
		h.seen = max(h.seen, holdSightings)
	}
}

// stranger reports whether a host that was not learned is there for certain:
// an address in a single frame may be a flipped bit.
func (h *weighHost) stranger() bool { return !h.known && h.seen >= holdSightings }

// asksOf reports whether a host was learned to ask another.
func (h *weighHost) asksOf(server *weighHost) bool {
	for _, p := range server.asked {
		if p.client == h {
			return true
		}
	}
	return false
}

func (h *weighHost) offers(c *ot.Conv) bool {
	for _, p := range h.ports {
		if p.Transport == c.Transport && p.Number == c.Server.Port {
			return true
		}
	}
	return false
}

// host finds a host, or remembers a stranger. What is no host is known.
func (w *Weigher) host(key ot.Endpoint) *weighHost {
	if h := w.hosts[key]; h != nil {
		return h
	}
	h := &weighHost{host: key}
	switch {
	case !key.IsHost():
		return &weighHost{known: true}
	case w.strangers >= maxStrangers:
		w.Full++
		return w.crowd
	}
	w.strangers++
	w.hosts[key] = h
	return h
}

// Known reports whether a host is in the baseline.
func (w *Weigher) Known(host ot.Endpoint) bool {
	h := w.hosts[host.Host()]
	return h != nil && h.known
}

// LastGood is the last time a host was seen before a change to it that was
// not learned, nanoseconds; 0 for one that was not seen.
func (w *Weigher) LastGood(host ot.Endpoint) int64 {
	h := w.hosts[host.Host()]
	switch {
	case h == nil:
		return 0
	case h.tainted:
		return h.good
	}
	return h.last
}

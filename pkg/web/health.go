package web

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"otsensor/pkg/sensor"
	"otsensor/pkg/store"
)

// StuckAfter is how long a live sensor may go without a new snapshot. It makes
// one every second, traffic or none.
const StuckAfter = 30 * time.Second

// Pulse tells how long a sensor has stood still. It compares snapshots by the
// monotonic clock: the sensor's own clock may be wrong, or be set.
type Pulse struct {
	snapshot func() *sensor.Snapshot

	mu    sync.Mutex
	last  *sensor.Snapshot
	since time.Time // when last was first seen
}

// NewPulse begins to watch; it must be asked more often than StuckAfter to be exact.
func NewPulse(snapshot func() *sensor.Snapshot) *Pulse {
	return &Pulse{snapshot: snapshot, since: time.Now()}
}

// Still is how long the snapshot has been the same.
func (p *Pulse) Still() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.snapshot(); s != p.last {
		p.last, p.since = s, time.Now()
	}
	return time.Since(p.since)
}

// Stuck reports whether a restart would help.
func (p *Pulse) Stuck() bool { return p.Still() > StuckAfter }

// alive answers 503 only when a restart would help; what it would not mend is
// told with 200.
func (s State) alive(w http.ResponseWriter, _ *http.Request) {
	if s.Live != nil && s.Live.Pulse.Stuck() {
		http.Error(w, fmt.Sprintf("stuck: no new snapshot for %s", s.Live.Pulse.Still().Round(time.Second)), http.StatusServiceUnavailable)
		return
	}
	if why := s.degraded(); why != "" {
		fmt.Fprintln(w, "degraded:", why)
		return
	}
	fmt.Fprintln(w, "ok")
}

func (s State) degraded() string {
	if down := s.down(); down != "" {
		return down
	}
	if snap := s.Snapshot(); snap != nil && snap.Events.Failing {
		return "events cannot be written"
	}
	if why := s.asymmetric(); why != "" {
		return why
	}
	if s.Live.reloads().Failing {
		return "rules or configuration did not load when they were read again; the old ones are in force"
	}
	if c := s.stored(); c != nil {
		switch lost := c.Full + c.Failed + c.Refused; {
		case c.Failing != "":
			return c.Failing
		case c.Over:
			return "the store is above its size, and nothing in it may go"
		case lost > 0:
			return fmt.Sprintf("the store lacks %d rows that had no room or could not be written", lost)
		}
	}
	return ""
}

// asymmetric says of which hosts and VLANs the mirror shows one side only.
func (s State) asymmetric() string {
	snap := s.Snapshot()
	if snap == nil {
		return ""
	}
	var parts []string
	if hosts := snap.Unheard.Hosts; len(hosts) > 0 {
		parts = append(parts, fmt.Sprintf("spoken to and not seen to speak: %s", some(hosts)))
	}
	if vlans := snap.Unheard.VLANs; len(vlans) > 0 {
		parts = append(parts, fmt.Sprintf("VLANs seen in one direction only: %s", some(vlans)))
	}
	if len(parts) == 0 {
		return ""
	}
	return "the mirror is asymmetric: " + strings.Join(parts, "; ")
}

// some names the first of a list.
func some[T any](list []T) string {
	const named = 5
	text := strings.Trim(fmt.Sprint(list[:min(len(list), named)]), "[]")
	if more := len(list) - named; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// stored is what the store counted; nil when there is none.
func (s State) stored() *store.Counts {
	if s.Live == nil || s.Live.Store == nil {
		return nil
	}
	return s.Live.Store()
}

func (s State) down() string {
	if s.Live == nil {
		return ""
	}
	return s.Live.Port().Down
}

// ready answers 200 when frames are being taken in.
func (s State) ready(w http.ResponseWriter, _ *http.Request) {
	why := s.down()
	if s.Snapshot() == nil {
		why = "no snapshot yet"
	}
	if why != "" {
		http.Error(w, "not ready: "+why, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

package detect

import (
	"fmt"

	"otsensor/pkg/baseline"
	"otsensor/pkg/event"
)

// When much is new at once (a VLAN is mirrored that was not, a new firmware
// polls otherwise), it has one cause: what a rule about new things would say of
// it one by one is one event with a list. It gathers for ten minutes; what is
// new later is an event of its own again.
const (
	stormLeast = 5           // events of a rule that began,
	stormSpan  = 10 * minute // in so long, make what follows a storm, which gathers for as long
	maxMembers = 1024        // of a storm that are told apart
)

// newThings are the departures of what was never there, as opposed to what is there and behaves otherwise.
const newThings = baseline.NewAsset | baseline.NewConversation | baseline.NewMulticast | baseline.NewService | baseline.NewProtocol |
	baseline.NewRole | baseline.Reversed | baseline.NewUnit | baseline.NewOp | baseline.NewCode | baseline.NewObject | baseline.NewShape |
	baseline.NewName | baseline.FirstWrite | baseline.NewWriter

// aboutNew reports whether a rule fires on new things only.
func (g *gate) aboutNew() bool { return g.needs != 0 && g.needs&^newThings == 0 }

// storm is what makes an open event one.
type storm struct {
	began   int64
	said    string   // of the gravest sighting
	members []string // keys of the events it stands for
	more    uint64   // sightings of others, not told apart
}

// gathering is how many events of a rule began lately, and the storm that takes more of them.
type gathering struct {
	began [stormLeast]int64 // a ring
	at    int
	storm *open
}

// note says that an event of its own begins.
func (g *gathering) note(now int64) {
	g.began[g.at] = now
	g.at = (g.at + 1) % stormLeast
}

func (g *gathering) many(now int64) bool {
	oldest := g.began[g.at]
	return oldest != 0 && now-oldest <= stormSpan
}

// joins gives the storm that a sighting of rule n belongs to, nil when it begins an event of its own.
func (e *Engine) joins(n int, r *compiled, s *Sighting) *open {
	if !r.gate.aboutNew() {
		return nil
	}
	g := &e.storms[n]
	if o := g.storm; o != nil && (o.closed || e.now-o.storm.began > stormSpan) {
		g.storm = nil
	}
	if g.storm == nil {
		if !g.many(e.now) || !e.affords(n, s) {
			return nil
		}
		g.storm = e.begin(n, "storm"+string(e.openKey(n, r, s)), s)
		g.storm.storm = &storm{began: e.now}
	}
	g.storm.storm.add(&e.open, g.storm, string(e.openKey(n, r, s)))
	return g.storm
}

// add makes a key one of a storm's.
func (st *storm) add(os *opens, o *open, key string) {
	if len(st.members) >= maxMembers {
		st.more++
		return
	}
	st.members = append(st.members, key)
	os.members[key] = o
}

// forget ends what a storm stands for.
func (os *opens) forget(st *storm) {
	for _, key := range st.members {
		delete(os.members, key)
	}
}

// stormed says of an event what it stands for.
func (st *storm) stormed(ev *event.Event) {
	ev.What = fmt.Sprintf("%s: %s of them began within %d minutes and are this one event. One of the gravest: %s",
		ev.Rule.Title, st.count(), stormSpan/minute, st.said)
}

func (st *storm) count() string {
	if st.more > 0 {
		return fmt.Sprintf("more than %d", len(st.members))
	}
	return fmt.Sprint(len(st.members))
}

// why is the threshold that made it one event.
func (st *storm) why() event.Reason {
	return event.Reason{Field: "events of this rule", Seen: fmt.Sprintf("%d that began within %d minutes", stormLeast, stormSpan/minute),
		Nearest: fmt.Sprintf("threshold %d within %d minutes", stormLeast, stormSpan/minute), Threshold: "default"}
}

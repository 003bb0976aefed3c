// Package evidence keeps the latest frames and cuts a capture file for an event.
//
// Frames are copied into memory taken once, so that what is kept depends on
// nothing but the frames: not on batches, not on workers. A cut holds what the
// hosts of an event said from shortly before it was first seen to shortly
// after, and every frame the event names; where the memory was too short for
// that, the event says so.
package evidence

import (
	"slices"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// What a cut holds, in sensor clock around the first sighting.
const (
	Before = int64(30e9)
	After  = int64(5e9)
)

// Limits.
const (
	MaxFrames    = 20_000 // frames of a file, those the event names apart
	LastSaid     = 100    // frames of a file where nothing was said in its time: the last before it
	MaxFiles     = 4      // files of an event
	MaxScheduled = 256    // cuts waiting for their time; further events get none
)

// Options of a recorder.
type Options struct {
	Dir      string
	Memory   int64    // bytes for frames kept; at least 1 MiB is taken
	Quota    int64    // bytes of files in the folder
	KeepFor  int64    // nanoseconds of sensor clock after which a file is removed; 0: only for the quota
	Software string   // what files say they were written by
	Held     []string // files of the folder that people registered
	Mend     bool     // keep what a crash left of cases' files: the input cannot be read again
}

// Counts is what a recorder did and holds, for metrics.
type Counts struct {
	Files   uint64 // written
	Bytes   uint64 // of them
	Short   uint64 // cuts that miss frames because memory was too short
	Trimmed uint64 // cuts that leave out frames between the hosts: a file holds so many
	Unkept  uint64 // events that named further frames when they had all their files
	Failed  uint64 // files that could not be written
	Skipped uint64 // events without a cut: too many were waiting
	Removed uint64 // oldest files removed for the quota
	Expired uint64 // files removed for their age
	Held    int    // frames in memory
	Span    int64  // sensor clock between the oldest and the newest of them, nanoseconds

	Followed   int    // cases that are recorded whole
	Unfollowed uint64 // times a case was not taken up: as many as possible were recorded already
	Stalled    int    // cases recorded whole whose file cannot be written at present
	CaseFiles  uint64 // of them, ended
	CaseBytes  uint64
}

// Recorder keeps frames and cuts files. It is used by the judge's goroutine.
type Recorder struct {
	o       Options
	ring    *ring
	folder  *folder
	waiting []*cut // for their time to come, earliest first
	watched []*cut // cut, and their event still open: it may name further frames
	follows []*follow
	refused []string   // cases that were not taken up
	ended   []CaseFile // nobody was told of them yet
	counts  Counts
	short   bool
}

// cut is the file that is due for an event, or was.
type cut struct {
	event *event.Event // as the engine goes on extending it
	pair  hosts
	clock int64    // sensor clock of the sighting
	done  []uint64 // frames the event named when it was cut before
	cuts  int
}

// New makes a recorder that writes to a folder.
func New(o Options) (*Recorder, error) {
	f, err := openFolder(o.Dir, o.Quota, o.Mend, o.Held...)
	if err != nil {
		return nil, err
	}
	return &Recorder{o: o, ring: newRing(o.Memory), folder: f}, nil
}

// Keep takes a frame in. Its number is the one that samples name it by; numbers
// and clock never fall.
func (r *Recorder) Keep(frame uint64, clock int64, p *capture.Packet, v *packet.View) {
	r.ring.put(frame, clock, p, v.HostHash())
	if len(r.follows) > 0 {
		r.keepFor(p, v)
	}
}

// NewFile forgets all frames: their numbers begin anew. What waits is cut
// before, and all events were closed.
func (r *Recorder) NewFile() {
	r.Rest()
	r.watched = nil
	r.ring.reset()
}

// Schedule plans the cut for an event seen at a sensor clock between two hosts.
// From then on the event is looked after until it closes.
func (r *Recorder) Schedule(e *event.Event, clock int64, a, b ot.Endpoint) {
	about := func(c *cut) bool { return c.event == e }
	switch {
	case slices.ContainsFunc(r.waiting, about) || slices.ContainsFunc(r.watched, about):
	case len(r.waiting) >= MaxScheduled:
		r.counts.Skipped++
	default:
		r.waiting = append(r.waiting, &cut{event: e, pair: hosts{address(a), address(b)}, clock: clock})
	}
}

// Tick cuts what is due: everything up to the sensor clock was kept. Events
// that have come to name further frames get a further cut.
func (r *Recorder) Tick(clock int64) {
	r.folder.now = clock
	r.waiting = slices.DeleteFunc(r.waiting, func(c *cut) bool {
		due := c.clock+After < clock && !r.early(c)
		if due {
			r.cut(c)
			r.watched = append(r.watched, c)
		}
		return due
	})
	r.flush()
	if r.o.KeepFor > 0 {
		r.folder.expire(clock - r.o.KeepFor)
	}
	r.watched = slices.DeleteFunc(r.watched, func(c *cut) bool {
		more := c.more() && len(r.waiting) < MaxScheduled
		if more {
			c.clock = clock
			r.waiting = append(r.waiting, c)
		}
		return more
	})
}

// Close cuts at once what an event still lacks: it is about to be told for the
// last time.
func (r *Recorder) Close(e *event.Event) {
	about := func(c *cut) bool { return c.event == e }
	if i := slices.IndexFunc(r.waiting, about); i >= 0 {
		r.cut(r.waiting[i])
		r.waiting = slices.Delete(r.waiting, i, i+1)
	}
	if i := slices.IndexFunc(r.watched, about); i >= 0 {
		r.last(r.watched[i])
		r.watched = slices.Delete(r.watched, i, i+1)
	}
}

// Rest cuts everything that waits, as at the end of the input.
func (r *Recorder) Rest() {
	for len(r.waiting) > 0 {
		r.next()
	}
	for _, c := range r.watched {
		r.last(c)
	}
}

// last cuts what an event still lacks, if it may have another file.
func (r *Recorder) last(c *cut) {
	switch {
	case c.more():
		r.cut(c)
	case len(c.named()) > 0:
		r.counts.Unkept++
		c.done = append(c.done, c.named()...) // it counts once
	}
}

// early reports whether an event names a frame that is yet to come: what a
// second that passed brought about is named by the frame that comes next.
func (r *Recorder) early(c *cut) bool {
	return slices.ContainsFunc(c.named(), func(f uint64) bool { return f > r.ring.newest() })
}

func (r *Recorder) next() {
	c := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.cut(c)
	r.watched = append(r.watched, c)
}

// more reports whether the event names frames that it did not when it was cut.
func (c *cut) more() bool { return c.cuts < MaxFiles && len(c.named()) > 0 }

// named gives the frames the event names that no cut before was about.
func (c *cut) named() (frames []uint64) {
	for _, s := range c.event.Samples {
		for _, f := range [...]uint64{s.Frame, s.Answer} {
			if f != 0 && !slices.Contains(c.done, f) {
				frames = append(frames, f)
			}
		}
	}
	return frames
}

// Short reports, once, that a cut missed frames for want of memory.
func (r *Recorder) Short() bool {
	short := r.short
	r.short = false
	return short
}

// Counts is what was done so far.
func (r *Recorder) Counts() Counts {
	c := r.counts
	c.Removed, c.Expired, c.Followed = r.folder.removed, r.folder.expired, len(r.follows)
	c.Held, c.Span = r.ring.n, r.ring.span()
	for _, f := range r.follows {
		if f.stalled {
			c.Stalled++
		}
	}
	return c
}

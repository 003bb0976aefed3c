// Package evidence keeps the latest frames and cuts a capture file for an event.
//
// Frames are copied into memory taken once, so that what is kept depends on
// nothing but the frames: not on batches, not on workers. A cut holds what the
// hosts of an event said from shortly before it was first seen to shortly
// after, and every frame the event names; where the memory was too short for
// that, the event says so.
package evidence

import (
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
	MaxScheduled = 256    // cuts waiting for their time; further events get none
)

// Defaults of Options.
const (
	DefaultMemory = int64(32 << 20)
	DefaultQuota  = int64(1 << 30)
)

// Options of a recorder.
type Options struct {
	Dir      string
	Memory   int64  // bytes for frames kept; at least 1 MiB is taken
	Quota    int64  // bytes of files in the folder
	Software string // what files say they were written by
}

// Counts is what a recorder did and holds, for metrics.
type Counts struct {
	Files   uint64 // written
	Bytes   uint64 // of them
	Short   uint64 // cuts that miss frames because memory was too short
	Failed  uint64 // files that could not be written
	Skipped uint64 // events without a cut: too many were waiting
	Removed uint64 // oldest files removed for the quota
	Held    int    // frames in memory
	Span    int64  // sensor clock between the oldest and the newest of them, nanoseconds
}

// Recorder keeps frames and cuts files. It is used by the judge's goroutine.
type Recorder struct {
	o       Options
	ring    *ring
	folder  *folder
	waiting []*cut // earliest first
	counts  Counts
	short   bool
}

// cut is a file that is due.
type cut struct {
	event *event.Event // as the engine goes on extending it
	pair  hosts
	clock int64 // sensor clock of the sighting
}

// New makes a recorder that writes to a folder.
func New(o Options) (*Recorder, error) {
	f, err := openFolder(o.Dir, o.Quota)
	if err != nil {
		return nil, err
	}
	return &Recorder{o: o, ring: newRing(o.Memory), folder: f}, nil
}

// Keep takes a frame in. Its number is the one that samples name it by; numbers
// and clock never fall.
func (r *Recorder) Keep(frame uint64, clock int64, p *capture.Packet, v *packet.View) {
	r.ring.put(frame, clock, p, v.HostHash())
}

// NewFile forgets all frames: their numbers begin anew. What waits is cut before.
func (r *Recorder) NewFile() {
	r.Rest()
	r.ring.reset()
}

// Schedule plans the cut for an event seen at a sensor clock between two hosts.
// Each event is cut once.
func (r *Recorder) Schedule(e *event.Event, clock int64, a, b ot.Endpoint) {
	if len(e.Captures) > 0 || r.place(e) >= 0 {
		return
	}
	if len(r.waiting) >= MaxScheduled {
		r.counts.Skipped++
		return
	}
	r.waiting = append(r.waiting, &cut{event: e, pair: hosts{a.Host(), b.Host()}, clock: clock})
}

func (r *Recorder) place(e *event.Event) int {
	for i, c := range r.waiting {
		if c.event == e {
			return i
		}
	}
	return -1
}

// Tick cuts what is due: everything up to the sensor clock was kept.
func (r *Recorder) Tick(clock int64) {
	for len(r.waiting) > 0 && r.waiting[0].clock+After < clock {
		r.next()
	}
}

// Close cuts for an event at once, if it still waits: it is about to be told
// for the last time.
func (r *Recorder) Close(e *event.Event) {
	if i := r.place(e); i >= 0 {
		c := r.waiting[i]
		r.waiting = append(r.waiting[:i], r.waiting[i+1:]...)
		r.cut(c)
	}
}

// Rest cuts everything that waits, as at the end of the input.
func (r *Recorder) Rest() {
	for len(r.waiting) > 0 {
		r.next()
	}
}

func (r *Recorder) next() {
	c := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.cut(c)
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
	c.Removed, c.Held, c.Span = r.folder.removed, r.ring.n, r.ring.span()
	return c
}

package evidence

import (
	"fmt"
	"io"
	"slices"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// cut writes the file of an event and says in the event what became of it.
func (r *Recorder) cut(c *cut) {
	c.cuts++
	named, missing := r.named(c)
	frames, trimmed := r.around(c, r.pairs(c, named))
	if frames = merged(frames, named); len(frames) == 0 && c.cuts == 1 {
		frames = r.lastSaid(c)
	}
	short := missing || r.ring.lost && (r.ring.n == 0 || r.ring.slot(0).clock > c.clock-Before)
	if short {
		r.counts.Short++
		r.short = true
	}
	if trimmed {
		r.counts.Trimmed++
	}
	told := event.Capture{Whole: !short && !trimmed}
	if len(frames) > 0 {
		told = r.file(c, frames, named, told)
	}
	c.event.Captures = append(c.event.Captures, told)
}

// named gives the places of the frames a cut must hold; missing says that one
// is not held.
func (r *Recorder) named(c *cut) (places []int, missing bool) {
	for _, f := range c.named() {
		i, held := r.ring.find(f)
		if held {
			places = append(places, i)
		}
		missing = missing || !held
		c.done = append(c.done, f)
	}
	slices.Sort(places)
	return slices.Compact(places), missing
}

// pairs gives whose talk belongs to a cut: the hosts of the sighting it was
// planned for, and those of the frames the event names. An event with many
// members, such as a scan, is about all that its source said.
func (r *Recorder) pairs(c *cut, named []int) []hosts {
	all := []hosts{c.pair}
	if len(c.event.List) > 1 {
		all[0] = hosts{c.pair[0]}
	}
	for _, i := range named {
		if h := r.hosts(r.ring.slot(i)); !slices.ContainsFunc(all, h.same) {
			all = append(all, h)
		}
	}
	return all
}

// around gives the places of the frames between hosts in the time of a cut. Of
// too many, those nearest to the sighting stay.
func (r *Recorder) around(c *cut, pairs []hosts) (places []int, trimmed bool) {
	w := newWanted(pairs)
	sighting := 0
	for i := r.ring.since(c.clock - Before); i < r.ring.n && r.ring.slot(i).clock <= c.clock+After; i++ {
		s := r.ring.slot(i)
		if !w.may(s.hash) || !w.is(r.hosts(s)) {
			continue
		}
		if s.clock < c.clock {
			sighting = len(places) + 1
		}
		places = append(places, i)
	}
	if len(places) <= MaxFrames {
		return places, false
	}
	from := min(max(sighting-MaxFrames/2, 0), len(places)-MaxFrames)
	return places[from : from+MaxFrames], true
}

// lastSaid gives the places of what hosts said last before a sensor clock: the
// evidence of a silence.
func (r *Recorder) lastSaid(c *cut) (places []int) {
	w := newWanted(r.pairs(c, nil))
	for i := r.ring.since(c.clock) - 1; i >= 0 && len(places) < LastSaid; i-- {
		if s := r.ring.slot(i); w.may(s.hash) && w.is(r.hosts(s)) {
			places = append(places, i)
		}
	}
	slices.Reverse(places)
	return places
}

func merged(a, b []int) []int {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// file writes frames and completes what the event says of it.
func (r *Recorder) file(c *cut, frames, named []int, told event.Capture) event.Capture {
	name := c.event.ID + ".pcapng"
	if c.cuts > 1 {
		name = fmt.Sprintf("%s-%d.pcapng", c.event.ID, c.cuts)
	}
	as, sum, size, err := r.folder.write(name, func(w io.Writer) error { return r.write(w, c.event, frames, named) })
	if err != nil {
		r.counts.Failed++
		return event.Capture{}
	}
	r.counts.Files++
	r.counts.Bytes += uint64(size)
	told.File, told.SHA256, told.Frames = as, sum, uint64(len(frames))
	told.From, told.To = r.ring.slot(frames[0]).time, r.ring.slot(frames[0]).time
	for _, i := range frames {
		t := r.ring.slot(i).time
		told.From, told.To = min(told.From, t), max(told.To, t)
	}
	return told
}

// commentLimit is the longest comment on a frame, bytes.
const commentLimit = 1024

// write writes a pcapng file: the frames as they were on the wire, and on
// those the event names, which event that is.
func (r *Recorder) write(w io.Writer, e *event.Event, frames, named []int) error {
	comment := ot.Clean(nil, fmt.Appendf(nil, "event %s, %s %s: %s", e.ID, e.Rule.ID, e.Rule.Title, e.What), commentLimit)
	b := section(nil, []byte(r.o.Software), comment)
	var links []capture.LinkType
	for _, i := range frames {
		p := r.ring.packet(r.ring.slot(i))
		n := slices.Index(links, p.Link)
		if n < 0 {
			n = len(links)
			links = append(links, p.Link)
			b = iface(b, p.Link)
		}
		var said []byte
		if _, is := slices.BinarySearch(named, i); is {
			said = comment
		}
		b = enhanced(b, n, &p, said)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	return nil
}

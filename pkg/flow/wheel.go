package flow

// wheel holds the conversations that are to be looked at once a time has
// passed: those that wait for an answer, or for the bytes of a hole. To let time
// pass then costs what is due, however many conversations there are.
type wheel struct {
	of    *places
	first [wheelSlots]uint32 // by second: a place, and links lead on
	links []link             // by place
}

// wheelSlots is how many seconds there are; what is due later is looked at
// earlier, and put back.
const wheelSlots = 64

// wants says that a conversation is to be looked at by the first turn whose
// clock is past a time. Of several times the earliest counts.
func (w *wheel) wants(c *conn, past, now int64) {
	if c.waits && c.due <= past {
		return
	}
	if c.waits {
		w.remove(c)
	}
	c.waits, c.due = true, past
	c.slot = uint8(min(max(past, now)/second, now/second+wheelSlots-1) % wheelSlots)
	for int(c.place) >= len(w.links) {
		w.links = append(w.links, link{})
	}
	next := w.first[c.slot]
	w.links[c.place] = link{next: next}
	if next != 0 {
		w.links[next].prev = c.place
	}
	w.first[c.slot] = c.place
}

func (w *wheel) remove(c *conn) {
	at := w.links[c.place]
	if at.prev != 0 {
		w.links[at.prev].next = at.next
	} else {
		w.first[c.slot] = at.next
	}
	if at.next != 0 {
		w.links[at.next].prev = at.prev
	}
	c.waits = false
}

// turn takes out what is due between two turns and hands it on. What is not due
// yet stays, as does what is wanted anew.
func (w *wheel) turn(before, now int64, each func(c *conn)) {
	from, to := before/second, now/second
	for t := max(from, to-wheelSlots+1); t <= to; t++ {
		slot := &w.first[t%wheelSlots]
		at := *slot
		*slot = 0
		for at != 0 {
			c := w.of.conns[at]
			at = w.links[at].next
			c.waits = false
			if c.due >= now {
				w.wants(c, c.due, now)
			} else {
				each(c)
			}
		}
	}
}

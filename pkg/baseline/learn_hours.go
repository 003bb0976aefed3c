package baseline

// Learning the hours of the week.
//
// Whether something has hours of its own is asked of the weeks themselves: each
// hour in which it happened is looked for in the other weeks, first at the same
// hour, then within a shift, then within half a day. Where every one is found
// again, and there were enough, the hours learned are believed; what happens at
// any time finds hours of its own each week, and nothing is said of it.

const (
	maxHours  = 8192 // conversations and steps whose hours are learned
	alwaysFor = weekHours
	hoursSeen = 19 // hours in which something happened, until its hours are believed: of n+1, one to come may be new
)

// reaches are how far from a learned hour something may happen: an hour, a shift's half, half a day.
var reaches = [...]int{1, 4, 12}

// hours counts the weeks in which something happened at each hour.
type hours struct {
	at    int64             // latest hour
	run   int64             // hours in a row up to it
	weeks [weekHours]uint8  // in how many weeks
	first [weekHours]uint16 // the first of them, low bits
}

// add takes that something happens; true once it has happened in every hour of a whole week.
func (h *hours) add(at int64) (always bool) {
	now := hourOf(at)
	if now == h.at {
		return false
	}
	if h.run++; now != h.at+1 {
		h.run = 1
	}
	h.at = now
	i := now % weekHours
	if h.weeks[i] == 0 {
		h.first[i] = uint16(now / weekHours)
	}
	h.weeks[i] = min(h.weeks[i], 254) + 1
	return h.run >= alwaysFor
}

// hourly is the hours of one thing, as long as they may say something.
type hourly struct {
	hours *hours
	asked bool // whether there is room, or it happens always
}

// happens notes that something happens now.
func (l *Learner) happens(h *hourly) {
	switch {
	case h.hours != nil && h.hours.add(l.now):
		h.hours = nil
		l.hours--
	case h.hours == nil && !h.asked:
		if h.asked = true; l.hours == maxHours {
			l.full.Hours++
			return
		}
		l.hours++
		h.hours = &hours{}
		h.hours.add(l.now)
	}
}

// week is the hours that something has of its own, empty where it has none, or
// was not watched for long enough.
func (l *Learner) week(h *hourly) (w Week) {
	if h.hours == nil {
		return w
	}
	for _, reach := range reaches {
		n, alone := h.hours.alone(reach)
		if n < hoursSeen || alone > 0 {
			continue
		}
		for i := range weekHours {
			if h.hours.near(i, reach, func(int) bool { return true }) || l.watched.weeks[i] < weeksLeast {
				w.set(i)
			}
		}
		if w.full() {
			return Week{}
		}
		return w
	}
	return w
}

// alone counts the hours in which something happened, and those of them that no other week has within reach.
func (h *hours) alone(reach int) (n, alone int) {
	for i, weeks := range h.weeks {
		n += int(weeks)
		if weeks == 1 && !h.near(i, reach, func(j int) bool { return h.weeks[j] > 1 || h.first[j] != h.first[i] }) {
			alone++
		}
	}
	return n, alone
}

// near reports whether something happened within reach of an hour that passes.
func (h *hours) near(i, reach int, pass func(j int) bool) bool {
	for d := -reach; d <= reach; d++ {
		if j := (i + d + weekHours) % weekHours; h.weeks[j] > 0 && pass(j) {
			return true
		}
	}
	return false
}

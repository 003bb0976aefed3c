package baseline

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What belongs to which hour of the week.
//
// Hours are those of packet time (UTC), from Monday 00:00 on. A shift, a working
// day or a weekend shows in them by itself: what comes in working hours leaves the
// others empty. Where clocks are set in summer, an hour's margin covers it.

const (
	hour       = 60 * minute
	weekHours  = 7 * 24
	fromMon    = 3 * 24 // the Monday before 1970-01-01, a Thursday
	weeksLeast = 4      // in which an hour was watched, until anything is said of it
)

// Week is a set of hours of the week. The empty set says nothing: any hour will do.
type Week [(weekHours + 63) / 64]uint64

// hourOf counts hours from a Monday on.
func hourOf(at int64) int64 { return at/hour + fromMon }

func (w *Week) set(h int)      { w[h>>6] |= 1 << (h & 63) }
func (w *Week) has(h int) bool { return w[h>>6]>>(h&63)&1 != 0 }

// at reports whether a time lies in the set.
func (w *Week) at(t int64) bool { return w.has(int(hourOf(t) % weekHours)) }

// full reports whether every hour is in the set.
func (w *Week) full() bool {
	for h := range weekHours {
		if !w.has(h) {
			return false
		}
	}
	return true
}

// join is the hours of either; none where one of them says nothing.
func (w Week) join(o Week) (both Week) {
	if w == both || o == both {
		return both
	}
	for i := range w {
		both[i] = w[i] | o[i]
	}
	if both.full() {
		return Week{}
	}
	return both
}

var dayNames = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// putWeek writes mon06-mon14,sat00-sun24: from the first hour up to the last.
func putWeek(dst []byte, w Week) []byte {
	start := len(dst)
	for h := 0; h < weekHours; h++ {
		if !w.has(h) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = putHour(dst, h/24, h%24)
		for h+1 < weekHours && w.has(h+1) {
			h++
		}
		dst = putHour(append(dst, '-'), h/24, h%24+1)
	}
	return dst
}

func putHour(dst []byte, day, h int) []byte { return fmt.Appendf(dst, "%s%02d", dayNames[day], h) }

func readWeek(text string) (w Week, err error) {
	for _, span := range strings.Split(text, ",") {
		from, until, _ := strings.Cut(span, "-")
		a, err := readHour(from)
		b := a
		if err == nil {
			b, err = readHour(until)
		}
		if err != nil || b <= a {
			return w, cmp.Or(err, fmt.Errorf("%q ends before it begins", span))
		}
		for h := a; h < b; h++ {
			w.set(h)
		}
	}
	return w, nil
}

func readHour(text string) (int, error) {
	for day, name := range dayNames {
		digits, found := strings.CutPrefix(text, name)
		if n, err := strconv.Atoi(digits); found && err == nil && len(digits) == 2 && n >= 0 && n <= 24 {
			return 24*day + n, nil
		}
	}
	return 0, fmt.Errorf("%q is no hour of the week like mon06, in hours such as mon06-fri22", text)
}

// hourText is the hour of a time, for people.
func hourText(at int64) string {
	h := int(hourOf(at) % weekHours)
	return string(putHour(nil, h/24, h%24)) + time.Unix(0, at).UTC().Format(" (2006-01-02 15:04 UTC)")
}

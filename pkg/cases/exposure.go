package cases

import (
	"net"
	"net/netip"
	"time"

	"otsensor/pkg/event"
)

// window is how the exposure window of a case stands.
type window uint8

const (
	noWindow window = iota // people have not confirmed an incident
	openWindow
	closedWindow
)

func (c *Case) window() window {
	switch {
	case c.Confirmed == 0 || c.Status == Dismissed:
		return noWindow
	case c.Exposure.Contained == 0:
		return openWindow
	}
	return closedWindow
}

// Exposed is an exposure window that opened, closed, or opened again.
type Exposed struct {
	Case  *Case
	State string // "open", "closed", "open again"
}

// Exposed gives the cases whose exposure window changed since it was asked last.
func (b *Book) Exposed() (changed []Exposed) {
	for _, c := range b.cases {
		now := c.window()
		if now == c.told || now == noWindow {
			continue
		}
		state := "closed"
		switch {
		case now == openWindow && c.told == closedWindow:
			state = "open again"
		case now == openWindow:
			state = "open"
		}
		c.told = now
		changed = append(changed, Exposed{c, state})
	}
	return changed
}

// Text says in one sentence how the window stands.
func (x Exposed) Text() string {
	from := good(x.Case.Exposure.LastKnownGood)
	switch x.State {
	case "closed":
		return "the exposure window is closed: from " + from + ", to " + x.Case.Exposure.Contained.text() + ", when people approved containment."
	case "open":
		return "the exposure window is open since " + from + "; no containment is approved."
	}
	return "the exposure window is open again, since " + from + ": the behaviour was seen after containment."
}

// Window is the window itself, from when to when.
func (x Exposed) Window() string {
	until := "open"
	if x.Case.Exposure.Contained != 0 {
		until = x.Case.Exposure.Contained.text()
	}
	return x.Case.Exposure.LastKnownGood.text() + " to " + until
}

func good(s Stamp) string {
	if s == 0 {
		return "a time that is not known"
	}
	return s.text() + ", when what it touched was last seen as learned"
}

func (s Stamp) text() string {
	if s == 0 {
		return "not known"
	}
	return time.Unix(0, int64(s)).UTC().Format(time.RFC3339)
}

// Habit is what was done, for the exposure: by whom, to whom, which act on which
// object; "" where an event is about no act.
func Habit(e *event.Event) string {
	if e.Op == "" {
		return ""
	}
	habit := e.Source.Host() + " > " + e.Target.Host() + " " + e.Proto + " " + e.Op
	if e.Object != "" {
		habit += " " + e.Object
	}
	return habit
}

// Asset is what an event touched, as an address; "" where that is no one host.
func Asset(e *event.Event) string {
	if a, err := netip.ParseAddr(e.Target.Addr); err == nil && (a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})) {
		return ""
	}
	if mac, err := net.ParseMAC(e.Target.MAC); e.Target.Addr == "" && err == nil && mac[0]&1 != 0 {
		return ""
	}
	return e.Target.Host()
}

// expose adds what an event touched to the exposure.
func (c *Case) expose(e *event.Event) {
	x := &c.Exposure
	c.add(&x.Habits, Habit(e))
	asset := Asset(e)
	if asset == "" {
		return
	}
	if good := Stamp(e.Quality.LastKnownGood); good != 0 && (x.LastKnownGood == 0 || good < x.LastKnownGood) {
		x.LastKnownGood = good
	}
	x.Contained = c.Contained
	c.add(&x.Assets, asset)
	c.add(&x.Lines, e.Quality.Line)
}

package capture

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Stamps says whose clock tells when a frame came.
type Stamps uint8

// The clocks. The kernel's is the host's. A card's is nearer to the wire, and
// runs on its own unless somebody keeps it beside the host's.
const (
	KernelStamps Stamps = iota
	CardStamps
)

var stampNames = []string{"kernel", "card"}

func (s Stamps) String() string { return stampNames[s] }

// ParseStamps finds a clock by the word people write.
func ParseStamps(word string) (Stamps, error) {
	i := slices.Index(stampNames, word)
	if i < 0 {
		return KernelStamps, fmt.Errorf("there are %s, not %q", strings.Join(stampNames, " and "), word)
	}
	return Stamps(i), nil
}

// farOff is how far a card's clock may be from the host's. The sensor tells
// silence by the host's clock, so that two clocks far apart would be steps back
// and forth.
const farOff = 5 * time.Second

// stamped counts the frames by what is known of their time.
type stamped struct {
	card    uint64 // the card's own
	without uint64 // the card gave none: the kernel's
	far     uint64 // the card's was too far from the host's: when it was read
}

// judge decides on the time of a frame for which the card's was asked.
func (s *stamped) judge(p *Packet, byCard bool, now time.Time) {
	off := time.Duration(p.Time - now.UnixNano())
	switch {
	case !byCard:
		s.without++
	case off.Abs() > farOff:
		s.far++
		p.Time = now.UnixNano()
	default:
		s.card++
	}
}

// findings says what is wrong with the card's clock.
func (s *stamped) findings(name string) (found []Finding) {
	if s.without > 0 {
		found = append(found, Finding{fmt.Sprintf("the card of %s does not stamp every frame: others have the kernel's time, and two clocks are mixed", name),
			fmt.Sprintf("hwstamp_ctl -i %s -t 0 -r 1, or stamps: kernel", name)})
	}
	if s.far > 0 {
		found = append(found, Finding{fmt.Sprintf("the clock of the card of %s is more than %s from the host's: its stamps are not used", name, farOff),
			fmt.Sprintf("phc2sys -s CLOCK_REALTIME -c %s -O 0, or stamps: kernel", name)})
	}
	return found
}

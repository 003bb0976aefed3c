package capture

import (
	"fmt"
	"time"

	"otsensor/pkg/filter"
)

// LiveOptions say what is captured.
type LiveOptions struct {
	Interface   string         // name; it may be down or vanish and come back
	Promiscuous bool           // take frames for other stations too: on for a mirror port
	Buffer      int            // bytes of frames the kernel holds for us in each ring, 0 for 16 MiB
	Filter      *filter.Filter // what the kernel lets through; nil for all
	Rings       int            // sockets with a ring each over which frames are spread by their hosts, 0 for one
	Stamps      Stamps         // whose clock tells when a frame came
}

const (
	liveBuffer = 16 << 20
	liveWait   = 100 * time.Millisecond // longest time without a frame until Fill returns
	liveRetry  = 500 * time.Millisecond // how often an interface that went away is looked for
)

// maxRings is the most over which frames are spread: each costs every frame a
// look at whose it is.
const maxRings = 16

// CheckRings refuses a number of rings that makes no sense.
func CheckRings(n int) (int, error) {
	if n < 1 || n > maxRings {
		return 1, fmt.Errorf("%d is not from 1 to %d", n, maxRings)
	}
	return n, nil
}

// Finding is one thing that keeps an interface from being a passive port that
// sees everything, and the command that mends it.
type Finding struct {
	What string
	Mend string
}

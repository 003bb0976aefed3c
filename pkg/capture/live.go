package capture

import (
	"time"

	"otsensor/pkg/filter"
)

// LiveOptions say what is captured.
type LiveOptions struct {
	Interface   string         // name; it may be down or vanish and come back
	Promiscuous bool           // take frames for other stations too: on for a mirror port
	Buffer      int            // bytes of frames the kernel holds for us, 0 for 16 MiB
	Filter      *filter.Filter // what the kernel lets through; nil for all
}

const (
	liveBuffer = 16 << 20
	liveWait   = 100 * time.Millisecond // longest time without a frame until Fill returns
	liveRetry  = 500 * time.Millisecond // how often an interface that went away is looked for
)

// Finding is one thing that keeps an interface from being a passive port that
// sees everything, and the command that mends it.
type Finding struct {
	What string
	Mend string
}

package capture

import (
	"time"

	"golang.org/x/sys/unix"
)

// rings are the sockets over which the frames of one interface are spread by
// their pair of hosts, each with its own memory. A filter in each takes its
// share; the kernel's own fanout would do it with less work for a frame, but a
// socket in it can never be bound again, and an interface that was made anew
// could not be taken up without a privilege that the sensor has given up.
type rings []*ring

// openRings opens as many as are asked for, or none.
func openRings(o LiveOptions) (rings, error) {
	var all rings
	for i := range max(o.Rings, 1) {
		r, err := openRing(o, i)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (all rings) close() {
	for _, r := range all {
		r.close()
	}
}

// holdBack is how long a frame waits for earlier ones in rings that show none:
// the kernel shows a frame within twice the age of a block.
const holdBack = 4 * blockAge

// pick gives the ring with the earliest frame. While another ring shows none, an
// earlier frame may still come out of it, and there is none to be given yet;
// wait is then the time until there is.
func (all rings) pick(now time.Time) (first *ring, wait time.Duration) {
	silent := false
	for _, r := range all {
		if !r.ready(now) {
			silent = true
		} else if len(all) == 1 {
			return r, 0
		} else if first == nil || r.block.time() < first.block.time() {
			first = r
		}
	}
	if first == nil {
		return nil, liveWait
	}
	if left := holdBack - now.Sub(first.since); silent && left > 0 {
		return nil, min(left, liveWait)
	}
	return first, 0
}

// wait returns when the kernel hands a block over to a ring that has none, when
// the time is up or a signal came.
func (all rings) wait(most time.Duration) error {
	var list [maxRings]unix.PollFd
	polled := list[:0]
	var asked [maxRings]*ring
	for _, r := range all {
		if !r.ours {
			asked[len(polled)] = r
			polled = append(polled, unix.PollFd{Fd: int32(r.fd), Events: unix.POLLIN | unix.POLLERR})
		}
	}
	n, err := unix.Poll(polled, int(most.Milliseconds()+1))
	if err == unix.EINTR || n == 0 {
		return nil
	}
	for i := range polled {
		if err == nil && polled[i].Revents&unix.POLLERR != 0 {
			err = asked[i].error()
		}
	}
	return err
}

// attached reports whether the interface is captured by all.
func (all rings) attached() bool {
	for _, r := range all {
		if r.index == nowhere {
			return false
		}
	}
	return true
}

// attach binds those that are bound to nothing.
func (all rings) attach(o LiveOptions) error {
	for _, r := range all {
		if r.index == nowhere {
			if err := r.attach(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// letGo takes nothing more from an interface that vanished, or has another name
// now; it reports whether one had.
func (all rings) letGo(name string) (gone bool) {
	for _, r := range all {
		if r.index != nowhere && r.renamed(name) {
			r.detach()
			gone = true
		}
	}
	return gone
}

// counters adds up what the kernel counted since they were last read.
func (all rings) counters() (packets, drops uint64) {
	for _, r := range all {
		p, d := r.counters()
		packets, drops = packets+p, drops+d
	}
	return packets, drops
}

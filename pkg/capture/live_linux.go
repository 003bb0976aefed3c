package capture

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Live is a Source over a network interface. It never sends: there is no call
// in this package that could. An interface that goes down and comes up again
// is captured on without a gap; one that vanishes is waited for by its name,
// with the sockets there are. Its methods may be called from several goroutines.
type Live struct {
	o LiveOptions

	mu     sync.Mutex
	rings  rings     // nil when closed
	down   error     // why nothing can be captured now
	looked time.Time // when the interface was last looked after
	frame  uint64
	queued int64 // frames the kernel counted and has not handed over
	loss   Loss
	stamps stamped
	sent   *sentCounter
}

// OpenLive begins to capture. The interface must be there; it may be down.
func OpenLive(o LiveOptions) (*Live, error) {
	if o.Buffer == 0 {
		o.Buffer = liveBuffer
	}
	if _, err := CheckRings(max(o.Rings, 1)); err != nil {
		return nil, fmt.Errorf("rings: %w", err)
	}
	rings, err := openRings(o)
	if err != nil {
		return nil, hint(o.Interface, err)
	}
	sent, err := openSent(o.Interface)
	if err != nil {
		rings.close()
		return nil, hint(o.Interface, err)
	}
	return &Live{o: o, rings: rings, sent: sent}, nil
}

func hint(name string, err error) error {
	switch {
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("cannot capture on %s: %w; run as root or grant it: setcap cap_net_raw+ep", name, err)
	case errors.Is(err, unix.ENODEV):
		return fmt.Errorf("cannot capture on %s: there is no such interface; list them with: ip link", name)
	}
	return fmt.Errorf("cannot capture on %s: %w", name, err)
}

// Fill gives the frames that wait; when none does, it waits for some up to
// 100 ms. The kernel gathers them for up to 10 ms. Those of several rings come in
// the order of their time; one may wait 40 ms for a ring that shows none.
func (l *Live) Fill(b *Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.Reset()
	b.File = l.o.Interface
	if l.rings == nil {
		return io.EOF
	}
	now := time.Now()
	if now.Sub(l.looked) >= liveRetry {
		l.looked = now
		l.look()
	}
	for began := now; now.Sub(began) < liveWait; now = time.Now() {
		first, wait := l.rings.pick(now)
		if first != nil {
			break
		}
		if err := l.rings.wait(wait); err != nil {
			return fmt.Errorf("capture on %s ended: %w", l.o.Interface, err)
		}
	}
	return l.drain(b, now)
}

// drain takes what waits in the rings. It looks at no more frames than the batch
// holds: a flood that this host sends must not keep it here.
func (l *Live) drain(b *Batch, now time.Time) error {
	for most := b.max; most > 0 && !b.Full(); most-- {
		first, _ := l.rings.pick(now)
		if first == nil {
			break
		}
		if err := l.take(b, first, now); err != nil {
			return err
		}
	}
	return nil
}

// take adds the next frame of a ring; one that this host sent is only counted.
func (l *Live) take(b *Batch, r *ring, now time.Time) error {
	p := Packet{Link: r.link}
	data, sent, err := r.block.next(&p)
	if err != nil {
		return err
	}
	l.queued--
	if sent {
		l.loss.Transmitted++
		return nil
	}
	l.frame++
	p.Frame = l.frame
	if p.WireLen > len(data) {
		l.loss.Cut++
	}
	if l.o.Stamps == CardStamps {
		l.stamps.judge(&p, r.block.card, now)
	}
	b.add(p, data)
	return nil
}

// look takes up an interface that came back, lets go of one that vanished or
// whose name is another's now, and says whether it is up.
func (l *Live) look() {
	if l.rings.letGo(l.o.Interface) {
		l.down = fmt.Errorf("%s vanished", l.o.Interface)
	}
	if !l.rings.attached() {
		if err := l.rings.attach(l.o); err != nil {
			l.down = hint(l.o.Interface, err)
			return
		}
		l.loss.Reopened++
	}
	l.count()
	l.sent.look()
	l.down = nil
	if flags, err := interfaceFlags(l.rings[0].fd, l.o.Interface); err != nil || flags&unix.IFF_UP == 0 {
		l.down = fmt.Errorf("%s is down", l.o.Interface)
	}
}

// count takes the kernel's counters over; it sets them to zero by reading.
func (l *Live) count() {
	packets, drops := l.rings.counters()
	l.loss.Kernel += drops
	l.queued += int64(packets) - int64(drops) // its packets include what it dropped
}

// Down says why nothing can be captured at present, nil when the interface is
// up. Up without a link counts as up: the capture runs and takes the first frame
// after the cable is plugged in, and Preflight finds the missing link.
func (l *Live) Down() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// Findings says what the capture was not granted; none when it has what it asked for.
func (l *Live) Findings() []Finding {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.stamps.findings(l.o.Interface)
	for _, r := range l.rings {
		if len(r.memory) < l.o.Buffer {
			return append(found, Finding{
				fmt.Sprintf("the kernel refused a ring of %d KiB and gave %d KiB: bursts are lost", l.o.Buffer>>10, len(r.memory)>>10),
				"prlimit --as=unlimited --memlock=unlimited -- sensor run"})
		}
	}
	return found
}

// Lost counts what could not be given.
func (l *Live) Lost() Loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count()
	loss := l.loss
	loss.Transmitted = max(loss.Transmitted, l.sent.total)
	loss.Received = l.frame + loss.Kernel + loss.Residual
	return loss
}

// Keep gives the capture sockets, which stay open from now on until the process
// ends: whoever locks them needs their numbers to stay theirs.
func (l *Live) Keep() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var fds []int
	for _, r := range l.rings {
		r.kept = true
		fds = append(fds, r.fd)
	}
	return fds
}

// Close ends the capture; the next Fill gives io.EOF. Frames that wait are
// lost, and counted.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rings == nil {
		return nil
	}
	l.count()
	l.loss.Residual += uint64(max(l.queued, 0))
	l.queued = 0
	l.rings.close()
	l.rings = nil
	l.sent.look()
	l.sent.file.Close()
	return nil
}

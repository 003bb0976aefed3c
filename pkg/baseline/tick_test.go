package baseline

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// A conversation stops while both hosts go on elsewhere.
func TestConversationStops(t *testing.T) {
	x := quiet(t)
	x.tick(60, func() {
		x.did(x.conv(hmi, plc2, 502), read(0, 32))
		x.did(x.conv(hist, plc, 502), read(0, 10))
	})
	if len(x.missed) != 1 || !strings.Contains(x.missed[0], "[silence] 10.77.0.20 > 10.77.0.10:502 | silence: nothing for 11s; usual longest gap 1s (threshold 5s: 3 times the longest gap, at least 5s; both hosts speak)") {
		t.Errorf("%q", x.missed)
	}
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	if x.last.Dev != Returned {
		t.Errorf("on return: %v", x.last.Dev.Names())
	}
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	if x.last.Dev != 0 {
		t.Errorf("and then: %v", x.last.Dev.Names())
	}
}

// One act of a conversation stops while another goes on; it is told once, and anew once it came again.
func TestOneActStops(t *testing.T) {
	rest := func(x *watcher) {
		x.did(x.conv(hmi, plc2, 502), read(0, 32))
		x.did(x.conv(hist, plc, 502), read(0, 10))
	}
	const missing = "[act-missing] 10.77.0.20 > 10.77.0.10:502 | act: not seen for more than 30s; usual every 10s, at most 10s apart (threshold: 3 times the longest learned gap, at least 5s)"
	x := quiet(t)
	polls := func() { rest(x); x.did(x.conv(hmi, plc, 502), read(0, 32)) }
	x.tick(36, polls) // the write came every ten seconds; it is told at once when it is answered, ten seconds late when not
	if len(x.missed) != 0 {
		t.Errorf("too early: %q", x.missed)
	}
	x.tick(300, polls)
	if len(x.missed) != 1 || x.missed[0] != missing {
		t.Errorf("%q", x.missed)
	}
	x.did(x.conv(hmi, plc, 502), write(100, 1))
	if x.tick(100, polls); len(x.missed) != 2 {
		t.Errorf("after it came again: %q", x.missed)
	}
}

// A conversation that paused as a whole begins anew, and what is lost is not missing.
func TestAfterAPauseEachActMayComeLater(t *testing.T) {
	x := quiet(t)
	rest := func() { x.did(x.conv(hmi, plc2, 502), read(0, 32)); x.did(x.conv(hist, plc, 502), read(0, 10)) }
	x.tick(60, rest)
	x.missed = nil // the conversation stopped
	x.tick(35, func() { rest(); x.did(x.conv(hmi, plc, 502), read(0, 32)) })
	if len(x.missed) != 0 {
		t.Errorf("%q", x.missed)
	}
}

func TestAShortPauseIsNoSilence(t *testing.T) {
	x := quiet(t)
	for range 5 {
		x.tick(4, func() {
			x.did(x.conv(hmi, plc2, 502), read(0, 32))
			x.did(x.conv(hist, plc, 502), read(0, 10))
		})
		x.did(x.conv(hmi, plc, 502), read(0, 32))
	}
	if len(x.missed) != 0 {
		t.Errorf("%q", x.missed)
	}
}

// What is missing from the capture is not missing on the line.
func TestLossIsNoSilence(t *testing.T) {
	x := quiet(t)
	x.tick(120, func() {
		x.did(x.conv(hmi, plc2, 502), read(0, 32))
		x.did(x.conv(hist, plc, 502), read(0, 10))
		x.see(ot.Observation{Conv: x.conv(hmi, plc, 502), Kind: ot.Lost, Quality: ot.Lossy})
	})
	if len(x.missed) != 0 {
		t.Errorf("%q", x.missed)
	}
}

// One host falls silent: its conversations are not reported beside it.
func TestHostFallsSilent(t *testing.T) {
	x := quiet(t)
	unanswered := read(0, 32)
	unanswered.Status = ot.Unanswered
	x.tick(120, func() {
		x.did(x.conv(hmi, plc2, 502), unanswered)
		x.did(x.conv(hmi, plc, 502), read(0, 32))
		x.did(x.conv(hmi, plc, 502), write(100, 1))
		x.did(x.conv(hist, plc, 502), read(0, 10))
	})
	if len(x.missed) != 1 || !strings.Contains(x.missed[0], "[host-silent] 11 | silence: nothing for 31s; usual longest gap 1s (threshold 30s: 3 times the longest gap, at least 30s)") {
		t.Errorf("%q", x.missed)
	}
	x.did(x.conv(hmi, plc2, 502), read(0, 32))
	if x.last.Dev != Returned {
		t.Errorf("on return: %v", x.last.Dev.Names())
	}
}

// More than half of the hosts fall silent at once: that is one thing.
func TestLineFallsSilent(t *testing.T) {
	x := quiet(t)
	x.tick(600, func() { x.claim("10.0.0.99", 99, ot.ByARPRequest) }) // the port still shows something
	if len(x.missed) != 1 || !strings.Contains(x.missed[0], "[line-silent] 0 | silence: 4 of 4 regular hosts are silent; usual all speak (threshold: more than half)") {
		t.Errorf("%q", x.missed)
	}
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	if x.last.Dev != Returned {
		t.Errorf("on return: %v", x.last.Dev.Names())
	}
}

// Where nothing at all comes, the port is silent, and no host is called so.
func TestSilentPortSaysNothingOfHosts(t *testing.T) {
	x := quiet(t)
	x.tick(600, nil)
	if len(x.missed) != 0 {
		t.Errorf("%q", x.missed)
	}
	x.tick(20, func() { x.did(x.conv(hmi, plc, 502), read(0, 32)) })
	if len(x.missed) != 0 {
		t.Errorf("after the silence: %q", x.missed)
	}
}

// What the baseline knows and the run never shows is missed too.
func TestNeverSeenIsMissed(t *testing.T) {
	b, _ := learnQuiet(t, 5)
	x := watchWith(b)
	x.tick(60, func() {
		x.did(x.conv(hmi, plc, 502), read(0, 32))
		x.did(x.conv(hmi, plc, 502), write(100, 1))
		x.did(x.conv(hist, plc, 502), read(0, 10))
	})
	if len(x.missed) != 1 || !strings.HasPrefix(x.missed[0], "[host-silent] 11 ") {
		t.Errorf("%q", x.missed)
	}
}

func TestNewFileStartsAnew(t *testing.T) {
	x := quiet(t)
	x.tick(1, nil)
	x.now += 1000 * minute
	x.w.NewFile()
	x.tick(1, nil)
	x.minuteOf(t)
	if len(x.missed) != 0 || x.all != 0 {
		t.Errorf("%q %v", x.missed, x.all.Names())
	}
}

// What is missed carries the doubts about what was last seen of it, so that
// rules which need a whole capture do not judge it.
func TestWhatIsMissedHasItsQuality(t *testing.T) {
	for _, q := range []ot.Quality{0, ot.OneSided, ot.Truncated, ot.Midstream} {
		b, _ := learnQuiet(t, 30)
		w := NewWeigher(b)
		p := newPlant(func(o *ot.Observation) { o.Quality = q; w.Weigh(o) })
		p.quietDay(t, 2)
		var got []ot.Quality
		for range 60 {
			p.now += second
			p.did(p.conv(hmi, plc2, 502), read(0, 32))
			p.did(p.conv(hist, plc, 502), read(0, 10))
			w.Tick(p.now, func(o *ot.Observation, weight Weight) {
				if weight.Dev.Has(Silence) {
					got = append(got, o.Quality)
				}
			})
		}
		if want := q &^ ot.Midstream; len(got) != 1 || got[0] != want {
			t.Errorf("seen with quality %d, missed with %d, want %d", q, got, want)
		}
	}
}

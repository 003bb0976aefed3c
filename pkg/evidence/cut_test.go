package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

func viewOf(p *capture.Packet) packet.View {
	var v packet.View
	packet.Decode(&v, p)
	return v
}

const id = "3f2a9c0d11e4b7a6"

// seconds gives the times of frames, since the first one ever.
func seconds(frames []capture.Packet) (all []float64) {
	for _, f := range frames {
		all = append(all, time.Duration(f.Time-begin).Seconds())
	}
	return all
}

// A cut holds what the hosts said to each other, either way, from 30 s before
// to 5 s after, and nobody else's talk.
func TestCutHoldsTheTalkAroundTheEvent(t *testing.T) {
	p := newPlant(t, Options{})
	for s := range 60 {
		p.says(float64(s), 99, 11, 10)
		p.says(float64(s)+0.25, 11, 99, 20)
		p.says(float64(s)+0.5, 42, 11, 30)
	}
	e := p.raises(id, 40, 99, 11, 3*40+1)
	for s := 60; s < 70; s++ {
		p.says(float64(s), 99, 11, 10)
	}
	p.passes(45)
	if len(e.Captures) != 0 {
		t.Fatal("cut before its time: frames of the second 45 may still come")
	}
	p.passes(45.1)
	got := p.frames(e)
	if len(got) != 71 || got[0].Time != begin+10e9 || got[70].Time != begin+45e9 {
		t.Errorf("frames at %v", seconds(got))
	}
	for _, f := range got {
		if v := viewOf(&f); v.SrcIP[15] == 42 {
			t.Error("talk of others is in the file")
		}
	}
	data, err := os.ReadFile(filepath.Join(p.o.Dir, id+".pcapng"))
	sum := sha256.Sum256(data)
	want := event.Capture{File: id + ".pcapng", SHA256: hex.EncodeToString(sum[:]), Frames: 71, From: begin + 10e9, To: begin + 45e9, Whole: true}
	if d := cmp.Diff(want, e.Captures[0]); err != nil || d != "" {
		t.Errorf("the event says otherwise: %v %s", err, d)
	}
	if c := p.Counts(); c.Files != 1 || c.Bytes != uint64(len(data)) || p.Short() {
		t.Errorf("%+v, %d bytes", c, len(data))
	}
}

// A frame that the event names is in the file however old it is, and brings
// the talk of its hosts with it.
func TestCutHoldsEveryNamedFrame(t *testing.T) {
	p := newPlant(t, Options{})
	old := p.says(0, 99, 21, 10)
	p.says(1, 99, 21, 10)
	p.says(100, 21, 99, 10)
	now := p.says(100, 99, 11, 10)
	e := p.raises(id, 100, 99, 11, old, now)
	p.passes(200)
	if d := cmp.Diff([]float64{0, 100, 100}, seconds(p.frames(e))); d != "" {
		t.Error(d)
	}
	if !e.Captures[0].Whole {
		t.Error("nothing is missing")
	}
}

// An event about many members, or about one host, holds all that host said.
func TestCutOfOneHost(t *testing.T) {
	p := newPlant(t, Options{})
	for n := byte(1); n <= 10; n++ {
		p.says(1, 99, n, 10)
		p.says(1, 42, n, 10)
	}
	scan := p.raises(id, 1, 99, 1, 1)
	scan.List = []string{"10.77.10.1", "10.77.10.2"}
	same := p.raises("00000000000000aa", 1, 42, 42, 2)
	p.Rest()
	for _, e := range []*event.Event{scan, same} {
		if n := len(p.frames(e)); n != 10 {
			t.Errorf("%s: %d frames", e.ID, n)
		}
	}
}

// Where memory was too short for what was promised, the event says so and it
// is told once.
func TestMemoryTooShort(t *testing.T) {
	p := newPlant(t, Options{Memory: minMemory})
	first := p.says(0, 99, 11, 10)
	for range 5000 {
		p.says(1, 42, 11, 1400)
	}
	last := p.says(2, 11, 99, 10)
	e := p.raises(id, 2, 99, 11, first, last)
	p.passes(8)
	if c := e.Captures[0]; c.Whole || c.Frames != 1 || p.Counts().Short != 1 {
		t.Errorf("%+v %+v", c, p.Counts())
	}
	if !p.Short() || p.Short() {
		t.Error("not told once")
	}
	p.says(40, 99, 11, 10)
	late := p.raises("00000000000000aa", 41, 99, 11, p.says(41, 99, 11, 10))
	p.Rest()
	if c := late.Captures[0]; !c.Whole || c.Frames != 2 {
		t.Errorf("30 s are held again: %+v", c)
	}
}

// Of too many frames those nearest to the sighting stay, and the named ones.
func TestLimitOfFrames(t *testing.T) {
	p := newPlant(t, Options{Memory: 64 << 20})
	const a = 100_000
	for i := range a {
		p.says(float64(i)/10_000, 99, 11, 0)
	}
	e := p.raises(id, 8, 99, 11, 1)
	p.Rest()
	got := p.frames(e)
	if n := p.Counts().Trimmed; len(got) != MaxFrames+1 || e.Captures[0].Whole || n != 1 {
		t.Fatalf("%d frames, %+v, %d files trimmed", len(got), e.Captures[0], n)
	}
	if d := cmp.Diff([]float64{0, 7, 8.9999}, []float64{seconds(got)[0], seconds(got)[1], seconds(got)[MaxFrames]}); d != "" {
		t.Error(d)
	}
}

// An event is cut once, early when it closes, and not at all when too many wait.
func TestSchedule(t *testing.T) {
	p := newPlant(t, Options{})
	f := p.says(1, 99, 11, 10)
	e := p.raises(id, 1, 99, 11, f)
	p.Schedule(e, begin+1e9, host(99), host(11))
	p.Close(e)
	p.Close(e)
	p.Rest()
	if len(e.Captures) != 1 {
		t.Errorf("%d cuts", len(e.Captures))
	}
	for range MaxScheduled + 3 {
		p.raises(id, 1, 99, 11, f)
	}
	if c := p.Counts(); c.Skipped != 3 || len(p.waiting) != MaxScheduled {
		t.Errorf("%d skipped, %d wait", c.Skipped, len(p.waiting))
	}
}

// An event that comes to name further frames gets further files, soon after
// each, and the last of them when it closes.
func TestEventThatGrows(t *testing.T) {
	p := newPlant(t, Options{})
	e := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 10))
	names := func(second float64, to byte) {
		e.Samples = append(e.Samples, event.Sample{Frame: p.says(second, 99, to, 10)})
	}
	p.passes(7)
	names(100, 12)
	p.passes(101)
	p.passes(102)
	p.passes(107)
	names(200, 13)
	p.Close(e)
	want := []string{id + ".pcapng", id + "-2.pcapng", id + "-3.pcapng"}
	for i, second := range []float64{1, 100, 200} {
		c := e.Captures[i]
		if c.File != want[i] || !c.Whole || !cmp.Equal(seconds(readBack(t, filepath.Join(p.o.Dir, c.File))), []float64{second}) {
			t.Errorf("%+v", c)
		}
	}
	if len(e.Captures) != 3 || len(p.watched) != 0 {
		t.Errorf("%d files, %d watched", len(e.Captures), len(p.watched))
	}
}

// However often an event comes to name others, its files are few.
func TestEventThatNamesOthersAgainAndAgain(t *testing.T) {
	p := newPlant(t, Options{})
	e := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 10))
	for s := 2.0; s < 100; s++ {
		e.Samples[0].Frame = p.says(s, 99, 11, 10)
		p.passes(s)
	}
	p.Rest()
	p.Close(e)
	if n := p.Counts().Unkept; len(e.Captures) != MaxFiles || n != 1 {
		t.Errorf("%d files, %d events with frames beyond", len(e.Captures), n)
	}
}

// Frame numbers begin anew with a file: what waits is cut from the old one, and
// nothing of it is found later.
func TestNewFile(t *testing.T) {
	p := newPlant(t, Options{})
	before := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 10))
	p.NewFile()
	p.frame = 0
	after := p.raises("00000000000000aa", 2, 99, 11, p.says(2, 99, 11, 10))
	p.Rest()
	if a, b := seconds(p.frames(before)), seconds(p.frames(after)); !cmp.Equal(a, []float64{1}) || !cmp.Equal(b, []float64{2}) {
		t.Errorf("frames at %v and %v", a, b)
	}
}

// What comes out of a file is what was on the wire: bytes, nanoseconds, link
// type, length, and the tag that the kernel took off.
func TestFramesAreAsOnTheWire(t *testing.T) {
	frame := datagram(99, 11, 11)
	tagged := append(append(bytes.Clone(frame[:12]), 0x88, 0xa8, 0x60, 0x07), frame[12:]...)
	p := newPlant(t, Options{})
	in := []capture.Packet{
		{Data: frame, Link: capture.LinkEthernet},
		{Data: frame, Link: capture.LinkEthernet, HasVLAN: true, TPID: 0x88a8, VLAN: 0x6007},
		{Data: frame[14:], Link: capture.LinkRaw},
		{Data: frame[:50], Link: capture.LinkEthernet, WireLen: 1500},
		{Data: frame[14:], Link: capture.LinkRaw, HasVLAN: true, TPID: 0x8100, VLAN: 7}, // no header it could be put back into
	}
	var all []uint64
	for i, pk := range in {
		all = append(all, p.sends(float64(i)/1000, pk))
	}
	e := p.raises(id, 0, 99, 11, all...)
	p.Rest()
	want := []capture.Packet{
		{Data: frame, Link: capture.LinkEthernet, WireLen: len(frame)},
		{Data: tagged, Link: capture.LinkEthernet, WireLen: len(tagged)},
		{Data: frame[14:], Link: capture.LinkRaw, WireLen: len(frame) - 14},
		{Data: frame[:50], Link: capture.LinkEthernet, WireLen: 1500},
		{Data: frame[14:], Link: capture.LinkRaw, WireLen: len(frame) - 14},
	}
	for i := range want {
		want[i].Frame, want[i].Time = uint64(i+1), begin+int64(i)*1e6
	}
	if d := cmp.Diff(want, p.frames(e)); d != "" {
		t.Error(d)
	}
	stripped, restored := in[1], want[1]
	a, b := viewOf(&stripped), viewOf(&restored)
	if a.VLAN != b.VLAN || a.Tags != b.Tags || hostsOf(&a) != hostsOf(&b) {
		t.Errorf("the tag reads otherwise: %v %v", a.VLAN, b.VLAN)
	}
}

// An event about no host, such as a line that fell silent, is about all that
// was said around it.
func TestEventAboutTheLine(t *testing.T) {
	p := newPlant(t, Options{})
	p.says(1, 50, 51, 10)
	p.says(40, 99, 11, 10)
	p.says(41, 50, 51, 10)
	e := &event.Event{ID: id, Samples: []event.Sample{{Time: begin}}}
	p.Schedule(e, begin+41e9, ot.Endpoint{}, ot.Endpoint{})
	p.Rest()
	if n := len(p.frames(e)); n != 2 {
		t.Errorf("%d frames", n)
	}
	nobody := newPlant(t, Options{})
	quiet := &event.Event{ID: id}
	nobody.Schedule(quiet, begin+500e9, ot.Endpoint{}, ot.Endpoint{})
	nobody.Rest()
	if d := cmp.Diff([]event.Capture{{Whole: true}}, quiet.Captures); d != "" {
		t.Errorf("where nothing was ever said nothing is missing: %s", d)
	}
}

// What a second that passed brought about is named by the frame that comes
// next: the cut waits for it.
func TestCutWaitsForTheFrameItNames(t *testing.T) {
	p := newPlant(t, Options{})
	p.says(1, 99, 11, 10)
	e := p.raises(id, 2, 99, 11, 1, 2)
	p.Tick(begin + 9e9)
	if len(e.Captures) != 0 {
		t.Fatal("cut without the frame that is yet to come")
	}
	p.says(9, 99, 11, 10)
	p.Tick(begin + 10e9)
	if len(e.Captures) != 1 || !e.Captures[0].Whole || len(p.frames(e)) != 2 {
		t.Errorf("%+v", e.Captures)
	}
}

// The evidence of a silence is what was said last before it.
func TestEvidenceOfASilence(t *testing.T) {
	p := newPlant(t, Options{})
	for i := range LastSaid + 50 {
		p.says(float64(i)/100, 99, 11, 10)
		p.says(float64(i)/100, 50, 51, 10)
	}
	p.says(300, 50, 51, 10)
	e := &event.Event{ID: id}
	p.Schedule(e, begin+300e9, host(99), ot.Endpoint{})
	p.Rest()
	frames := p.frames(e)
	if len(frames) != LastSaid || e.Captures[0].To != begin+int64(float64(LastSaid+49)/100*1e9) {
		t.Errorf("%d frames: %+v", len(frames), e.Captures)
	}
}

package sensor_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// packetsOf is a case's frames.
func packetsOf(t *testing.T, name string) (frames []capture.Packet) {
	t.Helper()
	src, b := open(t, name), capture.NewBatch(1024)
	for src.Fill(b) == nil {
		for _, p := range b.Packets {
			p.Data = slices.Clone(p.Data)
			frames = append(frames, p)
		}
	}
	if len(frames) < 1000 {
		t.Fatalf("only %d frames", len(frames))
	}
	return frames
}

// within has a fault of the mirror last from one second of a capture to another.
func within(from, until int64, fault mirror) mirror {
	return func(r *rand.Rand, frames []capture.Packet) []capture.Packet {
		at := func(second int64) int {
			i, _ := slices.BinarySearchFunc(frames, frames[0].Time+second*1e9, func(p capture.Packet, t int64) int { return int(max(-1, min(1, p.Time-t))) })
			return i
		}
		a, b := at(from), at(until)
		return slices.Concat(frames[:a], fault(r, slices.Clone(frames[a:b])), frames[b:])
	}
}

// A mirror that loses one direction in mid-run, whichever, is one event, about
// the mirror, from soon after until soon after it is back; who polls and who is
// polled are both there, and nobody is called silent. What is seen meanwhile is
// marked as of one direction, what is seen before and after is not.
func TestMirrorLosesOneDirection(t *testing.T) {
	const lost, back = 100, 220
	learned := learn(t, "modbus-two-polls")
	for _, c := range []struct {
		toServer bool // is shown
		missing  string
		unheard  []string
	}{{true, "to-client", []string{"10.77.10.11", "10.77.10.12"}}, {false, "to-server", []string{"10.77.10.42", "10.77.10.43"}}} {
		frames := within(lost, back, oneSided(c.toServer))(nil, packetsOf(t, "modbus-two-polls"))
		start := frames[0].Time
		o := judge(t)
		o.Baseline = learned
		o.Where = func(frame uint64) (string, uint64) { return "", frame }
		var records []event.Event
		o.Emit = func(e *event.Event) error { records = append(records, *e); return nil }
		w := sensor.NewWatch(o)
		j := w.Judge()
		judgeOne := j.Observe
		wrong, marked := 0, 0
		j.Observe = func(ob *ot.Observation) {
			if at := (ob.Clock - start) / 1e9; ob.Kind == ot.Did {
				switch half := ob.Quality&ot.OneSided != 0; {
				case half && (at < lost || at > back+10), !half && at > lost+20 && at < back:
					wrong++
				case half:
					marked++
				}
			}
			judgeOne(ob)
		}
		stats, err := sensor.Run(context.Background(), &reel{frames: frames}, sensor.Options{Table: all.Table()}, j)
		if err != nil {
			t.Fatal(err)
		}
		w.Finish(stats)
		if wrong > 0 || marked < 80 {
			t.Errorf("%s missing: %d acts are marked wrongly, %d rightly", c.missing, wrong, marked)
		}
		ids := map[string]bool{}
		for _, e := range records {
			ids[e.ID] = true
		}
		e := records[len(records)-1]
		first, last, closed := (e.First-start)/1e9, (e.Last-start)/1e9, (e.Raised-start)/1e9
		if len(ids) != 1 || e.Rule.ID != "SEN-21" || e.State != "closed" || first > lost+20 || last < back-15 || last > back+5 || closed > back+45 {
			t.Errorf("%s missing: %d events, the last %s %s from %d to %d, closed at %d", c.missing, len(ids), e.State, e.Rule.ID, first, last, closed)
		}
		if !strings.Contains(e.What, "frames "+c.missing+" are missing") || !slices.Equal(e.List, c.unheard) {
			t.Errorf("%s missing: told %q of %q", c.missing, e.What, e.List)
		}
	}
}

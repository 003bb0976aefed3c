package sensor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// reel is frames as a source.
type reel struct {
	frames []capture.Packet
	at     int
}

func (r *reel) Fill(b *capture.Batch) error {
	b.Reset()
	if r.at == len(r.frames) {
		return io.EOF
	}
	b.NewFile = r.at == 0
	for ; r.at < len(r.frames) && !b.Full(); r.at++ {
		p := r.frames[r.at]
		p.Data = b.Take(len(p.Data))
		copy(p.Data, r.frames[r.at].Data)
		p.Frame = uint64(r.at + 1)
		b.Packets = append(b.Packets, p)
	}
	return nil
}

func (r *reel) Lost() capture.Loss { return capture.Loss{} }
func (r *reel) Close() error       { return nil }

// quietLine is the frames of the recorded line before the incident.
func quietLine(t testing.TB) (frames []capture.Packet) {
	t.Helper()
	src, b := open(t, "line"), capture.NewBatch(1024)
	for {
		err := src.Fill(b)
		for _, p := range b.Packets {
			if p.Time >= pcaps.LineQuietUntil().UnixNano() {
				return frames
			}
			p.Data = slices.Clone(p.Data)
			frames = append(frames, p)
		}
		if errors.Is(err, io.EOF) {
			return frames
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// mirror is what a mirror port makes of the frames of a line.
type mirror func(r *rand.Rand, frames []capture.Packet) []capture.Packet

func loses(share float64) mirror {
	return func(r *rand.Rand, frames []capture.Packet) []capture.Packet {
		return slices.DeleteFunc(frames, func(capture.Packet) bool { return r.Float64() < share })
	}
}

// doubles shows frames again, a little later.
func doubles(share float64, after int64) mirror {
	return func(r *rand.Rand, frames []capture.Packet) (all []capture.Packet) {
		for _, p := range frames {
			all = append(all, p)
			if r.Float64() < share {
				p.Time += after
				all = append(all, p)
			}
		}
		slices.SortStableFunc(all, func(a, b capture.Packet) int { return int(max(-1, min(1, a.Time-b.Time))) })
		return all
	}
}

// reorders shows frames behind others that came later.
func reorders(share float64, by int) mirror {
	return func(r *rand.Rand, frames []capture.Packet) []capture.Packet {
		for i := range frames {
			j := min(i+1+r.IntN(by), len(frames)-1)
			if r.Float64() < share {
				frames[i], frames[j] = frames[j], frames[i]
				frames[i].Time, frames[j].Time = frames[j].Time, frames[i].Time
			}
		}
		return frames
	}
}

// oneSided shows only what hosts say to controllers, or only what controllers say.
func oneSided(toServer bool) mirror {
	return func(_ *rand.Rand, frames []capture.Packet) []capture.Packet {
		var v packet.View
		return slices.DeleteFunc(frames, func(p capture.Packet) bool {
			packet.Decode(&v, &p)
			return v.Layer >= packet.UDP && v.SrcPort != v.DstPort && (v.DstPort < v.SrcPort) != toServer
		})
	}
}

// What a bad mirror port does to a line on which nothing is wrong is told as
// that, and as nothing else: no event above severity 0 that is not about
// coverage, save a few that are named.
func TestBadMirrorIsNoIncident(t *testing.T) {
	b := lesson(t, "line", pcaps.LineQuietUntil().UnixNano())
	quiet := quietLine(t)
	for _, c := range []struct {
		name   string
		mirror mirror
		told   bool     // the fault itself is an event
		but    []string // rules that still speak; the comment says why
	}{
		{"nothing", loses(0), false, nil},
		{"0.1 % lost", loses(0.001), true, nil},
		{"1 % lost", loses(0.01), true, nil},
		{"3 % lost", loses(0.03), true, nil},
		{"10 % lost", loses(0.1), true, nil},
		{"1 % twice", doubles(0.01, 20_000), false, nil},
		{"every frame twice", doubles(1, 20_000), true, nil},
		{"every frame twice, 2 ms later", doubles(1, 2_000_000), true, nil},
		{"1 % behind later ones", reorders(0.01, 3), false, nil},

		{"10 % behind later ones", reorders(0.1, 3), false, nil},
		{"10 % far behind", reorders(0.1, 20), true, nil},

		{"only toward the servers", oneSided(true), true, nil},
		{"only from the servers", oneSided(false), true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := judge(t)
			o.Baseline = b
			o.Where = func(frame uint64) (string, uint64) { return "line", frame }
			wrong, coverage := map[string]int{}, 0
			o.Emit = func(e *event.Event) error {
				switch {
				case e.State != "open":
				case e.Playbook.IncidentType == "OT-15":
					coverage++
				case e.Playbook.Severity.Suggested >= 1 && !slices.Contains(c.but, e.Rule.ID):
					wrong[fmt.Sprintf("%s (%d) %s>%s %s", e.Rule.ID, e.Playbook.Severity.Suggested, e.Source.Addr, e.Target.Addr, e.Why)]++
				}
				return nil
			}
			w := sensor.NewWatch(o)
			src := &reel{frames: c.mirror(rand.New(rand.NewPCG(1, 2)), slices.Clone(quiet))}
			stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, w.Judge())
			if err != nil {
				t.Fatal(err)
			}
			w.Finish(stats)
			for what, n := range wrong {
				t.Errorf("%d × %s", n, what)
			}
			if (coverage > 0) != c.told {
				t.Errorf("%d events about coverage", coverage)
			}
			t.Logf("%d of %d frames; %d coverage events; %d sightings not judgeable", len(src.frames), len(quiet), coverage, w.Snapshot().Events.Unjudgable)
		})
	}
}

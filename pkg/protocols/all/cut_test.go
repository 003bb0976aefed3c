package all_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

// TestSegmentsCutInTwo plays every case as it was recorded and with segments cut
// anywhere: what is recognised and what is decoded must be the same. How a loss
// is found and told does depend on segments, so cases with one are left out.
func TestSegmentsCutInTwo(t *testing.T) {
	names, err := filepath.Glob("../../../pcaps/*/capture.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	compared := 0
	for i, name := range names {
		want, lossy := decoded(t, name, nil)
		if lossy {
			continue
		}
		got, _ := decoded(t, name, rand.New(rand.NewPCG(1, uint64(i))))
		compared += len(want)
		if len(want) != len(got) {
			t.Errorf("%s: %d observations, %d with segments cut", short(name), len(want), len(got))
		}
		for k := range min(len(want), len(got)) {
			if want[k] != got[k] {
				t.Errorf("%s: with segments cut\n got %s\nwant %s", short(name), got[k], want[k])
				break
			}
		}
	}
	t.Logf("%d cases, %d observations", len(names), compared)
}

// cutMax is the largest public capture that is played with its segments cut, bytes.
const cutMax = 512 << 10

// TestPublicSegmentsCutInTwo does the same with the public captures. What comes
// when recognition is sure may come a segment earlier beside other
// conversations, so each conversation is compared by itself.
func TestPublicSegmentsCutInTwo(t *testing.T) {
	compared, apart := 0, 0
	for i, name := range captures(t, shared(t)) {
		if info, err := os.Stat(name); err != nil || info.Size() > cutMax || strings.Contains(name, "/malformed/") {
			continue
		}
		want, doubted := decoded(t, name, nil)
		if doubted {
			apart++
			continue
		}
		got, _ := decoded(t, name, rand.New(rand.NewPCG(1, uint64(i))))
		slices.SortStableFunc(want, byConversation)
		slices.SortStableFunc(got, byConversation)
		compared += len(want)
		for k := range max(len(want), len(got)) {
			if k >= len(want) || k >= len(got) || want[k] != got[k] {
				t.Errorf("%s: with segments cut %d observations for %d\n got %s\nwant %s", short(name), len(got), len(want), at(got, k), at(want, k))
				break
			}
		}
	}
	t.Logf("%d observations compared; %d captures with a doubt that segments decide", compared, apart)
}

// byConversation orders observations by their conversation's two ends.
func byConversation(a, b string) int { return strings.Compare(ends(a), ends(b)) }

func ends(s string) string {
	words := strings.SplitN(s, " ", 3)
	return words[0] + words[1]
}

func at(all []string, k int) string {
	if k < len(all) {
		return all[k]
	}
	return "nothing"
}

// decoded is what one shard decodes of a capture, of which r cuts half of the segments in two.
func decoded(t *testing.T, name string, r *rand.Rand) (seen []string, lossy bool) {
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out protocols.Output
	var at flow.At
	shard, batch := flow.NewShard(flow.NewRows(all.Table())), capture.NewBatch(64)
	for err == nil {
		batch.Reset()
		if err = src.Fill(batch); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		for i := range batch.Packets {
			pk := &batch.Packets[i]
			before := at.Clock
			at.Frame, at.Time, at.Clock = pk.Frame, pk.Time, max(at.Clock, pk.Time)
			if before != 0 && before/1e9 != at.Clock/1e9 {
				shard.Tick(at, before, &out)
			}
			for _, v := range halves(pk, r) {
				at.Seq++
				shard.Packet(&v, &at, &out)
			}
		}
		seen, lossy = append(seen, texts(out.All())...), lossy || slices.ContainsFunc(out.All(), doubted)
		out.Reset()
	}
	shard.Flush(at, &out)
	return append(seen, texts(out.All())...), lossy || slices.ContainsFunc(out.All(), doubted)
}

// doubted reports an observation of what depends on segments by its nature: a loss
// is told by how many follow it, and wrong checksums are believed by their number.
func doubted(o ot.Observation) bool {
	return o.Quality&ot.Lossy != 0 || o.Kind == ot.Odd && o.Odd == ot.BadChecksum
}

// halves is the view of a frame, or of both halves of a segment that is cut.
func halves(pk *capture.Packet, r *rand.Rand) []packet.View {
	var v packet.View
	packet.Decode(&v, pk)
	plain := v.Layer == packet.TCP && v.Flags&(packet.SYN|packet.RST|packet.URG) == 0 && !v.Cut
	switch {
	case v.Layer == packet.None:
		return nil
	case r == nil || !plain || len(v.Payload) < 2 || r.IntN(2) == 0:
		return []packet.View{v}
	}
	first, at := v, 1+r.IntN(len(v.Payload)-1)
	first.Payload, first.Flags = v.Payload[:at], v.Flags&^packet.FIN
	v.Payload, v.Seq = v.Payload[at:], v.Seq+uint32(at)
	return []packet.View{first, v}
}

// texts is what decoders and the search for them say, without latency.
func texts(obs []ot.Observation) (all []string) {
	for i := range obs {
		o := &obs[i]
		if o.Did.Latency = 0; o.Conv == nil || o.Kind == ot.Odd && o.Did.Proto == ot.NoProto {
			continue
		}
		switch o.Kind {
		case ot.Identified:
			all = append(all, fmt.Sprintf("%v %v %v %+v", o.Conv.Client, o.Conv.Server, o.Kind, *o.Who))
		case ot.Did, ot.Odd, ot.Spoke:
			all = append(all, fmt.Sprintf("%v %v %v %v %v %+v", o.Conv.Client, o.Conv.Server, o.Kind, o.Odd, o.Service, o.Did))
		}
	}
	return all
}

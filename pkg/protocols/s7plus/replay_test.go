package s7plus_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/s7comm"
	"otsensor/pkg/protocols/s7plus"
	"otsensor/pkg/protocols/tpkt"
)

// captures lists public captures of S7comm-plus, or skips the test.
func captures(t testing.TB, pattern string) []string {
	t.Helper()
	dir := os.Getenv("SENSOR_SHARED")
	if _, err := os.Stat(filepath.Join(dir, "pcaps")); dir == "" || err != nil {
		t.Skip("SENSOR_SHARED names no directory with pcaps/: public captures are not at hand")
	}
	all, err := filepath.Glob(filepath.Join(dir, "pcaps", pattern))
	if err != nil || len(all) == 0 {
		t.Fatalf("no capture fits %s below %s (%v)", pattern, dir, err)
	}
	slices.Sort(all)
	return all
}

// message is one message of the transport's user.
type message struct {
	frame uint64
	conv  uint64
	dir   ot.Dir
	bytes []byte
}

// tee shows the messages that a decoder is given.
type tee struct {
	protocols.Decoder
	carrier tpkt.Stream
	seen    *[]message
	conv    uint64
}

func (d *tee) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	for at, unseen := 0, (protocols.Emit{Batch: &protocols.Output{}}); ; {
		data, n := d.carrier.Next(dir, b[at:], &unseen)
		if at += n; data == nil {
			return d.Decoder.Feed(dir, b, out)
		}
		*d.seen = append(*d.seen, message{out.Frame, d.conv, dir, bytes.Clone(data)})
	}
}

func (d *tee) Lost(dir ot.Dir, out *protocols.Emit) {
	d.carrier.Lost(dir, &protocols.Emit{Batch: &protocols.Output{}})
	d.Decoder.Lost(dir, out)
}

// replay plays a capture through the streams to the decoders and gives all
// observations, and the messages they were made of.
func replay(t testing.TB, name string) (all []ot.Observation, seen []message) {
	t.Helper()
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	row := s7comm.Protocol()
	plain := row.New
	row.New = func(c *ot.Conv) protocols.Decoder {
		return &tee{plain(c), tpkt.Stream{Measure: func([]byte) int { return 0 }}, &seen, c.First}
	}
	rows := flow.NewRows([]protocols.Protocol{row, tpkt.Protocol(), s7plus.Protocol()})
	var shards [flow.Shards]*flow.Shard
	for i := range shards {
		shards[i] = flow.NewShard(rows)
	}
	out := &protocols.Output{}
	keep := func() {
		for _, o := range out.All() {
			o.Did.Name, o.Did.Value = bytes.Clone(o.Did.Name), bytes.Clone(o.Did.Value)
			all = append(all, o)
		}
		out.Poison()
		out.Reset()
	}
	var at flow.At
	b := capture.NewBatch(512)
	for !errors.Is(err, io.EOF) {
		if err = src.Fill(b); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for i := range b.Packets {
			p := &b.Packets[i]
			at.Seq, at.Frame, at.Time, at.Clock = at.Seq+1, p.Frame, p.Time, max(at.Clock, p.Time)
			var v packet.View
			packet.Decode(&v, p)
			if v.Layer != packet.None {
				shards[v.HostHash()%flow.Shards].Packet(&v, &at, out)
			}
			keep()
		}
		b.Reset()
	}
	for _, s := range shards {
		s.Flush(at, out)
	}
	keep()
	return all, seen
}

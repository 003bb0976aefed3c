package enip_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
)

// shared is the directory of public captures, or skips the test.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SENSOR_SHARED")
	if _, err := os.Stat(filepath.Join(dir, "pcaps")); dir == "" || err != nil {
		t.Skip("SENSOR_SHARED names no directory with pcaps/: public captures are not at hand")
	}
	return filepath.Join(dir, "pcaps")
}

// replay plays a capture through the streams to the decoders and gives all observations.
func replay(t testing.TB, name string) (all []ot.Observation) {
	t.Helper()
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	rows := flow.NewRows([]protocols.Protocol{enip.Protocol(), cip.Protocol()})
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
	var ticked int64
	b := capture.NewBatch(512)
	for !errors.Is(err, io.EOF) {
		if err = src.Fill(b); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for i := range b.Packets {
			p := &b.Packets[i]
			at.Seq, at.Frame, at.Time, at.Clock = at.Seq+1, p.Frame, p.Time, max(at.Clock, p.Time)
			if at.Clock-ticked >= 1e9 {
				for _, s := range shards {
					s.Tick(at, ticked, out)
				}
				ticked = at.Clock
			}
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
	return all
}

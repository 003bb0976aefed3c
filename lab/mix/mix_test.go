package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/packet"
)

// A mix holds every frame of every copy, in the order of time, each copy with
// hosts of its own and right checksums; made again it is the same.
func TestMix(t *testing.T) {
	dir := t.TempDir()
	files := []string{"../../pcaps/modbus-setpoint/capture.pcap.gz", "../../pcaps/s7-quiet-day/capture.pcap"}
	var made [2][]byte
	for i := range made {
		out := filepath.Join(dir, "mix.pcap")
		if err := run(files, 3, out); err != nil {
			t.Fatal(err)
		}
		made[i], _ = os.ReadFile(out)
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("made again the mix is another")
	}
	want := 0
	for _, name := range files {
		b, err := read(name)
		if err != nil || len(b.frames) == 0 {
			t.Fatal(name, err)
		}
		want += 3 * len(b.frames)
	}
	src, err := capture.OpenFiles([]string{filepath.Join(dir, "mix.pcap")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var n int
	var last int64
	lines := map[[2]byte]bool{}
	var v packet.View
	for batch := capture.NewBatch(256); src.Fill(batch) == nil; {
		for i := range batch.Packets {
			p := &batch.Packets[i]
			packet.Decode(&v, p)
			if v.BadChecksum() || p.Time < last {
				t.Fatalf("frame %d: wrong checksum %v, time back %v", p.Frame, v.BadChecksum(), p.Time < last)
			}
			n, last = n+1, p.Time
			lines[[2]byte(v.SrcIP[13:15])] = true
		}
	}
	if n != want || len(lines) != 6 {
		t.Errorf("%d frames of %d, %d lines of 6", n, want, len(lines))
	}
}

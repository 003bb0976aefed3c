package capture

import (
	"bytes"
	"io"
	"runtime"
	"testing"
	"testing/iotest"
)

// seeds are small captures of every kind that is read.
func seeds() [][]byte {
	micro := pcapRecord(pcapHeader(little, 0xa1b2c3d4, 1), little, 1, 2, 3, []byte("abc"))
	nano := pcapRecord(pcapHeader(big, 0xa1b23c4d, 113), big, 1, 2, 100, []byte("abcd"))
	modified := pcapRecord(pcapHeader(little, 0xa1b2cd34, 1), little, 1, 2, 3, []byte("12345678abc"))
	ng := enhanced(description(section(little), little, 1, 9, 0, 1, 0, 9, 0, 0, 0), little, 0, 5, 3, []byte("abc"))
	ng = block(ng, little, blockSimple, []byte("\x03\x00\x00\x00abc"))
	ng = block(ng, little, blockPacket, append(make([]byte, 12), "\x02\x00\x00\x00\x02\x00\x00\x00hi"...))
	ng = block(ng, little, 5, []byte("statistics.."))
	ng = append(ng, enhanced(description(section(big), big, 101, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9), big, 0, 5, 3, []byte("abc"))...)
	return [][]byte{micro, nano, modified, ng, zipped(micro), zipped(ng), zipped(zipped(micro)), nil}
}

// Whatever a file holds: no panic, memory by what it holds and not by what it
// claims, frames inside the limits, and the same however it arrives and is batched.
func FuzzFiles(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 64<<10 {
			return
		}
		before := allocated()
		all, told := readAll(t, bytes.NewReader(raw), 1000)
		spent, limit := allocated()-before, uint64(512<<10+32*len(raw))
		zip := bytes.HasPrefix(raw, []byte("\x1f\x8b"))
		if zip {
			limit = 2 << 10 * uint64(len(raw)+512) // what 1 byte of gzip can hold at most
		}
		if spent > limit {
			t.Errorf("%d bytes allocated for a file of %d", spent, len(raw))
		}
		sum := 0
		for i, p := range all {
			if sum += len(p.Data); len(p.Data) > MaxFrame || p.WireLen < len(p.Data) || p.Frame != uint64(i+1) {
				t.Errorf("packet %d: frame %d, %d of %d bytes", i, p.Frame, len(p.Data), p.WireLen)
			}
		}
		if sum > len(raw) && !zip {
			t.Errorf("%d bytes of packets in a file of %d", sum, len(raw))
		}
		again, toldAgain := readAll(t, iotest.HalfReader(bytes.NewReader(raw)), 1)
		if toldAgain != told || len(again) != len(all) {
			t.Fatalf("%d packets, %q; in pieces %d packets, %q", len(all), told, len(again), toldAgain)
		}
		for i, p := range again {
			if q := all[i]; !bytes.Equal(p.Data, q.Data) || p.Time != q.Time || p.Link != q.Link || p.WireLen != q.WireLen {
				t.Errorf("packet %d: %+v; in pieces %+v", i, q, p)
			}
		}
	})
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// readAll reads one capture, and says how that ended.
func readAll(t *testing.T, r io.Reader, batch int) (all []Packet, told string) {
	f := &Files{names: []string{"-"}, stdin: r}
	for b := NewBatch(batch); ; {
		if err := f.Fill(b); err != nil {
			return all, err.Error()
		}
		if len(b.Packets) == 0 || len(b.Packets) > batch {
			t.Fatalf("a batch of %d packets", len(b.Packets))
		}
		all = append(all, kept(b)...)
	}
}

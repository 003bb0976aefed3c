package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	little = binary.LittleEndian
	big    = binary.BigEndian
)

// read takes everything a source has, batch by batch; the error is nil at the
// end of the input.
func read(t testing.TB, f *Files, batch int) (all []Packet, news []uint64, err error) {
	t.Helper()
	b := NewBatch(batch)
	for {
		if err := f.Fill(b); err == io.EOF {
			return all, news, nil
		} else if err != nil {
			return all, news, err
		}
		if len(b.Packets) == 0 {
			t.Fatal("an empty batch without the end of the input")
		}
		if b.NewFile {
			news = append(news, b.Packets[0].Frame)
		}
		all = append(all, kept(b)...)
		b.Poison()
	}
}

// readBytes reads one capture.
func readBytes(t testing.TB, raw []byte) ([]Packet, Loss, error) {
	t.Helper()
	f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
	if err != nil {
		return nil, Loss{}, err
	}
	all, _, err := read(t, f, 3)
	return all, f.Lost(), err
}

// same compares what a file gave with what it should.
func same(t *testing.T, got, want []Packet) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d packets, want %d: %+v", len(got), len(want), got)
	}
	for i, g := range got {
		w := want[i]
		if g.Frame != uint64(i+1) || g.Time != w.Time || g.WireLen != w.WireLen || g.Link != w.Link || !bytes.Equal(g.Data, w.Data) {
			t.Errorf("packet %d: %+v, want %+v", i+1, g, w)
		}
	}
}

// kept copies the packets of a batch.
func kept(b *Batch) []Packet {
	out := append([]Packet(nil), b.Packets...)
	for i := range out {
		out[i].Data = append([]byte(nil), out[i].Data...)
	}
	return out
}

// Files come one after another: frame numbers run on, a batch never mixes
// files, and Where leads back.
func TestFilesInOrder(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	packets := func(n int) []byte {
		b := pcapHeader(little, 0xa1b2c3d4, 1)
		for i := range n {
			b = pcapRecord(b, little, uint32(i), 0, 1, []byte{byte(i)})
		}
		return b
	}
	names := []string{
		file("five.pcap", packets(5)),
		file("none.pcap", packets(0)), // an hour without traffic
		"-",
		file("two.pcap.gz", zipped(packets(2))),
		file("none-at-the-end.pcap", packets(0)),
	}
	f, err := OpenFiles(names, bytes.NewReader(packets(3)))
	if err != nil {
		t.Fatal(err)
	}
	got, news, err := read(t, f, 4)
	if err != nil || len(got) != 10 || len(news) != 3 || news[0] != 1 || news[1] != 6 || news[2] != 9 {
		t.Fatalf("%d packets, files begin at %v, %v", len(got), news, err)
	}
	where := []struct {
		file  int
		local uint64
	}{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {2, 1}, {2, 2}, {2, 3}, {3, 1}, {3, 2}}
	for i, w := range where {
		if name, local := f.Where(uint64(i + 1)); got[i].Frame != uint64(i+1) || name != names[w.file] || local != w.local {
			t.Errorf("frame %d is %d of %s, want %d of %s", got[i].Frame, local, name, w.local, names[w.file])
		}
	}
	if name, _ := f.Where(0); name != "" {
		t.Errorf("frame 0 is of %q", name)
	}
	if lost := f.Lost(); lost != (Loss{Received: 10}) {
		t.Errorf("lost %+v", lost)
	}
	if b := NewBatch(1); f.Fill(b) != io.EOF || len(b.Packets) != 0 || b.NewFile {
		t.Error("the end is not the end")
	}
}

func TestProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pcap")
	raw := pcapRecord(pcapHeader(little, 0xa1b2c3d4, 1), little, 0, 0, 1, []byte{1})
	os.WriteFile(path, raw, 0o600)
	f, err := OpenFiles([]string{path, path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(t, f, 1); err != nil {
		t.Fatal(err)
	}
	if at, total := f.Progress(); at != 2*int64(len(raw)) || total != at {
		t.Errorf("%d of %d bytes, want all of %d", at, total, 2*len(raw))
	}
	if f, _ = OpenFiles([]string{path, "-"}, nil); f == nil {
		t.Fatal("not opened")
	}
	if _, total := f.Progress(); total != 0 {
		t.Errorf("the length of stdin is known: %d", total)
	}
}

// A damaged file is read to its damage, and the files behind it are read too;
// one line at the end says where the damage is.
func TestDamagedFileThenNext(t *testing.T) {
	good := pcapRecord(pcapHeader(little, 0xa1b2c3d4, 1), little, 0, 0, 1, []byte{1})
	bad := pcapRecord(good[:len(good):len(good)], little, 0, 0, 1, []byte{2})
	bad = append(bad, "\x00\x00\x00\x00"+"\x00\x00\x00\x00"+ // time
		"\x01\x00\x04\x00"+"\x01\x00\x04\x00"...) // lengths: one byte more than MaxFrame
	path := filepath.Join(t.TempDir(), "bad.pcap")
	os.WriteFile(path, bad, 0o600)
	f, err := OpenFiles([]string{path, "-"}, bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := read(t, f, 100)
	if len(got) != 3 || got[2].Frame != 3 || err == nil || err.Error() != path+": damaged at byte 58: a record of 262145 bytes (limit 262144); packets before it were read, pcapfix may mend the rest" {
		t.Errorf("%d packets, %v", len(got), err)
	}
	if got, _, err = read(t, f, 100); len(got) != 0 || err != nil {
		t.Errorf("after the end: %+v, %v", got, err)
	}
	f, err = OpenFiles([]string{"-"}, bytes.NewReader(append(good[:24:24], bad[len(bad)-16:]...)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = read(t, f, 100); err == nil || !strings.Contains(err.Error(), "damaged at byte 24") {
		t.Errorf("damaged at once: %v", err)
	}
	if _, _, err = read(t, f, 100); err != nil {
		t.Errorf("told twice: %v", err)
	}
}

// What is no capture is refused in one line that helps.
func TestRefusals(t *testing.T) {
	pcap := pcapRecord(pcapHeader(little, 0xa1b2c3d4, 1), little, 0, 0, 1, []byte{1})
	cases := []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "empty or too short"},
		{"three bytes", []byte{0xd4, 0xc3, 0xb2}, "empty or too short"},
		{"half a header", pcap[:20], "its pcap header is cut short"},
		{"no packets", pcap[:24], "no whole packet"},
		{"text", []byte("time,source,destination\n"), "it begins with 74 69 6d 65; pcap and pcapng are read"},
		{"zip", []byte("PK\x03\x04\x14\x00"), "unzip"},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x04"), "zstd -d"},
		{"xz", []byte("\xfd7zXZ\x00"), "xz -d"},
		{"snoop", []byte("snoop\x00\x00\x00"), "editcap -F pcap"},
		{"gzip in gzip", zipped(zipped(pcap)), "gzip inside gzip"},
		{"gzip of nothing", zipped(nil), "empty or too short"},
		{"gzip header only", []byte("\x1f\x8b\x08\x00"), "damaged header"},
		{"pcap version 3", append([]byte("\xd4\xc3\xb2\xa1\x03\x00\x00\x00"), pcap[8:]...), "version 3.0"},
		{"pcapng without packets", section(little), "no whole packet"},
		{"pcapng version 2", append(section(little)[:12:12], 2, 0, 0, 0), "version 2.0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := readBytes(t, c.raw)
			if len(got) != 0 || !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%d packets, %v; want %q", len(got), err, c.want)
			}
		})
	}
}

func TestWrongNames(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{
		dir:                               " is a folder; name the captures in it",
		filepath.Join(dir, "nosuch.pcap"): "nosuch.pcap: no such file or directory",
	} {
		if _, err := OpenFiles([]string{name}, nil); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file may end anywhere: every whole record is read, what is left is counted.
func TestCutAtEveryByte(t *testing.T) {
	pcap := pcapHeader(little, 0xa1b2c3d4, 1)
	ng := description(section(big), big, 1)
	ends := map[string][]int{"pcap": {len(pcap)}, "pcapng": {len(ng)}}
	for i := range 4 {
		data := make([]byte, 10*i)
		pcap = pcapRecord(pcap, little, 1, 2, uint32(len(data)), data)
		ng = enhanced(ng, big, 0, 3, uint32(len(data)), data)
		ends["pcap"], ends["pcapng"] = append(ends["pcap"], len(pcap)), append(ends["pcapng"], len(ng))
	}
	for name, raw := range map[string][]byte{"pcap": pcap, "pcapng": ng} {
		for cut := ends[name][1]; cut <= len(raw); cut++ {
			whole := 0
			for whole+1 < len(ends[name]) && ends[name][whole+1] <= cut {
				whole++
			}
			got, lost, err := readBytes(t, raw[:cut])
			if err != nil || len(got) != whole || lost.TailCut != uint64(cut-ends[name][whole]) {
				t.Errorf("%s cut at %d: %d packets, want %d; %d bytes left over, want %d; %v", name, cut, len(got), whole, lost.TailCut, cut-ends[name][whole], err)
			}
		}
		for cut := range ends[name][1] {
			if _, _, err := readBytes(t, raw[:cut]); !errors.Is(err, ErrFormat) {
				t.Errorf("%s cut at %d, before the first packet: %v", name, cut, err)
			}
		}
	}
}

// A gzip file that stops short is read as far as it goes; damaged data is an error.
func TestCutAndDamagedGzip(t *testing.T) {
	raw := pcapHeader(little, 0xa1b2c3d4, 1)
	for i := range 2000 {
		raw = pcapRecord(raw, little, uint32(i*i), uint32(i)*77777%1e6, 4, []byte{byte(i), byte(i >> 3), byte(i * 7), byte(i * i)})
	}
	packed := zipped(raw)
	got, lost, err := readBytes(t, packed[:len(packed)/2])
	if err != nil || len(got) < 100 || len(got) > 1900 || lost.TailCut == 0 {
		t.Errorf("cut: %d packets, %+v, %v", len(got), lost, err)
	}
	packed[len(packed)-5] ^= 0xff // the length of the content
	if got, _, err = readBytes(t, packed); len(got) != 2000 || err == nil || !strings.Contains(err.Error(), "gzip: invalid checksum") {
		t.Errorf("damaged: %d packets, %v", len(got), err)
	}
}

// Records lie across the edges of what is read at once; none is bent by that.
func TestRecordsAcrossWindows(t *testing.T) {
	const records = 3000
	data := func(i int) []byte { return bytes.Repeat([]byte{byte(i), byte(i >> 8)}, i*i%1700) }
	pcap, ng := pcapHeader(big, 0xa1b2c3d4, 1), description(section(big), big, 1)
	for i := range records {
		pcap = pcapRecord(pcap, big, uint32(i), 0, uint32(len(data(i))), data(i))
		ng = enhanced(ng, big, 0, uint64(i)*1e6, uint32(len(data(i))), data(i))
	}
	for name, raw := range map[string][]byte{"pcap": pcap, "pcapng": ng, "gzip": zipped(ng)} {
		got, _, err := readBytes(t, raw)
		if err != nil || len(got) != records || len(pcap) < 4*windowSize {
			t.Fatalf("%s: %d packets of a file of %d bytes, %v", name, len(got), len(raw), err)
		}
		for i, p := range got {
			if !bytes.Equal(p.Data, data(i)) || p.Time != int64(i)*1e9 {
				t.Fatalf("%s: packet %d differs", name, i)
			}
		}
	}
}

// The frames of a batch lie where they were read to, and stay there while others
// are filled, whoever overwrites those.
func TestFramesStayWithTheirBatch(t *testing.T) {
	const records = 4000
	data := func(i int) []byte { return bytes.Repeat([]byte{byte(i), byte(i >> 8)}, i*i%700) }
	pcap, ng := pcapHeader(little, 0xa1b2c3d4, 1), description(section(little), little, 1)
	for i := range records {
		pcap = pcapRecord(pcap, little, uint32(i), 0, uint32(len(data(i))), data(i))
		ng = enhanced(ng, little, 0, uint64(i)*1e6, uint32(len(data(i))), data(i))
	}
	for name, raw := range map[string][]byte{"pcap": pcap, "pcapng": ng} {
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		batches, seen := []*Batch{NewBatch(300), NewBatch(7), NewBatch(90)}, 0
		look := func(b *Batch) {
			for _, p := range b.Packets {
				if seen++; !bytes.Equal(p.Data, data(int(p.Frame-1))) {
					t.Fatalf("%s: frame %d changed", name, p.Frame)
				}
			}
			b.Poison()
		}
		for i := 0; ; i++ {
			b := batches[i%3]
			look(b) // what was filled two batches ago
			if f.Fill(b) != nil {
				break
			}
		}
		for _, b := range batches {
			look(b)
		}
		if seen != records {
			t.Errorf("%s: %d of %d frames", name, seen, records)
		}
	}
}

// Huge frames fill a batch before its number of packets does, and so does what
// lies between frames or around them.
func TestBatchIsBoundedInBytes(t *testing.T) {
	frame, most := make([]byte, MaxFrame), make([]byte, 1000<<10)
	pcap := pcapHeader(little, 0xa1b2c3d4, 1)
	between, around := description(section(little), little, 1), description(section(little), little, 1)
	for range 20 {
		pcap = pcapRecord(pcap, little, 0, 0, MaxFrame, frame)
		between = enhanced(description(between, little, 1, most...), little, 0, 0, 1, frame[:1])
		around = enhanced(around, little, 0, 0, 1, most)
		binary.LittleEndian.PutUint32(around[len(around)-len(most)-12:], 1) // captured
	}
	for name, raw := range map[string][]byte{"frames": pcap, "between": between, "around": around} {
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		b, n := NewBatch(1024), 0
		for f.Fill(b) == nil {
			if n += len(b.Packets); cap(b.arena) > 4<<20 {
				t.Errorf("%s: a batch of %d bytes", name, cap(b.arena))
			}
		}
		if n != 20 {
			t.Errorf("%s: %d packets", name, n)
		}
	}
}

// In the long run reading costs no memory.
func TestReadingAllocatesNothing(t *testing.T) {
	for name, raw := range map[string][]byte{"pcap": manyPcap(), "pcapng": manyPcapng()} {
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		b := NewBatch(500)
		fill := func() {
			if err := f.Fill(b); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			fill()
		}
		if n := testing.AllocsPerRun(200, fill); n != 0 {
			t.Errorf("%s: %v allocations a batch", name, n)
		}
	}
}

package sensor_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"runtime"
	"slices"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

// bounded are the tables of a sensor, their limits, and the oddity by which one
// that is full is told.
var bounded = map[string]struct {
	limit uint64
	told  ot.Anomaly
}{
	"conversations":      {65536, ot.TableFull},
	"reassembly_bytes":   {64 << 20, ot.StreamOverflow},
	"open_request_bytes": {64 << 20, ot.TooManyOpen},
	"fragments":          {1024, ot.FragmentsEvicted},
	"fragment_bytes":     {16 << 20, ot.FragmentsEvicted},
	"assets":             {16384, ot.TableFull},
	"strangers":          {16384, ot.TableFull},
	"open_events":        {4096, ot.TableFull},
	"unheard_hosts":      {1024, ot.TableFull},
	"counting_windows":   {58 * 4096, ot.TableFull}, // of each rule that counts; one more makes the sensor larger
	"cases":              {1024, ot.TableFull},

	// While a baseline is learned:
	"learned_hosts":         {16384, ot.TableFull},
	"learned_conversations": {65536, ot.TableFull},
	"learned_habits":        {131072, ot.TableFull},
	"learned_values":        {131072, ot.TableFull},
}

// fullRule tells of every table that is full; where it is a client's doing, the client's rule says so.
const fullRule = "SEN-09"

// Every limit has a gauge and a counter (state_entries, state_limit and
// state_evicted_total, made of Tables), and an oddity that rule SEN-09 tells.
func TestEveryLimitIsShownAndTold(t *testing.T) {
	o := judge(t)
	o.Learner = baseline.NewLearner("here", baseline.Defaults)
	var told []string
	o.Where = func(n uint64) (string, uint64) { return "", n }
	o.Emit = func(e *event.Event) error {
		if e.Rule.ID == fullRule && e.State == "open" {
			told = append(told, e.Why[0].Seen)
		}
		return nil
	}
	w := sensor.NewWatch(o)
	for _, b := range bounded {
		w.Note(b.told)
	}
	w.Judge().Tick(sensor.Tick{})
	w.Finish(sensor.Stats{})
	tables := w.Snapshot().Tables()
	for _, got := range tables {
		want, ok := bounded[got.Name]
		if !ok || got.Limit != want.limit {
			t.Errorf("%s has the limit %d, want %d", got.Name, got.Limit, want.limit)
		}
		if !slices.Contains(told, want.told.String()) {
			t.Errorf("%s: %s does not tell %s, only %q", got.Name, fullRule, want.told, told)
		}
	}
	if len(tables) != len(bounded) {
		t.Errorf("%d tables, want %d", len(tables), len(bounded))
	}
}

// flood is a source of generated frames, with those of a case spread among them.
type flood struct {
	frames, sent int
	frame        func(i int) []byte
	beside       [][]byte
	begun        int // of beside
}

const floodPace = 20_000 // nanoseconds between frames

func (f *flood) Fill(b *capture.Batch) error {
	b.Reset()
	for ; !b.Full(); f.sent++ {
		if f.sent >= f.frames && f.begun >= len(f.beside) {
			break
		}
		if f.begun < len(f.beside) && f.sent >= (f.begun+1)*f.frames/(len(f.beside)+1) {
			f.put(b, f.beside[f.begun])
			f.begun++
		}
		f.put(b, f.frame(f.sent))
	}
	if len(b.Packets) == 0 {
		return io.EOF
	}
	return nil
}

func (f *flood) put(b *capture.Batch, data []byte) {
	if b.Full() {
		f.begun-- // comes with the next batch
		return
	}
	n := uint64(f.sent + f.begun + 1)
	b.Packets = append(b.Packets, capture.Packet{Frame: n, Time: 1_800_000_000e9 + int64(n)*floodPace, Data: append(b.Take(len(data))[:0], data...), WireLen: len(data), Link: capture.LinkEthernet})
}

func (f *flood) Lost() capture.Loss { return capture.Loss{Received: uint64(f.sent + f.begun)} }
func (f *flood) Close() error       { return nil }

// frameOf is an Ethernet frame; numberedMAC and numberedIP are senders of their own.
func frameOf(from [6]byte, ethertype uint16, payload ...[]byte) []byte {
	b := append([]byte{2, 0, 0, 0, 0, 0xfe}, from[:]...)
	b = binary.BigEndian.AppendUint16(b, ethertype)
	return append(b, bytes.Join(payload, nil)...)
}

func numberedMAC(i int) [6]byte {
	return [6]byte{2, 1, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
}
func numberedIP(i int) [4]byte { return [4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)} }

// ip4 is a datagram with a right checksum.
func ip4(src, dst [4]byte, proto byte, id, frag uint16, payload []byte) []byte {
	h := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, proto, 0, 0}
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(h[4:], id)
	binary.BigEndian.PutUint16(h[6:], frag)
	h = append(append(h, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(h[10:], ^sum16(h, 0))
	return append(h, payload...)
}

func sum16(b []byte, sum uint32) uint16 {
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}

// tcp4 is a segment with right checksums.
func tcp4(src, dst [4]byte, sport, dport uint16, seq, ack uint32, flags byte, payload string) []byte {
	b := binary.BigEndian.AppendUint16(nil, sport)
	b = binary.BigEndian.AppendUint16(b, dport)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, ack)
	b = append(append(b, 0x50, flags, 0x20, 0, 0, 0, 0, 0), payload...)
	pseudo := uint32(sum16(append(src[:], dst[:]...), 0)) + 6 + uint32(len(b))
	binary.BigEndian.PutUint16(b[16:], ^sum16(b, pseudo))
	return ip4(src, dst, 6, 0, 0, b)
}

const (
	flagSYN = 0x02
	flagACK = 0x18 // with push
)

var (
	plc    = [4]byte{10, 250, 0, 1}
	master = [4]byte{10, 250, 0, 2}
)

// floods fill one table each. full names the tables that must have put something
// out at the end; told is the oddity of rule SEN-09 that says so.
var floods = []struct {
	name   string
	frames int
	full   []string
	told   string
	frame  func(i int) []byte
}{
	{"SYN, each of another conversation", 100_000, []string{"conversations"}, "emergency", func(i int) []byte {
		return frameOf(numberedMAC(1), 0x0800, tcp4(numberedIP(i>>4), plc, uint16(1024+i&15), 502, 1, 0, flagSYN, ""))
	}},
	{"MAC addresses", 100_000, []string{"assets", "conversations"}, "table-full", func(i int) []byte {
		return frameOf(numberedMAC(i), 0x8892, []byte("\xfe\xfe\x05\x00\x00\x00\x00\x01\x00\x01\x00\x04\xff\xff\x00\x00"), make([]byte, 30))
	}},
	{"hosts", 100_000, []string{"assets"}, "table-full", func(i int) []byte {
		return frameOf(numberedMAC(1), 0x0800, ip4(numberedIP(i), plc, 17, uint16(i), 0, []byte("\xc0\x01\x13\x88\x00\x0c\x00\x00abcd")))
	}},
	{"ARP with impossible lengths", 100_000, nil, "", func(i int) []byte {
		return frameOf(numberedMAC(i%100), 0x0806, []byte("\x00\x01\x08\x00\xff\x04\x00\x01"), make([]byte, 38))
	}},
	{"ARP answers of invented hosts", 100_000, []string{"assets"}, "table-full", func(i int) []byte {
		m, a := numberedMAC(i), numberedIP(i)
		return frameOf(m, 0x0806, []byte("\x00\x01\x08\x00\x06\x04\x00\x02"), m[:], a[:], []byte{2, 0, 0, 0, 0, 0xfe}, plc[:], make([]byte, 18))
	}},
	{"first fragments", 262_144, []string{"fragments", "fragment_bytes"}, "fragments-evicted", func(i int) []byte {
		return frameOf(numberedMAC(1), 0x0800, ip4(numberedIP(i>>8), plc, 17, uint16(i), 0x2000, bytes.Repeat([]byte{1}, 1400)))
	}},
	{"requests without an answer, in one conversation", 100_000, nil, "too-many-open", func(i int) []byte {
		return frameOf(numberedMAC(1), 0x0800, tcp4(master, plc, 2000, 502, uint32(1+12*i), 1, flagACK, string(binary.BigEndian.AppendUint16(nil, uint16(i)))+"\x00\x00\x00\x06\x01\x03\x00\x00\x00\x01"))
	}},
	{"requests without an answer, in very many", 200_000, nil, "too-many-open", func(i int) []byte {
		of, n := i%3000, i/3000
		return frameOf(numberedMAC(1), 0x0800, tcp4(numberedIP(of), plc, 2000, 502, uint32(1+12*n), 1, flagACK, string(binary.BigEndian.AppendUint16(nil, uint16(n)))+"\x00\x00\x00\x06\x01\x03\x00\x00\x00\x01"))
	}},
	{"bytes ahead of their stream", 200_000, []string{"reassembly_bytes", "conversations"}, "stream-overflow", func(i int) []byte {
		of, n := i/2, i%2
		return frameOf(numberedMAC(1), 0x0800, tcp4(numberedIP(of), plc, 2000, 502, uint32(1+2000*n), 1, flagACK, "\x00\x01\x00\x00\x00\xff"+string(make([]byte, 1400*n))))
	}},
	{"sessions of EtherNet/IP", 100_000, []string{"conversations"}, "emergency", func(i int) []byte {
		return frameOf(numberedMAC(1), 0x0800, tcp4(numberedIP(i), plc, 2000, 44818, 1, 1, flagACK, "\x65\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"))
	}},
}

// floodHeap is what a sensor may hold alive in any flood: the limit the
// unit sets for it (GOMEMLIMIT of deploy/systemd/sensor.service).
const floodHeap = 416 << 20

// Whatever floods it, a sensor stays inside its memory and its tables inside
// their limits; what is put out is counted to the entry and told, and an act
// beside the flood is still seen.
func TestFloodsStayInside(t *testing.T) {
	stop := framesOf(t, "s7-plc-stop")
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			if testing.Short() && slices.Contains(f.full, "conversations") {
				t.Skip("long: fills the table of conversations")
			}
			events := map[string]int{}
			said := map[string]bool{}
			o := judge(t)
			o.Where = func(n uint64) (string, uint64) { return "", n }
			o.Emit = func(e *event.Event) error {
				if e.State == "open" {
					events[e.Rule.ID]++
				}
				for _, why := range e.Why {
					if e.Rule.ID == fullRule || e.Rule.ID == "MOD-31" { // open requests are the client's doing, and told of it
						said[why.Seen] = true
					}
				}
				return nil
			}
			w := sensor.NewWatch(o)
			j := w.Judge()
			var peak uint64
			tick := j.Tick
			j.Tick = func(at sensor.Tick) {
				tick(at)
				peak = max(peak, alive())
				inside(t, w)
			}
			src := &flood{frames: f.frames, frame: f.frame, beside: stop}
			stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: o.Table}, j)
			if err != nil {
				t.Fatal(err)
			}
			w.Finish(stats)
			s := w.Snapshot()
			if s.Stats.Packets != uint64(f.frames+len(stop)) {
				t.Errorf("%d frames of %d", s.Stats.Packets, f.frames+len(stop))
			}
			if events["S7-06"] != 1 {
				t.Errorf("the stop beside the flood is told %d times", events["S7-06"])
			}
			if f.told != "" && !said[f.told] {
				t.Errorf("%s is not told; %s tells %v", f.told, fullRule, said)
			}
			for _, table := range s.Tables() {
				if slices.Contains(f.full, table.Name) && table.Evicted == 0 {
					t.Errorf("nothing was put out of %s", table.Name)
				}
			}
			if fl := s.Stats.Flow; fl.Opened < fl.Convs+fl.Evicted {
				t.Errorf("%d conversations opened, %d live, %d put out", fl.Opened, fl.Convs, fl.Evicted)
			}
			if peak > floodHeap {
				t.Errorf("%d MiB alive", peak>>20)
			}
			t.Logf("at most %d MiB alive; %v; %v", peak>>20, s.Tables(), events)
		})
	}
}

// alive is how much memory is in use.
func alive() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// inside checks that no table is beyond its limit.
func inside(t *testing.T, w *sensor.Watch) {
	for _, table := range w.Snapshot().Tables() {
		if table.Entries > table.Limit {
			t.Errorf("%s has %d entries, its limit is %d", table.Name, table.Entries, table.Limit)
		}
	}
}

// framesOf are the frames of a case.
func framesOf(t *testing.T, name string) (all [][]byte) {
	t.Helper()
	src, b := open(t, name), capture.NewBatch(1000)
	for err := src.Fill(b); err != io.EOF; err = src.Fill(b) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range b.Packets {
			all = append(all, bytes.Clone(p.Data))
		}
	}
	return all
}

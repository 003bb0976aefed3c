package s7comm

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// captures finds public captures by a suffix; it skips the test where there are none.
func captures(t *testing.T, dirs []string, suffix string) (all []string) {
	t.Helper()
	root := os.Getenv("SENSOR_SHARED")
	if root == "" {
		t.Skip("SENSOR_SHARED is not set: no public captures to compare with")
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, "pcaps", dir), func(path string, _ os.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, suffix) {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		t.Fatalf("no *%s below %s in %v", suffix, root, dirs)
	}
	return all
}

// playFile plays a capture to decoders and gives what was seen.
func playFile(t *testing.T, path string) []ot.Observation {
	t.Helper()
	src, err := capture.OpenFiles([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var (
		f     = feed{streams: map[ends]*stream{}}
		view  packet.View
		batch = capture.NewBatch(256)
	)
	for {
		batch.Reset()
		if err := src.Fill(batch); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for i := range batch.Packets {
			p := &batch.Packets[i]
			f.emit.Frame, f.emit.Time, f.emit.Clock = f.emit.Frame+1, p.Time, max(f.emit.Clock, p.Time)
			packet.Decode(&view, p)
			f.packet(&view)
		}
	}
	f.end()
	return f.out.All()
}

// feed is the least a stream can be: bytes in order go to the decoder at once,
// later ones behind a loss, earlier ones nowhere. So every PDU is decoded in
// the frame that completes it, in captures with holes as well.
type feed struct {
	streams map[ends]*stream
	order   []*stream
	emit    protocols.Emit
	out     protocols.Output
}

type ends struct {
	ip   [2][16]byte
	port [2]uint16
}

type stream struct {
	conv  ot.Conv
	dec   protocols.Decoder
	next  [2]uint32
	begun [2]bool
	left  [2][]byte
}

func (f *feed) packet(v *packet.View) {
	if v.Layer != packet.TCP || v.SrcPort != 102 && v.DstPort != 102 {
		return
	}
	dir := ot.ToServer
	e := ends{[2][16]byte{v.SrcIP, v.DstIP}, [2]uint16{v.SrcPort, v.DstPort}}
	if v.SrcPort == 102 {
		dir = ot.ToClient
		e.ip[0], e.ip[1], e.port[0], e.port[1] = e.ip[1], e.ip[0], e.port[1], e.port[0]
	}
	s := f.streams[e]
	if s == nil || v.Flags&(packet.SYN|packet.ACK) == packet.SYN {
		s = &stream{dec: Protocol().New(nil)}
		s.conv.Client.IP, s.conv.Server.IP = e.ip[0], e.ip[1]
		f.streams[e] = s
		f.order = append(f.order, s)
	}
	if v.Flags&packet.SYN != 0 {
		s.next[dir], s.begun[dir] = v.Seq+1, true
		return
	}
	f.segment(s, dir, v.Seq, v.Payload)
}

func (f *feed) segment(s *stream, dir ot.Dir, seq uint32, b []byte) {
	f.emit.Conv, f.emit.Batch, f.emit.BothWays = &s.conv, &f.out, true
	if len(b) == 0 {
		return
	}
	if ahead := int32(seq - s.next[dir]); !s.begun[dir] || ahead > 0 {
		s.left[dir] = nil
		s.dec.Lost(dir, &f.emit)
	} else if ahead < 0 {
		if len(b) <= int(-ahead) {
			return
		}
		b, seq = b[-ahead:], s.next[dir]
	}
	s.next[dir], s.begun[dir] = seq+uint32(len(b)), true
	s.left[dir] = append(s.left[dir], b...)
	s.left[dir] = append([]byte(nil), s.left[dir][s.dec.Feed(dir, s.left[dir], &f.emit):]...)
}

func (f *feed) end() {
	for _, s := range f.order {
		f.emit.Conv = &s.conv
		s.dec.Tick(protocols.EndOfTime, &f.emit)
	}
}

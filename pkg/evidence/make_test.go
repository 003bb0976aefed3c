package evidence

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// begin is a packet time with nanoseconds that microseconds would lose.
const begin = int64(1_795_490_598_123_456_789)

// datagram is UDP between two hosts 10.77.10.x, with n bytes of payload.
func datagram(from, to byte, n int) []byte {
	b := []byte{
		2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 0x08, 0x00, // Ethernet: to, from, IPv4
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 77, 10, from, 10, 77, 10, to, // IPv4: UDP
		0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, // UDP: ports 5000, length, no checksum
	}
	binary.BigEndian.PutUint16(b[16:], uint16(28+n))
	binary.BigEndian.PutUint16(b[38:], uint16(8+n))
	return append(b, bytes.Repeat([]byte{from}, n)...)
}

func host(n byte) ot.Endpoint {
	return ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: 77, 14: 10, 15: n}, Port: 5000}
}

// plant gives frames to a recorder: numbered from 1, at seconds of sensor clock.
type plant struct {
	*Recorder
	t     testing.TB
	frame uint64
}

func newPlant(t testing.TB, o Options) *plant {
	t.Helper()
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "evidence")
	}
	if o.Quota == 0 {
		o.Quota = 1 << 30
	}
	o.Software = "sensor test"
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &plant{Recorder: r, t: t}
}

func (p *plant) says(second float64, from, to byte, n int) uint64 {
	return p.sends(second, capture.Packet{Data: datagram(from, to, n), Link: capture.LinkEthernet})
}

// sends keeps a frame. Its bytes are overwritten at once, as a batch's are.
func (p *plant) sends(second float64, pk capture.Packet) uint64 {
	p.frame++
	pk.Frame, pk.Time = p.frame, begin+int64(second*1e9)
	pk.WireLen = max(pk.WireLen, len(pk.Data))
	pk.Data = bytes.Clone(pk.Data)
	var v packet.View
	packet.Decode(&v, &pk)
	p.Keep(p.frame, pk.Time, &pk, &v)
	for i := range pk.Data {
		pk.Data[i] = 0xDD
	}
	return p.frame
}

// raises schedules the cut of an event about two hosts that names frames.
func (p *plant) raises(id string, second float64, from, to byte, frames ...uint64) *event.Event {
	e := &event.Event{ID: id, Rule: event.Rule{ID: "NET-01", Title: "Somebody new"}, What: "10.77.10.99 spoke."}
	for _, f := range frames {
		e.Samples = append(e.Samples, event.Sample{Frame: f})
	}
	p.Schedule(e, begin+int64(second*1e9), host(from), host(to))
	return e
}

// stop ends the record of all cases, as at the end of the input.
func (p *plant) stop() {
	for _, name := range p.Followed() {
		p.Unfollow(name)
	}
}

func (p *plant) passes(second float64) { p.Tick(begin + int64(second*1e9)) }

// frames reads a file of evidence back with the sensor's own reader.
func (p *plant) frames(e *event.Event) (all []capture.Packet) {
	p.t.Helper()
	if len(e.Captures) != 1 || e.Captures[0].File == "" {
		p.t.Fatalf("event %s has %+v, not one file", e.ID, e.Captures)
	}
	return readBack(p.t, filepath.Join(p.o.Dir, e.Captures[0].File))
}

func readBack(t testing.TB, file string) (all []capture.Packet) {
	t.Helper()
	src, err := capture.OpenFiles([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	b := capture.NewBatch(64)
	for err = src.Fill(b); err == nil; err = src.Fill(b) {
		for _, pk := range b.Packets {
			pk.Data = bytes.Clone(pk.Data)
			all = append(all, pk)
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

func entries(t testing.TB, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

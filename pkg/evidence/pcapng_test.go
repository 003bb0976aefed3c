package evidence

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/gopacket/pcapgo"

	"otsensor/pkg/capture"
)

// The three kinds of blocks, byte for byte.
func TestBlocks(t *testing.T) {
	got := section(nil, []byte("sensor"), []byte("cut"))
	got = iface(got, capture.LinkEthernet)
	got = enhanced(got, 0, &capture.Packet{Time: 0x1122334455667788, Data: []byte{1, 2, 3, 4, 5}, WireLen: 60}, []byte("why"))
	want := []byte{
		0x0a, 0x0d, 0x0d, 0x0a, 52, 0, 0, 0, // section header block, 52 bytes
		0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, // byte-order magic, version 1.0
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // length of the section: not said
		1, 0, 3, 0, 'c', 'u', 't', 0, // opt_comment, 3 bytes, padding
		4, 0, 6, 0, 's', 'e', 'n', 's', 'o', 'r', 0, 0, // shb_userappl
		0, 0, 0, 0, // opt_endofopt
		52, 0, 0, 0,

		1, 0, 0, 0, 32, 0, 0, 0, // interface description block
		1, 0, 0, 0, 0, 0, 0, 0, // Ethernet, reserved, no snap length
		9, 0, 1, 0, 9, 0, 0, 0, // if_tsresol: 10^-9 s
		0, 0, 0, 0,
		32, 0, 0, 0,

		6, 0, 0, 0, 52, 0, 0, 0, // enhanced packet block
		0, 0, 0, 0, // interface 0
		0x44, 0x33, 0x22, 0x11, 0x88, 0x77, 0x66, 0x55, // time, upper half first
		5, 0, 0, 0, 60, 0, 0, 0, // bytes captured, and on the wire
		1, 2, 3, 4, 5, 0, 0, 0, // padded
		1, 0, 3, 0, 'w', 'h', 'y', 0, // opt_comment
		0, 0, 0, 0,
		52, 0, 0, 0,
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n% x\nwant\n% x", got, want)
	}
}

// commented is a file of three frames, the second of which is named.
func commented(t *testing.T, title, what string) string {
	t.Helper()
	p := newPlant(t, Options{})
	p.says(1, 99, 11, 10)
	e := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 20))
	p.says(1, 11, 99, 30)
	e.Rule.Title, e.What = title, what
	p.Rest()
	return filepath.Join(p.o.Dir, e.Captures[0].File)
}

// gopacket reads what is written: lengths and nanoseconds.
func TestReadByPcapgo(t *testing.T) {
	f, err := os.Open(commented(t, "Somebody new", "10.77.10.99 spoke."))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewNgReader(f, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	if app := r.SectionInfo().Application; app != "sensor test" {
		t.Errorf("written by %q", app)
	}
	for _, n := range []int{52, 62, 72} {
		data, info, err := r.ReadPacketData()
		if err != nil || len(data) != n || info.Timestamp.UnixNano() != begin+1e9 {
			t.Errorf("%d bytes at %d: %v", len(data), info.Timestamp.UnixNano(), err)
		}
	}
}

// Wireshark shows the comment, on the named frame alone; whatever a device put
// into the event's texts, it is one line of plain text.
func TestReadByWireshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed: nobody else reads the comments")
	}
	for _, c := range []struct{ title, what, want string }{
		{"Somebody new", "10.77.10.99 spoke.", "2\tevent 3f2a9c0d11e4b7a6, NET-01 Somebody new: 10.77.10.99 spoke."},
		{"a\x1b[2J\x00b", "l\r\nn\u202e\xff\xfe é", "2\tevent 3f2a9c0d11e4b7a6, NET-01 a\uFFFD[2J\uFFFDb: l\uFFFDn\uFFFD é"},
	} {
		out, err := exec.Command("tshark", "-r", commented(t, c.title, c.what), "-Y", "frame.comment", "-T", "fields", "-e", "frame.number", "-e", "frame.comment").Output()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != c.want {
			t.Errorf("%v\n got %q\nwant %q", err, got, c.want)
		}
	}
}

// However long the texts are, a comment fits its option and is whole UTF-8.
func TestLongComment(t *testing.T) {
	data, err := os.ReadFile(commented(t, strings.Repeat("ü", 70_000), "x"))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("event "+id))
	text := data[at : at+int(data[at-2])+int(data[at-1])<<8]
	if len(text) > commentLimit || len(text) < commentLimit-4 || !utf8.Valid(text) {
		t.Errorf("%d bytes, valid %v", len(text), utf8.Valid(text))
	}
}

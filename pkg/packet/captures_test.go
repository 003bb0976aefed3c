package packet

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"

	"otsensor/pkg/capture"
)

// eachFrame calls f for every frame of every public capture.
func eachFrame(t *testing.T, f func(file string, p *capture.Packet)) {
	t.Helper()
	shared := os.Getenv("SENSOR_SHARED")
	root := filepath.Join(shared, "pcaps")
	if _, err := os.Stat(root); shared == "" || err != nil {
		t.Skip("SENSOR_SHARED does not name a directory with pcaps/: the public captures are not compared")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.Contains(filepath.Ext(path), ".pcap") {
			return err
		}
		files++
		name, _ := filepath.Rel(root, path)
		return readFrames(path, func(p *capture.Packet) { f(name, p) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatalf("no captures under %s", root)
	}
}

// readFrames reads one capture as far as it can be read.
func readFrames(path string, f func(*capture.Packet)) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	read, link, err := reader(content)
	if err != nil {
		return nil // not every malformed file has a readable header
	}
	for n := uint64(1); ; n++ {
		data, info, err := read()
		if err != nil {
			return nil // the end, or where the file is torn
		}
		f(&capture.Packet{Frame: n, Time: info.Timestamp.UnixNano(), Data: data, WireLen: info.Length, Link: link(info)})
	}
}

type readFunc func() ([]byte, gopacket.CaptureInfo, error)

// reader opens pcap or pcapng.
func reader(content []byte) (readFunc, func(gopacket.CaptureInfo) capture.LinkType, error) {
	if !bytes.HasPrefix(content, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewReader(bytes.NewReader(content))
		if err != nil {
			return nil, nil, err
		}
		return r.ReadPacketData, func(gopacket.CaptureInfo) capture.LinkType { return capture.LinkType(r.LinkType()) }, nil
	}
	r, err := pcapgo.NewNgReader(bytes.NewReader(content), pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		return nil, nil, err
	}
	link := func(info gopacket.CaptureInfo) capture.LinkType {
		i, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			return 0xffff
		}
		return capture.LinkType(i.LinkType)
	}
	return r.ReadPacketData, link, nil
}

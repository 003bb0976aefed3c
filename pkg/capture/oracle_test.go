package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// captures lists the public captures, or skips.
func captures(t *testing.T) (all []string) {
	t.Helper()
	dir := filepath.Join(os.Getenv("SENSOR_SHARED"), "pcaps")
	if _, err := os.Stat(dir); os.Getenv("SENSOR_SHARED") == "" || err != nil {
		t.Skip("SENSOR_SHARED is not set to a folder with pcaps/: the public captures are not here")
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		for _, end := range []string{".pcap", ".pcapng", ".cap", ".pcap.gz"} {
			if strings.HasSuffix(path, end) {
				all = append(all, path)
			}
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("no captures below %s: %v", dir, err)
	}
	return all
}

// oracle is another reader of the same files.
type oracle interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

func openOracle(raw []byte) (oracle, func(gopacket.CaptureInfo) layers.LinkType, error) {
	if bytes.HasPrefix(raw, []byte("\x0a\x0d\x0d\x0a")) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(raw), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		return r, func(ci gopacket.CaptureInfo) layers.LinkType { return ci.AncillaryData[0].(layers.LinkType) }, err
	}
	r, err := pcapgo.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, nil, err
	}
	r.SetSnaplen(MaxFrame) // as other readers do, the file's own is not taken seriously
	return r, func(gopacket.CaptureInfo) layers.LinkType { return r.LinkType() }, nil
}

// Every public capture is read whole or refused with a reason, and is read as
// the oracle reads it, as far as the oracle gets.
func TestAgreesWithPcapgo(t *testing.T) {
	packets, compared := 0, 0
	for _, name := range captures(t) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, lost, err := readBytes(t, raw)
		if err != nil {
			t.Logf("%s: after %d packets: %v", filepath.Base(name), len(got), err)
		}
		packets += len(got)
		n, err := agree(got, raw)
		if compared += n; err != nil {
			t.Errorf("%s: %v (%+v)", name, err, lost)
		}
	}
	t.Logf("%d packets, %d compared; the rest is of files the oracle refuses", packets, compared)
	if compared == 0 || compared < packets*9/10 {
		t.Errorf("only %d of %d packets were compared", compared, packets)
	}
}

// agree compares packets with those of the oracle, and says how many it compared.
func agree(got []Packet, raw []byte) (n int, err error) {
	o, link, err := openOracle(raw)
	if err != nil {
		return 0, nil
	}
	for ; ; n++ {
		data, ci, err := o.ReadPacketData()
		if errors.Is(err, io.EOF) && n != len(got) {
			return n, fmt.Errorf("%d packets, the oracle has %d", len(got), n)
		}
		if err != nil {
			return n, nil // the end, or the oracle is stricter
		}
		if n >= len(got) {
			return n, fmt.Errorf("%d packets, the oracle has more", len(got))
		}
		g := got[n]
		if !bytes.Equal(g.Data, data) || !sameTime(g.Time, ci.Timestamp) || g.WireLen != ci.Length || g.Link != linkType(uint16(link(ci))) {
			return n, fmt.Errorf("packet %d: %d of %d bytes, time %d, link %d; oracle %d of %d bytes, time %d, link %d", n+1,
				len(g.Data), g.WireLen, g.Time, g.Link, len(data), ci.Length, ci.Timestamp.UnixNano(), link(ci))
		}
	}
}

// sameTime allows for fractions of more than a second, which the oracle
// multiplies in 32 bits and adds, up to 4.3 s.
func sameTime(ours int64, theirs time.Time) bool {
	over := theirs.Unix() - ours/1e9
	return ours == theirs.UnixNano() || ours%1e9 == 0 && over >= 0 && over <= 4
}

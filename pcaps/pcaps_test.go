package pcaps

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket/pcapgo"
)

// Folders under pcaps that hold programs, not cases.
var programs = map[string]bool{"make": true}

func TestEveryCaseHasAReadmeAndAReadableCapture(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, e := range entries {
		if !e.IsDir() || programs[e.Name()] {
			continue
		}
		cases++
		t.Run(e.Name(), func(t *testing.T) {
			if text, err := os.ReadFile(filepath.Join(e.Name(), "README.md")); err != nil || len(text) < 100 {
				t.Errorf("README.md is absent or says nothing: %v", err)
			}
			if n := packetsIn(t, captureOf(t, e.Name())); n == 0 {
				t.Error("the capture holds no packet")
			}
		})
	}
	if cases == 0 {
		t.Fatal("no case folders")
	}
}

// captureOf is the one capture of a case.
func captureOf(t *testing.T, folder string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*.pcap*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("want one capture, found %v %v", found, err)
	}
	return found[0]
}

func packetsIn(t *testing.T, file string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	each(t, r, func(time.Time, []byte) { n++ })
	return n
}

func each(t *testing.T, from io.Reader, see func(at time.Time, data []byte)) {
	t.Helper()
	r, err := pcapgo.NewReader(from)
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		see(info.Timestamp, data)
	}
}

// The laptop is on the wire only after the quiet part, and it is there then.
func TestLineIsQuietUntilItSays(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(Line()))
	if err != nil {
		t.Fatal(err)
	}
	laptop := []byte{0x3c, 0x58, 0xc2, 0x10, 0x00, 0x99}
	var before, quiet, after int
	each(t, z, func(at time.Time, data []byte) {
		switch byLaptop := bytes.Equal(data[6:12], laptop); {
		case byLaptop && at.Before(LineQuietUntil()):
			before++
		case byLaptop:
			after++
		case at.Before(LineQuietUntil()):
			quiet++
		}
	})
	if before != 0 || quiet == 0 || after == 0 {
		t.Errorf("laptop frames before the end of quiet %d (want 0), other frames before %d, laptop frames after %d", before, quiet, after)
	}
}

// Command make builds those cases of pcaps that no counterpart was recorded for:
// each is a short story told frame by frame, and comes out byte for byte the same every time.
//
//	go run ./pcaps/make        # from the root of the module
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// story is one case: its folder, what it is for, what is in it, and how it is told.
type story struct {
	name, purpose, content string
	tell                   func(*tape)
}

func main() {
	out := flag.String("out", "pcaps", "folder that holds the cases")
	flag.Parse()
	for _, s := range stories() {
		if err := s.write(*out); err != nil {
			log.Fatal(err)
		}
	}
}

func stories() []story {
	return slices.Concat(addressStories(), scanStories(), sessionStories(), frameStories(), availabilityStories(),
		modbusStories(), modbusValueStories(), campaignStories(), cycleStories(), modbusBrokenStories(), umasStories(), s7Stories(), cipStories(), cipBrokenStories(), sensingStories(), profinetStories(), neighbourStories(), processStories(), cellStories(),
		operationStories(), modbusMoreStories(), s7MoreStories(), s7SumStories(), s7plusStories(), cipMoreStories(), safetyStories(), siteStories(), moreStories(), officeStories(), fileStories())
}

func (s story) write(out string) error {
	folder := filepath.Join(out, s.name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, old := range []string{"capture.pcap", "capture.pcap.gz"} {
		os.Remove(filepath.Join(folder, old)) // a case that grows or shrinks changes its form
	}
	for name, data := range s.files() {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// plainLimit is the size up to which a capture is kept without compression.
const plainLimit = 100_000

// files are what the folder of a case holds, by name.
func (s story) files() map[string][]byte {
	t := newTape()
	s.tell(t)
	name, data := "capture.pcap", t.bytes()
	if len(data) > plainLimit || t.zip {
		name, data = "capture.pcap.gz", zipped(data)
	}
	return map[string][]byte{"README.md": []byte(s.readme(t)), name: data}
}

func (s story) readme(t *tape) string {
	act := ""
	if len(t.acts) > 0 {
		act = "\nWhere to look: " + frameList(t.acts) + ".\n"
	}
	return fmt.Sprintf("# %s\n\nPurpose: %s.\n\nContent: %s.\n%s\nOrigin: built frame by frame by `go run ./pcaps/make`; the output never varies. "+
		"Addresses are those of the recorded line (`../line`) unless said otherwise.\n", s.name, s.purpose, s.content, act)
}

// frameList names frames, the first ones where there are many.
func frameList(acts []int) string {
	const most = 12
	var n []string
	for _, a := range acts[:min(len(acts), most)] {
		n = append(n, fmt.Sprint(a))
	}
	switch {
	case len(acts) == 1:
		return "frame " + n[0]
	case len(acts) > most:
		return fmt.Sprintf("frames %s and so on to %d", strings.Join(n, ", "), acts[len(acts)-1])
	}
	return "frames " + strings.Join(n, ", ")
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

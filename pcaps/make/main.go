// Command make builds those cases of pcaps that no counterpart was recorded for:
// each is a short story told frame by frame, and comes out byte for byte the same every time.
//
//	go run ./pcaps/make        # from the root of the module
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
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
		modbusStories(), modbusValueStories(), modbusBrokenStories(), umasStories(), s7Stories(), cipStories(), cipBrokenStories(), sensingStories())
}

func (s story) write(out string) error {
	folder := filepath.Join(out, s.name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "README.md"), []byte(s.readme()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "capture.pcap"), s.pcap(), 0o644)
}

func (s story) readme() string {
	return fmt.Sprintf("# %s\n\nPurpose: %s\n\nContent: %s\n\nOrigin: built frame by frame by `go run ./pcaps/make`; the output never varies. "+
		"Addresses are those of the recorded line (`../line`).\n\nLicence: the project's own.\n", s.name, s.purpose, s.content)
}

func (s story) pcap() []byte {
	t := newTape()
	s.tell(t)
	return t.bytes()
}

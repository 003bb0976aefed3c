package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Hold keeps files that people registered: neither quota nor age removes them,
// and a replay puts no other content in their place.
func (r *Recorder) Hold(names ...string) { r.folder.hold(names...) }

func (f *folder) hold(names ...string) {
	for _, name := range names {
		if ours.MatchString(name) {
			f.held[name] = true
		}
	}
}

// nameFor is the name that a new file gets: its own, or the next that is free
// where a file of that name is held and has other content. there reports that
// it is there already.
func (f *folder) nameFor(name, sum string) (as string, there bool) {
	as = name
	for n := MaxFiles + 1; f.held[as]; n++ {
		file, err := os.Open(filepath.Join(f.dir, as))
		if err != nil {
			return as, false // it is gone: this one takes its place
		}
		held, err := sumOf(file)
		file.Close()
		if err == nil && held == sum {
			return as, true
		}
		as = fmt.Sprintf("%s-%d.pcapng", strings.TrimSuffix(name, ".pcapng"), n)
	}
	return as, false
}

func sumOf(r io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), err
}

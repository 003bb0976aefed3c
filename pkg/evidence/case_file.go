package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/capture"
)

// caseName is what a case may be called so that its files have a name.
var caseName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,39}$`)

func caseFile(name string, n int) string { return fmt.Sprintf("case-%s-%03d.pcapng", name, n) }

// ofCase is the highest number of a case's files in the folder.
func (f *folder) ofCase(name string) (most int) {
	for _, s := range f.files {
		number, is := strings.CutPrefix(s.name, "case-"+name+"-")
		if n, err := strconv.Atoi(strings.TrimSuffix(number, ".pcapng")); is && err == nil {
			most = max(most, n)
		}
	}
	return most
}

// caseWriter writes one file of a case, frame by frame.
type caseWriter struct {
	name     string
	file     *os.File
	out      *bufio.Writer
	sum      hash.Hash
	size     int64
	frames   uint64
	from, to int64
	links    []capture.LinkType
	buffer   []byte
}

func (f *folder) beginCase(name string, n int, software []byte) (*caseWriter, error) {
	w := &caseWriter{name: caseFile(name, n), sum: sha256.New()}
	file, err := os.OpenFile(filepath.Join(f.dir, w.name+part), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	w.file, w.out = file, bufio.NewWriterSize(io.MultiWriter(file, w.sum), 64<<10)
	return w, w.write(section(nil, software, []byte("case "+name)))
}

func (w *caseWriter) write(b []byte) error {
	n, err := w.out.Write(b)
	w.size += int64(n)
	return err
}

// frame writes a frame as it was on the wire.
func (w *caseWriter) frame(p *capture.Packet) error {
	b := w.buffer[:0]
	n := slices.Index(w.links, p.Link)
	if n < 0 {
		n = len(w.links)
		w.links = append(w.links, p.Link)
		b = iface(b, p.Link)
	}
	w.buffer = enhanced(b, n, p, nil)
	if w.frames == 0 {
		w.from, w.to = p.Time, p.Time
	}
	w.frames++
	w.from, w.to = min(w.from, p.Time), max(w.to, p.Time)
	return w.write(w.buffer)
}

// endCase closes a case's file and takes it into the folder's stock. A file
// with the same content that is there already is the same file: the input was
// replayed.
func (f *folder) endCase(w *caseWriter) (told CaseFile, fresh bool, err error) {
	err = w.out.Flush()
	if err == nil {
		err = w.file.Sync()
	}
	if bad := w.file.Close(); err == nil {
		err = bad
	}
	if err != nil {
		return told, false, err // what there is stays and is mended when the folder is opened
	}
	told = CaseFile{File: w.name, SHA256: hex.EncodeToString(w.sum.Sum(nil)), Frames: w.frames, Bytes: w.size, From: w.from, To: w.to}
	path := filepath.Join(f.dir, w.name)
	if same := f.same(told); same != "" {
		told.File = same
		return told, false, os.Remove(path + part)
	}
	if !f.room(w.size) {
		return told, false, errors.Join(fmt.Errorf("%s: no room within the quota", w.name), os.Remove(path+part))
	}
	if err := os.Rename(path+part, path); err != nil {
		return told, false, err
	}
	f.add(stored{w.name, w.size, f.now})
	return told, true, nil
}

// same is a file of a case with the content of another, "" when there is none.
func (f *folder) same(as CaseFile) string {
	for _, s := range f.files {
		if s.size == as.Bytes && strings.HasPrefix(s.name, "case-") {
			if told, err := readFile(filepath.Join(f.dir, s.name)); err == nil && told.SHA256 == as.SHA256 {
				return s.name
			}
		}
	}
	return ""
}

// readFile reads a file of a case that is there.
func readFile(path string) (CaseFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return CaseFile{}, err
	}
	defer file.Close()
	return readCase(file), nil
}

package evidence

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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

// endCase closes a case's file and takes it into the folder's stock.
func (f *folder) endCase(w *caseWriter) (CaseFile, error) {
	err := w.out.Flush()
	if err == nil {
		err = w.file.Sync()
	}
	if bad := w.file.Close(); err == nil {
		err = bad
	}
	if err != nil {
		return CaseFile{}, err // what there is stays and is mended when the folder is opened
	}
	f.room(w.size)
	path := filepath.Join(f.dir, w.name)
	if err := os.Rename(path+part, path); err != nil {
		return CaseFile{}, err
	}
	f.add(stored{w.name, w.size, f.now})
	return CaseFile{File: w.name, SHA256: hex.EncodeToString(w.sum.Sum(nil)), Frames: w.frames, Bytes: w.size, From: w.from, To: w.to}, nil
}

// mend keeps what a crash left of a case's file: up to its last whole block.
func mend(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	end := wholeBlocks(file)
	if err = file.Truncate(end); err == nil {
		err = file.Sync()
	}
	if bad := file.Close(); err == nil {
		err = bad
	}
	if err != nil || end == 0 {
		return os.Remove(path)
	}
	return os.Rename(path, strings.TrimSuffix(path, part))
}

// wholeBlocks is where the last whole block of a file ends.
func wholeBlocks(file *os.File) (end int64) {
	const least, most = 12, capture.MaxFrame + 4096
	in := bufio.NewReader(file)
	for {
		head, err := in.Peek(8)
		if err != nil {
			return end
		}
		length := binary.LittleEndian.Uint32(head[4:])
		if length < least || length > most || length%4 != 0 {
			return end
		}
		block := make([]byte, length)
		if _, err := io.ReadFull(in, block); err != nil || !bytes.Equal(block[4:8], block[length-4:]) {
			return end
		}
		end += int64(length)
	}
}

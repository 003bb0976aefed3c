package evidence

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"regexp"

	"otsensor/pkg/capture"
)

// mend keeps what a crash left of a case's file, up to its last whole block,
// and says what that is. A file without a frame is removed.
func mend(path string) (CaseFile, error) {
	file, err := os.OpenFile(path+part, os.O_RDWR, 0)
	if err != nil {
		return CaseFile{}, err
	}
	told := readCase(file)
	if told.Frames == 0 {
		err = errors.New("no frame in it")
	}
	if err == nil {
		err = file.Truncate(told.Bytes)
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(path+part, path)
	}
	if err != nil {
		return CaseFile{}, errors.Join(err, os.Remove(path+part))
	}
	return told, nil
}

// readCase reads whole blocks up to the first that is not.
func readCase(r io.Reader) CaseFile {
	told := CaseFile{Cut: true, From: math.MaxInt64}
	sum := sha256.New()
	for in := bufio.NewReader(r); ; {
		b, err := nextBlock(in)
		if err != nil {
			told.SHA256 = hex.EncodeToString(sum.Sum(nil))
			return told
		}
		sum.Write(b)
		told.Bytes += int64(len(b))
		if binary.LittleEndian.Uint32(b) == blockEnhanced && len(b) >= 32 {
			at := int64(uint64(binary.LittleEndian.Uint32(b[12:]))<<32 | uint64(binary.LittleEndian.Uint32(b[16:])))
			told.Frames++
			told.From, told.To = min(told.From, at), max(told.To, at)
		}
	}
}

var errTorn = errors.New("not a whole block")

// nextBlock reads a block whose two lengths agree.
func nextBlock(in *bufio.Reader) ([]byte, error) {
	const least, most = 12, capture.MaxFrame + 4096
	head, err := in.Peek(8)
	if err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(head[4:])
	if length < least || length > most || length%4 != 0 {
		return nil, errTorn
	}
	b := make([]byte, length)
	if _, err := io.ReadFull(in, b); err != nil || !bytes.Equal(b[4:8], b[length-4:]) {
		return nil, errTorn
	}
	return b, nil
}

var caseOf = regexp.MustCompile(`^case-(.+)-[0-9]{3,}\.pcapng$`)

// mendCase mends the file of a case that a crash left half written.
func (f *folder) mendCase(path, name string) bool {
	told, err := mend(path)
	if err != nil {
		return false
	}
	told.File = name
	if m := caseOf.FindStringSubmatch(name); m != nil {
		told.Case = m[1]
	}
	f.mended = append(f.mended, told)
	return true
}

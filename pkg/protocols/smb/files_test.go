package smb

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// opening is the answer to a create: how long the file is, and its id.
func opening(id byte, size uint64) []byte {
	body := make([]byte, 88)
	binary.LittleEndian.PutUint64(body[48:], size)
	body[64] = id
	return frame(head(create, 0, 1, id), body)
}

// writing is a request to write at an offset.
func writing(id byte, offset uint64, data []byte) []byte {
	body := make([]byte, 48)
	binary.LittleEndian.PutUint16(body[2:], 64+48)
	binary.LittleEndian.PutUint32(body[4:], uint32(len(data)))
	binary.LittleEndian.PutUint64(body[8:], offset)
	body[16] = id
	return frame(head(write, 0, 0, 90), body, data)
}

// reading is a request to read and its answer.
func reading(id, message byte, offset uint64, data []byte) []pt.Step {
	ask, say := make([]byte, 48), make([]byte, 16)
	binary.LittleEndian.PutUint64(ask[8:], offset)
	ask[16], say[2] = id, 64+16
	binary.LittleEndian.PutUint32(say[4:], uint32(len(data)))
	return []pt.Step{pt.Client(frame(head(read, 0, 0, message), ask)...), pt.Server(frame(head(read, 0, 1, message), say, data)...)}
}

func shut(id byte) pt.Step {
	body := make([]byte, 24)
	body[8] = id
	return pt.Client(frame(head(closing, 0, 0, 91), body)...)
}

func opened(id byte, name string, size uint64) []pt.Step {
	return []pt.Step{pt.Client(named(create, id, 56, 44, name)...), pt.Server(opening(id, size)...)}
}

var long = bytes.Repeat([]byte("recipe"), 180) // more than is looked at of a message

var files = pt.Session{
	Name: "files",
	Steps: slices.Concat(
		opened(1, "a.bin", 0), []pt.Step{pt.Client(writing(1, 0, long)...), pt.Client(writing(1, 1080, []byte("end"))...), shut(1)},
		opened(2, "b.bin", 8), reading(2, 20, 0, long[:6]), reading(2, 21, 6, []byte("ok")), []pt.Step{shut(2)},
		opened(3, "part", 12), reading(3, 22, 0, long[:6]), []pt.Step{shut(3)},
		opened(4, "order", 0), []pt.Step{pt.Client(writing(4, 0, long[:6])...), pt.Client(writing(4, 12, long[:6])...), shut(4)},
		opened(5, "refused", 0), []pt.Step{pt.Client(writing(5, 0, long[:6])...), pt.Server(answer(write, 0xc0000022, 90)...), shut(5)},
	),
}

// A file that is written from its beginning and closed, or read to its end, is
// summed up; a part of one, one in another order or one of a refused write is not.
func TestFilesAreSummedUp(t *testing.T) {
	var got []string
	for _, o := range pt.Play(t, Protocol(), files) {
		if o.Kind == ot.Carried {
			got = append(got, fmt.Sprintf("%v %s %d %s", o.Dir, o.Did.Name, o.Did.Object.Len, o.Did.Value))
		}
	}
	want := func(dir ot.Dir, name string, data []byte) string {
		return fmt.Sprintf("%v %s %d %x", dir, name, len(data), sha256.Sum256(data))
	}
	if all := []string{want(ot.ToServer, "a.bin", append(slices.Clone(long), "end"...)), want(ot.ToClient, "b.bin", []byte("recipeok"))}; !slices.Equal(got, all) {
		t.Errorf("%q\nwant %q", got, all)
	}
}

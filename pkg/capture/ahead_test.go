package capture

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// What is read ahead is what was there, however it is read, and so is its error.
func TestReadAhead(t *testing.T) {
	want := []byte(strings.Repeat("0123456789", 100_000))
	broken := errors.New("broken")
	for name, r := range map[string]io.Reader{
		"whole":       bytes.NewReader(want),
		"halves":      iotest.HalfReader(bytes.NewReader(want)),
		"error later": io.MultiReader(bytes.NewReader(want), iotest.ErrReader(broken)),
		"data, error": iotest.DataErrReader(bytes.NewReader(want)),
	} {
		a := newAhead(r)
		got, err := io.ReadAll(a)
		if !bytes.Equal(got, want) || (name == "error later") != errors.Is(err, broken) || name != "error later" && err != nil {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
		}
		if n, again := a.Read(make([]byte, 1)); n != 0 || again == nil {
			t.Errorf("%s: after the end %d bytes, %v", name, n, again)
		}
		a.Close()
	}
}

// A file that is left early leaves no goroutine behind.
func TestReadAheadEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	raw := zipped(manyPcap())
	for range 20 {
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		f.Fill(NewBatch(1))
		f.Close()
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

package baseline

import (
	"bytes"
	"strings"
	"testing"
)

func written_(t testing.TB, b *Baseline) string {
	t.Helper()
	var buf bytes.Buffer
	if err := b.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestPrint(t *testing.T) {
	b, _ := learnQuiet(t, 5)
	t.Log("\n" + written_(t, b))
	b2, err := Parse(strings.NewReader(written_(t, b)), "x")
	if err != nil {
		t.Fatal(err)
	}
	if written_(t, b2) != written_(t, b) {
		t.Log(written_(t, b2))
	}
}

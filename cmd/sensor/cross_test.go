package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// The longer is learned, the less is new, and the plot is a picture of that. The
// line has an incident at its end, which is told however long was learned before.
func TestCrossValidation(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "plot.svg")
	code, out, errs := call(t, nil, "eval", "--cross", "--json", "--svg", svg, filepath.Join("..", "..", "pcaps", "line", "line.pcap.gz"))
	if code != 0 {
		t.Fatal(errs)
	}
	var points []crossPoint
	if err := json.Unmarshal([]byte(out), &points); err != nil {
		t.Fatal(err)
	}
	if len(points) != len(crossParts) {
		t.Fatalf("%d points", len(points))
	}
	first, last := points[0], points[len(points)-1]
	if first.Learned >= last.Learned || first.Hours <= last.Hours || first.Unseen <= last.Unseen || first.Events <= last.Events || last.Grave < 10 {
		t.Errorf("first %+v\nlast %+v", first, last)
	}
	data, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	marks, d := 0, xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			marks++
		}
	}
	if marks != 2*len(points) {
		t.Errorf("%d marks for %d points in two panels", marks, len(points))
	}
}

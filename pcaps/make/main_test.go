package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The cases in the tree are what the stories tell today, and nothing else lies beside them.
func TestCasesAreAsTold(t *testing.T) {
	all := stories()
	if len(all) == 0 {
		t.Fatal("no stories")
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			files := s.files()
			for name, want := range files {
				got, err := os.ReadFile(filepath.Join("..", s.name, name))
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasSuffix(name, ".gz") { // another release may pack the same bytes otherwise
					got, want = unzipped(t, got), unzipped(t, want)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s differs from what is told: run go run ./pcaps/make", name)
				}
			}
			there, err := os.ReadDir(filepath.Join("..", s.name))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range there {
				told := files[f.Name()] != nil || f.Name() == "site.yaml" || f.Name() == "notes" || strings.HasSuffix(f.Name(), ".tsv.gz") // tshark's answers
				if !told {
					t.Errorf("nobody told of %s", f.Name())
				}
			}
		})
	}
}

func unzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

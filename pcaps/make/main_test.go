package main

import (
	"bytes"
	"os"
	"path/filepath"
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
				if !bytes.Equal(got, want) {
					t.Errorf("%s differs from what is told: run go run ./pcaps/make", name)
				}
			}
			if there, _ := os.ReadDir(filepath.Join("..", s.name)); len(there) != len(files) {
				t.Errorf("%d files in the folder, want %d", len(there), len(files))
			}
		})
	}
}

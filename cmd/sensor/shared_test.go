package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// publicCaptures lists the public captures, or skips.
func publicCaptures(t *testing.T) []string {
	t.Helper()
	root := filepath.Join(os.Getenv("SENSOR_SHARED"), "pcaps")
	if _, err := os.Stat(root); os.Getenv("SENSOR_SHARED") == "" || err != nil {
		t.Skip("SENSOR_SHARED is not set to a folder with pcaps/: the public captures are not here")
	}
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".pcap") || strings.HasSuffix(path, ".pcapng") || strings.HasSuffix(path, ".cap") {
			all = append(all, path)
		}
		return err
	})
	if err != nil || len(all) < 400 {
		t.Fatalf("%d captures below %s: %v", len(all), root, err)
	}
	return all
}

// Every public capture, replayed with all rules, gives the same bytes for any
// number of workers and any batch size. A file that is refused is refused alike.
func TestPublicCapturesGiveTheSameEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("long: nine replays of every public capture")
	}
	for _, file := range publicCaptures(t) {
		var want string
		for _, workers := range []string{"1", "2", "7"} {
			for _, batch := range []string{"1", "64", "4096"} {
				var out, errs bytes.Buffer
				code := Main(context.Background(), &env{nil, &out, &errs}, []string{"replay", "--workers", workers, "--batch", batch, file})
				got := fmt.Sprintf("exit %d, %x", code, sha256.Sum256(out.Bytes()))
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s: %s workers, batches of %s: %s, not %s", file, workers, batch, got, want)
				}
			}
		}
	}
}

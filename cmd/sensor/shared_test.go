package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// publicCaptures lists the public captures, or skips.
func publicCaptures(t *testing.T) []string {
	t.Helper()
	root := filepath.Join(os.Getenv("SENSOR_SHARED"), "pcaps")
	if _, err := os.Stat(root); os.Getenv("SENSOR_SHARED") == "" || err != nil {
		t.Skip("SENSOR_SHARED is not set to a folder with pcaps/: the public captures are not here")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".pcap") || strings.HasSuffix(path, ".pcapng") || strings.HasSuffix(path, ".cap") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 400 {
		t.Fatalf("%d captures below %s: %v", len(files), root, err)
	}
	return files
}

// Every public capture, judged with all rules, gives the same bytes for any
// number of workers and any batch size. A file that is refused is refused alike.
func TestPublicCapturesGiveTheSameEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("long: nine replays of every public capture")
	}
	base, err := (&judgeFlags{}).options(all.Table())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range publicCaptures(t) {
		want := digestOf(base, file, 1, 1)
		for _, workers := range []int{1, 2, 7} {
			for _, batch := range []int{1, 64, 4096} {
				if got := digestOf(base, file, workers, batch); got != want {
					t.Errorf("%s: %d workers, batches of %d: %s, not %s", file, workers, batch, got, want)
				}
			}
		}
	}
}

// digestOf is a digest of every record a capture gives, and of how it ended.
func digestOf(o sensor.WatchOptions, file string, workers, batch int) string {
	src, err := capture.OpenFiles([]string{file}, nil)
	if err != nil {
		return err.Error()
	}
	defer src.Close()
	sum := sha256.New()
	o.Where, o.Emit = src.Where, event.NewWriter(sum).Write
	w := sensor.NewWatch(o)
	stats, err := sensor.Run(context.Background(), src, sensor.Options{Workers: workers, Batch: batch, Table: o.Table}, w.Judge())
	w.Finish(stats)
	return fmt.Sprintf("%x, ended %v", sum.Sum(nil), err)
}

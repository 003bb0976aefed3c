package sensor_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// shared finds the public captures, or skips.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SENSOR_SHARED")
	if _, err := os.Stat(filepath.Join(dir, "pcaps")); dir == "" || err != nil {
		t.Skip("SENSOR_SHARED is not set to a folder with pcaps/: the public captures are not here")
	}
	return filepath.Join(dir, "pcaps")
}

// captures lists every capture below a folder; none is a failure.
func captures(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		for _, end := range []string{".pcap", ".pcapng", ".cap", ".pcap.gz"} {
			if strings.HasSuffix(path, end) {
				all = append(all, path)
			}
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("no captures below %s: %v", dir, err)
	}
	return all
}

// digest runs captures through the pipeline and hashes everything the judge is given.
func digest(t testing.TB, o sensor.Options, files ...string) (string, sensor.Stats) {
	t.Helper()
	src, err := capture.OpenFiles(files, nil)
	if err != nil {
		return "refused: " + err.Error(), sensor.Stats{}
	}
	defer src.Close()
	h := sha256.New()
	o.Table, o.Poison = all.Table(), true
	stats, err := sensor.Run(context.Background(), src, o, sensor.Judge{
		Observe: func(ob *ot.Observation) { write(h, ob) },
		Tick:    func(tick sensor.Tick) { fmt.Fprintln(h, "tick", tick.At, tick.Stats.Flow) },
		NewFile: func(string) { fmt.Fprintln(h, "file") },
	})
	return fmt.Sprintf("%x %v", h.Sum(nil), err), stats
}

func write(h hash.Hash, o *ot.Observation) {
	c := ot.Conv{}
	if o.Conv != nil {
		c = *o.Conv
	}
	who := ot.Identity{}
	if o.Who != nil {
		who = *o.Who
	}
	fmt.Fprintln(h, o.Seq, o.Frame, o.Time, o.Clock, c, o.Kind, o.Quality, o.Odd, o.Dir, o.Service, o.Did, who, o.Claim, o.Traffic)
}

// Workers and batch cuts carry no meaning: everything the judge sees is the
// same for any number of them.
func TestSameForAnyWorkersAndBatch(t *testing.T) {
	dir := shared(t)
	for _, file := range captures(t, dir) {
		if info, err := os.Stat(file); err != nil || testing.Short() && info.Size() > 1<<20 {
			continue
		}
		want, _ := digest(t, sensor.Options{Workers: 1, Batch: 64}, file)
		for _, o := range []sensor.Options{{Workers: 2, Batch: 4096}, {Workers: 7, Batch: 1}, {Workers: 7, Batch: 64}} {
			if got, _ := digest(t, o, file); got != want {
				t.Errorf("%s: other observations with %d workers and batches of %d", file, o.Workers, o.Batch)
			}
		}
	}
}

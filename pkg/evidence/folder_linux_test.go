package evidence

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A full disk costs the file and nothing else: no half file stays.
func TestDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a small file system needs root")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4096"); err != nil {
		t.Skipf("no small file system here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	p := newPlant(t, Options{Dir: dir})
	for range 20 {
		p.says(1, 99, 11, 1400)
	}
	failing(t, p)
	if left := entries(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

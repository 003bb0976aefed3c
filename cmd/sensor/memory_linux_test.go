package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// synFlood is a capture of attempts, each of another conversation, 100,000 a second.
func synFlood(n int) []byte {
	order := binary.LittleEndian
	b := []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00")
	frame := []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00" +
		"\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x00\x0a\xfa\x00\x01" +
		"\x04\x00\x01\xf6\x00\x00\x00\x01\x00\x00\x00\x00\x50\x02\x20\x00\x00\x00\x00\x00")
	for i := range n {
		b = order.AppendUint32(b, 1_800_000_000+uint32(i/100_000))
		b = order.AppendUint32(b, uint32(i%100_000*10))
		b = order.AppendUint32(b, uint32(len(frame)))
		b = order.AppendUint32(b, uint32(len(frame)))
		binary.BigEndian.PutUint32(frame[26:], 10<<24+uint32(i))
		b = append(b, frame...)
	}
	return b
}

// A whole process in a flood that fills its tables stays near the limit it is
// given for its memory.
func TestMemoryLimitHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("long: replays a flood")
	}
	const limit, slack = 256 << 20, 48 << 20
	cmd := exec.Command((&mirror{t: t}).program(), "replay", "-")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=256MiB")
	cmd.Stdin = bytes.NewReader(synFlood(400_000))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	t.Logf("at most %d MiB resident", peak>>20)
	if peak > limit+slack {
		t.Errorf("%d MiB resident with a limit of %d MiB", peak>>20, limit>>20)
	}
}

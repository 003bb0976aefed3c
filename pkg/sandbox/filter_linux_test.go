package sandbox

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// judge runs the filter on a call, as the kernel does. (Its words are in the
// machine's byte order; this virtual machine reads them in network order.)
func judge(t *testing.T, capture []int, arch uint32, call uintptr, args ...uint64) uint32 {
	t.Helper()
	vm, err := bpf.NewVM(filter(capture))
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data[atCall:], uint32(call))
	binary.BigEndian.PutUint32(data[atArch:], arch)
	for i, a := range args {
		binary.BigEndian.PutUint32(data[atArgs+8*i:], uint32(a))
		binary.BigEndian.PutUint32(data[atArgs+8*i+4:], uint32(a>>32))
	}
	n, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

func TestFilter(t *testing.T) {
	capture := []int{7, 9}
	const other = 0x40000003 // AUDIT_ARCH_I386
	for _, c := range []struct {
		name string
		arch uint32
		call uintptr
		args []uint64
		want uint32
	}{
		{"write to a capture socket", arch, unix.SYS_WRITE, []uint64{7}, eperm},
		{"write to the other", arch, unix.SYS_WRITE, []uint64{9}, eperm},
		{"write with high bits", arch, unix.SYS_WRITE, []uint64{7 | 1<<40}, eperm},
		{"write elsewhere", arch, unix.SYS_WRITE, []uint64{8}, allowed},
		{"read from a capture socket", arch, unix.SYS_READ, []uint64{7}, allowed},
		{"splice into it", arch, unix.SYS_SPLICE, []uint64{3, 0, 9}, eperm},
		{"splice out of it", arch, unix.SYS_SPLICE, []uint64{9, 0, 3}, allowed},
		{"a packet socket", arch, unix.SYS_SOCKET, []uint64{unix.AF_PACKET, unix.SOCK_RAW}, eperm},
		{"a network socket", arch, unix.SYS_SOCKET, []uint64{unix.AF_INET, unix.SOCK_STREAM}, allowed},
		{"a thread", arch, unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_THREAD}, allowed},
		{"a process", arch, unix.SYS_CLONE, []uint64{uint64(unix.SIGCHLD)}, eperm},
		{"clone3", arch, unix.SYS_CLONE3, nil, enosys},
		{"a program", arch, unix.SYS_EXECVE, nil, eperm},
		{"another interface", other, 4, []uint64{7}, enosys},
		{"what is in no table", arch, unix.SYS_GETPID, nil, allowed},
	} {
		if got := judge(t, capture, c.arch, c.call, c.args...); got != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, got, c.want)
		}
	}
	if foreign != 0xffffffff && judge(t, capture, arch, foreign+1) != enosys {
		t.Error("the x32 interface is let through")
	}
}

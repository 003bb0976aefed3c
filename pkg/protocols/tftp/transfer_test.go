package tftp

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

func request(operation byte, name string, options ...string) pt.Step {
	return pt.Client([]byte("\x00" + string(operation) + strings.Join(append([]string{name, "octet"}, options...), "\x00") + "\x00")...)
}

func block(from func(...byte) pt.Step, number byte, size int) pt.Step {
	return from(append([]byte{0, data, 0, number}, make([]byte, size)...)...)
}

func confirm(from func(...byte) pt.Step, number byte) pt.Step {
	return from(0, acknowledge, 0, number)
}

var transfers = pt.Session{
	Name: "transfers", Datagram: true,
	Steps: []pt.Step{
		request(readRequest, "a"), block(pt.Server, 1, 512), confirm(pt.Client, 1), block(pt.Server, 1, 512), confirm(pt.Client, 1), // again
		block(pt.Server, 2, 20), confirm(pt.Client, 2), // the last one
		request(writeRequest, "b", "blksize", "8"), pt.Server([]byte("\x00\x06blksize\x008\x00")...),
		block(pt.Client, 1, 8), confirm(pt.Server, 1), block(pt.Client, 2, 8), confirm(pt.Server, 2), block(pt.Client, 3, 0), confirm(pt.Server, 3),
		request(readRequest, "c"), request(readRequest, "c"), block(pt.Server, 1, 512), pt.Client([]byte("\x00\x05\x00\x03full\x00")...), // asked twice, aborted
		request(readRequest, "d"), block(pt.Server, 1, 9), // its acknowledgement is not seen
		request(readRequest, "e"), block(pt.Server, 1, 512), pt.Wait(11 * time.Second),
	},
}

func TestTransfers(t *testing.T) {
	var got []string
	for _, d := range pt.Dids(pt.Play(t, Protocol(), transfers)) {
		if d.Code == data {
			got = append(got, d.Status.String()+" "+pt.JSON(Protocol(), &d))
		}
	}
	for i, want := range []string{
		`ok "a" done 0 2 532`, `ok "b" done 1 3 16`, `refused "c" aborted 0 1 512,"tftp.error":3,"tftp.error_name":"disk_full"`, `ok "d" done 0 1 9`, `oneway "e" stalled 0 1 512`,
	} {
		p := strings.Fields(want)
		number := map[string]string{"done": "1", "aborted": "2", "stalled": "3"}[p[2]]
		full := p[0] + ` {"tftp.operation":3,"tftp.operation_name":"transfer","tftp.file":` + p[1] + `,"tftp.mode":"octet","tftp.outcome":` + number +
			`,"tftp.outcome_name":"` + p[2] + `","tftp.writes":` + p[3] + `,"tftp.blocks":` + p[4] + `,"tftp.bytes":` + p[5] + `}`
		if i >= len(got) || got[i] != full {
			t.Errorf("%d: %s\nwant %s", i, got[min(i, len(got)-1)], full)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d transfers", len(got))
	}
}

// Whoever moves a block every few seconds for ever does not keep what was asked from being told.
func TestRequestIsToldWithTheFirstAnswer(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), pt.Session{Datagram: true, Steps: []pt.Step{request(readRequest, "a"), block(pt.Server, 1, 512)}}))
	if len(did) == 0 || did[0].Code != readRequest || did[0].Arg[argOutcome]&protocols.Present != 0 {
		t.Errorf("%+v", did)
	}
}

// A file that crossed whole is summed up; one of which a block is missing, or whose lines are turned on the way, is not.
func TestFilesAreSummedUp(t *testing.T) {
	gaps := []pt.Step{
		request(readRequest, "gap"), block(pt.Server, 1, 512), block(pt.Server, 3, 9), confirm(pt.Client, 3),
		pt.Client([]byte("\x00\x01text\x00netascii\x00")...), block(pt.Server, 1, 9), confirm(pt.Client, 1),
	}
	var got []string
	for _, o := range pt.Play(t, Protocol(), pt.Session{Datagram: true, Steps: append(slices.Clone(transfers.Steps), gaps...)}) {
		if o.Kind == ot.Carried {
			got = append(got, fmt.Sprintf("%v %s %d %s", o.Dir, o.Did.Name, o.Did.Object.Len, o.Did.Value))
		}
	}
	want := func(dir ot.Dir, name string, size int) string {
		return fmt.Sprintf("%v %s %d %x", dir, name, size, sha256.Sum256(make([]byte, size)))
	}
	if all := []string{want(ot.ToClient, "a", 532), want(ot.ToServer, "b", 16), want(ot.ToClient, "d", 9)}; !slices.Equal(got, all) {
		t.Errorf("%q\nwant %q", got, all)
	}
}

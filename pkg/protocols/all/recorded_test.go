package all_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/enip"
	"otsensor/pkg/protocols/modbus"
	"otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7comm"
	"otsensor/pkg/sensor"
)

// recorder writes down what a decoder is fed.
type recorder struct {
	protocols.Decoder
	s    *protocoltest.Session
	left [2]int // bytes of each direction that come again
	time int64
}

func (r *recorder) step(st protocoltest.Step, now int64) {
	if r.time != 0 && now > r.time {
		st.After = time.Duration(now - r.time)
	}
	r.time = max(r.time, now)
	r.s.Steps = append(r.s.Steps, st)
}

func (r *recorder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	fresh := b[min(r.left[dir], len(b)):]
	if len(fresh) > 0 {
		r.step(protocoltest.Step{Dir: dir, Bytes: append([]byte(nil), fresh...)}, out.Time)
	}
	used := r.Decoder.Feed(dir, b, out)
	if r.left[dir] = len(b) - used; r.s.Datagram {
		r.left[dir] = 0
	}
	return used
}

func (r *recorder) Lost(dir ot.Dir, out *protocols.Emit) {
	r.left[dir] = 0
	r.step(protocoltest.Lost(dir), out.Time)
	r.Decoder.Lost(dir, out)
}

// record gives the conversations of a capture that a row's decoder was fed.
func record(t testing.TB, row protocols.Protocol, name string) (sessions []*protocoltest.Session) {
	t.Helper()
	made := row.New
	row.New = func(c *ot.Conv) protocols.Decoder {
		conv := *c
		s := &protocoltest.Session{Name: short(name), Conv: &conv, Datagram: c.Transport == ot.UDP}
		sessions = append(sessions, s)
		return &recorder{Decoder: made(c), s: s}
	}
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	_, err = sensor.Run(context.Background(), src, sensor.Options{Workers: 1, Table: []protocols.Protocol{row}},
		sensor.Judge{Observe: func(*ot.Observation) {}, Tick: func(sensor.Tick) {}})
	if err != nil {
		t.Logf("%s: %v", name, err)
	}
	return sessions
}

// short is a capture's name with its folder.
func short(name string) string {
	return filepath.Join(filepath.Base(filepath.Dir(name)), filepath.Base(name))
}

// mains are the protocols that are proven over every capture of theirs.
var mains = []struct {
	row   protocols.Protocol
	truth []string // what ends the names of their ground truth, which lies beside each capture
	own   []string // what begins the names of the project's own cases
	forms []form   // what must be among them
}{
	{modbus.Protocol(), []string{".modbus.tsv.gz"}, []string{"modbus", "line", "ipv6-modbus"}, []form{{ot.Modbus, false}, {ot.Modbus, true}}},
	{enip.Protocol(), []string{".enip.tsv.gz"}, []string{"enip", "cip"}, []form{{ot.ENIP, false}, {ot.ENIP, true}, {ot.CIP, false}, {ot.CIP, true}}},
	{s7comm.Protocol(), []string{".s7.tsv.gz", ".cotp.tsv.gz"}, []string{"s7", "line"}, []form{{ot.COTP, false}, {ot.S7comm, false}, {ot.S7Plus, false}}},
}

// mainCaptures are the public captures that hold one of the main protocols, and the project's own.
func mainCaptures(t testing.TB, truth, own []string) (files []string) {
	for _, begin := range own {
		some, _ := filepath.Glob(filepath.Join("../../../pcaps", begin+"*", "capture.pcap*"))
		files = append(files, some...)
	}
	if len(files) == 0 && len(own) > 0 {
		t.Fatal("no case of the project's own")
	}
	dir := os.Getenv("SENSOR_SHARED")
	if len(truth) == 0 {
		return files
	}
	if dir == "" {
		t.Log("SENSOR_SHARED is not set: only the project's own captures")
		return files
	}
	for _, name := range captures(t, filepath.Join(dir, "pcaps")) {
		base := strings.TrimSuffix(name, filepath.Ext(name))
		if slices.ContainsFunc(truth, func(end string) bool { _, err := os.Stat(base + end); return err == nil }) {
			files = append(files, name)
		}
	}
	return files
}

// Of a capture at most so many windows of so many steps are proven, evenly
// spaced; in each about so many bytes are changed, and so many sessions are crafted of it.
const (
	windowSteps = 24
	windowsMost = 6
	flipsMost   = 64
	craftsMost  = 8
)

// TestRecorded proves over every capture of the main protocols: segments may be
// cut at any byte, of crafted sessions, too; a lost frame takes only its own transactions with it; a changed
// byte leaves the next PDU decoded.
func TestRecorded(t *testing.T) {
	for _, m := range mains {
		t.Run(m.row.Proto.String(), func(t *testing.T) {
			sum := proven{on: map[form]int{}}
			for _, name := range mainCaptures(t, m.truth, m.own) {
				sum.add(prove(t, m.row, name))
			}
			if sum.cuts == 0 || sum.drops == 0 || sum.bytes == 0 {
				t.Error("nothing was proven")
			}
			for _, f := range m.forms {
				if sum.on[f] == 0 {
					t.Errorf("nothing was proven on %v, in datagrams: %v", f.proto, f.datagram)
				}
			}
			t.Logf("%d captures, %d of %d windows: %d cuts, %d frames dropped, %d bytes changed to 4 values each; transactions %v",
				sum.captures, sum.windows, sum.of, sum.cuts, sum.drops, sum.bytes, sum.on)
		})
	}
}

// forgiven says of a capture why what is gone may be gone.
var forgiven = map[string]string{
	"cip-volumes/capture.pcap":                     "what an axis is asked is told when it changes: a broken first packet leaves nothing to compare the next with",
	"cip-safety-faults/capture.pcap":               "data of a safety connection are told when they change: without the first packet there is nothing to compare with",
	"modbus/iti-fuzz-72.pcap":                      "the TCP headers are fuzzed: steps end anywhere in a PDU",
	"modbus/iti-modbus_test_data_part2.pcap":       "every transaction id is 0: where a function sets no length, nothing tells the next ADU in its body",
	"s7commplus/ac1-S71200_StartupGoOnline.pcapng": "an event of the connection stands between the fragments of an answer, and fragments do not name theirs",
}

// proven counts what was tried, and the transactions it was tried on: of each
// protocol, over streams and in datagrams.
type proven struct {
	captures, windows, of, cuts, drops, bytes, forgiven int

	on map[form]int
}

type form struct {
	proto    ot.Proto
	datagram bool
}

func (p *proven) add(q proven) {
	for f, n := range q.on {
		p.on[f] += n
	}

	p.captures, p.windows, p.of = p.captures+q.captures, p.windows+q.windows, p.of+q.of
	p.cuts, p.drops, p.bytes, p.forgiven = p.cuts+q.cuts, p.drops+q.drops, p.bytes+q.bytes, p.forgiven+q.forgiven
}

func prove(t *testing.T, row protocols.Protocol, name string) (sum proven) {
	var windows []protocoltest.Session
	for _, s := range record(t, row, name) {
		windows = append(windows, protocoltest.Windows(row, *s, windowSteps)...)
	}
	sum = proven{captures: 1, of: len(windows), on: map[form]int{}}
	complain := func(wrong string) {
		if wrong == "" {
			return
		}
		if sum.forgiven++; forgiven[short(name)] == "" {
			t.Error(wrong)
		}
	}
	most := min(len(windows), windowsMost)
	if testing.Short() {
		most = min(most, 1)
	}
	for i := range most {
		w := windows[i*len(windows)/most]
		sum.windows++
		for _, d := range protocoltest.Dids(protocoltest.Play(t, row, w)) {
			sum.on[form{d.Proto, w.Datagram}]++
		}
		if !w.Datagram {
			n, wrong := protocoltest.Cuts(t, row, w)
			sum.cuts += n
			complain(wrong)
			complain(protocoltest.Crafted(t, row, w, craftsMost))
		}
		n, wrong := protocoltest.Drops(t, row, w)
		sum.drops += n
		complain(wrong)
		n, wrong = protocoltest.Flips(t, row, w, w.Size()/flipsMost+1)
		sum.bytes += n
		complain(wrong)
	}
	return sum
}

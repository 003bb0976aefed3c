package modbus_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/modbus"
)

// pdu is one PDU as both decoders tell of it.
type pdu struct {
	port               uint16
	frame              uint64
	transaction        uint64
	unit, function     uint64
	exception          uint64
	address, quantity  uint64
	addressed, refused bool // address and quantity, exception are known
	mixed              bool // of the frame's PDUs some are exceptions, and the truth does not tell which
	multiple           bool // one of several of its frame, whose address is compared
}

func (p pdu) key() string {
	return fmt.Sprintf("frame %d transaction %d unit %d function %d", p.frame, p.transaction, p.unit, p.function)
}

// TestAgainstTshark compares every PDU of the project's captures, and of the
// public ones, with what tshark told of it.
func TestAgainstTshark(t *testing.T) {
	truths, _ := filepath.Glob("../../../pcaps/*/capture.modbus.tsv.gz")
	if len(truths) == 0 {
		t.Fatal("no ground truth beside the project's captures: make oracle writes it")
	}
	if shared := os.Getenv("SENSOR_SHARED"); shared == "" {
		t.Log("SENSOR_SHARED is not set: the public captures are elsewhere")
	} else if err := filepath.WalkDir(filepath.Join(shared, "pcaps"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".modbus.tsv.gz") {
			truths = append(truths, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, truth := range truths {
		base := strings.TrimSuffix(truth, ".modbus.tsv.gz")
		t.Run(title(base), func(t *testing.T) { compareCapture(t, base) })
	}
}

// title is a capture's name; the project's own are called by their folder.
func title(base string) string {
	if name := filepath.Base(base); name != "capture" {
		return name
	}
	return filepath.Base(filepath.Dir(base))
}

func compareCapture(t *testing.T, base string) {
	names, _ := filepath.Glob(base + ".pcap*")
	if len(names) != 1 {
		t.Fatalf("captures of %s: %v", base, names)
	}
	want := readTruth(t, base+".modbus.tsv.gz")
	got := map[string][]pdu{}
	total := 0
	for _, p := range decodeFile(t, names[0]) {
		got[p.key()] = append(got[p.key()], p)
		total++
	}
	agree, wrong, several := 0, 0, 0
	for _, w := range want {
		mine := got[w.key()]
		if len(mine) == 0 {
			note(t, &wrong, "missing: %s", w.key())
			continue
		}
		got[w.key()] = mine[1:]
		total--
		if diff := differs(w, mine[0]); diff != "" {
			note(t, &wrong, "%s: %s", w.key(), diff)
			continue
		}
		if agree++; w.multiple {
			several++
		}
	}
	for _, rest := range got {
		for _, p := range rest {
			note(t, &wrong, "only here: %s", p.key())
		}
	}
	share := 100 * float64(agree) / float64(len(want)+total)
	t.Logf("%d PDUs, %d agree, %d of them with others in their frame; %d only here: %.2f %%", len(want), agree, several, total, share)
	e := explained[title(base)]
	if differ := len(want) - agree + total; differ != e.rows {
		t.Errorf("%d rows differ; %d are explained (%s)", differ, e.rows, e.why)
	} else if differ > 0 {
		t.Log(e.why)
	}
}

// explained says how many rows of a capture differ, why, and who is right.
var explained = map[string]struct {
	rows int
	why  string
}{
	"modbus-malformed": {2, "an exception that the client sends is no request of function 3: it is told as function 131"},
	"iti-fuzz-72":      {17, "the TCP headers are fuzzed: sequence numbers, flags and SYN at random, so what follows what is a guess for both"},
	"iti-modbus_test_data_part1": {11, "in the last conversation the side that opened it, from port 502, sends exceptions to port 4446 and " +
		"nothing comes back: by the handshake the server's port is 4446, and one direction alone is no proof on such a port"},
	"iti-modbusBig":        {1, "the acknowledgement stands before the answer: tshark takes its only copy for a retransmission"},
	"malcolm-Advantech":    {3, "mirror doubles with acknowledgements before the data: tshark takes three first copies for retransmissions"},
	"snort3-modbus_w_pafs": {2, "both segments of the PDU have wrong TCP checksums where their sender's others are right: they are believed when the receiver has acknowledged them, and told as of the first one's frame"},
}

// note logs the first differences of a capture.
func note(t *testing.T, n *int, format string, args ...any) {
	if *n++; *n <= 6 {
		t.Logf(format, args...)
	}
}

func differs(want, got pdu) string {
	switch {
	case !want.mixed && (want.refused != got.refused || want.exception != got.exception):
		return fmt.Sprintf("exception %d, want %d", got.exception, want.exception)
	case want.addressed && (want.address != got.address || want.quantity != 0 && want.quantity != got.quantity):
		return fmt.Sprintf("address %d quantity %d, want %d and %d", got.address, got.quantity, want.address, want.quantity)
	}
	return ""
}

// The columns of the ground truth that are compared.
const (
	colFrame, colTransaction, colUnit, colFunction = 0, 7, 10, 11
	colException, colReference                     = 12, 15
	colReadReference                               = 16
	colBits, colWords, colReadWords                = 18, 19, 20
)

func readTruth(t *testing.T, path string) (all []pdu) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the names of the columns
	for lines.Scan() {
		all = append(all, truthOf(strings.Split(lines.Text(), "\t"))...)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no PDU", path)
	}
	return all
}

func truthOf(col []string) (all []pdu) {
	split := func(c int) []string { return strings.Split(col[c], ";") }
	functions := split(colFunction)
	for i, function := range functions {
		p := pdu{frame: num(col[colFrame]), function: num(function)}
		p.transaction, p.unit = num(split(colTransaction)[i]), num(split(colUnit)[i])
		// Of several PDUs of a frame a column tells which value is whose only where each has one.
		of := func(c int) string {
			if values := split(c); len(values) == len(functions) {
				return values[i]
			}
			return ""
		}
		p.exception, p.refused = num(of(colException)), of(colException) != ""
		p.mixed = !p.refused && col[colException] != ""
		reference, count := of(colReference), of(colBits)+of(colWords)
		if reference == "" {
			reference, count = of(colReadReference), of(colReadWords)
		}
		p.address, p.addressed, p.quantity = num(reference), reference != "", num(count)
		p.multiple = len(functions) > 1 && p.addressed
		all = append(all, p)
	}
	return all
}

func num(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// decodeFile runs a capture through packets and conversations to the decoder.
func decodeFile(t *testing.T, name string) []pdu {
	var all []pdu
	for _, p := range decodeAll(t, name) {
		if p.port == 502 { // tshark looks at no other
			all = append(all, p)
		}
	}
	return all
}

// decodeAll is decodeFile for every port. A damaged file is read as far as it goes.
func decodeAll(t *testing.T, name string) (all []pdu) {
	files, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	shard := flow.NewShard(flow.NewRows([]protocols.Protocol{modbus.Protocol()}))
	batch, out := capture.NewBatch(256), &protocols.Output{}
	var at flow.At
	for {
		batch.Reset()
		if err := files.Fill(batch); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Log(err)
			}
			break
		}
		for i := range batch.Packets {
			p := &batch.Packets[i]
			var v packet.View
			packet.Decode(&v, p)
			at.Seq, at.Frame, at.Time, at.Clock = at.Seq+1, p.Frame, p.Time, max(at.Clock, p.Time)
			shard.Packet(&v, &at, out)
		}
		all = append(all, pdusOf(out.All())...)
		out.Reset()
	}
	shard.Flush(at, out)
	return append(all, pdusOf(out.All())...)
}

// pdusOf turns transactions back into the PDUs they were made of.
func pdusOf(obs []ot.Observation) (all []pdu) {
	for i := range obs {
		d := &obs[i].Did
		if obs[i].Kind != ot.Did || d.Code == 23 && d.Op == ot.OpWriteData {
			continue // function 23 gives a read and a write
		}
		p := pdu{port: obs[i].Conv.Server.Port, transaction: uint64(d.Arg[0]), unit: uint64(d.Unit), function: uint64(d.Code & 0xFF)}
		p.address, p.quantity = uint64(d.Object.Addr), uint64(d.Object.Len)
		if d.Asked != 0 {
			p.frame = d.Asked
			all = append(all, p)
		}
		if d.Answered != 0 {
			p.frame, p.exception, p.refused = d.Answered, uint64(d.StatusCode), d.StatusCode != 0
			if d.StatusCode == 0xFD { // a UMAS refusal is no exception to tshark
				p.exception, p.refused = 0, false
			}
			all = append(all, p)
		}
	}
	return all
}

// TestSilentElsewhere: captures without Modbus give no Modbus transaction.
func TestSilentElsewhere(t *testing.T) {
	shared := os.Getenv("SENSOR_SHARED")
	if shared == "" {
		t.Skip("SENSOR_SHARED is not set: the public captures are elsewhere")
	}
	files := 0
	err := filepath.WalkDir(filepath.Join(shared, "pcaps"), func(path string, _ fs.DirEntry, err error) error {
		base, _, isCapture := strings.Cut(path, ".pcap")
		if _, e := os.Stat(base + ".modbus.tsv.gz"); err != nil || !isCapture || e == nil {
			return err
		}
		name := filepath.Base(path)
		if strings.HasPrefix(name, "modbus_") || name == "hndrk-ids-rust-test.pcap" { // Modbus without ground truth
			return nil
		}
		files++
		if found := decodeAll(t, path); len(found) > 0 {
			t.Errorf("%s: %d PDUs, the first: %s", filepath.Base(path), len(found), found[0].key())
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d captures: %v", files, err)
	}
	t.Logf("%d captures", files)
}

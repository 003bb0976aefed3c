package s7plus_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/s7plus"
)

// refRow is one data unit of the reference: its first 24 bytes.
type refRow struct {
	frame string
	bytes []byte
}

func reference(t *testing.T, path string) (rows []refRow) {
	t.Helper()
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
	lines.Scan()
	for lines.Scan() {
		cols := strings.Split(lines.Text(), "\t")
		for _, units := range strings.FieldsFunc(cols[9], func(r rune) bool { return r == ',' || r == ';' }) {
			if b, err := hex.DecodeString(units[:min(len(units), 48)]); err == nil && len(b) > 0 && b[0] == s7plus.ProtocolID {
				rows = append(rows, refRow{cols[0], b})
			}
		}
	}
	return rows
}

// fact is what a PDU is, read independently of the decoder.
type fact struct {
	version  byte
	length   int
	opcode   byte
	function uint32
}

// facts reads a message at fixed places; a PDU that goes on from the one before has no opcode.
func facts(b []byte, goesOn bool) fact {
	f := fact{version: b[1], length: int(binary.BigEndian.Uint16(b[2:]))}
	at := 4
	if f.version == 3 {
		at += 33 // the integrity part
	}
	if f.version > 3 || goesOn || len(b) < at+5 {
		return f
	}
	if f.opcode = b[at]; f.opcode == 0x33 {
		f.function = 0x330000
	} else {
		f.function = uint32(binary.BigEndian.Uint16(b[at+3:]))
	}
	return f
}

// allowed are the frames that are meant to differ from the reference.
var allowed = []struct {
	file  string
	frame uint64
	why   string
}{
	{"ac1-2", 8438, "the reference takes both copies of its segment for retransmissions, and reads neither"},
}

// TestAgreesWithReference compares every data unit of the public captures:
// the message with the reference's first bytes, and version, opcode and function
// with the transactions of its frame.
func TestAgreesWithReference(t *testing.T) {
	for _, path := range captures(t, "s7commplus/*.cotp.tsv.gz") {
		name := strings.TrimSuffix(filepath.Base(path), ".cotp.tsv.gz")
		t.Run(name, func(t *testing.T) { compareFile(t, path, name) })
	}
}

func compareFile(t *testing.T, path, name string) {
	rows := reference(t, path)
	pcap := strings.TrimSuffix(path, ".cotp.tsv.gz") + ".pcap"
	if _, err := os.Stat(pcap); err != nil {
		pcap += "ng"
	}
	obs, messages := replay(t, pcap)
	plus := messages[:0]
	for _, m := range messages {
		if m.bytes[0] == s7plus.ProtocolID && !intended(name, m.frame) {
			plus = append(plus, m)
		}
	}
	same := matched(t, rows, plus)
	seen := index(obs)
	open := map[[2]uint64]bool{}
	wrong := 0
	for _, m := range plus {
		k := [2]uint64{m.conv, uint64(m.dir)}
		f := facts(m.bytes, open[k])
		trailer := len(m.bytes) > 4+f.length
		last := trailer || f.version > 3
		if f.opcode != 0 {
			open[k] = !last
		} else if last {
			open[k] = false
		}
		if f.opcode == 0 && f.version <= 3 || !last {
			continue // only the PDU that completes is in a transaction
		}
		if !seen[place{m.frame, f.code(), f.version}] && !seen[place{m.frame, f.code(), 0}] {
			if wrong++; wrong < 8 {
				t.Errorf("frame %d: no transaction of version %d, opcode %#x, function %#x", m.frame, f.version, f.opcode, f.code())
			}
		}
	}
	if same == 0 {
		t.Fatal("nothing compared")
	}
	t.Logf("%d data units agree", same)
}

func intended(file string, frame uint64) bool {
	for _, a := range allowed {
		if a.file == file && a.frame == frame {
			return true
		}
	}
	return false
}

func (f fact) code() uint32 {
	switch f.version {
	case 0xfe:
		return 0xfe0000
	case 0xff:
		return 0xff0000
	}
	return f.function
}

// matched compares the first bytes of messages with the reference's.
func matched(t *testing.T, rows []refRow, messages []message) (same int) {
	t.Helper()
	left := map[string]int{}
	for _, m := range messages {
		left[string(m.bytes[:min(len(m.bytes), 24)])]++
	}
	for _, row := range rows {
		if prefix := string(row.bytes); left[prefix] > 0 {
			left[prefix]--
			same++
		} else {
			t.Errorf("frame %s: % x is no message of ours", row.frame, row.bytes)
		}
	}
	for prefix, n := range left {
		if n > 0 {
			t.Errorf("%d messages begin with % x, which the reference has not", n, prefix)
		}
	}
	return same
}

// place is where a transaction was seen. Version 0 stands for an answer, which
// keeps the version of its request.
type place struct {
	frame   uint64
	code    uint32
	version byte
}

func index(obs []ot.Observation) map[place]bool {
	seen := map[place]bool{}
	for i := range obs {
		d := &obs[i].Did
		if obs[i].Kind != ot.Did || d.Proto != ot.S7Plus {
			continue
		}
		version := byte(d.Arg[0] >> 16)
		seen[place{d.Asked, d.Code, version}] = true
		seen[place{d.Answered, d.Code, 0}] = true
	}
	return seen
}

// TestKnownCaptures: what is known of captures by their names is found in them.
func TestKnownCaptures(t *testing.T) {
	for _, test := range []struct {
		file string
		op   ot.Op
		text string
		data []byte
	}{
		{"ac1-paket_start.pcapng", ot.OpModeChange, "operating_state_request of cpu_exec_unit", []byte{0, 0, 0, 3}},
		{"ac1-online_stop_yeni_yeni.pcapng", ot.OpModeChange, "operating_state_request of cpu_exec_unit", []byte{0, 0, 0, 1}},
		{"ac1-s71200_Ofline_SWCompileDownload.pcapng", ot.OpProgramDownload, "class_plc_program PLCProgram", nil},
		{"ac1-s71200_GoOfline_HWCompileDownload.pcapng", ot.OpConfigWrite, "class_hw_configuration HWConfiguration", nil},
		{"iti-S7-1511_db3_var1_HMI.pcap", ot.OpReadData, "DB3.10", nil},
		{"iti-s7-1200-hmi.pcap", ot.OpWriteData, "DB3.14", nil},
		{"iti-s7-1200-hmi.pcap", ot.OpReadData, "DB3.10", []byte{3}},
	} {
		found := false
		obs, _ := replay(t, captures(t, "s7commplus/"+test.file)[0])
		for i := range obs {
			d := &obs[i].Did
			if obs[i].Kind == ot.Did && d.Proto == ot.S7Plus && d.Op == test.op && bytes.HasPrefix(s7plus.Protocol().Describe(d, nil), []byte(test.text)) {
				found = found || test.data == nil || bytes.Equal(d.Value, test.data)
			}
		}
		if !found {
			t.Errorf("%s: no %v of %s", test.file, test.op, test.text)
		}
	}
}

// TestQuietOnGoodTraffic: captures of real controllers give no oddity of this protocol.
func TestQuietOnGoodTraffic(t *testing.T) {
	for _, path := range captures(t, "s7commplus/*.pcap*") {
		obs, _ := replay(t, path)
		for i := range obs {
			if obs[i].Kind == ot.Odd && obs[i].Did.Proto == ot.S7Plus {
				t.Errorf("%s frame %d: %v in %s", filepath.Base(path), obs[i].Frame, obs[i].Odd, function(&obs[i].Did))
			}
		}
	}
}

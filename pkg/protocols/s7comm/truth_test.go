package s7comm

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// allowed are the frames that are meant to differ from the reference.
var allowed = []struct {
	file  string
	frame uint64
	why   string
}{
	{"s7-malformed", 13, "its length fields contradict the carrier's: told as an oddity, not as a job"},
	{"s7-malformed", 30, "the same"},
	{"s7-two-answers", 13, "an answer to no request: without the items asked for it has no return codes to give"},
	{"ac1-2", 3573, "its request is not in the capture; with one reference for all jobs and the same bytes it is the answer before, once more"},
}

// TestAgreesWithReference compares what every frame of the public captures
// holds with the reference dissector's columns.
func TestAgreesWithReference(t *testing.T) {
	truths, _ := filepath.Glob("../../../pcaps/*/capture.s7.tsv.gz")
	if len(truths) == 0 {
		t.Fatal("no ground truth beside the project's captures: make oracle writes it")
	}
	if os.Getenv("SENSOR_SHARED") != "" {
		truths = append(truths, captures(t, []string{"s7comm", "s7commplus", "labelled", "mixed"}, ".s7.tsv.gz")...)
	} else {
		t.Log("SENSOR_SHARED is not set: the public captures are elsewhere")
	}
	for _, path := range truths {
		name := strings.TrimSuffix(filepath.Base(path), ".s7.tsv.gz")
		if name == "capture" {
			name = filepath.Base(filepath.Dir(path))
		}
		t.Run(name, func(t *testing.T) { compareFile(t, path, name) })
	}
}

func compareFile(t *testing.T, path, name string) {
	rows := reference(t, path)
	pcaps, _ := filepath.Glob(strings.TrimSuffix(path, ".s7.tsv.gz") + ".pcap*")
	if len(pcaps) != 1 {
		t.Fatalf("captures of %s: %v", path, pcaps)
	}
	asked, answered := byFrame(playFile(t, pcaps[0]))
	checked, wrong := 0, 0
	for _, row := range rows {
		if spans := asked.during(row); spans != nil { // a middle part: of the group and sub-function of its transaction
			want := expected(row)
			part := want["user group"] + " " + want["user sub"]
			if checked++; !slices.Contains(spans, part) && !intended(name, row.frame) {
				wrong++
				t.Errorf("frame %d: part of %q, reference has %q", row.frame, spans, part)
			}
			continue
		}
		for column, want := range expected(row) {
			got := seen(column, row.frame, asked, answered)
			checked++
			if got != want && !intended(name, row.frame) {
				if wrong++; wrong <= 8 {
					t.Errorf("frame %d: %s is %q, reference has %q", row.frame, column, got, want)
				}
			}
		}
	}
	if checked == 0 {
		t.Fatal("nothing compared")
	}
	t.Logf("%d of %d values agree", checked-wrong, checked)
}

func intended(file string, frame uint64) bool {
	for _, a := range allowed {
		if a.file == file && a.frame == frame {
			return true
		}
	}
	return false
}

// refRow is one frame of the reference.
type refRow struct {
	frame uint64
	cols  map[string]string
}

func reference(t *testing.T, path string) (rows []refRow) {
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
	lines.Scan()
	head := strings.Split(lines.Text(), "\t")
	for lines.Scan() {
		row := refRow{cols: map[string]string{}}
		for i, v := range strings.Split(lines.Text(), "\t") {
			row.cols[strings.TrimPrefix(head[i], "s7comm.")] = v
		}
		row.frame, _ = strconv.ParseUint(row.cols["frame.number"], 10, 64)
		rows = append(rows, row)
	}
	return rows
}

// expected is what the reference says of a frame, column by column. Values of
// several PDUs of one frame are compared as a sorted list.
func expected(row refRow) map[string]string {
	want := map[string]string{}
	rosctr := strings.Split(row.cols["header.rosctr"], ";")
	only := func(kinds ...string) bool {
		return !slices.ContainsFunc(rosctr, func(r string) bool { return !slices.Contains(kinds, r) })
	}
	take := func(as, column string) { want[as] = sorted(row.cols[column]) }
	switch {
	case only("1"):
		take("job reference", "header.pduref")
		take("job function", "param.func")
		take("job items", "param.itemcount")
		take("job area", "param.item.area")
		take("job db", "param.item.db")
		take("job address", "param.item.address")
		take("job service", "param.pistart.servicename")
	case only("2", "3"):
		take("answer reference", "header.pduref")
		take("answer error class", "header.errcls")
		take("answer error code", "header.errcod")
		if f := row.cols["param.func"]; f == "0x04" || f == "0x05" {
			take("answer return code", "data.returncode")
		}
	case only("7"):
		take("user group", "param.userdata.funcgroup")
		take("user sub", "param.userdata.subfunc")
		if only4 := strings.Trim(row.cols["param.userdata.type"], "4;") == ""; only4 {
			take("user block type", "blockinfo.blocktype")
		}
	}
	for k, v := range want {
		if v == "" {
			delete(want, k)
		}
	}
	return want
}

func sorted(list string) string {
	parts := strings.Split(list, ";")
	var all []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if n, err := strconv.ParseUint(p, 0, 64); err == nil {
			p = strconv.FormatUint(n, 10)
		}
		all = append(all, p)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

type frames map[uint64][]ot.Transaction

func byFrame(obs []ot.Observation) (asked, answered frames) {
	asked, answered = frames{}, frames{}
	for i := range obs {
		if o := &obs[i]; o.Kind == ot.Did && o.Did.Proto == ot.S7comm {
			if o.Did.Asked != 0 {
				asked[o.Did.Asked] = append(asked[o.Did.Asked], o.Did)
			}
			if o.Did.Answered != 0 {
				answered[o.Did.Answered] = append(answered[o.Did.Answered], o.Did)
			}
		}
	}
	return asked, answered
}

// during gives the transactions of which a frame is one between the first and
// the last part of their answer, by group and sub-function.
func (f frames) during(row refRow) (spans []string) {
	if strings.Trim(row.cols["header.rosctr"], "7;") != "" {
		return nil
	}
	for _, txns := range f {
		for i := range txns {
			if t := &txns[i]; t.Arg[argUser]>>24 > 0 && t.Code >= userdataCode && t.Asked < row.frame && row.frame < t.Answered {
				spans = append(spans, fmt.Sprint(t.Code>>8&0xff, " ", t.Code&0xff))
			}
		}
	}
	return spans
}

// seen is what the transactions of a frame say of a column.
func seen(column string, frame uint64, asked, answered frames) string {
	side, what, _ := strings.Cut(column, " ")
	txns := asked[frame]
	if side == "answer" || side == "user" && len(txns) == 0 {
		txns = answered[frame]
	}
	var all []string
	pdus := map[string]bool{}
	for i := range txns {
		t := &txns[i]
		if side == "user" != (t.Code >= userdataCode) {
			continue
		}
		ref := t.Arg[argRef] & 0xffff
		n, present := get(t, what)
		if !present {
			continue
		}
		if perPDU := what != "area" && what != "db" && what != "address" && what != "return code"; perPDU {
			id := fmt.Sprint(ref, t.Code, t.Asked, t.Answered)
			if pdus[id] {
				continue
			}
			pdus[id] = true
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func get(t *ot.Transaction, what string) (string, bool) {
	number := func(n uint32) (string, bool) { return strconv.FormatUint(uint64(n), 10), true }
	variable := t.Code == funcRead || t.Code == funcWrite
	any := variable && byte(t.Arg[argItem]>>8) == syntaxAny
	switch what {
	case "reference":
		return number(t.Arg[argRef] & 0xffff)
	case "function":
		return number(t.Code)
	case "items":
		n, _ := number(t.Arg[argItem] & 0xff)
		return n, variable
	case "area":
		n, _ := number(t.Object.Area)
		return n, any
	case "db":
		n, _ := number(t.Object.Block)
		return n, any
	case "address":
		n, _ := number(t.Object.Addr)
		return n, any
	case "service":
		return string(t.Name), t.Code == funcService || t.Code == funcStop
	case "error class":
		return number(t.Arg[argOutcome] >> 8 & 0xff)
	case "error code":
		return number(t.Arg[argOutcome] & 0xff)
	case "return code":
		n, _ := number(t.Arg[argOutcome] >> 16 & 0xff)
		return n, variable && t.Arg[argOutcome]&hasReturn != 0
	case "group":
		return number(t.Code >> 8 & 0xff)
	case "sub":
		return number(t.Code & 0xff)
	case "block type":
		return sorted(string([]byte{byte(t.Object.Area >> 8), byte(t.Object.Area)})), t.Code>>8 == userdataCode>>8|groupBlock && t.Object.Len > 0
	}
	return "", false
}

package s7comm

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// said is a session's transactions of S7comm, one a line: verb, status, what was touched.
func said(t *testing.T, s pt.Session) (lines []string) {
	t.Helper()
	for _, d := range pt.Dids(pt.Play(t, Protocol(), s)) {
		if d.Proto != ot.S7comm {
			continue
		}
		line := fmt.Sprintf("%v %v %s", d.Op, d.Status, describe(&d, nil))
		if d.StatusCode != 0 {
			line += fmt.Sprintf(" error %#x", d.StatusCode)
		}
		for i := range d.Points() {
			line += fmt.Sprintf(" %v", d.Point(i))
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTransactions(t *testing.T) {
	for _, test := range []struct {
		session pt.Session
		want    string
	}{
		{variableSeed, `
			session ok
			read-data ok DB10.DBX4.4 (1 bit) 1
			read-data ok DB10.DBW4 (4 bytes) 4660 22136
			read-data ok MB10 (3 bytes) 1 2 3
			read-data refused T5 (1 element) error 0x5
			write-data ok DB10.DBX4.4 (1 bit) 1
			write-data refused DB0.DBD0 (4 bytes) error 0xa 10
			read-data ok nck_channel S column 3 line 1
			read-data ok drive parameter 10 index 2
			read-data ok DB5 symbol 0xdeadbeef
			read-data ok M symbol 0x1020304`},
		{blockSeed, `
			session ok
			program-download ok block DB 7
			program-download ok block DB 7
			program-download ok block DB 7
			program-edit-online ok service _INSE DB 7
			program-upload ok block DB 7
			program-upload ok block DB 7
			program-upload ok block DB 7`},
		{serviceSeed, `
			session ok
			mode-change ok service P_PROGRAM
			mode-change ok service P_PROGRAM
			program-delete refused service _DELE OB 1 error 0xd241
			program-delete refused service _DELE FB 12 error 0xd241
			auth ok service _N_LOGIN_
			config-write ok service _GARB`},
		{statusSeed, `
			session ok
			diagnostic ok SZL 0x0132 index 0x0004
			diagnostic ok SZL 0x0424 index 0x0000
			diagnostic ok SZL 0x0019 index 0x0000
			diagnostic ok SZL 0x00a0 index 0x0000
			config-read ok
			time-set ok
			auth ok
			identify ok block DB
			identify ok block DB 7
			reset ok`},
		{eventSeed, `
			session ok
			subscribe ok HmiRtm
			alarm oneway alarm 0x00af
			diagnostic oneway
			alarm ok alarm 0x00af
			alarm ok alarm 0x00b0
			alarm ok alarm 0x0004
			subscribe ok MB10 (3 bytes) 1 2 3
			subscribe ok DB10.DBX4.4 (1 bit) 1
			read-data oneway
			subscribe ok DB10.DBB16 (4 bytes)
			subscribe ok DB11.DBB0 (8 bytes)
			subscribe ok
			force ok MD0 (4 bytes) 1.093895455e+09
			force ok IB8 (1 byte) 1
			force ok
			diagnostic oneway
			mode-change oneway
			write-data ok R_ID 0x0011
			program-download ok /_N_MPF_DIR/_N_TEST_MPF
			diagnostic ok block OB 1
			alarm ok alarm 0x60000001
			alarm oneway alarm 0x0023
			alarm oneway alarm 0x0024`},
		{partsSeed, `
			session ok
			identify ok block SFC
			read-data ok MB10 (3 bytes) 1 2 3`},
	} {
		t.Run(test.session.Name, func(t *testing.T) {
			got := strings.Join(said(t, test.session), "\n")
			var want []string
			for line := range strings.Lines(strings.TrimSpace(test.want)) {
				want = append(want, strings.TrimSpace(line))
			}
			if clean := strings.ReplaceAll(got, " \n", "\n"); strings.TrimSpace(clean) != strings.Join(want, "\n") {
				t.Errorf("got\n%s", clean)
			}
		})
	}
}

// fieldsOf is the JSON of the n-th transaction of S7comm of a session.
func fieldsOf(t *testing.T, s pt.Session, n int) string {
	t.Helper()
	for _, d := range pt.Dids(pt.Play(t, Protocol(), s)) {
		if d.Proto != ot.S7comm {
			continue
		}
		if n == 0 {
			return pt.JSON(Protocol(), &d)
		}
		n--
	}
	t.Fatal("no such transaction")
	return ""
}

func TestFields(t *testing.T) {
	for _, test := range []struct {
		session pt.Session
		n       int
		want    []string
	}{
		{variableSeed, 0, []string{`"s7.function_name":"setup"`, `"s7.pdu_size":240`, `"s7.pdu_size_asked":480`, `"s7.amq_calling":8`, `"s7.amq_called":3`, `"s7.rosctr_name":"job"`}},
		{variableSeed, 1, []string{`"s7.pdu_reference":2`, `"s7.function_name":"read_var"`, `"s7.item_count":4`, `"s7.syntax_name":"any"`,
			`"s7.area_name":"data_block"`, `"s7.db":10`, `"s7.address":"DB10.DBX4.4"`, `"s7.length":1`, `"s7.transport_size_name":"bit"`,
			`"s7.return_code_name":"good"`, `"s7.error_class_name":"none"`}},
		{variableSeed, 6, []string{`"s7.return_code_name":"object_missing"`}},
		{blockSeed, 1, []string{`"s7.file":"_0A00007P"`, `"s7.block_type_name":"DB"`, `"s7.block_number":7`, `"s7.destination_name":"passive"`,
			`"s7.load_memory_length":80`, `"s7.code_length":8`}},
		{blockSeed, 3, []string{`"s7.from_server":1`, `"s7.bytes_moved":80`, `"s7.block_hash":`, `"s7.block_language_name":"awl"`,
			`"s7.block_security_name":"know_how_protected"`, `"s7.block_author":"ENGINEER"`, `"s7.block_family":"MIXERS"`,
			`"s7.block_name":"DOSING"`, `"s7.block_version":21`, `"s7.block_checksum":43981`, `"s7.block_code_days":8000`}},
		{serviceSeed, 1, []string{`"s7.function_name":"plc_stop"`, `"s7.pi_service":"P_PROGRAM"`}},
		{serviceSeed, 2, []string{`"s7.pi_service":"P_PROGRAM"`, `"s7.pi_argument":"C"`}},
		{serviceSeed, 3, []string{`"s7.error_code_name":"protection_level_forbids"`, `"s7.item_count":2`}},
		{statusSeed, 1, []string{`"s7.group_name":"cpu"`, `"s7.subfunction_name":"read_szl"`, `"s7.szl_id":306`, `"s7.szl_index":4`,
			`"s7.protection_level":2`, `"s7.mode_selector_name":"stop"`}},
		{statusSeed, 2, []string{`"s7.mode_name":"run"`}},
		{statusSeed, 3, []string{`"s7.leds_lit":80`}}, // RUN and FORCE
		{statusSeed, 4, []string{`"s7.diagnostic_event":17156`, `"s7.diagnostic_class_name":"mode_transition"`}},
		{statusSeed, 5, []string{`"s7.clock":"2016-02-08 14:51:37.916"`}},
		{statusSeed, 8, []string{`"s7.blocks_listed":2`}},
		{statusSeed, 10, []string{`"s7.group_name":"programmer"`, `"s7.subfunction_name":"memory_reset"`}},
		{eventSeed, 1, []string{`"s7.events":129`, `"s7.user":"HmiRtm"`, `"s7.alarm_type_name":"alarm_s_initiate"`}},
		{eventSeed, 2, []string{`"s7.userdata_type_name":"push"`, `"s7.alarm_event":175`, `"s7.alarm_state":1`}},
		{eventSeed, 13, []string{`"s7.trigger":512`, `"s7.address":"MD0"`}},
		{partsSeed, 1, []string{`"s7.parts":2`, `"s7.blocks_listed":3`, `"s7.block_type_name":"SFC"`}},
	} {
		got := fieldsOf(t, test.session, test.n)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s, transaction %d: no %s in\n%s", test.session.Name, test.n, want, got)
			}
		}
	}
}

func TestUploadAndDownloadOfABlockHaveOneHash(t *testing.T) {
	var hashes []uint32
	for _, d := range pt.Dids(pt.Play(t, Protocol(), blockSeed)) {
		if d.Code == funcDownloadEnd || d.Code == funcEndUpload {
			hashes = append(hashes, d.Arg[argHash])
		}
	}
	if len(hashes) != 2 || hashes[0] == 0 || hashes[0] != hashes[1] {
		t.Errorf("got %#x", hashes)
	}
}

// TestPasswordsAreNeverKept looks for the bytes of a password in all that leaves the decoder.
func TestPasswordsAreNeverKept(t *testing.T) {
	for _, test := range []struct {
		session pt.Session
		secret  []byte
	}{
		{serviceSeed, []byte("SECRETPW")},
		{statusSeed, pt.Hex("2630101720365543")},
	} {
		for _, o := range pt.Play(t, Protocol(), test.session) {
			if bytes.Contains(o.Did.Value, test.secret) || bytes.Contains(o.Did.Name, test.secret) {
				t.Errorf("%s: the password is in code %#x", test.session.Name, o.Did.Code)
			}
		}
	}
}

func TestIdentity(t *testing.T) {
	got := pt.Identities(pt.Play(t, Protocol(), identitySeed))
	if len(got) != 2 {
		t.Fatalf("%d identities", len(got))
	}
	order, parts := got[0], got[1]
	if order.Of.Addr().String() != "10.0.0.10" || order.Facts[ot.FactOrder] != "6ES7 315-2EH14-0AB0" ||
		order.Facts[ot.FactFirmware] != "V3.2.7" || order.Facts[ot.FactHardware] != "3" {
		t.Errorf("order: %+v", order)
	}
	if parts.Facts[ot.FactName] != "station_1 / PLC_1" || parts.Facts[ot.FactSerial] != "S C-B1U393142011" {
		t.Errorf("components: %+v", parts)
	}
}

func TestHostileIdentityIsCleaned(t *testing.T) {
	evil := "\x1b[31m<script>\xff\xfe\u202eroot"
	text := ascii(evil + strings.Repeat("\x00", 32-len(evil)))
	s := connected("hostile",
		client(user(2, req("4 01"), octets("001c 0002"))),
		server(user(2, resp("4 01"), octets("001c 0002 0022 0001 0002"+text))))
	got := pt.Identities(pt.Play(t, Protocol(), s))
	if len(got) != 1 {
		t.Fatalf("%d identities", len(got))
	}
	name := got[0].Facts[ot.FactName]
	if name == "" || strings.ContainsAny(name, "\x1b\x00\u202e") || !bytes.Equal(ot.Clean(nil, []byte(name), 99), []byte(name)) {
		t.Errorf("got %q", name)
	}
}

func TestOddities(t *testing.T) {
	read := job(2, "04 01"+mb, "")
	for _, test := range []struct {
		name  string
		steps []pt.Step
		want  []ot.Anomaly
	}{
		{"TPKT of 6 bytes", []pt.Step{client(pt.Hex("03 00 0006 02 f0")), client(read)}, []ot.Anomaly{ot.BadLength}},
		{"TPKT of 9000 bytes", []pt.Step{client(pt.Hex("03 00 2328 02 f0 80")), client(read)}, []ot.Anomaly{ot.BadLength}},
		{"bytes between TPKTs", []pt.Step{client(pt.Hex("00 01 02")), client(read)}, []ot.Anomaly{ot.LostSync}},
		{"255 items, one there", []pt.Step{client(job(2, "04 ff"+mb, ""))}, []ot.Anomaly{ot.Malformed}},
		{"write without data", []pt.Step{client(job(2, "05 01"+mb, ""))}, []ot.Anomaly{ot.Mismatched, ot.BadLength}},
		{"PDU above the agreed length", []pt.Step{client(job(2, "05 01 12 0a 10 02 00f8 0000 83 000050", "00 04 07c0"+strings.Repeat("00", 248)))},
			[]ot.Anomaly{ot.Oversize}},
		{"parameters beyond the PDU", []pt.Step{client(dt(pt.Hex("32 01 0000 0002 00ff 0000 04 01")))}, []ot.Anomaly{ot.Malformed}},
		{"something else in between", []pt.Step{client(dt(pt.Hex("72 01 0000")))}, []ot.Anomaly{ot.BadProtocolID}},
		{"reserved TPDU type", []pt.Step{client(pt.Hex("03 00 0007 02 30 80"))}, []ot.Anomaly{ot.ReservedCode}},
		{"answer to a reference that was never used", []pt.Step{server(acked(9, "04 01", "ff 04 0018 010203"))}, []ot.Anomaly{ot.Unmatched}},
		{"answer of another function", []pt.Step{client(read), server(acked(2, "05 01", "ff"))}, []ot.Anomaly{ot.Mismatched, ot.Unmatched}},
		{"a second, other answer", []pt.Step{client(read), server(acked(2, "04 01", "ff 04 0018 010203")), server(acked(2, "04 01", "ff 04 0018 090909"))},
			[]ot.Anomaly{ot.Doubled}},
		{"chain of ten", chainOf(10, 4), []ot.Anomaly{ot.TooDeep}},
		{"chain above the limit", chainOf(3, 6000), []ot.Anomaly{ot.Oversize}},
	} {
		s := connected(test.name, test.steps...)
		if got := pt.Odds(pt.Play(t, Protocol(), s)); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %v; want %v", test.name, got, test.want)
		}
	}
}

// chainOf is a message that never completes, in n data TPDUs of size bytes.
func chainOf(n, size int) (steps []pt.Step) {
	for range n {
		steps = append(steps, client(dtPart(make([]byte, size), false)))
	}
	return steps
}

// TestNeverPairsWithAnotherRequest: of two jobs with one reference the answer belongs to the one it fits.
func TestNeverPairsWithAnotherRequest(t *testing.T) {
	s := connected("reused reference",
		client(job(2, "04 02"+mb+dbx, "")), // its answer never comes
		client(job(2, "04 01"+mb, "")),
		server(acked(2, "04 01", "ff 04 0018 010203")))
	got := strings.Join(said(t, s)[1:], "; ")
	if want := "read-data unanswered MB10 (3 bytes); read-data unanswered DB10.DBX4.4 (1 bit); read-data ok MB10 (3 bytes) 1 2 3"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestOneLostSegmentCostsOnePDU: what follows a loss in the middle of a PDU is decoded.
func TestOneLostSegmentCostsOnePDU(t *testing.T) {
	broken, stop := job(2, "05 01"+real4, "00 07 0004 41200000"), job(3, "29 0000000000 09"+ascii("P_PROGRAM"), "")
	for at := 1; at < len(broken); at++ {
		s := connected("loss", client(broken[:at]), pt.Lost(ot.ToServer), client(pt.Join(broken[min(at+3, len(broken)):], stop)))
		lines := said(t, s)
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "mode-change") {
			t.Errorf("cut at byte %d: %q", at, lines)
		}
		if len(lines) > 2 && at+3 < len(broken) {
			t.Errorf("cut at byte %d: a PDU with a hole was decoded: %q", at, lines)
		}
	}
}

// TestChainOfSingleBytesIsOnePDU: fragmenting hides nothing.
func TestChainOfSingleBytesIsOnePDU(t *testing.T) {
	stop := pduOf(1, 3, nil, pt.Hex("29 0000000000 09"+ascii("P_PROGRAM")), nil)
	var steps []pt.Step
	for i := range stop {
		steps = append(steps, client(dtPart(stop[i:i+1], i == len(stop)-1)))
	}
	if got := said(t, connected("single bytes", steps...)); len(got) != 2 || !strings.HasPrefix(got[1], "mode-change") {
		t.Errorf("got %q", got)
	}
}

func TestOtherUsersOfThePortAreNamed(t *testing.T) {
	for _, test := range []struct {
		data string
		want ot.Service
	}{
		{"0d 0a 05 06 13 01 00 16 01 02 14 02", ot.MMS},
		{"01 00 01 00 61 03 30 01 02", ot.MMS},
		{"a8 04 80 02 00 1f", ot.MMS},
		{"16 03 03 0004 01000000", ot.TLS},
		{"72 01 0009 31 0000 04", ot.S7commPlus}, // its length does not fit: named, not decoded
	} {
		s := pt.Session{Name: "user", Steps: []pt.Step{
			client(connectRequest), server(connectConfirm), client(dt(pt.Hex(test.data))), server(dt(pt.Hex(test.data))),
		}}
		var got []ot.Service
		for _, o := range pt.Play(t, Protocol(), s) {
			switch {
			case o.Kind == ot.Spoke && o.Service != ot.NoService:
				got = append(got, o.Service)
			case o.Did.Proto == ot.S7comm:
				t.Errorf("%s: claimed as S7comm", test.data)
			}
		}
		if len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: said %v; want %v, once", test.data, got, test.want)
		}
	}
}

// TestRandomBytesAreNotClaimed feeds noise, and noise in well-formed data TPDUs.
func TestRandomBytesAreNotClaimed(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 102))
	var steps []pt.Step
	for range 2000 {
		noise := make([]byte, 1+r.IntN(400))
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		steps = append(steps, client(noise), server(dt(noise)))
	}
	for _, d := range pt.Dids(pt.Play(t, Protocol(), pt.Session{Name: "noise", Steps: steps})) {
		if d.Proto == ot.S7comm {
			t.Fatalf("noise was claimed: %+v", d)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, test := range []struct {
		name string
		head []byte
		want protocols.Answer
	}{
		{"connect request", connectRequest, protocols.FromClient},
		{"connect confirm", connectConfirm, protocols.FromServer},
		{"setup", setupAsk, protocols.FromClient},
		{"setup answered", setupAnswer, protocols.Either},
		{"keep-alive", pt.Hex("03 00 0007 02 f0 00"), protocols.Either},
		{"S7comm-plus", dt(pt.Hex("72 01 0004 31 0000 04 72 01 0000")), protocols.Either},
		{"remote desktop: security negotiation, no TSAP", pt.Hex("03 00 0013 0e e0 0000 0000 00 01 00 0800 03000000"), protocols.No},
		{"remote desktop: cookie", pt.Join(pt.Hex("03 00 0019 14 e0 0000 0000 00"), []byte("Cookie: msts\r\n")), protocols.No},
		{"multipoint data", dt(pt.Hex("64 00 03 03 eb 70 14 08 00 11 22")), protocols.No},
		{"a web page", []byte("HTTP/1.1 200 OK"), protocols.No},
	} {
		if got := probe(test.head); got != test.want {
			t.Errorf("%s: %d; want %d", test.name, got, test.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	ask, answer := job(2, "04 02"+dbw+mb, ""), acked(2, "04 02", "ff 04 0020 1234 5678 ff 04 0018 010203")
	var out protocols.Output
	emit := protocols.Emit{Conv: &ot.Conv{}, Batch: &out, BothWays: true}
	d := newDecoder()
	b.SetBytes(int64(len(ask) + len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		d.Feed(ot.ToServer, ask, &emit)
		d.Feed(ot.ToClient, answer, &emit)
		out.Reset()
	}
}

// TestAlarms: what alarm messages and a query for alarms say beyond the event.
func TestAlarms(t *testing.T) {
	var got []string
	for _, d := range pt.Dids(pt.Play(t, Protocol(), eventSeed)) {
		if d.Proto != ot.S7comm || kindOf(&d) != kindAlarm {
			continue
		}
		line := describe(&d, nil)
		for i := range fields {
			if f := &fields[i]; strings.HasPrefix(f.Name, "s7.alarm") {
				line = f.Append(line, &d)
			}
		}
		got = append(got, string(line))
	}
	want := []string{
		`alarm 0x00af,"s7.alarm_event":175,"s7.alarm_state":1,"s7.alarm_acknowledged":65278,"s7.alarm_time":"1994-01-06 00:27:20.397","s7.alarm_values":"ffff"`,
		`alarm 0x00af,"s7.alarm_event":175,"s7.alarm_acknowledged":257`,
		`alarm 0x00b0,"s7.alarm_event":176,"s7.alarm_acknowledged":257`,
		`alarm 0x0004,"s7.alarm_event":4,"s7.alarm_query":1,"s7.alarm_query_name":"by_kind"`,
		`alarm 0x60000001,"s7.alarm_event":1610612737,"s7.alarm_query":3,"s7.alarm_query_name":"by_event",` +
			`"s7.alarms":"ALARM_S 0x60000001 on 0x0001 acknowledged 0x0000 since 2016-02-08 14:51:37.569; ALARM_8 0x0022 on 0x0000 acknowledged 0x0101"`,
		`alarm 0x0023,"s7.alarm_event":35,"s7.alarm_state":1,"s7.alarm_acknowledged":0,"s7.alarm_time":"2016-02-08 14:51:37.569"`,
		`alarm 0x0024,"s7.alarm_event":36,"s7.alarm_state":1,"s7.alarm_acknowledged":1,"s7.alarm_time":"2016-02-08 14:51:37.569","s7.alarm_values":"deadbeef"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestHashOfAWholeBlock: a block of which a piece was asked for and did not come has no hash.
func TestHashOfAWholeBlock(t *testing.T) {
	fetch := func(ref uint16) pt.Step {
		return server(job(ref, "1b 00 0000 00000000 09"+ascii("_0A00007P"), ""))
	}
	for _, test := range []struct {
		name  string
		steps []pt.Step
		moved uint32
	}{
		{"whole", []pt.Step{fetch(0x11), client(acked(0x11, "1b 00", "0050 00fb"+blockBytes))}, 80},
		{"a piece is missing", []pt.Step{fetch(0x11), client(acked(0x11, "1b 01", "0050 00fb"+blockBytes)), fetch(0x13)}, 0},
	} {
		steps := append([]pt.Step{client(job(0x10, "1a 00 0100 00000000 09"+ascii("_0A00007P")+"0d 31"+ascii("000080000008"), ""))}, test.steps...)
		steps = append(steps, server(job(0x12, "1c 00 0000 00000000 09"+ascii("_0A00007P"), "")), client(acked(0x12, "1c", "")))
		for _, d := range pt.Dids(pt.Play(t, Protocol(), connected(test.name, steps...))) {
			if d.Proto == ot.S7comm && d.Code == funcDownloadEnd && (d.Arg[argMoved] != test.moved || (d.Arg[argHash] != 0) != (test.moved != 0)) {
				t.Errorf("%s: %d bytes with hash %#x; want %d", test.name, d.Arg[argMoved], d.Arg[argHash], test.moved)
			}
		}
	}
}

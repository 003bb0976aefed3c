package s7plus_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7plus"
)

// lines writes the transactions of a session: verb, status, what was touched, value.
func lines(t *testing.T, s pt.Session) (all []string) {
	t.Helper()
	row := s7plus.Protocol()
	for _, d := range pt.Dids(pt.Play(t, carrier(), s)) {
		if d.Proto == ot.S7Plus {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%v %v %s: %s %x", d.Op, d.Status, function(&d), row.Describe(&d, nil), d.Value)))
		}
	}
	return all
}

func function(d *ot.Transaction) string {
	for _, c := range s7plus.Protocol().Codes {
		if c.Number == d.Code {
			return c.Name
		}
	}
	return fmt.Sprintf("%#x", d.Code)
}

func TestSessions(t *testing.T) {
	for _, test := range []struct {
		session pt.Session
		want    []string
	}{
		{sessionSeed, []string{
			"session ok create_object: session of PANEL1 04414e4e410557696e43430650414e454c31", // ANNA, WinCC, PANEL1
			"session ok set_multi_variables: session_version of server_session 823f00151b313b36455337203231312d31424533312d30584230203b56332e3000",
			"read-data ok get_multi_variables: DB3.10 1234",
			"read-data ok get_multi_variables: M.3.32.1 3f800000",
			"identify refused get_multi_variables: effective_protection_level of cpu_exec_unit",
			"write-data ok set_multi_variables: DB3.10 01",
			"subscribe ok create_object: subscription Sub1",
			"subscribe oneway notification:",
			"subscribe ok delete_object: subscription",
			"session oneway system_event: LOGOUT",
			"session oneway keep_alive:",
			"subscribe oneway set_variable: subscription_credit_limit of subscription 0014", // its flags want no answer
			"session unanswered delete_object: server_session",
		}},
		{engineeringSeed, []string{
			"identify ok get_sub_stream: effective_protection_level of #905 00000003",
			"auth ok get_sub_stream: session_challenge of #905", // never its value
			"auth ok set_variable: session_response of #905",
			"auth refused set_variable: legitimate of #905",
			"mode-change ok set_variable: operating_state_request of cpu_exec_unit 00000001",
			"program-upload ok explore: #2612 Mixer",
			"program-download ok create_object: class_plc_program PLCProgram",
			"program-delete ok delete_object: fb 5",
			"identify ok get_link: tis_subsystem",
			"write-data ok set_sub_stream: db_actual_value of block_or_alarms 1 01020304",
			"unknown refused invoke: cpu_exec_unit",
			"alarm oneway notification: alarm_object",
			"unknown ok 0x777:",
		}},
		{tlsSeed, []string{
			"session ok init_ssl:",
			"session ok tls_hello: TLS plc-01 " + fmt.Sprintf("%x", "t12d010100_f06271c2b022_000000000000"),
			"session oneway tls_certificate: TLS 1b65f68a522c858715f5dd951cd0402dc16691778814bf0759822b7a257421d0",
			"session oneway tls_alert: TLS",
			"session oneway tls_transfer: TLS",
		}},
	} {
		got := lines(t, test.session)
		for i := range max(len(got), len(test.want)) {
			g, w := "nothing", "nothing"
			if i < len(got) {
				g = got[i]
			}
			if i < len(test.want) {
				w = test.want[i]
			}
			if g != w {
				t.Errorf("%s: transaction %d\n got %s\nwant %s", test.session.Name, i, g, w)
			}
		}
	}
}

// TestFields: fields of single transactions, found by their function.
func TestFields(t *testing.T) {
	for _, test := range []struct {
		session  pt.Session
		function string
		want     []string
	}{
		{sessionSeed, "create_object", []string{
			`"s7plus.user":"ANNA"`, `"s7plus.application":"WinCC"`, `"s7plus.host":"PANEL1"`, `"s7plus.role_name":"hmi"`,
			`"s7plus.server_version":"1;6ES7 211-1BE31-0XB0 ;V3.0"`, `"s7plus.notice_name":"session_pre_legitimated"`,
			`"s7plus.version":1`, `"s7plus.objects":2`, `"s7plus.class_name":"server_session"`}},
		{sessionSeed, "get_multi_variables", []string{
			`"s7plus.items":3`, `"s7plus.area_name":"db"`, `"s7plus.db":3`, `"s7plus.address":"DB3.10"`,
			`"s7plus.symbol_crc":536020087`, `"s7plus.datatype_name":"uint"`, `"s7plus.sequence":3`, `"s7plus.session":905`}},
		{sessionSeed, "notification", []string{
			`"s7plus.credit":10`, `"s7plus.notification":5`, `"s7plus.items":2`, `"s7plus.session":1891631105`}},
		{sessionSeed, "system_event", []string{`"s7plus.confirmed":3136`, `"s7plus.message":"LOGOUT"`}},
		{engineeringSeed, "get_sub_stream", []string{`"s7plus.protection_level_name":"hmi_access"`, `"s7plus.integrity":1`}},
		{engineeringSeed, "explore", []string{
			`"s7plus.title":"Mixer"`, `"s7plus.block_number":7`, `"s7plus.block_language_name":"scl"`, `"s7plus.objects":1`}},
		{engineeringSeed, "invoke", []string{`"s7plus.error":1201`}},
		{sealedSeed, "set_variable", []string{`"s7plus.integrity":1`, `"s7plus.array_name":"array"`, `"s7plus.error":100`, `"s7plus.error_line":4660`,
			`"s7plus.error_source":52`, `"s7plus.error_flags":5`, `"s7plus.generic_error":2`, `"s7plus.opcode_name":"request"`, `"s7plus.version_name":"version_2"`}},
		{sealedSeed, "get_sub_stream", []string{`"s7plus.protection_level_name":"hmi_access"`, `"s7plus.answer_opcode_name":"response_2"`, `"s7plus.integrity":1`}},
		{sealedSeed, "notification", []string{`"s7plus.message_type_name":"notify"`, `"s7plus.opcode_name":"notification"`}},
		{tlsSeed, "tls_hello", []string{
			`"s7plus.tls_version_name":"tls_1_2"`, `"s7plus.tls_cipher":49199`, `"s7plus.tls_server_name":"plc-01"`, `"s7plus.tls_ja4":"t12d010100_f06271c2b022_000000000000"`}},
		{tlsSeed, "tls_transfer", []string{`"s7plus.tls_shape_name":"sparse"`, `"s7plus.tls_bytes_up":69`, `"s7plus.tls_messages_up":1`}},
		{tlsSeed, "tls_alert", []string{`"s7plus.tls_alert":48`}},
	} {
		row, found := s7plus.Protocol(), false
		for _, d := range pt.Dids(pt.Play(t, carrier(), test.session)) {
			if d.Proto != ot.S7Plus || function(&d) != test.function || found {
				continue
			}
			found = true
			json := pt.JSON(row, &d)
			for _, want := range test.want {
				if !strings.Contains(json, want) {
					t.Errorf("%s of %s: no %s in %s", test.function, test.session.Name, want, json)
				}
			}
		}
		if !found {
			t.Errorf("%s: no %s", test.session.Name, test.function)
		}
	}
}

// TestLogOn: who logs on is shown, the refusal is of security, and no secret is kept anywhere.
func TestLogOn(t *testing.T) {
	secrets := [][]byte{{0xaa, 0xbb, 0xcc, 0xdd}, []byte("PWd"), {1, 2, 3, 4}} // response, password, challenge
	seen := false
	for _, d := range pt.Dids(pt.Play(t, carrier(), engineeringSeed)) {
		if d.Op != ot.OpAuth {
			continue
		}
		for _, s := range secrets {
			if bytes.Contains(d.Value, s) || bytes.Contains(d.Name, s) {
				t.Errorf("%v keeps the secret %x", function(&d), s)
			}
		}
		json := pt.JSON(s7plus.Protocol(), &d)
		if d.Status == ot.Refused {
			seen = true
			for _, want := range []string{`"s7plus.user":"ANNA"`, `"s7plus.error":100`, `"s7plus.error_name":"service_access_denied"`, `"s7plus.security_error":1`} {
				if !strings.Contains(json, want) {
					t.Errorf("no %s in %s", want, json)
				}
			}
		}
	}
	if !seen {
		t.Error("no refused log-on")
	}
}

func TestIdentities(t *testing.T) {
	var got []string
	for _, id := range pt.Identities(pt.Play(t, carrier(), sessionSeed)) {
		got = append(got, fmt.Sprintf("%s %v", id.Of.HostString(), id.Facts))
	}
	want := []string{
		"10.0.0.20 [ WinCC     PANEL1  operator panel  ]",
		"10.0.0.10 [Siemens  6ES7 211-1BE31-0XB0  V3.0      ]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
	im0 := pt.Session{Name: "I&M0", Steps: []pt.Step{
		client(whole(3, req("0586", 1)+"00000031 20 04 01 9d29"+trailing)), // attribute 3753 of the CPU
		server(whole(3, res("0586", 1)+`
			00 00 00 14 00 3c        ; return value, unknown; blob without root, 60 bytes
			0020 0038 0100 002a      ; I&M0 block, length, version; vendor 42
			36455337203231352d31414734302d3058423020 ; order number, 20 characters
			5320432d58315932585a2020 20202020        ; serial number, 16 characters
			000a 56 04 03 01         ; hardware 10, software V4.3.1
			0000 0000 0000 0101 000e`)),
	}}
	ids := pt.Identities(pt.Play(t, carrier(), im0))
	if len(ids) != 1 || ids[0].Facts[ot.FactSerial] != "S C-X1Y2XZ" || ids[0].Facts[ot.FactFirmware] != "V4.3.1" || ids[0].Facts[ot.FactHardware] != "10" {
		t.Errorf("I&M0 gives %+v", ids)
	}
}

// TestSpeaks: what is spoken is said once, TLS too, and TLS is not claimed.
func TestSpeaks(t *testing.T) {
	for _, test := range []struct {
		session  pt.Session
		protos   []ot.Proto
		services []ot.Service
	}{
		{sessionSeed, []ot.Proto{ot.S7Plus}, nil},
		{tlsSeed, []ot.Proto{ot.S7Plus}, []ot.Service{ot.TLS}},
	} {
		var protos []ot.Proto
		var services []ot.Service
		for _, o := range pt.Play(t, carrier(), test.session) {
			switch {
			case o.Kind != ot.Spoke:
			case o.Service != ot.NoService:
				services = append(services, o.Service)
			default:
				protos = append(protos, o.Did.Proto)
			}
		}
		if !slices.Equal(protos, test.protos) || !slices.Equal(services, test.services) {
			t.Errorf("%s: said %v and %v", test.session.Name, protos, services)
		}
	}
}

func TestOddities(t *testing.T) {
	good := client(whole(1, req("0586", 9)+"00000389 20 04 01 8e32"+trailing))
	for _, test := range []struct {
		name string
		step pt.Step
		want []ot.Anomaly
	}{
		{"length beyond the message", client(dt(pt.Hex("72 02 00ff 31 0000 0586 0000 0001 00000001 34 00000001 20 04 01 01"))), []ot.Anomaly{ot.BadLength}},
		{"bytes behind the trailer", client(dt(pt.Join(whole(2, req("0556", 1)+"00")[7:], []byte{1, 2}))), []ot.Anomaly{ot.TrailingBytes}},
		{"no such version", client(dt(pt.Hex("72 09 0001 00"))), []ot.Anomaly{ot.BadValue}},
		{"no such opcode", client(whole(2, "55 0000 04ca 0000 0001 00000000 00")), []ot.Anomaly{ot.ReservedCode}},
		{"ends in its head", client(whole(2, "31 0000 04ca")), []ot.Anomaly{ot.Malformed}},
		{"ends in a value", client(whole(2, req("04f2", 1)+"00000034 01 9077 00 15 7f 41")), []ot.Anomaly{ot.Malformed}},
		{"structs without end", client(whole(2, req("04f2", 1)+"00000034 01"+strings.Repeat("01 00 17 00000001 ", 40))), []ot.Anomaly{ot.TooDeep}},
		{"a type that no table has", client(whole(2, req("04f2", 1)+"00000034 01 9077 00 7f 00")), []ot.Anomaly{ot.TooDeep}},
		{"an answer nobody asked for", server(whole(2, res("054c", 77)+"00 00 00")), []ot.Anomaly{ot.Unmatched}},
		{"an answer to another function", server(whole(2, res("054c", 9)+"00 00 00")), []ot.Anomaly{ot.Mismatched}},
		{"four thousand million nulls", client(whole(2, req("04f2", 1)+"00000034 01 9077 10 00 8fffffff7f"+trailing)), nil},
	} {
		s := pt.Session{Name: test.name, Steps: []pt.Step{good, server(whole(1, res("0586", 8)+"00")), test.step, good}}
		var got []ot.Anomaly
		obs := pt.Play(t, carrier(), s)
		for _, o := range obs {
			if o.Kind == ot.Odd && o.Frame == 3 {
				got = append(got, o.Odd)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v; want %v", test.name, got, test.want)
		}
		if d := pt.Dids(obs); d[len(d)-1].Asked != 4 {
			t.Errorf("%s: the PDU behind it is not decoded", test.name)
		}
	}
}

// TestShapes: what encrypted messages show of themselves, told when it changes.
func TestShapes(t *testing.T) {
	record := func(size int) []byte { return dt(tlsRecord(23, make([]byte, size))) }
	var steps []pt.Step
	window := func(down, up, size int) {
		for i := range max(down, up) {
			if i < down {
				steps = append(steps, client(record(size)))
			}
			if i < up {
				steps = append(steps, server(record(size)))
			}
		}
		steps = append(steps, pt.Wait(11*time.Second))
	}
	steps = append(steps, tlsSeed.Steps...)
	window(20, 20, 200)   // poll
	window(20, 20, 300)   // the same
	window(2, 40, 200)    // subscription
	window(100, 10, 2000) // down
	window(10, 100, 2000) // up
	window(1, 1, 20)
	var got []string
	for _, d := range pt.Dids(pt.Play(t, carrier(), pt.Session{Steps: steps})) {
		_, shape, found := strings.Cut(pt.JSON(s7plus.Protocol(), &d), `"s7plus.tls_shape_name":"`)
		if name, _, _ := strings.Cut(shape, `"`); found {
			got = append(got, name)
		}
	}
	if want := []string{"poll", "subscription", "bulk_down", "bulk_up", "sparse"}; !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
}

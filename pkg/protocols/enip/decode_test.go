package enip_test

import (
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	. "otsensor/pkg/protocols/protocoltest"
)

func seed(t *testing.T, name string) Session {
	t.Helper()
	for _, s := range seeds {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no seed %q", name)
	return Session{}
}

// line writes a transaction as a test wants it: verb, status, what, all fields.
func line(d *ot.Transaction) string {
	row := table[0]
	if d.Proto == ot.CIP {
		row = table[1]
	}
	return strings.Join([]string{d.Op.String(), d.Status.String(), string(row.Describe(d, nil)), JSON(row, d)}, " | ")
}

// TestDecode says of each seed what its transactions are. Each want is in the
// order given, and all its parts must occur in the line.
func TestDecode(t *testing.T) {
	for _, c := range []struct {
		seed string
		want [][]string
	}{
		{"tags by name", [][]string{
			{"session | ok", `"enip.command":101`, `"enip.session":17`, `"enip.protocol_version":1`},
			{"read-data | ok | tag Program:Main.Tag[3] of slot 0", `"cip.service_name":"read_tag"`, `"cip.symbol":"Program:Main.Tag[3]"`,
				`"cip.type_code":196`, `"cip.type_code_name":"dint"`, `"cip.element_count":2`, `"cip.route":256`, `"cip.slot":0`, `"cip.carrier":111`, `"cip.send_timeout":14336`},
			{"write-data | ok | tag Speed", `"cip.service_name":"write_tag"`, `"cip.type_code_name":"real"`, `"cip.element_count":1`},
			{"write-data | ok | tag Speed", `"cip.service_name":"write_tag_fragmented"`, `"cip.status_name":"partial_transfer"`, `"cip.offset":2`},
			{"write-data | refused | tag Speed", `"cip.service_name":"read_modify_write_tag"`, `"cip.status":255`, `"cip.ext_status":8453`},
		}},
		{"connected messages", [][]string{
			{"session | ok"},
			{"session | ok | connection to class 0x02 instance 1 of slot 0", `"cip.service_name":"forward_open"`, `"cip.connection_serial":2`,
				`"cip.vendor":77`, `"cip.serial":305419896`, `"cip.o2t_id":9703745`, `"cip.t2o_id":1`, `"cip.o2t_rpi":2000000`, `"cip.t2o_api":2000000`,
				`"cip.o2t_size":500`, `"cip.t2o_type_name":"point_to_point"`, `"cip.o2t_variable":1`, `"cip.o2t_priority_name":"low"`,
				`"cip.transport_class":3`, `"cip.trigger_name":"application"`, `"cip.transport_server":1`, `"cip.timeout_multiplier":8`, `"cip.null_open":0`},
			{"identify | refused | class 0xac Controller Changes instance 1 of slot 0", `"cip.depth":1`, `"cip.status_name":"service_not_supported"`,
				`"cip.connection_id":9703745`, `"cip.sequence":1`},
			{"read-data | ok | class 0x04 Assembly instance 101 attribute 3", `"cip.attribute":3`, `"cip.carrier":112`},
			{"identify | ok | class 0x8e Controller instance 1"},
			{"mode-change | ok | class 0x8e Controller", `"cip.service_name":"program_mode"`},
			{"identify | ok | class 0x6b Symbol instance 3636 attribute 3", `"cip.attribute_count":2`, `"cip.scope":6824992`},
			{"session | ok", `"cip.service_name":"forward_close"`, `"cip.connection_serial":2`, `"cip.application_class":2`},
		}},
		{"I/O connections", [][]string{
			{"session | ok"},
			{"session | refused | I/O connection to assemblies 150 and 100", `"cip.service_name":"large_forward_open"`, `"cip.ext_status_name":"ownership_conflict"`,
				`"cip.remaining_path":3`, `"cip.config_instance":151`, `"cip.o2t_point":150`, `"cip.t2o_point":100`, `"cip.key_vendor":1`, `"cip.key_product":54`,
				`"cip.config_size":4`, `"cip.safety":1`, `"cip.o2t_size":32`, `"cip.t2o_size":34`, `"cip.t2o_type_name":"multicast"`,
				`"cip.o2t_priority_name":"scheduled"`, `"cip.transport_class":1`, `"cip.trigger_name":"cyclic"`, `"cip.timeout_multiplier":16`},
			{"session | ok | null connection", `"cip.null_open":1`},
			{"session | refused", `"cip.status_name":"not_enough_data"`},
		}},
		{"PCCC", [][]string{
			{"session | ok"},
			{"read-data | ok | data table N7:5", `"cip.pccc_command_name":"protected_typed_logical_read_3"`, `"cip.pccc_file":7`,
				`"cip.pccc_file_type_name":"integer"`, `"cip.pccc_element":5`, `"cip.pccc_size":4`, `"cip.pccc_status":0`},
			{"write-data | refused | data table B3:256.2", `"cip.pccc_sub_element":2`, `"cip.pccc_ext_status_name":"access_denied"`, `"cip.status_name":"pccc_extended_status"`},
			{"mode-change | ok", `"cip.pccc_mode_name":"remote_program"`},
			{"write-data | ok | data table 8:2", `"cip.pccc_file_type":0`},
			{"identify | ok", `"cip.pccc_function":3`},
			{"force | refused | data table output_force 0:0", `"cip.status":528`},
		}},
		{"objects and errors", [][]string{
			{"session | ok"},
			{"reset | refused | class 0x01 Identity instance 1", `"cip.reset_type_name":"factory_default"`, `"cip.status_name":"device_state_conflict"`},
			{"read-data | ok | class 0x04 Assembly instance 100", `"cip.member":2`},
			{"read-data | ok | class 0x04 Assembly", `"cip.connection_point":100`},
			{"unknown | refused", `"enip.command":111`, `"enip.status_name":"invalid_length"`},
			{"config-write | refused | class 0xf6 Ethernet Link instance 1 attribute 6", `"cip.status":357`, `"cip.encap_status":101`},
			{"identify | refused | class 0x8e Controller instance 1 of slot 5", `"cip.ext_status_name":"link_address_not_valid"`, `"cip.route":261`},
			{"time-set | ok | class 0x8b Controller Clock instance 1 attribute 6", `"cip.attribute_count":1`},
			{"session | oneway", `"enip.command_name":"unregister_session"`},
		}},
		{"commands", [][]string{
			{"session | ok"},
			{"identify | ok | Communications", `"enip.capability":288`, `"enip.item_type_name":"services"`},
			{"identify | ok", `"enip.command_name":"list_interfaces"`, `"enip.item_count":0`},
			{"session | refused", `"enip.command_name":"start_dtls"`, `"enip.status_name":"invalid_command"`},
			{"session | oneway", `"enip.command_name":"nop"`},
			{"unknown | refused", `"enip.command":106`, `"enip.command_name":"legacy"`},
			{"diagnostic | unanswered", `"enip.command_name":"indicate_status"`},
		}},
		{"discovery", [][]string{
			{"identify | ok | 1756-ENBT/A", `"enip.vendor":1`, `"enip.product_code":58`, `"enip.device_type":12`, `"enip.state":3`, `"enip.max_delay":1000`,
				`"enip.identity_version":1`, `"enip.address":"192.168.10.120"`, `"enip.port":44818`, `"enip.revision":1027`, `"enip.device_status":48`, `"enip.serial":5393806`,
				`"enip.item_type_name":"identity"`, `"enip.item_type_2_name":"cip_security"`, `"enip.security_profiles":31`,
				`"enip.cip_security_state_name":"configured"`, `"enip.security_ports":3`},
			{"identify | unasked", `"enip.item_count":0`},
			{"identify | unanswered"},
		}},
		{"cyclic I/O", [][]string{
			{"io-cyclic | oneway | I/O connection 0x0012", `"cip.io_reason_name":"first"`, `"cip.io_run":1`, `"cip.io_claim":0`, `"cip.io_ready":0`, `"cip.io_size":6`, `"cip.io_packets":1`, `"cip.sequence":1`},
			{"I/O connection 0x0031", `"cip.io_reason_name":"first"`},
			{`"cip.io_reason_name":"run_idle"`, `"cip.io_run":0`, `"cip.io_packets":8`, `"cip.io_missed":2`, `"cip.sequence":11`},
			{`"cip.io_reason_name":"conflict"`},
			{`"cip.io_reason_name":"sequence_back"`},
			{`"cip.io_reason_name":"size"`, `"cip.io_size":7`},
			{`"cip.io_reason_name":"source"`},
			{`"cip.io_reason_name":"source"`, `"cip.io_size":0`},
		}},
	} {
		dids := Dids(Play(t, table[0], seed(t, c.seed)))
		if len(dids) != len(c.want) {
			t.Errorf("%s: %d transactions; want %d", c.seed, len(dids), len(c.want))
		}
		for i := range min(len(dids), len(c.want)) {
			got := line(&dids[i])
			for _, want := range c.want[i] {
				if !strings.Contains(got, want) {
					t.Errorf("%s: transaction %d is\n%s\nwant %s", c.seed, i, got, want)
				}
			}
		}
	}
}

// TestValues: what was read and written, as points.
func TestValues(t *testing.T) {
	points := func(seed string, i int) (all []float64) {
		d := &Dids(Play(t, table[0], Session{Steps: seedSteps(t, seed)}))[i]
		for n := range d.Points() {
			all = append(all, d.Point(n))
		}
		return all
	}
	for _, c := range []struct {
		seed string
		txn  int
		want []float64
	}{
		{"tags by name", 1, []float64{7, -7}},
		{"tags by name", 2, []float64{1.5}},
		{"tags by name", 3, []float64{1, 2}},
		{"PCCC", 1, []float64{42, -1}},
		{"PCCC", 2, []float64{5}},
	} {
		if got := points(c.seed, c.txn); !slices.Equal(got, c.want) {
			t.Errorf("%s, transaction %d: %v; want %v", c.seed, c.txn, got, c.want)
		}
	}
}

func seedSteps(t *testing.T, name string) []Step { return seed(t, name).Steps }

func TestIdentified(t *testing.T) {
	for _, c := range []struct {
		seed string
		want []ot.Identity
	}{
		{"discovery", []ot.Identity{{Source: "EtherNet/IP List Identity", Facts: facts(
			ot.FactVendor, "Rockwell Automation", ot.FactType, "Communications Adapter", ot.FactOrder, "58", ot.FactFirmware, "4.003",
			ot.FactSerial, "00524d8e", ot.FactProduct, "1756-ENBT/A", ot.FactState, "operational")}}},
		{"identity", []ot.Identity{
			{Source: "CIP Identity object", Behind: "slot 0", Facts: facts(
				ot.FactVendor, "Rockwell Automation", ot.FactType, "Programmable Logic Controller", ot.FactOrder, "54", ot.FactFirmware, "16.020",
				ot.FactSerial, "0051823f", ot.FactProduct, "1756-L")},
			{Source: "CIP Identity object", Facts: facts(ot.FactFirmware, "16.020", ot.FactState, "operational")},
			{Source: "CIP Identity object", Facts: facts(ot.FactSerial, "0051823f")},
			{Source: "CIP TCP/IP Interface object", Facts: facts(ot.FactName, "Line")},
			{Source: "CIP Controller Name object", Facts: facts(ot.FactProject, "Filler1")},
		}},
	} {
		got := Identities(Play(t, table[0], seed(t, c.seed)))
		for i := range got {
			if !got[i].Of.HasIP() {
				t.Errorf("%s: identity of nobody", c.seed)
			}
			got[i].Of = ot.Endpoint{}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %v\nwant %v", c.seed, got, c.want)
		}
	}
}

func facts(pairs ...any) (f [ot.FactCount]string) {
	for i := 0; i < len(pairs); i += 2 {
		f[pairs[i].(ot.Fact)] = pairs[i+1].(string)
	}
	return f
}

// TestOdd: what is wrong is said, and only that.
func TestOdd(t *testing.T) {
	get := []byte{0x01, 0x02, 0x20, 0x8e, 0x24, 0x01}
	done := []byte{0x81, 0x00, 0x00, 0x00}
	nested := func(depth int) []byte {
		msg := get
		for range depth {
			msg = append([]byte{0x0a, 0x02, 0x20, 0x02, 0x24, 0x01, 1, 0, 4, 0}, msg...)
		}
		return msg
	}
	for _, c := range []struct {
		name  string
		steps []Step
		want  []ot.Anomaly
	}{
		{"session never given", []Step{Client(rr(1, get...)...), Server(rr(1, done...)...)}, []ot.Anomaly{ot.BadSession}},
		{"a wrong session is said once", []Step{Client(rr(1, get...)...), Server(rr(1, done...)...), Client(rr(2, get...)...), Server(rr(2, done...)...)},
			[]ot.Anomaly{ot.BadSession}},
		{"session registered twice", steps(register, registered), []ot.Anomaly{ot.BadSession}},
		{"session used after it was given up", steps(Client(Hex(`6600 0000 11000000 00000000 0000000000000000 00000000`)...), Client(rr(1, get...)...)),
			[]ot.Anomaly{ot.BadSession}},
		{"answer by the client", steps(Client(rr(1, done...)...)), []ot.Anomaly{ot.WrongDirection}},
		{"request by the server", steps(Server(rr(1, get...)...)), []ot.Anomaly{ot.WrongDirection}},
		{"answer without a request", steps(Server(rr(1, done...)...)), []ot.Anomaly{ot.Unmatched}},
		{"answer repeated", steps(Client(rr(1, get...)...), Server(rr(1, done...)...), Server(rr(1, done...)...)), nil},
		{"second answer", steps(Client(rr(1, get...)...), Server(rr(1, done...)...), Server(rr(1, 0x81, 0, 0x08, 0)...)), []ot.Anomaly{ot.Doubled}},
		{"answer of another service", steps(Client(unit(5, 1, get...)...), Server(unit(6, 1, 0x8e, 0, 0, 0)...)), []ot.Anomaly{ot.Unmatched}},
		{"path longer than the message", steps(Client(rr(1, 0x01, 0x09, 0x20)...)), []ot.Anomaly{ot.Malformed}},
		{"nested eight deep", steps(Client(rr(1, nested(8)...)...)), nil},
		{"nested nine deep", steps(Client(rr(1, nested(9)...)...)), []ot.Anomaly{ot.TooDeep}},
		{"offsets that run back", steps(Client(rr(1, Hex(`0a 02 20 02 24 01 0200 0600 0400 0e00`)...)...)), []ot.Anomaly{ot.Malformed}},
		{"status in a request", steps(Client(Hex(`0000 0000 11000000 01000000 0000000000000000 00000000`)...)), []ot.Anomaly{ot.BadValue}},
		{"options", steps(Client(Hex(`0000 0000 11000000 00000000 0000000000000000 01000000`)...)), []ot.Anomaly{ot.BadValue}},
		{"length and items disagree", steps(Client(append(Hex(`6f00 ff00`), rr(1, get...)[4:]...)...), Client(rr(2, get...)...)), []ot.Anomaly{ot.BadLength}},
		{"65535 items", steps(Client(Hex(`6f00 0800 11000000 00000000 0000000000000000 00000000 00000000 0a00 ffff`)...), Client(rr(2, get...)...)),
			[]ot.Anomaly{ot.Malformed}},
		{"register with another version", []Step{Client(append(Hex(`6500 0400 00000000 00000000 0000000000000000 00000000`), 2, 0, 0, 0)...)}, []ot.Anomaly{ot.BadValue}},
		{"garbage between PDUs", steps(Client([]byte("some text that is no header at all")...), Client(rr(1, get...)...)), []ot.Anomaly{ot.LostSync}},
		{"unit data with an unconnected item", steps(Client(append([]byte{0x70, 0x00}, rr(1, get...)[2:]...)...)), []ot.Anomaly{ot.BadValue}},
	} {
		got := Odds(Play(t, table[0], Session{Name: c.name, Steps: c.steps}))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v; want %v", c.name, got, c.want)
		}
	}
}

// TestLengthDoesNotSwallow: a length that promises too much hides nothing behind it.
func TestLengthDoesNotSwallow(t *testing.T) {
	get := []byte{0x01, 0x02, 0x20, 0x8e, 0x24, 0x01}
	broken := append(Hex(`6f00 ffff`), rr(1, get...)[4:]...)
	dids := Dids(Play(t, table[0], Session{Steps: steps(Client(broken...), Client(rr(2, get...)...), Server(rr(2, 0x81, 0, 0, 0)...))}))
	if n := len(dids); n != 3 || dids[1].Status != ot.OK {
		t.Errorf("%d transactions, %v; want the one behind to be answered", n, dids)
	}
}

// TestFlood: a client that never waits is let go after protocols.OpenMax requests, and that is said once.
func TestFlood(t *testing.T) {
	var flood []Step
	for i := range 1000 {
		flood = append(flood, Client(rr(byte(i), 0x01, 0x02, 0x20, 0x8e, 0x24, 0x01)...))
	}
	obs := Play(t, table[0], Session{Steps: steps(flood...)})
	if odds := Odds(obs); !slices.Equal(odds, []ot.Anomaly{ot.TooManyOpen}) {
		t.Errorf("oddities %v", odds)
	}
	if n := len(Dids(obs)); n != 1001 {
		t.Errorf("%d transactions; want every request once", n)
	}
}

// TestJoin: answers find their requests although contexts repeat.
func TestJoin(t *testing.T) {
	ask := func(service, attribute byte) []byte {
		return []byte{service, 0x03, 0x20, 0x04, 0x24, 0x01, 0x30, attribute}
	}
	answer := func(service, status byte) []byte { return []byte{service | 0x80, 0, status, 0} }
	s := Session{Steps: steps(
		Client(rr(0, ask(0x0e, 1)...)...),
		Client(rr(0, ask(0x10, 2)...)...),
		Client(rr(0, ask(0x0e, 3)...)...),
		Server(rr(0, answer(0x10, 0x0e)...)...),
		Server(rr(0, answer(0x0e, 0x00)...)...),
		Server(rr(0, answer(0x0e, 0x09)...)...),
	)}
	var got []uint32
	for _, d := range Dids(Play(t, table[0], s))[1:] {
		got = append(got, d.Object.Addr<<8|d.StatusCode)
	}
	if want := []uint32{0x20e, 0x100, 0x309}; !slices.Equal(got, want) {
		t.Errorf("attribute and status %x; want %x", got, want)
	}
}

// TestConnections: two connections of one session with equal sequence counts
// are kept apart, midway through as well.
func TestConnections(t *testing.T) {
	read := []byte{0x0e, 0x03, 0x20, 0x04, 0x24, 0x01, 0x30, 0x03}
	write := []byte{0x10, 0x03, 0x20, 0x04, 0x24, 0x02, 0x30, 0x03, 0x55}
	s := Session{Steps: []Step{
		Client(unit(0xa1, 9, read...)...),
		Client(unit(0xa2, 9, write...)...),
		Server(unit(0xb2, 9, 0x90, 0, 0, 0)...),
		Server(unit(0xb1, 9, 0x8e, 0, 0, 0, 0x77)...),
		Client(unit(0xa2, 10, read...)...),
		Client(unit(0xa1, 10, read...)...),
		Server(unit(0xb1, 10, 0x8e, 0, 8, 0)...), // of A1, although A2 asked first
		Server(unit(0xb2, 10, 0x8e, 0, 0, 0, 0x78)...),
	}}
	var got []uint32
	for _, d := range Dids(Play(t, table[0], s)) {
		id, _ := field(table, &d, "cip.connection_id")
		got = append(got, uint32(id)<<8|d.StatusCode)
	}
	if want := []uint32{0xa200, 0xa100, 0xa108, 0xa200}; !slices.Equal(got, want) {
		t.Errorf("connection and status %x; want %x", got, want)
	}
}

// TestIOSummary: steady I/O gives one transaction in ten seconds.
func TestIOSummary(t *testing.T) {
	var all []Step
	for i := range 2500 { // 25 s at 10 ms
		st := Client(cyclic(7, uint32(i), uint16(i), 1, 0, 0, 0, byte(i))...)
		st.After *= 10
		all = append(all, st)
	}
	var packets []uint64
	for _, d := range Dids(Play(t, table[0], Session{Datagram: true, Conv: udp(2222), Steps: all})) {
		n, _ := field(table, &d, "cip.io_packets")
		packets = append(packets, n)
	}
	if want := []uint64{1, 1000, 1000, 499}; !slices.Equal(packets, want) {
		t.Errorf("packets %v; want %v", packets, want)
	}
}

// TestRunIdle: a mode is told from data that only looks like one.
func TestRunIdle(t *testing.T) {
	play := func(word func(i int) byte) (reasons []string, said bool) {
		var all []Step
		for i := range 200 {
			all = append(all, Client(cyclic(7, uint32(i), uint16(i), word(i), 0, 0, 0, 0x55)...))
		}
		for _, d := range Dids(Play(t, table[0], Session{Datagram: true, Conv: udp(2222), Steps: all})) {
			n, _ := field(table, &d, "cip.io_reason")
			reasons = append(reasons, map[uint64]string{1: "first", 2: "run_idle", 7: "summary"}[n])
			_, is := field(table, &d, "cip.io_run")
			said = said || is
		}
		return reasons, said
	}
	for _, c := range []struct {
		name string
		word func(i int) byte
		want []string
		said bool
	}{
		{"run, then idle, then run", func(i int) byte { return bit(i < 100 || i >= 150) }, []string{"first", "run_idle", "run_idle", "summary"}, true},
		{"always zero", func(int) byte { return 0 }, []string{"first", "summary"}, false},
		{"zero, then one", func(i int) byte { return bit(i > 50) }, []string{"first", "run_idle", "summary"}, true},
		{"toggles every fourth packet", func(i int) byte { return bit(i/4%2 == 1) }, []string{"first", "summary"}, false},
		{"counts", func(i int) byte { return byte(i / 20) }, []string{"first", "run_idle", "run_idle", "summary"}, true},
		{"is no mode", func(int) byte { return 0x7f }, []string{"first", "summary"}, false},
	} {
		reasons, said := play(c.word)
		if !slices.Equal(reasons, c.want) || said != c.said {
			t.Errorf("%s: %v, mode said %v; want %v, %v", c.name, reasons, said, c.want, c.said)
		}
	}
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func TestCodeOf(t *testing.T) {
	if got := cip.CodeOf(0x12345, 0x8e); got != 0xFFFF0e {
		t.Errorf("code %x; want a class beyond 16 bits to count as any", got)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"tags by name", "connected messages", "PCCC", "cyclic I/O"} {
		for _, s := range seeds {
			if s.Name != name {
				continue
			}
			b.Run(name, func(b *testing.B) {
				p := NewPlayer(table[0], s)
				b.ReportAllocs()
				for b.Loop() {
					for _, st := range s.Steps {
						p.Do(st)
					}
					p.Forget()
				}
			})
		}
	}
}

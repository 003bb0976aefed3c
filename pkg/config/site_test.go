package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
	"otsensor/rules"
)

const exampleSite = "../../docs/site.example.yaml"

func example(t testing.TB) *config.Site {
	t.Helper()
	data, err := os.ReadFile(exampleSite)
	if err != nil {
		t.Fatal(err)
	}
	s, err := config.ParseSite(data, "site.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func host(addr string) ot.Endpoint { return ot.EndpointOf(netip.MustParseAddr(addr), 0) }

func port(addr string, port uint16) ot.Endpoint {
	return ot.EndpointOf(netip.MustParseAddr(addr), port)
}

func TestExampleSiteFitsThePlaybook(t *testing.T) {
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	if err := example(t).Check(p); err != nil {
		t.Error(err)
	}
}

// Thresholds name rules that count; what is wrong with them has its line.
func TestSiteThresholdsFitTheRules(t *testing.T) {
	set, err := detect.Load(rules.Files(), all.Table(), detect.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := example(t).CheckRules(set); err != nil {
		t.Error(err)
	}
	s, err := config.ParseSite([]byte("sensor: { id: s }\nthresholds:\n  rules:\n    REC-3: { min: 9 }\n    S7-06: { min: 9 }\n"), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.CheckRules(set)
	want := `s.yaml:4: thresholds: no rule "REC-3"; did you mean "REC-03"?` + "\n" + `s.yaml:5: thresholds: S7-06 does not count: it has no threshold`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// The files to begin with fit the playbook, and say who is called for every
// step of it: in the small firm people hold many roles, in the large one desks
// hold one each.
func TestFilesToBeginWith(t *testing.T) {
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]int{}
	for _, size := range []string{"small", "large"} {
		data, err := os.ReadFile("../../docs/site." + size + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		s, err := config.ParseSite(data, size)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(p); err != nil {
			t.Error(err)
		}
		callable := map[string]bool{}
		for i := range p.Steps {
			role := p.Steps[i].Role
			if role != "sensor" && len(s.Contacts(role)) == 0 {
				t.Errorf("%s firm: nobody is called for %s of step %s", size, role, p.Steps[i].ID)
			}
			for _, c := range s.Contacts(role) {
				callable[c.ID] = true
			}
		}
		people[size] = len(callable)
		for _, a := range s.Assets {
			if a.GxP == "" || a.Owner == "" {
				t.Errorf("%s firm: %s has no owner or GxP impact", size, a.Name)
			}
		}
	}
	if people["small"] > 5 || people["large"] < 8 {
		t.Errorf("people called: %v", people)
	}
}

func TestSiteNamesUnknownToThePlaybook(t *testing.T) {
	s, err := config.ParseSite([]byte("sensor: {id: s}\ncontacts: [{id: ada}]\nroles:\n  crim: [ada]\nreporting:\n  R-1: soon\ncitations:\n  Q-1: law\n"), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	err = s.Check(p)
	want := `s.yaml:4: no role in the playbook called "crim"; did you mean "cirm"?` + "\n" +
		`s.yaml:6: no report in the playbook called "R-1"; did you mean "R-01"?` + "\n" +
		`s.yaml:8: no hook in the playbook called "Q-1"; did you mean "Q-01"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// The example shows every key there is.
func TestExampleSiteNamesEveryKey(t *testing.T) {
	data, err := os.ReadFile(exampleSite)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range config.SiteKeys() {
		if !strings.Contains(string(data), key+":") {
			t.Errorf("the example does not show %s", key)
		}
	}
}

func TestAssetOfAHost(t *testing.T) {
	s := example(t)
	a := s.Find(port("10.10.2.10", 102))
	if a == nil || a.Name != "PLC-2" || a.Role != "controller" || a.Line != "filling-2" || a.Cell != "filler" || a.Step != "aseptic filling" ||
		a.Owner != "automation" || a.GxP != "direct" || a.Safety || !a.NotHoldable || a.Engineering {
		t.Errorf("PLC-2 is %+v", a)
	}
	if a := s.Find(host("10.10.2.11")); a == nil || a.NotHoldable {
		t.Errorf("a step whose pausing nobody spoke of: %+v", a)
	}
	if a := s.Find(host("fd00:10:2::20")); a == nil || a.Name != "HMI-2" {
		t.Errorf("second address of HMI-2: %+v", a)
	}
	if a := s.Find(ot.Endpoint{MAC: [6]byte{2, 0, 0, 0, 0, 0x17}}); a == nil || a.Name != "IO-7" {
		t.Errorf("host without an address: %+v", a)
	}
	if !s.Find(host("10.10.2.12")).Safety || !s.Find(host("10.10.5.30")).Engineering {
		t.Error("safety and engineering are lost")
	}
	if s.Find(host("10.10.2.99")) != nil {
		t.Error("a stranger is an asset")
	}
	if !s.Scanner(host("10.10.5.40")) || s.Scanner(host("10.10.5.30")) || s.Scanner(host("10.10.2.99")) {
		t.Error("only Scanner-1 may scan")
	}
	if s.Sensor() != (event.Sensor{ID: "sensor-1", Site: "North plant", Line: "filling-2"}) {
		t.Errorf("sensor %+v", s.Sensor())
	}
}

func TestZoneOfAHost(t *testing.T) {
	s := example(t)
	for addr, want := range map[string]string{
		"10.10.2.10": "cell-2", // the longest prefix decides
		"10.10.5.30": "plant", "fd00:10:2::1": "cell-2", "192.168.1.1": "", "8.8.8.8": "",
	} {
		if got := s.Zone(host(addr)); got != want {
			t.Errorf("%s is in %q, want %q", addr, got, want)
		}
	}
	if got := s.Zone(ot.Endpoint{MAC: [6]byte{2, 0, 0, 0, 0, 0x17}}); got != "cell-2" {
		t.Errorf("an asset's own zone: %q", got)
	}
}

func TestConduits(t *testing.T) {
	s := example(t)
	for _, c := range []struct {
		from, to ot.Endpoint
		want     bool
		why      string
	}{
		{host("10.10.2.20"), port("10.10.2.10", 102), true, "inside a zone"},
		{host("10.10.5.30"), port("10.10.2.10", 502), true, "a port of the conduit"},
		{host("10.10.5.30"), port("10.10.2.10", 3389), false, "another port"},
		{host("10.10.5.30"), host("10.10.2.10"), true, "no port stands for any"},
		{host("10.10.2.10"), port("10.10.5.30", 502), false, "the other way round"},
		{host("10.10.2.10"), port("10.10.5.30", 123), true, "time"},
		{host("192.168.1.1"), port("10.10.2.10", 102), false, "outside has no conduit"},
		{host("192.168.1.1"), port("172.16.0.1", 102), true, "outside is one zone"},
		{host("10.10.2.10"), port("239.192.1.1", 2222), true, "said to many"},
		{host("10.10.2.10"), port("255.255.255.255", 44818), true, "said to all"},
		{ot.Endpoint{MAC: [6]byte{2}}, host("10.10.2.10"), true, "no address"},
	} {
		if got := s.Conduit(c.from, c.to); got != c.want {
			t.Errorf("%s to %s (%s): %v", c.from, c.to, c.why, got)
		}
	}
}

func TestPlannedWork(t *testing.T) {
	s := example(t)
	begin := time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC).UnixNano() // 06:00 at +01:00
	const hour = int64(time.Hour)
	ews, plc := host("10.10.5.30"), port("10.10.2.10", 102)
	for _, c := range []struct {
		from, to ot.Endpoint
		op       ot.Op
		at       int64
		want     string
		why      string
	}{
		{ews, plc, ot.OpProgramDownload, begin, "CR-2026-014", "the first moment"},
		{ews, plc, ot.OpProgramDownload, begin + 2*hour - 1, "CR-2026-014", "the last moment"},
		{ews, plc, ot.OpProgramDownload, begin + 2*hour, "", "after it"},
		{ews, plc, ot.OpProgramDownload, begin - 1, "", "before it"},
		{ews, plc, ot.OpReadData, begin, "CR-2026-014", "reading along with it"},
		{ews, plc, ot.OpUnknown, begin, "CR-2026-014", "no verb"},
		{ews, plc, ot.OpFirmware, begin, "", "an act that is not in it"},
		{ews, plc, ot.OpProgramUpload, begin, "", "engineering that changes nothing is named or not covered"},
		{ews, port("10.10.2.11", 502), ot.OpProgramDownload, begin, "", "another asset"},
		{host("10.10.2.20"), plc, ot.OpProgramDownload, begin, "", "somebody else"},
		{host("10.10.9.9"), plc, ot.OpProgramDownload, begin, "", "a stranger"},
	} {
		if got := s.Planned(c.from, c.to, c.op, c.at); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// The word engineering stands for every engineering verb, and for no other.
func TestEngineeringStandsForAllEngineeringWork(t *testing.T) {
	s, err := config.ParseSite([]byte(`
sensor: {id: s}
assets: [{name: a, addresses: [10.0.0.1]}, {name: b, addresses: [10.0.0.2]}]
planned_work: [{ticket: T, who: [a], assets: [b], acts: [engineering], from: 2026-01-01T00:00:00Z, until: 2026-01-02T00:00:00Z}]
`), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC).UnixNano()
	for i, name := range ot.OpNames() {
		op := ot.Op(i)
		if got, want := s.Planned(host("10.0.0.1"), host("10.0.0.2"), op, at) != "", op.Engineering() || !op.ChangesState(); got != want {
			t.Errorf("%s is covered: %v", name, got)
		}
	}
}

func TestCriticalPoints(t *testing.T) {
	s := example(t)
	plc2, plc3 := s.Find(host("10.10.2.10")), s.Find(host("10.10.2.11"))
	s7 := func(area, db, byteAt, bytes uint32) *ot.Transaction {
		return &ot.Transaction{Proto: ot.S7comm, Object: ot.Object{Area: area, Block: db, Addr: byteAt * 8, Len: bytes * 8}}
	}
	modbus := func(unit, addr, n uint32) *ot.Transaction {
		return &ot.Transaction{Proto: ot.Modbus, Unit: unit, Object: ot.Object{Area: 4, Addr: addr, Len: n}} // 4: holding registers
	}
	cip := func(name string) *ot.Transaction { return &ot.Transaction{Proto: ot.CIP, Name: []byte(name)} }
	for _, c := range []struct {
		a    *config.Asset
		t    *ot.Transaction
		want string
	}{
		{plc2, s7(0x84, 5, 12, 4), "fill volume"},
		{plc2, s7(0x84, 5, 0, 100), "fill volume"}, // within a larger write
		{plc2, s7(0x84, 5, 15, 1), "fill volume"},  // its last byte
		{plc2, s7(0x84, 5, 16, 4), ""},
		{plc2, s7(0x84, 5, 8, 4), ""},
		{plc2, s7(0x84, 6, 12, 4), ""}, // another block
		{plc2, s7(0x83, 5, 12, 4), ""}, // flags
		{plc2, modbus(1, 40, 1), ""},   // another protocol
		{plc3, modbus(1, 40, 1), "label number"},
		{plc3, modbus(1, 41, 1), "label number"},
		{plc3, modbus(1, 42, 1), ""},
		{plc3, modbus(2, 40, 1), ""}, // another unit
		{plc3, cip("Reject_Limit"), "reject limit"},
		{plc3, cip("reject_limit[3]"), "reject limit"},
		{plc3, cip("Reject_Limit.High"), "reject limit"},
		{plc3, cip("Reject_Limits"), ""},
		{plc3, cip("Reject"), ""},
		{nil, cip("Reject_Limit"), ""},
	} {
		name := ""
		if p := c.a.CriticalPoint(c.t); p != nil {
			name = p.Name
		}
		if name != c.want {
			t.Errorf("%+v: %q, want %q", c.t.Object, name, c.want)
		}
	}
	if p := plc2.Critical[0]; *p.Low != 9.8 || *p.High != 10.2 || !slices.Equal(p.Writers, []string{"HMI-2"}) {
		t.Errorf("%+v", p)
	}
}

func TestPeopleAndClocks(t *testing.T) {
	s := example(t)
	if who := s.Contacts("cirm"); len(who) != 2 || who[0].Name != "A. Example" || who[1].ID != "ben" {
		t.Errorf("cirm: %+v", who)
	}
	if s.Contacts("quality_unit")[0].ID != "ben" || s.Contacts("legal") != nil {
		t.Error("one person may hold several roles, and some nobody holds")
	}
	if s.Clock("R-01") != "at once, by telephone" || s.Clock("R-02") != "" {
		t.Errorf("%q, %q", s.Clock("R-01"), s.Clock("R-02"))
	}
}

// Without a site file nothing is known, and nothing is forbidden.
func TestNoSiteFile(t *testing.T) {
	var s *config.Site
	a, b := host("10.0.0.1"), port("10.0.0.2", 502)
	if s.Find(a) != nil || s.Zone(a) != "" || s.Scanner(a) || !s.Conduit(a, b) || s.Planned(a, b, ot.OpWriteData, 1) != "" ||
		s.Contacts("cirm") != nil || s.Clock("R-01") != "" || s.Sensor() != (event.Sensor{}) || s.Check(nil) != nil || s.Citation("Q-01") != "" || s.Line("l") != nil ||
		s.Find(a).CriticalPoint(&ot.Transaction{}) != nil {
		t.Error("a nil site knows something")
	}
}

// Each file of testdata/site says in its comments what is wrong with it.
func TestInvalidSiteFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/site/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, line := range strings.Split(string(data), "\n") {
			if text, found := strings.CutPrefix(line, "# want: "); found {
				want = append(want, text)
			}
		}
		_, err = config.ParseSite(data, filepath.Base(file))
		if err == nil || len(want) == 0 || err.Error() != strings.Join(want, "\n") {
			t.Errorf("%s\n got %v\nwant %s", file, err, strings.Join(want, "\n"))
		}
	}
}

// Whatever the file holds, reading it and asking it does no harm.
func FuzzSite(f *testing.F) {
	data, err := os.ReadFile(exampleSite)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := config.ParseSite(data, "s.yaml")
		if (s == nil) == (err == nil) {
			t.Fatalf("site %v and error %v", s, err)
		}
		for i := range 4 {
			a, b := host("10.10.2.10"), port("10.10.5.30", uint16(i))
			s.Conduit(a, b)
			s.Planned(a, b, ot.Op(250+i), 0)
			s.PhaseSeen(a, &ot.Transaction{Proto: ot.S7comm, Status: ot.OK, Object: ot.Object{Area: 0x84, Block: 5, Len: 1<<32 - 1}})
			s.Find(a).CriticalPoint(&ot.Transaction{Proto: ot.Modbus, Object: ot.Object{Addr: 1<<32 - 1, Len: 1<<32 - 1}})
		}
	})
}

package all_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/protocols/bacnet"
	"otsensor/pkg/protocols/dns"
	"otsensor/pkg/protocols/profinet"
	"otsensor/pkg/sensor"
)

// shared is the folder of public captures, or skips the test.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SENSOR_SHARED")
	if _, err := os.Stat(filepath.Join(dir, "pcaps")); dir == "" || err != nil {
		t.Skip("SENSOR_SHARED names no directory with pcaps/: public captures are not at hand")
	}
	return filepath.Join(dir, "pcaps")
}

func captures(t testing.TB, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".pcap") || strings.HasSuffix(path, ".pcapng") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures below %s: %v", dir, err)
	}
	return files
}

// files are the captures of public folders and of our own cases.
func files(t testing.TB, dir string, folders, cases []string) (all []string) {
	t.Helper()
	for _, folder := range folders {
		all = append(all, captures(t, filepath.Join(dir, folder))...)
	}
	for _, name := range cases {
		all = append(all, captures(t, filepath.Join("..", "..", "..", "pcaps", name))...)
	}
	return all
}

// replay takes a capture through the whole pipeline and gives what the judge is given.
func replay(t testing.TB, name string) (seen []ot.Observation) {
	t.Helper()
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		return nil // the captures of the tools' own regression tests hold files nobody reads
	}
	defer src.Close()
	_, err = sensor.Run(context.Background(), src, sensor.Options{Workers: 2, Table: all.Table(), Poison: true}, sensor.Judge{
		Observe: func(o *ot.Observation) {
			kept := *o
			kept.Did.Name, kept.Did.Value = bytes.Clone(o.Did.Name), bytes.Clone(o.Did.Value)
			seen = append(seen, kept)
		},
		Tick: func(sensor.Tick) {},
	})
	if err != nil {
		t.Logf("%s: %v", name, err)
	}
	return seen
}

// neighbours are the protocols that are compared with another dissector's reading.
var neighbours = []struct {
	proto   ot.Proto
	folders []string // public captures of it
	cases   []string // our own, below pcaps/
	made    bool     // the cases were built frame by frame, not recorded: they prove no code
	office  bool     // spoken on captures of everything else, too
	display string   // the other dissector's filter
	field   string   // its field with the function
	base    uint32   // what our code is above its number
	ignore  []uint64 // its functions of answers: joined to their requests here
	both    bool     // an answer has its request's function
	pushes  bool     // what nobody asked for counts too

	// except says for a capture why it may differ.
	except map[string]string
}{
	{proto: ot.ProtoDNP3, folders: []string{"dnp3"}, display: "dnp3", field: "dnp3.al.func", pushes: true, ignore: []uint64{129, 131}, except: map[string]string{
		"qut16-test_range4": "segments sent again grow, and tshark does not read what an earlier one had lost",
	}},
	{proto: ot.ProtoIEC104, folders: iec104Folders, cases: []string{"iec104-station"}, display: "iec60870_asdu && iec60870_asdu.causetx != 5 && iec60870_asdu.causetx != 13", field: "iec60870_asdu.typeid", both: true,
		ignore: []uint64{102, 127}, except: iec104Moved}, // and these, which are answered by other types:
	{proto: ot.ProtoIEC104, folders: iec104Folders, cases: []string{"iec104-station"}, display: "(iec60870_asdu.causetx == 5 || iec60870_asdu.causetx == 13) && iec60870_asdu.typeid in {102, 122, 127}", field: "iec60870_asdu.typeid", except: iec104Moved},
	{proto: ot.ProtoOPCUA, folders: []string{"opcua"}, cases: []string{"opcua-session", "opcua-device"}, display: "opcua", field: "opcua.servicenodeid.numeric", ignore: []uint64{
		397, 425, 431, 449, 464, 470, 476, 491, 530, 536, 557, 563, 569, 634, 676, 715, 754, 766, 772, 784, 790, 796, 802, 829, 850, 12209, 12212}, except: map[string]string{
		"capture": "a channel that is opened under a policy hides its service from tshark: that it is opened is told here",
	}},
	{proto: ot.ProtoBACnet, folders: []string{"bacnet"}, cases: []string{"bacnet-station"}, display: "bvlc && bacapp.type == 0", field: "bacapp.confirmed_service"},
	{proto: ot.ProtoBACnet, folders: []string{"bacnet"}, cases: []string{"bacnet-station"}, display: "bvlc && bacapp.type == 1", field: "bacapp.unconfirmed_service", base: bacnet.Unconfirmed, except: map[string]string{
		"icsnpp-bacnet_services": "six broadcasts are there twice, a millisecond apart, with one identification: the mirror shows them twice",
	}},
	{proto: ot.ProtoSLMP, folders: []string{"labelled/plc-operations"}, cases: []string{"slmp-client"}}, // tshark has no dissector for it
	{proto: ot.ProtoFINS, folders: []string{"fins"}, cases: []string{"fins-client"}, display: "omron", field: "omron.command", both: true},
	{proto: ot.Profinet, folders: profinetFolders, cases: []string{"stations-asked"}, display: "pn_dcp.service_id == 5 && pn_dcp.service_type == 0", field: "pn_dcp.service_id", base: 5<<16 - 5, except: profinetTwice},
	{proto: ot.Profinet, folders: profinetFolders, display: "pn_dcp.service_id == 4 && pn_dcp.service_type == 0", field: "pn_dcp.suboption_device", base: 0x40200},
	{proto: ot.Profinet, folders: profinetFolders, display: "pn_dcp.service_id == 4 && pn_dcp.service_type == 0", field: "pn_dcp.suboption_ip", base: 0x40100},
	{proto: ot.Profinet, folders: profinetFolders, display: "dcerpc.pkt_type == 0 && udp.dstport == 34964", field: "dcerpc.opnum", base: profinet.Call, except: profinetTwice},
	{proto: ot.ProtoLLDP, folders: []string{"encap"}, cases: []string{"lldp-cdp"}, display: "lldp", field: "eth.type", base: 1<<32 - 0x88cb},
	{proto: ot.ProtoCDP, folders: []string{"encap"}, display: "cdp", field: "cdp.version", base: 0xffffffff, // they are of version 2
		except: map[string]string{"tcpdump-various_gre": "some stand in GRE without a frame of their own: they are of the ends of the tunnel"}},
	{proto: ot.ProtoCDP, cases: []string{"lldp-cdp"}, display: "cdp", field: "cdp.version"}, // and these of version 1
	{proto: ot.ProtoSTP, folders: []string{"encap"}, cases: []string{"spanning-tree"}, display: "stp", field: "stp.type"},
	{proto: ot.ProtoPTP, cases: []string{"ptp-clocks"}, display: "ptp.v2.messagetype == 13" /* what is sent all the time is not each told */, field: "ptp.v2.messagetype"},
	{proto: ot.ProtoDLR, cases: []string{"network-rings"}, made: true, display: "dlr && enip.dlr.frametype != 1" /* beacons are not each told */, field: "enip.dlr.frametype"},
	{proto: ot.ProtoMRP, cases: []string{"network-rings"}, made: true, display: "pn_mrp.type == 3", field: "eth.type", base: 1<<32 - 0x88e0},
	{proto: ot.ProtoEtherCAT, folders: []string{"ethercat"}, display: "ecat.cmd == 5 && ecat.ado == 0x120 && ecat.cnt == 0", field: "ecat.ado", base: 1<<32 - 0x20, // ethercat.Control is 0x20 below the register
		ignore: []uint64{304, 1282, 2048, 6144, 6389, 6390, 6635}}, // of the other commands of these frames
	{proto: ot.ProtoHARTIP, folders: []string{"hart-ip"}, cases: []string{"stations-asked"}, display: "hart_ip.message_type == 0", field: "hart_ip.pt.command"},
	{proto: ot.ProtoMMS, folders: []string{"iec61850"}, cases: []string{"stations-asked"}, display: "mms", field: "mms.confirmedServiceRequest", except: map[string]string{
		"iti-iec": "the first association began before the capture: tshark does not read what is in it",
	}},
	{proto: ot.ProtoADS, folders: []string{"beckhoff-ads"}, cases: []string{"ads-client"}, display: "ams", field: "ams.cmdid", both: true},
	{proto: ot.ProtoDNS, office: true, folders: []string{"it-noise", "beckhoff-ads", "iec61850", "hart-ip"}, cases: []string{"dns-lookups", "mdns-announcement"},
		display: "(dns || mdns || llmnr) && dns.flags.response == 0 && dns.count.queries <= 32 && dns.count.answers <= 1024 && dns.count.auth_rr <= 1024 && dns.count.add_rr <= 1024 && !(udp.port == 8053) && !icmp" /* random bytes, and a port of its own */, field: "dns.flags.opcode",
		except: map[string]string{"malcolm-DNS": "one question is there twice, by a mirror"}},
	{proto: ot.ProtoDNS, office: true, folders: []string{"it-noise", "beckhoff-ads", "iec61850", "hart-ip"}, cases: []string{"netbios-names"},
		display: "nbns && nbns.flags.response == 0 && !icmp", field: "nbns.flags.opcode", base: dns.NetBIOS},
	{proto: ot.ProtoDHCP, office: true, folders: []string{"it-noise", "enip"}, cases: []string{"dhcp-lease"}, display: "dhcp.type == 1 && !icmp", field: "dhcp.option.dhcp"},
	{proto: ot.ProtoNTP, office: true, folders: []string{"it-noise", "iec61850"}, cases: []string{"ntp-poll"}, display: "ntp && !icmp", field: "ntp.flags.mode", ignore: []uint64{4, 6, 7}},
	{proto: ot.ProtoSNMP, office: true, folders: []string{"iec61850", "modbus"}, cases: []string{"snmp-read-write"}, display: "snmp && !icmp", field: "snmp.data", ignore: []uint64{2, 8},
		except: map[string]string{"malmod-modbus": "one request is there twice, by a mirror"}},
	{proto: ot.ProtoTLS, office: true, folders: []string{"it-noise", "hart-ip"}, cases: []string{"tls-handshakes"}, display: "tls.handshake.type == 1", field: "tls.handshake.type", ignore: []uint64{2, 11, 12, 14, 16}},
	{proto: ot.ProtoHTTP, office: true, folders: []string{"it-noise", "s7comm"}, cases: []string{"http-pages"}}, // tshark has no numbers for methods
	{proto: ot.ProtoSSH, office: true, folders: []string{"labelled/westermo"}, cases: []string{"ssh-login"}},
	{proto: ot.ProtoTelnet, office: true, folders: []string{"it-noise"}, cases: []string{"telnet-login"}},
	{proto: ot.ProtoFTP, office: true, cases: []string{"ftp-transfer"}},
	{proto: ot.ProtoSMB, office: true, cases: []string{"smb-share"}, display: "smb2 && smb2.flags.response == 0", field: "smb2.cmd"},
	{proto: ot.ProtoRDP, office: true, cases: []string{"rdp-logon"}, display: "rdp.neg_type == 1", field: "rdp.neg_type", except: map[string]string{
		"capture": "who asks for the old security says nothing of a negotiation: it is a connection here all the same",
	}},
	{proto: ot.ProtoVNC, office: true, folders: []string{"it-noise"}, cases: []string{"vnc-panel", "vnc-tls"}},                                                                                  // tshark counts no log-ons
	{proto: ot.ProtoKerberos, office: true, cases: []string{"kerberos-logon"}, display: "kerberos.msg_type == 10 || kerberos.msg_type == 12", field: "kerberos.msg_type", ignore: []uint64{14}}, // what a ticket is asked with stands within
	{proto: ot.ProtoSRTP}, // tshark has no dissector for it, and no public capture was at hand
	{proto: ot.ProtoTFTP, office: true, cases: []string{"tftp-transfer"}, display: "tftp.opcode <= 2", field: "tftp.opcode"},
}

var (
	iec104Folders = []string{"iec104", "labelled/iec104-energy"}
	iec104Moved   = map[string]string{
		"iti-TestDissectIec104": "lengths below an ASDU's header: tshark reads a type there",
		"shark2pit-IEC":         "segments came in the wrong order: tshark leaves the later one out",
		"fkie-C-0.1-0":          "frames were inserted with sequence numbers of their own: tshark leaves them out",
		"fkie-S-0.1-0":          "frames were moved: tshark leaves them out",
		"fkie-R-0.1-0":          "frames were removed, and those that hold a read beside others are left out by the filter",
	}
	profinetFolders = []string{"profinet", "labelled/profinet-dcp-dos"}
	profinetTwice   = map[string]string{
		"plc4x-implicit-messages-plc4x-testsuite": "the mirror shows frames twice: tshark counts both",
		"plc4x-working-profinet-recording-plc4x":  "the mirror shows frames twice: tshark counts both",
	}
)

// TestFunctionsAgree: what another dissector reads as requests of a protocol
// is what we read, function by function.
func TestFunctionsAgree(t *testing.T) {
	dir := shared(t)
	if testing.Short() {
		t.Skip("another dissector reads a hundred captures for this: it takes minutes")
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed: there is nobody to compare with")
	}
	held, read := layersOf(t, dir), reader()
	for _, n := range neighbours {
		if n.display == "" {
			continue
		}
		t.Run(n.proto.String(), func(t *testing.T) {
			t.Parallel()
			agreed := 0
			for _, name := range files(t, dir, n.folders, n.cases) {
				if !speaks(held[name], n.display) {
					continue
				}
				base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
				want, got := theirs(t, name, n.display, n.field, n.ignore), ours(read(t, name), n.proto, n.base, n.both, n.both || n.pushes)
				for _, code := range slices.Sorted(maps.Keys(want)) {
					if w := want[code]; (got[code] < w.least || got[code] > w.most) && n.except[base] == "" {
						t.Errorf("%s: function %d: %d requests; tshark has %d to %d", base, code, got[code], w.least, w.most)
					}
					agreed += min(want[code].least, got[code])
				}
			}
			if agreed == 0 {
				t.Error("no request was compared")
			}
			t.Logf("%d requests agree", agreed)
		})
	}
}

// tally is how often a function came, without and with what was sent again.
type tally struct{ least, most int }

// theirs counts the PDUs of each function that is not an answer.
func theirs(t *testing.T, name, display, field string, ignore []uint64) map[uint64]tally {
	t.Helper()
	out, err := exec.Command("tshark", "-n", "-r", name, "-Y", display, "-T", "fields",
		"-e", "tcp.analysis.retransmission", "-e", "tcp.analysis.out_of_order", "-e", field).Output()
	if err != nil {
		t.Logf("%s: tshark: %v", name, err)
	}
	count := map[uint64]tally{}
	for line := range strings.Lines(string(out)) {
		again, values, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		disorder, values, _ := strings.Cut(values, "\t")
		for value := range strings.SplitSeq(values, ",") {
			code, err := strconv.ParseUint(value, 0, 64)
			if err != nil || slices.Contains(ignore, code) {
				continue
			}
			c := count[code]
			c.most++
			if again+disorder == "" {
				c.least++
			}
			count[code] = c
		}
	}
	return count
}

// ours counts the same: a PDU once, however many transactions it gave.
func ours(all []pair, proto ot.Proto, base uint32, both, pushes bool) map[uint64]int {
	type pdu struct {
		pair
		frame uint64
	}
	seen := map[pdu]bool{}
	count := map[uint64]int{}
	for _, d := range all {
		if d.proto != proto {
			continue
		}
		asked := d.frames[0] != 0
		for i, frame := range d.frames {
			p := pdu{d, frame}
			p.frames = [2]uint64{}
			if frame == 0 || seen[p] || i == 1 && (asked && !both || !asked && !pushes) {
				continue
			}
			seen[p] = true
			count[uint64(d.code-base)]++
		}
	}
	return count
}

// pair is a transaction by its two frames.
type pair struct {
	proto     ot.Proto
	code, key uint32
	conv      uint64
	frames    [2]uint64
}

// reader gives the transactions of a capture; each capture is replayed once.
func reader() func(t *testing.T, name string) []pair {
	var lock sync.Mutex
	known := map[string]func() []pair{}
	return func(t *testing.T, name string) []pair {
		lock.Lock()
		read, found := known[name]
		if !found {
			read = sync.OnceValue(func() (all []pair) {
				for _, o := range replay(t, name) {
					if o.Kind == ot.Did {
						all = append(all, pair{o.Did.Proto, o.Did.Code, o.Did.Arg[1], o.Conv.First, [2]uint64{o.Did.Asked, o.Did.Answered}})
					}
				}
				return all
			})
			known[name] = read
		}
		lock.Unlock()
		return read()
	}
}

// layersOf is what the manifest of the public captures says each of them
// holds, by tshark's own names of protocols.
func layersOf(t *testing.T, dir string) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 100 {
		t.Fatalf("%d captures in the manifest: %v", len(rows), err)
	}
	file, protocols := slices.Index(rows[0], "file"), slices.Index(rows[0], "protocols")
	all := map[string][]string{}
	for _, row := range rows[1:] {
		all[filepath.Join(dir, row[file])] = append(strings.Fields(row[protocols]), "")
	}
	return all
}

// speaks reports whether a capture may hold what a display filter asks for: it
// holds one of its protocols, or nothing is known of it.
func speaks(layers []string, display string) bool {
	for _, layer := range layers {
		name, _, _ := strings.Cut(layer, "=")
		for _, word := range strings.FieldsFunc(display, func(r rune) bool { return strings.ContainsRune(" ()&|=<>", r) }) {
			if asked, _, _ := strings.Cut(word, "."); name != "" && strings.HasPrefix(name, asked) {
				return true
			}
		}
	}
	return len(layers) == 0
}

// TestEngineeringToolOfMELSEC: tshark has no dissector for it; every request of
// the captures is joined to its answer, and the CPU says its name.
func TestEngineeringToolOfMELSEC(t *testing.T) {
	dir := filepath.Join(shared(t), "labelled", "plc-operations")
	for _, name := range []string{"n1", "n2", "c1"} {
		answered, cpu := 0, ""
		for _, o := range replay(t, filepath.Join(dir, "lemorn-Mitsubishi-"+name+".pcap")) {
			switch {
			case o.Kind == ot.Did && o.Did.Proto == ot.ProtoSLMP && o.Did.Status == ot.OK:
				answered++
			case o.Kind == ot.Did && o.Did.Proto == ot.ProtoSLMP:
				t.Logf("%s: frame %d: %#x %v %#x", name, o.Frame, o.Did.Code, o.Did.Status, o.Did.StatusCode)
			case o.Kind == ot.Odd && o.Did.Proto == ot.ProtoSLMP:
				t.Errorf("%s: frame %d: %v", name, o.Frame, o.Odd)
			case o.Kind == ot.Identified:
				cpu = o.Who.Facts[ot.FactProduct]
			}
		}
		if answered < 100 || cpu != "R08CPU" {
			t.Errorf("%s: %d requests answered by %q", name, answered, cpu)
		}
	}
}

// TestDevicesByTheirEEPROM: a master reads who its five devices are; they say so on the way back.
func TestDevicesByTheirEEPROM(t *testing.T) {
	orders := map[string]string{}
	for _, o := range replay(t, filepath.Join(shared(t), "ethercat", "ct-EtherCAT.pcap")) {
		if o.Kind == ot.Identified && o.Who.Facts[ot.FactOrder] != "" {
			orders[o.Who.Behind] = o.Who.Facts[ot.FactOrder]
		}
	}
	want := map[string]string{"device 4096": "0x44c2c52", "device 4097": "0x3f63052", "device 4098": "0x7d43052", "device 4099": "0xc1e3052", "device 4100": "0x10243052"}
	if !maps.Equal(orders, want) {
		t.Errorf("%v; want %v", orders, want)
	}
}

// TestNothingElseIsClaimed: on captures of other protocols none of these decoders says a word.
func TestNothingElseIsClaimed(t *testing.T) {
	dir := shared(t)
	for _, name := range captures(t, dir) {
		folder, _ := filepath.Rel(dir, filepath.Dir(name))
		for _, o := range replay(t, name) {
			for _, n := range neighbours {
				if o.Kind == ot.Spoke && o.Did.Proto == n.proto && !n.office && !slices.Contains(n.folders, folder) && !bystander(o.Conv) {
					t.Errorf("%s/%s: frame %d is taken for %v", folder, filepath.Base(name), o.Frame, n.proto)
				}
			}
		}
	}
}

// bystander reports whether a conversation is of those that most lines have
// beside others: behind an ethertype of its own, or a PROFINET controller's.
func bystander(c *ot.Conv) bool { return c.Transport == ot.Link || c.Server.Port == 34964 }

// TestFilesOfRecordedTransfers: what crossed whole over a share or TFTP has the sum of what was sent.
func TestFilesOfRecordedTransfers(t *testing.T) {
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	for name, want := range map[string][]string{
		"smb-share":     {"firmware_20261128.bin " + sum("x\n"), "startup.cfg " + sum("recipe\n")},
		"tftp-transfer": {"startup.cfg " + sum("recipe\n"), "firmware_20261128.bin " + sum("x\n")},
	} {
		var got []string
		for _, o := range replay(t, filepath.Join("../../../pcaps", name, "capture.pcap")) {
			if o.Kind == ot.Carried {
				got = append(got, string(o.Did.Name)+" "+string(o.Did.Value))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
}

// TestUnverifiedIsHonest: a code of these protocols is marked unverified exactly when no capture holds it.
func TestUnverifiedIsHonest(t *testing.T) {
	dir := shared(t)
	seen := map[ot.Proto]map[uint32]bool{}
	for _, n := range neighbours {
		if seen[n.proto] == nil {
			seen[n.proto] = map[uint32]bool{}
		}
		for _, name := range files(t, dir, n.folders, n.cases) {
			for _, o := range replay(t, name) {
				if o.Kind == ot.Did && o.Did.Proto == n.proto && !n.made {
					seen[n.proto][o.Did.Code] = true
				}
			}
		}
	}
	for _, row := range all.Table() {
		for _, c := range row.Codes {
			if codes := seen[row.Proto]; codes != nil && codes[c.Number] == c.Unverified && !joined[row.Proto][c.Number] {
				t.Errorf("%v %#x %s: seen %v, unverified %v", row.Proto, c.Number, c.Name, codes[c.Number], c.Unverified)
			}
		}
	}
}

// joined are codes that captures hold but that never stand alone: answers, and frames around others.
var joined = map[ot.Proto]map[uint32]bool{
	ot.ProtoDNP3:   {0x83: true, 0x103: true, 0x104: true},
	ot.ProtoIEC104: {120: true, 121: true, 125: true},
	ot.ProtoOPCUA:  {397: true},
	ot.ProtoBACnet: {0x200: true, 0x204: true, 0x209: true, 0x20a: true, 0x20b: true},
	ot.ProtoFINS:   {0x10001: true, 0x10002: true},
	ot.ProtoSNMP:   {2: true},
}

// The rules of the house, as tests: who may import whom, and what no package may do.
package otsensor_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms in the order of imports: a room may import those before it, never one
// behind. Decoders do not know each other, save a carrier that its user names.
var rooms = []string{
	"pkg/near", "pkg/strict", "pkg/sandbox", "pkg/ot", "pkg/event", "pkg/filter", "pkg/capture", "pkg/packet",
	"pkg/protocols", "pkg/protocols/protocoltest", "pkg/flow",
	"pkg/protocols/tpkt", "pkg/protocols/mms", "pkg/protocols/tls", "pkg/protocols/cip", "pkg/protocols/modbus", "pkg/protocols/enip", "pkg/protocols/s7plus", "pkg/protocols/s7comm",
	"pkg/protocols/dnp3", "pkg/protocols/iec104", "pkg/protocols/opcua", "pkg/protocols/bacnet", "pkg/protocols/slmp", "pkg/protocols/fins", "pkg/protocols/ads",
	"pkg/protocols/profinet", "pkg/protocols/hartip", "pkg/protocols/lldp", "pkg/protocols/cdp", "pkg/protocols/stp", "pkg/protocols/ptp", "pkg/protocols/dlr", "pkg/protocols/mrp", "pkg/protocols/ethercat",
	"pkg/protocols/dns", "pkg/protocols/dhcp", "pkg/protocols/ntp", "pkg/protocols/snmp",
	"pkg/protocols/http", "pkg/protocols/ssh", "pkg/protocols/telnet", "pkg/protocols/ftp", "pkg/protocols/tftp", "pkg/protocols/smb", "pkg/protocols/kerberos", "pkg/protocols/rdp", "pkg/protocols/vnc", "pkg/protocols/srtp",
	"pkg/protocols/all",
	"pkg/assets", "pkg/baseline", "pkg/detect", "pkg/playbook", "pkg/journal", "pkg/cases", "pkg/store", "pkg/output", "pkg/evidence", "pkg/config", "pkg/export", "pkg/paper", "pkg/ready",
	"rules", "pcaps", "pcaps/make", "lab", "lab/mix", "pkg/sensor", "lab/cost", "pkg/web", "cmd/sensor",
}

// keepers says who alone may import a module, and why.
var keepers = map[string]struct {
	rooms []string
	why   string
}{
	"github.com/google/gopacket":            {[]string{"pkg/capture", "pkg/packet", "pkg/evidence", "pcaps/make", "lab"}, "its parsers panic on crafted input; the hot path has its own"},
	"github.com/prometheus/client_golang":   {[]string{"pkg/web"}, "metrics are made of snapshots when they are asked for"},
	"github.com/rs/zerolog":                 {[]string{"pkg/event", "pkg/output"}, "zerolog encodes the record about the plant"},
	"go.uber.org/zap":                       {[]string{"cmd/sensor", "pkg/sensor", "pkg/web"}, "zap tells the operator about the sensor"},
	"modernc.org/sqlite":                    {[]string{"pkg/store"}, "what is kept goes through the store, which alone knows where it lies"},
	"go.yaml.in/yaml/v3":                    {[]string{"pkg/strict", "pkg/detect", "pkg/config", "pkg/playbook"}, "files are read through pkg/strict"},
	"github.com/santhosh-tekuri/jsonschema": {nil, "only tests check schemas"},
}

type pkg struct {
	Dir, ImportPath string
	GoFiles         []string
	Imports         []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, "otsensor/")
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
	if len(all) < 15 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range packages(t) {
		here := slices.Index(rooms, p.ImportPath)
		if here < 0 {
			t.Errorf("%s is not in the list of rooms: give it its place in house_test.go", p.ImportPath)
		}
		for _, imp := range p.Imports {
			name, own := strings.CutPrefix(imp, "otsensor/")
			if own && slices.Index(rooms, name) >= here {
				t.Errorf("%s imports %s, which stands behind it: data flows one way", p.ImportPath, name)
			}
			for module, keeper := range keepers {
				if strings.HasPrefix(imp, module) && !slices.Contains(keeper.rooms, p.ImportPath) {
					t.Errorf("%s imports %s: %s", p.ImportPath, module, keeper.why)
				}
			}
		}
	}
}

// timeless are the rooms between dispatch and event: there time is packet time.
var timeless = []string{"pkg/ot", "pkg/packet", "pkg/flow", "pkg/protocols", "pkg/assets", "pkg/baseline", "pkg/detect", "pkg/playbook", "pkg/cases", "pkg/event", "pkg/evidence", "pkg/sensor"}

func TestHouseRules(t *testing.T) {
	for _, p := range packages(t) {
		docs := 0
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc != nil {
				docs++
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: init: nothing happens before main", fset.Position(f.Pos()))
				}
			}
			if inTimeless(p.ImportPath) {
				wallClock(t, fset, file)
			}
		}
		if docs != 1 {
			t.Errorf("%s has %d package comments, not one", p.ImportPath, docs)
		}
	}
}

func inTimeless(path string) bool {
	return slices.ContainsFunc(timeless, func(room string) bool { return path == room || strings.HasPrefix(path, room+"/") })
}

func wallClock(t *testing.T, fset *token.FileSet, file *ast.File) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since" || s.Sel.Name == "Until") {
				t.Errorf("%s: the wall clock is read between dispatch and event: time is packet time", fset.Position(n.Pos()))
			}
		}
		return true
	})
}

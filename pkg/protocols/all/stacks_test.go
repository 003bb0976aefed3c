package all_test

import (
	"path/filepath"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

// TestSerialModbusOfARealStack: RTU and ASCII over TCP, recorded, are read whole;
// Modbus in TLS shows the roles of both ends.
func TestSerialModbusOfARealStack(t *testing.T) {
	count := map[string]int{}
	for _, name := range []string{"modbus-serial", "modbus-tls"} {
		for _, o := range replay(t, filepath.Join("../../../pcaps", name, "capture.pcap")) {
			switch {
			case o.Kind == ot.Odd:
				t.Errorf("%s: frame %d: %v", name, o.Frame, o.Odd)
			case o.Kind == ot.Did:
				count[o.Did.Proto.String()+" "+o.Did.Status.String()+" "+told(&o.Did, "modbus.framing")+told(&o.Did, "tls.modbus_role")]++
			}
		}
	}
	for kind, want := range map[string]int{"modbus ok rtu": 14, "modbus refused rtu": 1, "modbus ok ascii": 14, "modbus refused ascii": 1,
		"tls ok ": 2, "tls oneway Device": 2, "tls oneway Operator": 2} {
		if count[kind] != want {
			t.Errorf("%s: %d; want %d of %v", kind, count[kind], want, count)
		}
	}
}

// told is the name or the text that a transaction has in a field, "" where it has none.
func told(d *ot.Transaction, field string) string {
	for _, row := range all.Table() {
		for i := range row.Fields {
			if f := &row.Fields[i]; row.Proto == d.Proto && f.Name == field {
				return valueOf(f, d)
			}
		}
	}
	return ""
}

func valueOf(f *protocols.Field, d *ot.Transaction) string {
	if f.Text != nil {
		return string(f.Text(d))
	}
	if n, present := f.Num(d); present && f.Names != nil {
		return f.Names(n)
	}
	return ""
}

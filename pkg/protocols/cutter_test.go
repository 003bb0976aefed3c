package protocols_test

import (
	"bytes"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// measure is of a protocol of the test alone: 'T', kind, length of all. Kind 'c' is certain.
func measure(b []byte) (n int, certain bool) {
	switch {
	case b[0] != 'T' || len(b) > 1 && b[1] != 'c' && b[1] != 'd':
		return 0, false
	case len(b) < 3:
		return -1, false
	case b[2] < 3 || b[2] > 40:
		return 0, false
	}
	return int(b[2]), b[1] == 'c'
}

// cut gives the PDUs of a stream that comes in pieces, and what was odd.
func cut(c protocols.Cutter, pieces ...[]byte) (pdus []string, odd []ot.Anomaly) {
	c.Proto, c.Measure = ot.Modbus, measure
	out := &protocols.Emit{Conv: &ot.Conv{}, Batch: &protocols.Output{}}
	var kept []byte
	for _, piece := range pieces {
		kept = append(kept, piece...)
		for {
			pdu, used := c.Next(ot.ToServer, kept, out)
			if pdu != nil {
				pdus = append(pdus, string(pdu))
			}
			kept = kept[used:]
			if pdu == nil {
				break
			}
		}
	}
	for _, o := range out.Batch.All() {
		odd = append(odd, o.Odd)
	}
	return pdus, odd
}

func TestCutter(t *testing.T) {
	for _, c := range []struct {
		name   string
		cutter protocols.Cutter
		stream string
		want   []string
		odd    []ot.Anomaly
	}{
		{"two PDUs", protocols.Cutter{}, "Tc\x04aTc\x03", []string{"Tc\x04a", "Tc\x03"}, nil},
		{"never spoken", protocols.Cutter{}, "GET /Tc\x03", []string{"Tc\x03"}, []ot.Anomaly{ot.WrongProtocol}},
		{"lost between", protocols.Cutter{}, "Tc\x03??Tc\x03", []string{"Tc\x03", "Tc\x03"}, []ot.Anomaly{ot.LostSync}},
		{"doubtful, then certain", protocols.Cutter{}, "Td\x03Tc\x03", []string{"Td\x03", "Tc\x03"}, nil},
		{"doubtful, then doubtful", protocols.Cutter{}, "Td\x03Td\x03Tc\x03", []string{"Td\x03", "Tc\x03"}, []ot.Anomaly{ot.LostSync}},
		{"length swallows the next", protocols.Cutter{Inside: true}, "Tc\x20aTc\x04bTc\x03", []string{"Tc\x20a", "Tc\x04b", "Tc\x03"}, []ot.Anomaly{ot.BadLength}},
		{"length swallows its first byte", protocols.Cutter{Inside: true}, "Tc\x05aTc\x04bTc\x03", []string{"Tc\x05aT", "Tc\x04b", "Tc\x03"}, []ot.Anomaly{ot.BadLength}},
	} {
		var single [][]byte
		for i := range c.stream {
			single = append(single, []byte{c.stream[i]})
		}
		for how, pieces := range map[string][][]byte{"whole": {[]byte(c.stream)}, "in single bytes": single} {
			if got, odd := cut(c.cutter, pieces...); !slices.Equal(got, c.want) || !slices.Equal(odd, c.odd) {
				t.Errorf("%s, %s: %q %v; want %q %v", c.name, how, got, odd, c.want, c.odd)
			}
		}
	}
}

// What a datagram lacks does not come with the next one.
func TestCutterOfDatagrams(t *testing.T) {
	c := protocols.Cutter{Proto: ot.Modbus, Measure: measure, Datagrams: true}
	out := &protocols.Emit{Conv: &ot.Conv{}, Batch: &protocols.Output{}}
	if pdu, used := c.Next(ot.ToServer, []byte("Tc\x08a"), out); pdu != nil || used != 4 {
		t.Errorf("%q, %d bytes used; want none, and all used", pdu, used)
	}
	if pdu, _ := c.Next(ot.ToServer, []byte("Tc\x03"), out); !bytes.Equal(pdu, []byte("Tc\x03")) {
		t.Errorf("%q after half a datagram", pdu)
	}
	if obs := out.Batch.All(); len(obs) != 1 || obs[0].Odd != ot.BadLength {
		t.Errorf("%+v", obs)
	}
}

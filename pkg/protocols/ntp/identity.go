package ntp

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// systemFacts are the variables of a server that say what it is (RFC 9327 §6.1).
var systemFacts = [...]struct {
	name string
	fact ot.Fact
}{{"version", ot.FactFirmware}, {"system", ot.FactProduct}, {"processor", ot.FactHardware}}

// variables tells what a server says of itself in the list of its variables: name="text", separated by commas.
func (d *decoder) variables(b []byte, out *protocols.Emit) {
	list := b[controlLen:]
	list = list[:min(len(list), int(binary.BigEndian.Uint16(b[10:])))]
	var facts [ot.FactCount][]byte
	sum, said := uint64(0), false
	for _, f := range systemFacts {
		if facts[f.fact] = variable(list, f.name); facts[f.fact] != nil {
			sum, said = sum*31+protocols.Digest(facts[f.fact]), true
		}
	}
	if !said || sum == d.said {
		return
	}
	d.said = sum
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "NTP system variables"}
	for f, text := range facts {
		id.Facts[f] = ot.CleanString(text, ot.NameCap)
	}
	out.Identified(id)
}

// variable is the text of a variable in a list, nil where it has none. Commas in quotes separate nothing.
func variable(list []byte, name string) []byte {
	for len(list) > 0 {
		key, rest, _ := bytes.Cut(list, []byte("="))
		var text []byte
		if len(rest) > 0 && rest[0] == '"' {
			text, list, _ = bytes.Cut(rest[1:], []byte(`"`))
			_, list, _ = bytes.Cut(list, []byte(","))
		} else {
			text, list, _ = bytes.Cut(rest, []byte(","))
		}
		if string(bytes.TrimSpace(key)) == name {
			return text
		}
	}
	return nil
}

package cip

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/protocoltest"
)

func TestPath(t *testing.T) {
	for _, c := range []struct {
		name   string
		bytes  string
		packed bool
		want   Path
	}{
		{name: "8-bit class, instance, attribute", bytes: "20 01 24 02 30 07",
			want: Path{Class: 1, Instance: 2, Attribute: 7, marks: hasClass | hasInstance | hasAttribute}},
		{name: "16-bit, padded", bytes: "21 00 2c03 25 00 6500 31 00 0a01",
			want: Path{Class: 0x32c, Instance: 0x65, Attribute: 0x10a, marks: hasClass | hasInstance | hasAttribute}},
		{name: "16-bit, packed", bytes: "21 2c03 25 6500 31 0a01", packed: true,
			want: Path{Class: 0x32c, Instance: 0x65, Attribute: 0x10a, marks: hasClass | hasInstance | hasAttribute}},
		{name: "32-bit, padded", bytes: "22 00 01000100 26 00 78563412",
			want: Path{Class: 0x10001, Instance: 0x12345678, marks: hasClass | hasInstance}},
		{name: "32-bit, packed", bytes: "26 78563412", packed: true,
			want: Path{Instance: 0x12345678, marks: hasInstance}},
		{name: "member", bytes: "20 04 24 64 28 05",
			want: Path{Class: 4, Instance: 0x64, Member: 5, marks: hasClass | hasInstance | hasMember}},
		{name: "assemblies of an I/O connection", bytes: "20 04 24 97 2c 96 2c 64",
			want: Path{Class: 4, Instance: 0x97, Points: [3]uint32{0x96, 0x64}, PointCount: 2, marks: hasClass | hasInstance | hasPoint}},
		{name: "assemblies as instances", bytes: "20 04 24 97 24 96 24 64",
			want: Path{Class: 4, Instance: 0x97, Points: [3]uint32{0x96, 0x64}, PointCount: 2, marks: hasClass | hasInstance | hasPoint}},
		{name: "object within a program", bytes: "20 68 25 00 2024 20 6b 25 00 340e",
			want: Path{Class: 0x6b, Instance: 0xe34, Scope: 0x682420, marks: hasClass | hasInstance | hasScope}},
		{name: "tag", bytes: "91 05 5370656564 00", want: Path{Name: []byte("Speed")}},
		{name: "tag of a program, element, member",
			bytes: "91 0c 50726f6772616d3a4d61696e 91 03 546167 00 28 03 91 01 78 00", want: Path{Name: []byte("Program:Main.Tag[3].x")}},
		{name: "element of several dimensions", bytes: "91 01 41 00 28 01 29 00 0002 2a 00 00000300",
			want: Path{Name: []byte("A[1,512,196608]")}},
		{name: "symbolic segment", bytes: "65 5370656564", want: Path{Name: []byte("Speed")}},
		{name: "double-byte symbol", bytes: "60 22 41424344", want: Path{Name: []byte("ABCD")}},
		{name: "numeric symbol", bytes: "60 c7 0201", want: Path{Instance: 0x102, marks: hasInstance}},
		{name: "hostile symbol", bytes: "91 05 0a3c611b 20 00", want: Path{Name: []byte("\uFFFD<a\uFFFD")}},
		{name: "port, slot", bytes: "01 03", want: Path{Route: 0x103, Link: 3, Hops: 1}},
		{name: "two hops, the first by address", bytes: "12 0b 3139322e3136382e312e35 00 01 02",
			want: Path{Route: 0x2ff0102, Link: 2, Hops: 2}},
		{name: "extended port", bytes: "0f 1200 05 20 06 24 01",
			want: Path{Route: 0x1205, Link: 5, Hops: 1, Class: 6, Instance: 1, marks: hasClass | hasInstance}},
		{name: "electronic key", bytes: "34 04 0100 0e00 3600 90 01 20 04",
			want: Path{Key: Key{Present: true, Vendor: 1, Type: 14, Code: 54, Compatible: true, MajorRev: 16, MinorRev: 1}, Class: 4, marks: hasClass}},
		{name: "electronic key with serial", bytes: "34 05 0100 0e00 3600 10 01 78563412",
			want: Path{Key: Key{Present: true, Vendor: 1, Type: 14, Code: 54, MajorRev: 16, MinorRev: 1, Serial: 0x12345678}}},
		{name: "schedule, inhibit times, safety", bytes: "41 01 43 0a 51 02 00010203 50 01 aabb 20 01",
			want: Path{Safety: true, Class: 1, marks: hasClass}},
		{name: "configuration data", bytes: "80 02 11223344", want: Path{Data: []byte{0x11, 0x22, 0x33, 0x44}}},
		{name: "extended logical: array index", bytes: "20 6b 24 01 3d 01 0500",
			want: Path{Class: 0x6b, Instance: 1, Member: 5, marks: hasClass | hasInstance | hasMember}},
		{name: "extended logical of 8 bits", bytes: "3c 01 05 00 20 01",
			want: Path{Class: 1, Member: 5, marks: hasClass | hasMember}},
		{name: "data types", bytes: "a2 02 1234 c3 20 01", want: Path{Class: 1, marks: hasClass}},
		{name: "service id", bytes: "38 05", want: Path{}},
		{name: "empty", bytes: "", want: Path{}},
		{name: "cut in a segment", bytes: "20 01 25 00 01", want: Path{Class: 1, marks: hasClass | hasInstance, Bad: true}},
		{name: "symbol beyond the end", bytes: "91 20 4142", want: Path{Bad: true}},
		{name: "reserved segment", bytes: "e0 01", want: Path{Bad: true}},
		{name: "reserved logical format", bytes: "23 01", want: Path{Bad: true}},
		{name: "unknown key format", bytes: "34 06 0100 0e00 3600 10 01",
			want: Path{Key: Key{Present: true, Vendor: 1, Type: 14, Code: 54, MajorRev: 16, MinorRev: 1}, Bad: true}},
	} {
		var p Path
		p.parse(protocoltest.Hex(c.bytes), !c.packed)
		if p.Bad && len(p.Name) == 0 {
			p.Name = nil
		}
		same := bytes.Equal(p.Name, c.want.Name) && bytes.Equal(p.Data, c.want.Data)
		p.Name, p.Data, c.want.Name, c.want.Data = nil, nil, nil, nil
		if !same || !equal(&p, &c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, p, c.want)
		}
	}
}

// equal compares all of a path but its texts.
func equal(a, b *Path) bool {
	return a.Class == b.Class && a.Instance == b.Instance && a.Attribute == b.Attribute && a.Member == b.Member &&
		a.Scope == b.Scope && a.Points == b.Points && a.PointCount == b.PointCount && a.Route == b.Route &&
		a.Link == b.Link && a.Hops == b.Hops && a.Key == b.Key && a.Safety == b.Safety && a.Bad == b.Bad && a.marks == b.marks
}

// FuzzPath: a path of any bytes is read to its end, and its name is clean and
// bounded. What is short is read as any segment is.
func FuzzPath(f *testing.F) {
	f.Add(protocoltest.Hex("91 0c 50726f6772616d3a4d61696e 91 03 546167 00 28 03 91 01 78 00"), true)
	f.Add(protocoltest.Hex("34 04 0100 0e00 3600 90 01 20 04 24 97 2c 96 2c 64 80 01 1122"), false)
	f.Add(protocoltest.Hex("20 68 25 00 2024 20 6b 24 05 2c 01 30 02 28 03 38 01 20"), true)
	f.Add(protocoltest.Hex("12 0b 3139322e3136382e312e35 00 01 02 50 01 aabb"), true)
	var p Path
	f.Fuzz(func(t *testing.T, b []byte, padded bool) {
		p.parse(b, padded)
		if len(p.Name) > ot.NameCap || !bytes.Equal(ot.Clean(nil, p.Name, ot.NameCap), p.Name) {
			t.Fatalf("name %q of %x", p.Name, b)
		}
		if p.PointCount > len(p.Points) || len(p.Data) > len(b) {
			t.Fatalf("%+v of %x", p, b)
		}
		var long Path
		for c := protocols.Read(b); c.Left() > 0 && !long.Bad; {
			long.segment(&c, padded)
		}
		if !equal(&p, &long) || !bytes.Equal(p.Name, long.Name) {
			t.Fatalf("%+v, segment by segment %+v, of %x", p, long, b)
		}
	})
}

func BenchmarkPath(b *testing.B) {
	tag := protocoltest.Hex("91 0c 50726f6772616d3a4d61696e 91 03 546167 00 28 03 91 01 78 00")
	var p Path
	b.ReportAllocs()
	for b.Loop() {
		p.parse(tag, true)
	}
}

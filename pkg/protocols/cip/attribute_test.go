package cip

import (
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/protocols"
)

const partKinds = "u1 u2 u4 u8 m4 s2 s4 s8 r4 f1 f2 f4 x2 x4 x6 x8 x10 x28 a1 a2 b1 b2 c2 ip ips mac text1 text2 path rest hidden1 hidden16"

// TestBodyTable: in order, of services that have a name, of parts that are known.
func TestBodyTable(t *testing.T) {
	for i, b := range bodies {
		if i > 0 && bodies[i-1].code >= b.code || ServiceName(uint64(b.code)) == "" {
			t.Errorf("%06X is out of order, or has no name", b.code)
		}
		for _, part := range strings.Fields(b.asked + " " + b.answer) {
			_, kind, _ := strings.Cut(part, ":")
			if kind, _, _ = strings.Cut(kind, "="); !slices.Contains(strings.Fields(partKinds), kind) {
				t.Errorf("%06X has a part %s", b.code, part)
			}
		}
		for n := range 60 {
			bodyText(b.asked, make([]byte, n))
			bodyText(b.answer, make([]byte, n))
		}
	}
}

// TestAttributeTable: in order, named once a class, of parts that are known.
func TestAttributeTable(t *testing.T) {
	if !slices.IsSortedFunc(attributes, func(a, b attribute) int { return int(a.key()) - int(b.key()) }) {
		t.Error("the table is not in order of class and number")
	}
	seen := map[string]bool{}
	for i := range attributes {
		a := &attributes[i]
		if name := ClassName(uint64(a.class)) + "." + a.name; seen[name] || a.class != 0 && ClassName(uint64(a.class)) == "" {
			t.Errorf("%s is there twice, or of no class", name)
		} else {
			seen[name] = true
		}
		for _, part := range strings.Fields(a.parts) {
			_, kind, labelled := strings.Cut(part, ":")
			if !labelled {
				kind = part
			}
			if kind, _, _ = strings.Cut(kind, "="); !slices.Contains(strings.Fields(partKinds), kind) {
				t.Errorf("%s has a part %s", a.name, part)
			}
		}
		for n := range 40 { // whatever is there, and however little
			c := protocols.Read(make([]byte, n))
			a.append(nil, &c)
		}
	}
	for _, class := range []uint16{1, 2, 4, 5, 6, 0x0F, 0x29, 0x2A, 0x37, 0x39, 0x3A, 0x41, 0x43, 0x47, 0x48, 0x4E, 0x4F, 0x51, 0x5D, 0x5E, 0x5F, 0xAC, 0xF3, 0xF4, 0xF5, 0xF6, 0x109, 0x10A} {
		if !slices.ContainsFunc(attributes, func(a attribute) bool { return a.class == class }) {
			t.Errorf("class %02X has no attributes", class)
		}
	}
}

package cip

import (
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/protocols"
)

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
			if kind, _, _ = strings.Cut(kind, "="); !slices.Contains(strings.Fields("u1 u2 u4 u8 m4 s2 s4 s8 f1 f2 f4 x2 x4 x6 x8 x28 a1 a2 c2 ip mac text1 text2 path rest"), kind) {
				t.Errorf("%s has a part %s", a.name, part)
			}
		}
		for n := range 40 { // whatever is there, and however little
			c := protocols.Read(make([]byte, n))
			a.append(nil, &c)
		}
	}
	for _, class := range []uint16{1, 2, 4, 5, 6, 0x0F, 0x29, 0x2A, 0x37, 0x39, 0x3A, 0x43, 0x47, 0x48, 0x5D, 0x5E, 0x5F, 0xAC, 0xF4, 0xF5, 0xF6} {
		if !slices.ContainsFunc(attributes, func(a attribute) bool { return a.class == class }) {
			t.Errorf("class %02X has no attributes", class)
		}
	}
}

package cip

import "testing"

// TestMeanings: what the tables hold ready is what the rules say, for classes
// with and without a name, for none, and beyond 16 bits.
func TestMeanings(t *testing.T) {
	for _, class := range []uint32{0, 1, classConnectionManager, classFile, classPCCC, classSymbol, classTemplate, 0x72, 0x111, 0x112, 0x300, AnyClass - 1, AnyClass, AnyClass + 1, 1<<32 - 1} {
		for service := range 256 {
			s := uint8(service) &^ replyBit
			k := kindFor(class, s)
			want := meaning{opOf(class, s), k, movesBy(k, CodeOf(class, s))}
			if got := *meaningOf(class, uint8(service)); got != want {
				t.Errorf("class %#x service %#x means %v; want %v", class, service, got, want)
			}
		}
	}
}

// TestFind: a class's own services come first, then what means the same for all.
func TestFind(t *testing.T) {
	for code, want := range map[uint32]string{
		0x68_08: "create_program_object", 0x72_08: "create", 0x01_08: "create", 0x12345_08: "create",
		0xFFFF_4C: "read_tag", 0x6B_4C: "read_tag", 0x72_4C: "", 0x01_4C: "", 0x12345_4C: "",
		0xFFFF_00: "io_data", 0x01_00: "", 0x72_8E: "", 0x01_8E: "", 0xFFFF_8E: "",
	} {
		if got := ServiceName(uint64(code)); got != want {
			t.Errorf("%#x is %q; want %q", code, got, want)
		}
	}
}

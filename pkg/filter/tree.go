package filter

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/net/bpf"
)

func both(a, b *node) *node   { return &node{op: opAnd, a: a, b: b} }
func either(a, b *node) *node { return &node{op: opOr, a: a, b: b} }
func not(a *node) *node       { return &node{op: opNot, a: a} }

func all(first *node, more ...*node) *node {
	for _, n := range more {
		first = both(first, n)
	}
	return first
}

// slot tests a word of the scratch memory.
func slot(n int, cond bpf.JumpTest, val uint32) *node {
	return &node{load: []bpf.Instruction{bpf.LoadScratch{Dst: bpf.RegA, N: n}}, cond: cond, val: val}
}

func ether(t uint32) *node { return slot(atEther, bpf.JumpEqual, t) }

// longerThan tests the length of the frame.
func longerThan(n uint32) *node {
	return &node{load: []bpf.Instruction{bpf.LoadExtension{Num: bpf.ExtLen}}, cond: bpf.JumpGreaterThan, val: n}
}

// header tests that a frame has n bytes behind the link header and the tags.
func header(n uint32) *node {
	return &node{load: []bpf.Instruction{bpf.LoadScratch{Dst: bpf.RegA, N: atNetwork}, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: n}, bpf.TAX{},
		bpf.LoadExtension{Num: bpf.ExtLen}}, cond: bpf.JumpGreaterOrEqual, byX: true}
}

// network tests a word of the network header, of which mask is left.
func network(off uint32, size int, mask, val uint32) *node {
	load := []bpf.Instruction{bpf.LoadScratch{Dst: bpf.RegX, N: atNetwork}, bpf.LoadIndirect{Off: off, Size: size}}
	if mask != all32>>(32-8*size) {
		load = append(load, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: mask})
	}
	return &node{load: load, cond: bpf.JumpEqual, val: val}
}

const all32 = 0xffff_ffff

// Sizes of the headers that are looked into.
const (
	ip4Header = 20
	ip6Header = 40
	arpHeader = 28
	fragment6 = 44 // next header: fragment
)

func ip4() *node { return both(ether(etherIP), header(ip4Header)) }
func ip6() *node { return both(ether(etherIP6), header(ip6Header)) }

// carried4 and carried6 test what IP carries.
func carried4(proto uint32) *node { return both(ip4(), network(9, 1, 0xff, proto)) }

func carried6(proto uint32) *node {
	behind := all(network(6, 1, 0xff, fragment6), header(ip6Header+8), network(ip6Header, 1, 0xff, proto))
	return both(ip6(), either(network(6, 1, 0xff, proto), behind))
}

// directions says how the two ends of a frame are asked.
type direction uint8

const (
	eitherEnd direction = iota
	source
	destination
	bothEnds
)

// ends joins the test of the source with that of the destination.
func (d direction) ends(src, dst *node) *node {
	switch d {
	case source:
		return src
	case destination:
		return dst
	case bothEnds:
		return both(src, dst)
	}
	return either(src, dst)
}

// address tests the bits of an address at an offset of the network header.
func address(off uint32, p netip.Prefix) *node {
	var n *node
	a, bits := p.Addr().AsSlice(), p.Bits()
	for i := 0; i < len(a) && (bits > 0 || i == 0); i, bits = i+4, bits-32 {
		mask := uint32(all32)
		if bits < 32 {
			mask <<= 32 - max(bits, 0)
		}
		word := network(off+uint32(i), 4, mask, binary.BigEndian.Uint32(a[i:])&mask)
		if n == nil {
			n = word
		} else {
			n = both(n, word)
		}
	}
	return n
}

func host4(d direction, p netip.Prefix) *node {
	return both(ip4(), d.ends(address(12, p), address(16, p)))
}
func host6(d direction, p netip.Prefix) *node {
	return both(ip6(), d.ends(address(8, p), address(24, p)))
}
func hostARP(d direction, p netip.Prefix) *node {
	return all(ether(etherARP), header(arpHeader), d.ends(address(14, p), address(24, p)))
}

// mac tests an Ethernet address at an offset of the frame.
func mac(off uint32, a [6]byte) *node {
	word := func(off uint32, size int, val uint32) *node {
		return &node{load: []bpf.Instruction{bpf.LoadAbsolute{Off: off, Size: size}}, cond: bpf.JumpEqual, val: val}
	}
	return all(longerThan(off+5), word(off+2, 4, binary.BigEndian.Uint32(a[2:])), word(off, 2, uint32(binary.BigEndian.Uint16(a[:]))))
}

// tagged tests whether a frame has a tag, and one of this identifier when it is not noTag.
func tagged(id uint32) *node {
	cond := bpf.JumpEqual
	if id == noTag {
		cond = bpf.JumpNotEqual
	}
	n := slot(atTags, cond, id)
	for i := 1; i < slots; i++ {
		n = either(n, slot(atTags+i, cond, id))
	}
	return n
}

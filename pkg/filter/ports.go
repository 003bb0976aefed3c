package filter

import "golang.org/x/net/bpf"

// Transport protocols with ports at the start of their header.
const tcp, udp, sctp = 6, 17, 132

// portOf tests for a range of ports. begin brings the offset of the transport
// header, counted from the network header's, into A.
func portOf(begin []bpf.Instruction, d direction, lo, hi uint32) *node {
	begin = append([]bpf.Instruction{bpf.LoadScratch{Dst: bpf.RegX, N: atNetwork}}, begin...)
	begin = append(begin, bpf.ALUOpX{Op: bpf.ALUOpAdd})
	at := func(off uint32) *node {
		word := func(cond bpf.JumpTest, val uint32) *node {
			return &node{load: append(begin[:len(begin):len(begin)], bpf.TAX{}, bpf.LoadIndirect{Off: off, Size: 2}), cond: cond, val: val}
		}
		if lo == hi {
			return word(bpf.JumpEqual, lo)
		}
		return both(word(bpf.JumpGreaterOrEqual, lo), word(bpf.JumpLessOrEqual, hi))
	}
	fits := &node{load: append(begin[:len(begin):len(begin)], bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 4}, bpf.TAX{}, bpf.LoadExtension{Num: bpf.ExtLen}),
		cond: bpf.JumpGreaterOrEqual, byX: true}
	return both(fits, d.ends(at(0), at(2)))
}

// ports4 tests datagrams that are not a later fragment: those have no ports.
func ports4(proto uint32, d direction, lo, hi uint32) *node {
	begin := []bpf.Instruction{bpf.LoadIndirect{Off: 0, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 15}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2}}
	return all(carried4(proto), network(6, 2, 0x1fff, 0), portOf(begin, d, lo, hi))
}

// ports6 tests what follows the header at once.
func ports6(proto uint32, d direction, lo, hi uint32) *node {
	begin := []bpf.Instruction{bpf.LoadConstant{Dst: bpf.RegA, Val: ip6Header}}
	return all(ip6(), network(6, 1, 0xff, proto), portOf(begin, d, lo, hi))
}

// tree takes the frames whose pair of hosts falls to the share: IP addresses
// where there are some, MAC addresses elsewhere. Every frame falls to one.
func (s Share) tree(l Link) *node {
	const spread = 0x9e3779b1 // 2^32 over the golden ratio: neighbours fall apart
	hash := func(load ...bpf.Instruction) *node {
		load = append(load, bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: spread}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 16},
			bpf.ALUOpConstant{Op: bpf.ALUOpMod, Val: uint32(s.Of)})
		return &node{load: load, cond: bpf.JumpEqual, val: uint32(s.Part)}
	}
	of := func(src, dst uint32) *node {
		const mine = atTags + slots
		return hash(bpf.LoadScratch{Dst: bpf.RegX, N: atNetwork}, bpf.LoadIndirect{Off: src, Size: 4}, bpf.StoreScratch{Src: bpf.RegA, N: mine},
			bpf.LoadIndirect{Off: dst, Size: 4}, bpf.LoadScratch{Dst: bpf.RegX, N: mine}, bpf.ALUOpX{Op: bpf.ALUOpXor})
	}
	rest := hash(bpf.LoadConstant{Dst: bpf.RegA, Val: 0})
	if l.MACs {
		rest = hash(bpf.LoadAbsolute{Off: 2, Size: 4}, bpf.TAX{}, bpf.LoadAbsolute{Off: 8, Size: 4}, bpf.ALUOpX{Op: bpf.ALUOpXor})
		rest = either(both(longerThan(11), rest), both(not(longerThan(11)), hash(bpf.LoadConstant{Dst: bpf.RegA, Val: 0})))
	}
	ip := either(both(ip4(), of(12, 16)), both(ip6(), of(20, 36)))
	return either(ip, all(not(ip4()), not(ip6()), rest))
}

package filter

import "golang.org/x/net/bpf"

// node is a tree of tests. A test brings a word of the frame into the register
// A and compares it.
type node struct {
	op   operator
	a, b *node

	load []bpf.Instruction
	cond bpf.JumpTest
	val  uint32
	byX  bool // compare with the register X
}

type operator uint8

const (
	opTest operator = iota
	opAnd
	opOr
	opNot
)

// coder writes a program from its end to its start, so that every jump, which
// can only lead onward, knows how far it goes.
type coder struct{ code []bpf.Instruction }

// label is a place in a program, counted in instructions from its end.
type label int

// put sets an instruction before those there are.
func (c *coder) put(i bpf.Instruction) label {
	c.code = append(c.code, i)
	return label(len(c.code))
}

// skip is how many instructions lie between here and a place.
func (c *coder) skip(to label) int { return len(c.code) - int(to) }

// tree sets the code of a tree, which goes on at yes or at no, and says where it begins.
func (c *coder) tree(n *node, yes, no label) label {
	switch n.op {
	case opAnd:
		return c.tree(n.a, c.tree(n.b, yes, no), no)
	case opOr:
		return c.tree(n.a, yes, c.tree(n.b, yes, no))
	case opNot:
		return c.tree(n.a, no, yes)
	}
	c.branch(n, yes, no)
	return c.run(n.load)
}

// branch sets a comparison. Its own jumps lead at most 255 instructions on;
// where that is too short, they lead to one that leads further.
func (c *coder) branch(n *node, yes, no label) {
	const near = 250
	if c.skip(yes) > near {
		yes = c.put(bpf.Jump{Skip: uint32(c.skip(yes))})
	}
	if c.skip(no) > near {
		no = c.put(bpf.Jump{Skip: uint32(c.skip(no))})
	}
	t, f := uint8(c.skip(yes)), uint8(c.skip(no))
	if n.byX {
		c.put(bpf.JumpIfX{Cond: n.cond, SkipTrue: t, SkipFalse: f})
	} else {
		c.put(bpf.JumpIf{Cond: n.cond, Val: n.val, SkipTrue: t, SkipFalse: f})
	}
}

// run sets instructions that follow each other.
func (c *coder) run(load []bpf.Instruction) label {
	for i := len(load) - 1; i >= 0; i-- {
		c.put(load[i])
	}
	return label(len(c.code))
}

// goTo has what was set last preceded by a jump to a place, where that is not next.
func (c *coder) goTo(to label) {
	if n := c.skip(to); n > 0 {
		c.put(bpf.Jump{Skip: uint32(n)})
	}
}

// What the preamble leaves in the scratch memory of a program.
const (
	atNetwork = 0 // where the network header begins, behind all tags
	atEther   = 1 // its ethertype
	atTags    = 2 // the identifiers of the tags: the one taken off, and those in the frame
	slots     = 1 + maxTags

	maxTags = 3      // in the frame, as many as are decoded
	noTag   = 0xffff // no tag has this identifier
)

// taggings are the ethertypes of VLAN tags.
var taggings = [...]uint32{0x8100, 0x88a8, 0x9100}

const etherIP, etherARP, etherIP6 = 0x0800, 0x0806, 0x86dd

// preamble sets what looks behind the tags, before the tests that begin at entry.
func (c *coder) preamble(l Link, entry label) {
	if l.Ether < 0 {
		c.version(l, entry)
	} else {
		c.tags(l, entry)
	}
	if l.Stripped {
		keep := label(len(c.code))
		take := c.run([]bpf.Instruction{
			bpf.LoadExtension{Num: bpf.ExtVLANTag}, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xfff}, bpf.StoreScratch{Src: bpf.RegA, N: atTags}})
		c.tree(&node{load: []bpf.Instruction{bpf.LoadExtension{Num: bpf.ExtVLANTagPresent}}, cond: bpf.JumpNotEqual}, take, keep)
	}
	begin := []bpf.Instruction{bpf.LoadConstant{Dst: bpf.RegA, Val: uint32(l.Network)}, bpf.StoreScratch{Src: bpf.RegA, N: atNetwork},
		bpf.LoadConstant{Dst: bpf.RegA, Val: 0}, bpf.StoreScratch{Src: bpf.RegA, N: atEther}, bpf.LoadConstant{Dst: bpf.RegA, Val: noTag}}
	for i := range slots {
		begin = append(begin, bpf.StoreScratch{Src: bpf.RegA, N: atTags + i})
	}
	c.run(begin)
}

// tags walks from tag to tag.
func (c *coder) tags(l Link, entry label) {
	for i := maxTags; i >= 0; i-- {
		at := uint32(l.Ether + 4*i)
		next := label(len(c.code))
		c.goTo(entry)
		found := c.run([]bpf.Instruction{bpf.StoreScratch{Src: bpf.RegA, N: atEther},
			bpf.LoadConstant{Dst: bpf.RegA, Val: at + uint32(l.Network-l.Ether)}, bpf.StoreScratch{Src: bpf.RegA, N: atNetwork}})
		tag := found
		if i < maxTags {
			c.goTo(next)
			tag = c.run([]bpf.Instruction{bpf.LoadAbsolute{Off: at + 2, Size: 2}, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xfff},
				bpf.StoreScratch{Src: bpf.RegA, N: atTags + 1 + i}})
		}
		is := &node{cond: bpf.JumpEqual, val: taggings[0]}
		for _, t := range taggings[1:] {
			is = either(is, &node{cond: bpf.JumpEqual, val: t})
		}
		c.tree(is, tag, found)
		c.tree(longerThan(at+3), c.put(bpf.LoadAbsolute{Off: at, Size: 2}), entry)
	}
}

// version tells IPv4 from IPv6 where no ethertype does.
func (c *coder) version(l Link, entry label) {
	first := uint32(l.Network)
	for _, v := range [...]struct{ nibble, ether uint32 }{{6, etherIP6}, {4, etherIP}} {
		next := label(len(c.code))
		c.goTo(entry)
		is := c.run([]bpf.Instruction{bpf.LoadConstant{Dst: bpf.RegA, Val: v.ether}, bpf.StoreScratch{Src: bpf.RegA, N: atEther}})
		load := []bpf.Instruction{bpf.LoadAbsolute{Off: first, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4}}
		read := c.tree(&node{load: load, cond: bpf.JumpEqual, val: v.nibble}, is, next)
		c.tree(longerThan(first), read, entry)
	}
}

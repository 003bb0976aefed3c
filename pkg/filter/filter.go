// Package filter compiles a capture filter, written in the words of tcpdump
// (pcap-filter(7)), into a program of the kernel's packet filter, without libpcap.
//
// It knows host, net, port, portrange and proto with their qualifiers, ether
// host, vlan, the names of protocols, and, or, not and parentheses; anything
// else is an error that names its place. As tcpdump prints it with -ddd, a
// program of numbers is taken too.
//
// Three things differ from tcpdump, because a filter on a mirror port hides
// traffic and must not do so by accident. Tests look behind VLAN tags: “port 502”
// takes tagged frames too, and “vlan 7” is any tag of a frame, wherever it stands
// in the expression. A frame too short to tell fails the one test, not the whole
// filter, so that a “not” does not hide it. Names are never looked up.
package filter

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/net/bpf"
)

// Filter is an expression, ready to be compiled.
type Filter struct {
	text string
	tree *node
	macs bool                 // it asks for MAC addresses
	raw  []bpf.RawInstruction // a program given as numbers, instead of a tree
}

// Link says where a frame of one kind has what a filter looks at.
type Link struct {
	Ether    int  // offset of the ethertype, -1 where the version of IP is all there is
	Network  int  // offset of what the ethertype names
	MACs     bool // it begins with an Ethernet header
	Stripped bool // a kernel judges: it holds the outermost VLAN tag beside the frame
}

// String is the expression as it was written, on one line.
func (f *Filter) String() string { return strings.Join(strings.Fields(f.text), " ") }

// Share is one of several parts that frames are spread over by their pair of
// hosts, whatever the direction; the zero Share is all frames.
type Share struct{ Part, Of int }

const (
	maxProgram = 4096 // instructions the kernel takes
	whole      = math.MaxUint32
)

// outgoing are the frames this host sends itself. A kernel lets them through any
// filter: that there are none is what they are counted for.
var outgoing = &node{load: []bpf.Instruction{bpf.LoadExtension{Num: bpf.ExtType}}, cond: bpf.JumpEqual, val: 4}

// Program compiles for a kind of frames and a share of them. A nil filter takes all.
func (f *Filter) Program(l Link, s Share) ([]bpf.RawInstruction, error) {
	if f != nil && f.macs && !l.MACs {
		return nil, fmt.Errorf("filter %q asks for MAC addresses, and these frames have none", f)
	}
	if f != nil && f.raw != nil && s.Of < 2 && !l.Stripped {
		return f.raw, nil
	}
	var c coder
	var raw []bpf.RawInstruction
	yes := label(0) // behind the end: there stands the program that was given
	if f != nil && f.raw != nil {
		raw = f.raw
	} else {
		yes = c.put(bpf.RetConstant{Val: whole})
	}
	no, sent := c.put(bpf.RetConstant{Val: 0}), c.put(bpf.RetConstant{Val: whole})
	entry := yes
	if f != nil && f.tree != nil {
		entry = c.tree(f.tree, yes, no)
	}
	if l.Stripped && f != nil {
		entry = c.tree(outgoing, sent, entry)
	}
	if s.Of > 1 {
		entry = c.tree(s.tree(l), entry, no)
	}
	c.preamble(l, entry)
	slices.Reverse(c.code)
	code, err := bpf.Assemble(c.code)
	if err != nil {
		return nil, err
	}
	if code = append(code, raw...); len(code) > maxProgram {
		return nil, fmt.Errorf("filter %q: %d instructions, and the kernel takes %d; make it shorter", f, len(code), maxProgram)
	}
	return code, nil
}

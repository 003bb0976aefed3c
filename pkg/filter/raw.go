package filter

import (
	"strconv"
	"strings"

	"golang.org/x/net/bpf"
)

// parseRaw reads a program as tcpdump -ddd prints it: how many instructions, and
// of each the code, the two jumps and the constant, with spaces, commas or ends
// of line between.
func parseRaw(text string) (*Filter, error) {
	wrong := func(what string) (*Filter, error) { return nil, &Error{text, 0, what} }
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || strings.ContainsRune(separators, r) })
	var numbers []uint64
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 32)
		if err != nil {
			return wrong("a number of the program does not fit")
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 || numbers[0] == 0 || uint64(len(numbers)-1) != 4*numbers[0] || numbers[0] > maxProgram {
		return wrong("a value alone: say what it is, such as port 502; or it is no whole program of tcpdump -ddd")
	}
	f := &Filter{text: text}
	for n := numbers[1:]; len(n) > 0; n = n[4:] {
		if n[0] > 0xffff || n[1] > 0xff || n[2] > 0xff {
			return wrong("a number of the program does not fit")
		}
		f.raw = append(f.raw, bpf.RawInstruction{Op: uint16(n[0]), Jt: uint8(n[1]), Jf: uint8(n[2]), K: uint32(n[3])})
	}
	if insts, ok := bpf.Disassemble(f.raw); !ok {
		return wrong("an instruction of the program is unknown")
	} else if _, ok := insts[len(insts)-1].(bpf.RetConstant); !ok {
		return wrong("the program does not end")
	}
	return f, nil
}

// Machine runs a filter over frames of one kind, where no kernel does.
type Machine struct{ vm *bpf.VM }

// Machine compiles for frames that were captured before.
func (f *Filter) Machine(l Link) (*Machine, error) {
	code, err := f.Program(l, Share{})
	if err != nil {
		return nil, err
	}
	insts, _ := bpf.Disassemble(code)
	vm, err := bpf.NewVM(insts)
	if err != nil {
		return nil, &Error{f.text, 0, "only a kernel can run this program: " + err.Error()}
	}
	return &Machine{vm}, nil
}

// Takes reports whether the filter lets a frame through.
func (m *Machine) Takes(frame []byte) bool {
	n, err := m.vm.Run(frame)
	return err == nil && n > 0
}

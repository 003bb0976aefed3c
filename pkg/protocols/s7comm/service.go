package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// service reads a program-invocation service: reserved bytes, parameter block,
// name. Services on blocks give one transaction a block.
func (d *decoder) service(t *ot.Transaction, c *protocols.Cursor, a *asking) {
	c.Skip(7)
	block := c.Bytes(int(c.U16()))
	t.Name = d.clean(c.Bytes(int(c.U8())))
	row := serviceNamed(t.Name)
	t.Op = row.op
	switch row.takes {
	case takesBlocks:
		list := protocols.Read(block)
		t.Arg[argFile] = uint32(list.U8()) << 24
		list.Skip(1)
		for list.Left() >= 8 {
			one := *t
			blockName(&one, list.Bytes(8))
			a.add(&one)
		}
		if a.n != int(t.Arg[argFile]>>24) {
			a.out.OddIn(ot.Mismatched, ot.ToServer, t)
		}
	case takesSecret:
	default:
		t.Value = block[:min(len(block), ot.ValueCap)]
	}
}

// What the parameter block of a service holds.
const (
	takesText   = iota // an argument, or arguments with a length each
	takesBlocks        // a list of blocks
	takesSecret        // a password: never kept
)

type serviceRow struct {
	name  string
	op    ot.Op
	takes uint8
}

func serviceNamed(name []byte) serviceRow {
	for i := range services {
		if services[i].name == string(name) {
			return services[i]
		}
	}
	return serviceRow{op: ot.OpUnknown}
}

// services are the program-invocation services: six of a PLC, the rest of a
// numeric control.
var services = []serviceRow{
	{"_INSE", ot.OpProgramEdit, takesBlocks}, // block into the running program
	{"_INS2", ot.OpProgramEdit, takesBlocks},
	{"_DELE", ot.OpProgramDelete, takesBlocks},
	{"P_PROGRAM", ot.OpModeChange, takesText}, // start: warm, or cold by argument "C "
	{"_MODU", ot.OpConfigWrite, takesText},    // RAM to ROM
	{"_GARB", ot.OpConfigWrite, takesText},    // compress memory

	{"_N_LOGIN_", ot.OpAuth, takesSecret},
	{"_N_LOGOUT", ot.OpAuth, takesText},
	{"_N_NEWPWD", ot.OpAuth, takesSecret},
	{"_N_LOCKE_", ot.OpAuth, takesText},

	{"_N_F_OPEN", ot.OpFile, takesText},
	{"_N_F_OPER", ot.OpFile, takesText},
	{"_N_F_CLOS", ot.OpFile, takesText},
	{"_N_F_SEEK", ot.OpFile, takesText},
	{"_N_F_COPY", ot.OpFile, takesText},
	{"_N_F_RENA", ot.OpFile, takesText},
	{"_N_F_PROT", ot.OpFile, takesText},
	{"_N_F_PROR", ot.OpFile, takesText},
	{"_N_F_XFER", ot.OpFile, takesText},
	{"_N_F_DMDA", ot.OpFile, takesText},
	{"_N_SRTEXT", ot.OpFile, takesText},
	{"_N_F_DELE", ot.OpProgramDelete, takesText},
	{"_N_F_DELR", ot.OpProgramDelete, takesText},

	{"_N_SELECT", ot.OpProgramEdit, takesText}, // program to be run
	{"_N_EXTERN", ot.OpProgramEdit, takesText},
	{"_N_EXTMOD", ot.OpProgramEdit, takesText},
	{"_N_ENDEXT", ot.OpProgramEdit, takesText},
	{"_N_SEL_BL", ot.OpProgramEdit, takesText},
	{"_N_FINDBL", ot.OpProgramEdit, takesText},
	{"_N_ASUP__", ot.OpProgramEdit, takesText},

	{"_N_CANCEL", ot.OpAlarm, takesText},
	{"_N_MMCSEM", ot.OpSession, takesText},
	{"_N_CHEKDM", ot.OpDiagnostic, takesText},
	{"_N_CHKDNO", ot.OpDiagnostic, takesText},
	{"_N_DIGION", ot.OpConfigWrite, takesText},
	{"_N_DIGIOF", ot.OpConfigWrite, takesText},
	{"_N_CONFIG", ot.OpConfigWrite, takesText},
	{"_N_DASAVE", ot.OpConfigWrite, takesText},
	{"_N_DELVAR", ot.OpConfigWrite, takesText},
	{"_N_DZERO_", ot.OpConfigWrite, takesText},
	{"_N_IBN_SS", ot.OpConfigWrite, takesText},
	{"_N_NCKMOD", ot.OpModeChange, takesText},
	{"_N_OST_OF", ot.OpConfigWrite, takesText},
	{"_N_OST_ON", ot.OpConfigWrite, takesText},
	{"_N_SCALE_", ot.OpConfigWrite, takesText},
	{"_N_SETTST", ot.OpConfigWrite, takesText},
	{"_N_SETUFR", ot.OpConfigWrite, takesText},
	{"_N_STRTLK", ot.OpModeChange, takesText}, // start locked
	{"_N_STRTUL", ot.OpModeChange, takesText},

	{"_N_CRCEDN", ot.OpConfigWrite, takesText}, // tools and their places
	{"_N_CREACE", ot.OpConfigWrite, takesText},
	{"_N_CREATO", ot.OpConfigWrite, takesText},
	{"_N_CRTOCE", ot.OpConfigWrite, takesText},
	{"_N_DELECE", ot.OpConfigWrite, takesText},
	{"_N_DELETO", ot.OpConfigWrite, takesText},
	{"_N_TMAWCO", ot.OpConfigWrite, takesText},
	{"_N_TMCRTC", ot.OpConfigWrite, takesText},
	{"_N_TMCRTO", ot.OpConfigWrite, takesText},
	{"_N_TMFDPL", ot.OpDiagnostic, takesText},
	{"_N_TMFPBP", ot.OpDiagnostic, takesText},
	{"_N_TMGETT", ot.OpDiagnostic, takesText},
	{"_N_TMMVTL", ot.OpMotion, takesText},
	{"_N_TMPCIT", ot.OpConfigWrite, takesText},
	{"_N_TMPOSM", ot.OpMotion, takesText},
	{"_N_TMRASS", ot.OpConfigWrite, takesText},
	{"_N_TRESMO", ot.OpConfigWrite, takesText},
	{"_N_TSEARC", ot.OpDiagnostic, takesText},
}

package iec104

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The cause of transmission, IEC 60870-5-101 §7.2.3, and its flags.
const (
	causeRequest         = 5
	causeActivation      = 6
	causeActivationCon   = 7
	causeDeactivation    = 8
	causeDeactivationCon = 9
	causeTermination     = 10
	causeFile            = 13
	causeUnknownType     = 44
	causeUnknownObject   = 47

	causeBits = 0x3f
	negative  = 0x40
)

// controls are the unnumbered functions by the first control byte that asks and the one that confirms.
var controls = []struct {
	act, con uint8
	name     string
	hear     bool // not seen on a capture
}{
	{0x07, 0x0b, "startdt", false},
	{0x13, 0x23, "stopdt", false},
	{0x43, 0x83, "testfr", false},
}

// Where a command has its qualifier with the select bit.
const (
	noQualifier = iota
	inValue     // the value's own byte
	behindValue // the byte behind it
)

// variable is the size of what its type does not tell.
const variable = -1

// row is one type identification: its size is what stands behind the object address.
type row struct {
	number    uint8
	name      string
	op        ot.Op
	size      int
	shape     ot.Shape
	qualifier uint8
	command   bool // of the control direction
	hear      bool // not seen on a capture
}

// The types of requests that types of other numbers answer.
const (
	readCommand = 102
	fileCall    = 122
	queryLog    = 127
)

// types: IEC 60870-5-101 §7.2.1.1 and §7.3, IEC TS 60870-5-7 §6.2.
var types = []row{
	{number: 1, name: "m_sp_na_1", op: ot.OpReadData, size: 1, shape: ot.Bit},
	{number: 2, name: "m_sp_ta_1", op: ot.OpReadData, size: 4, shape: ot.Bit},
	{number: 3, name: "m_dp_na_1", op: ot.OpReadData, size: 1},
	{number: 4, name: "m_dp_ta_1", op: ot.OpReadData, size: 4},
	{number: 5, name: "m_st_na_1", op: ot.OpReadData, size: 2},
	{number: 6, name: "m_st_ta_1", op: ot.OpReadData, size: 5},
	{number: 7, name: "m_bo_na_1", op: ot.OpReadData, size: 5, shape: ot.U32LE},
	{number: 8, name: "m_bo_ta_1", op: ot.OpReadData, size: 8, shape: ot.U32LE},
	{number: 9, name: "m_me_na_1", op: ot.OpReadData, size: 3, shape: ot.I16LE},
	{number: 10, name: "m_me_ta_1", op: ot.OpReadData, size: 6, shape: ot.I16LE},
	{number: 11, name: "m_me_nb_1", op: ot.OpReadData, size: 3, shape: ot.I16LE},
	{number: 12, name: "m_me_tb_1", op: ot.OpReadData, size: 6, shape: ot.I16LE},
	{number: 13, name: "m_me_nc_1", op: ot.OpReadData, size: 5, shape: ot.F32LE},
	{number: 14, name: "m_me_tc_1", op: ot.OpReadData, size: 8, shape: ot.F32LE},
	{number: 15, name: "m_it_na_1", op: ot.OpReadData, size: 5, shape: ot.I32LE},
	{number: 16, name: "m_it_ta_1", op: ot.OpReadData, size: 8, shape: ot.I32LE},
	{number: 17, name: "m_ep_ta_1", op: ot.OpReadData, size: 6},
	{number: 18, name: "m_ep_tb_1", op: ot.OpReadData, size: 7},
	{number: 19, name: "m_ep_tc_1", op: ot.OpReadData, size: 7},
	{number: 20, name: "m_ps_na_1", op: ot.OpReadData, size: 5},
	{number: 21, name: "m_me_nd_1", op: ot.OpReadData, size: 2, shape: ot.I16LE},
	{number: 30, name: "m_sp_tb_1", op: ot.OpReadData, size: 8, shape: ot.Bit},
	{number: 31, name: "m_dp_tb_1", op: ot.OpReadData, size: 8},
	{number: 32, name: "m_st_tb_1", op: ot.OpReadData, size: 9},
	{number: 33, name: "m_bo_tb_1", op: ot.OpReadData, size: 12, shape: ot.U32LE},
	{number: 34, name: "m_me_td_1", op: ot.OpReadData, size: 10, shape: ot.I16LE},
	{number: 35, name: "m_me_te_1", op: ot.OpReadData, size: 10, shape: ot.I16LE},
	{number: 36, name: "m_me_tf_1", op: ot.OpReadData, size: 12, shape: ot.F32LE},
	{number: 37, name: "m_it_tb_1", op: ot.OpReadData, size: 12, shape: ot.I32LE},
	{number: 38, name: "m_ep_td_1", op: ot.OpReadData, size: 10},
	{number: 39, name: "m_ep_te_1", op: ot.OpReadData, size: 11},
	{number: 40, name: "m_ep_tf_1", op: ot.OpReadData, size: 11},
	{number: 41, name: "s_it_tc_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 45, name: "c_sc_na_1", op: ot.OpWriteData, size: 1, shape: ot.U8, qualifier: inValue, command: true},
	{number: 46, name: "c_dc_na_1", op: ot.OpWriteData, size: 1, shape: ot.U8, qualifier: inValue, command: true},
	{number: 47, name: "c_rc_na_1", op: ot.OpWriteData, size: 1, shape: ot.U8, qualifier: inValue, command: true},
	{number: 48, name: "c_se_na_1", op: ot.OpWriteData, size: 3, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 49, name: "c_se_nb_1", op: ot.OpWriteData, size: 3, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 50, name: "c_se_nc_1", op: ot.OpWriteData, size: 5, shape: ot.F32LE, qualifier: behindValue, command: true},
	{number: 51, name: "c_bo_na_1", op: ot.OpWriteData, size: 4, shape: ot.U32LE, command: true},
	{number: 58, name: "c_sc_ta_1", op: ot.OpWriteData, size: 8, shape: ot.U8, qualifier: inValue, command: true},
	{number: 59, name: "c_dc_ta_1", op: ot.OpWriteData, size: 8, shape: ot.U8, qualifier: inValue, command: true},
	{number: 60, name: "c_rc_ta_1", op: ot.OpWriteData, size: 8, shape: ot.U8, qualifier: inValue, command: true},
	{number: 61, name: "c_se_ta_1", op: ot.OpWriteData, size: 10, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 62, name: "c_se_tb_1", op: ot.OpWriteData, size: 10, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 63, name: "c_se_tc_1", op: ot.OpWriteData, size: 12, shape: ot.F32LE, qualifier: behindValue, command: true},
	{number: 64, name: "c_bo_ta_1", op: ot.OpWriteData, size: 11, shape: ot.U32LE, command: true},
	{number: 70, name: "m_ei_na_1", op: ot.OpDiagnostic, size: 1},
	{number: 81, name: "s_ch_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 82, name: "s_rp_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 83, name: "s_ar_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 84, name: "s_kr_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 85, name: "s_ks_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 86, name: "s_kc_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 87, name: "s_er_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 90, name: "s_us_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 91, name: "s_uq_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 92, name: "s_ur_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 93, name: "s_uk_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 94, name: "s_ua_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 95, name: "s_uc_na_1", op: ot.OpAuth, size: variable, hear: true},
	{number: 100, name: "c_ic_na_1", op: ot.OpReadData, size: 1, qualifier: behindValue, command: true},
	{number: 101, name: "c_ci_na_1", op: ot.OpReadData, size: 1, qualifier: behindValue, command: true},
	{number: 102, name: "c_rd_na_1", op: ot.OpReadData, command: true},
	{number: 103, name: "c_cs_na_1", op: ot.OpTimeSet, size: 7, command: true},
	{number: 104, name: "c_ts_na_1", op: ot.OpDiagnostic, size: 2, command: true},
	{number: 105, name: "c_rp_na_1", op: ot.OpReset, size: 1, qualifier: behindValue, command: true},
	{number: 106, name: "c_cd_na_1", op: ot.OpDiagnostic, size: 2, command: true},
	{number: 107, name: "c_ts_ta_1", op: ot.OpDiagnostic, size: 9, command: true},
	{number: 110, name: "p_me_na_1", op: ot.OpConfigWrite, size: 3, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 111, name: "p_me_nb_1", op: ot.OpConfigWrite, size: 3, shape: ot.I16LE, qualifier: behindValue, command: true},
	{number: 112, name: "p_me_nc_1", op: ot.OpConfigWrite, size: 5, shape: ot.F32LE, qualifier: behindValue, command: true},
	{number: 113, name: "p_ac_na_1", op: ot.OpConfigWrite, size: 1, qualifier: behindValue, command: true},
	{number: 120, name: "f_fr_na_1", op: ot.OpFile, size: 6},
	{number: 121, name: "f_sr_na_1", op: ot.OpFile, size: 7},
	{number: 122, name: "f_sc_na_1", op: ot.OpFile, size: 4},
	{number: 123, name: "f_ls_na_1", op: ot.OpFile, size: 5},
	{number: 124, name: "f_af_na_1", op: ot.OpFile, size: 4},
	{number: 125, name: "f_sg_na_1", op: ot.OpFile, size: variable},
	{number: 126, name: "f_dr_ta_1", op: ot.OpFile, size: 13},
	{number: 127, name: "f_sc_nb_1", op: ot.OpFile, size: 16},
}

// calls reports whether an ASDU of the control direction asks for a file, a part of it or the directory.
func (r *row) calls(dir ot.Dir, reason uint8) bool {
	return r != nil && dir == ot.ToServer && (r.number == fileCall || r.number == queryLog) && (reason == causeFile || reason == causeRequest)
}

// answers are the types of request that an ASDU of the station may answer, IEC 60870-5-101 §7.4.11.
func (r *row) answers(reason uint8) []uint8 {
	switch {
	case r == nil:
		return nil
	case r.op == ot.OpFile:
		return []uint8{fileCall, queryLog}
	case reason == causeRequest:
		return []uint8{readCommand}
	}
	return nil
}

// causes: IEC 60870-5-101 §7.2.3, table 14.
var causes = []protocols.Code{
	{Number: 1, Name: "periodic"}, {Number: 2, Name: "background"}, {Number: 3, Name: "spontaneous"}, {Number: 4, Name: "initialized"},
	{Number: 5, Name: "request"}, {Number: 6, Name: "activation"}, {Number: 7, Name: "activation_confirmed"},
	{Number: 8, Name: "deactivation"}, {Number: 9, Name: "deactivation_confirmed"}, {Number: 10, Name: "activation_ended"},
	{Number: 11, Name: "remote_command"}, {Number: 12, Name: "local_command"}, {Number: 13, Name: "file"},
	{Number: 14, Name: "authentication"}, {Number: 15, Name: "session_key"}, {Number: 16, Name: "user_key"},
	{Number: 20, Name: "interrogated"}, {Number: 37, Name: "counters_requested"},
	{Number: 44, Name: "unknown_type"}, {Number: 45, Name: "unknown_cause"}, {Number: 46, Name: "unknown_station"}, {Number: 47, Name: "unknown_object"},
}

func codes() (all []protocols.Code) {
	for _, r := range types {
		all = append(all, protocols.Code{Number: uint32(r.number), Name: r.name, Op: r.op, Unverified: r.hear})
	}
	for _, c := range controls {
		all = append(all, protocols.Code{Number: ControlFlag | uint32(c.act), Name: c.name, Op: ot.OpSession, Unverified: c.hear})
	}
	return all
}

func find(number uint8) *row {
	for i := range types {
		if types[i].number == number {
			return &types[i]
		}
	}
	return nil
}

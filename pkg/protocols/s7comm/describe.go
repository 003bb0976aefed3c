package s7comm

import (
	"strconv"

	"otsensor/pkg/ot"
)

// kind is what a transaction's Args mean.
type kind uint8

const (
	kindOther kind = iota
	kindItem       // a variable
	kindSetup
	kindBlock // a block of the program
	kindSZL
	kindAlarm
	kindDiagnostic
	kindMessages
	kindTest    // a job of an engineering station
	kindWatched // a block whose lines are watched
	kindPBC
)

// kindOf tells what a transaction is about by its code.
func kindOf(t *ot.Transaction) kind {
	switch t.Code {
	case funcRead, funcWrite:
		return kindItem
	case funcSetup:
		return kindSetup
	case funcRequestDown, funcDownloadBlock, funcDownloadEnd, funcStartUpload, funcUpload, funcEndUpload, funcService:
		return kindBlock
	}
	if t.Code < userdataCode {
		return kindOther
	}
	sub := byte(t.Code)
	switch t.Code >> 8 & 0xff {
	case groupTest:
		switch {
		case sub == testBlockStatus || sub == testBlockStatus2:
			return kindWatched
		case t.Object.Len > 0:
			return kindItem
		}
		return kindTest
	case groupCyclic:
		return kindItem
	case groupBlock:
		return kindBlock
	case groupPBC:
		return kindPBC
	case groupCPU:
		switch sub {
		case cpuSZL:
			return kindSZL
		case cpuMessages:
			return kindMessages
		case cpuDiagnostic:
			return kindDiagnostic
		}
		return kindAlarm
	}
	return kindOther
}

// describe says what was touched: "DB10.DBW4 (2 bytes)", "block DB 10",
// "SZL 0x0011 index 0x0001", "service _INSE".
func describe(t *ot.Transaction, dst []byte) []byte {
	switch k := kindOf(t); {
	case k == kindItem && t.Object.Len > 0:
		return appendSize(appendAddress(dst, t), t)
	case t.Code == funcService || t.Code == funcStop:
		dst = append(append(dst, "service "...), t.Name...)
		if t.Object.Len > 0 {
			dst = appendBlock(append(dst, ' '), t)
		}
		return dst
	case (k == kindBlock || k == kindWatched) && t.Object.Len > 0:
		return appendBlock(append(dst, "block "...), t)
	case k == kindSZL && t.Object.Len > 0:
		dst = appendHex(append(dst, "SZL "...), t.Object.Block)
		return appendHex(append(dst, " index "...), t.Object.Addr)
	case k == kindAlarm && t.Object.Len > 0:
		return appendHex(append(dst, "alarm "...), t.Object.Addr)
	case k == kindPBC && t.Object.Len > 0:
		return appendHex(append(dst, "R_ID "...), t.Object.Addr)
	case len(t.Name) > 0:
		return append(dst, t.Name...)
	}
	return dst
}

func appendBlock(dst []byte, t *ot.Transaction) []byte {
	name := blockTypeNames(uint64(t.Object.Area))
	if name == "" {
		name = "type " + string(appendHex(nil, t.Object.Area))
	}
	if dst = append(dst, name...); t.Code == userdataCode|groupBlock<<8|blockOfType {
		return dst // of all numbers
	}
	return strconv.AppendUint(append(dst, ' '), uint64(t.Object.Block), 10)
}

// appendAddress writes an address as engineers do: DB10.DBX4.0, MW4, T5.
func appendAddress(dst []byte, t *ot.Transaction) []byte {
	o := t.Object
	switch o.Area >> 16 {
	case 0:
		return appendAbsolute(dst, t)
	case syntaxSymbol:
		dst = appendArea(dst, areaShort[o.Area], o.Area&0xffff)
		if o.Area&0xffff == areaDB {
			dst = strconv.AppendUint(dst, uint64(o.Block), 10)
		}
		return appendHex(append(dst, " symbol "...), o.Addr)
	case syntaxNCK, syntaxNCKM, syntaxNCKI:
		dst = append(appendArea(dst, areaNames(uint64(o.Area)), o.Area>>8&0xff), ' ')
		dst = append(dst, nckModules(uint64(o.Area&0xff))...)
		dst = strconv.AppendUint(append(dst, " column "...), uint64(o.Block), 10)
		return strconv.AppendUint(append(dst, " line "...), uint64(o.Addr), 10)
	case syntaxDrive:
		dst = strconv.AppendUint(append(dst, "drive parameter "...), uint64(o.Block), 10)
		return strconv.AppendUint(append(dst, " index "...), uint64(o.Addr), 10)
	}
	return appendHex(append(dst, "syntax "...), o.Area>>16)
}

// appendArea writes an area's name, or its number where it has none.
func appendArea(dst []byte, name string, number uint32) []byte {
	if name == "" {
		return appendHex(append(dst, "area "...), number)
	}
	return append(dst, name...)
}

func appendAbsolute(dst []byte, t *ot.Transaction) []byte {
	o := t.Object
	short := areaShort[o.Area]
	if dst = appendArea(dst, short, o.Area); short == "" {
		dst = append(dst, ' ')
	}
	if counted(o.Area) {
		return strconv.AppendUint(dst, uint64(o.Addr), 10)
	}
	if o.Area == areaDB || o.Area == areaDI {
		dst = strconv.AppendUint(dst, uint64(o.Block), 10)
		dst = append(append(dst, '.'), areaShort[o.Area]...)
	}
	size := byte(t.Arg[argItem] >> 16)
	if letter := widthLetter(size, o.Area); letter != 0 {
		dst = append(dst, letter)
	}
	dst = strconv.AppendUint(dst, uint64(o.Addr/8), 10)
	if size == 1 || o.Addr%8 != 0 {
		dst = strconv.AppendUint(append(dst, '.'), uint64(o.Addr%8), 10)
	}
	return dst
}

// widthLetter is the letter for the width of an access: X, B, W, D. A bit of an
// area that is no block has none.
func widthLetter(size byte, area uint32) byte {
	switch {
	case size == 1 && area != areaDB && area != areaDI:
		return 0
	case size == 1:
		return 'X'
	case bitsOf(size) == 16:
		return 'W'
	case bitsOf(size) == 32:
		return 'D'
	}
	return 'B'
}

func appendSize(dst []byte, t *ot.Transaction) []byte {
	n, unit := uint64(t.Object.Len), " bit"
	switch {
	case t.Object.Area>>16 != 0:
		return dst
	case counted(t.Object.Area):
		unit = " element"
	case n%8 == 0:
		n, unit = n/8, " byte"
	}
	dst = strconv.AppendUint(append(dst, " ("...), n, 10)
	if dst = append(dst, unit...); n != 1 {
		dst = append(dst, 's')
	}
	return append(dst, ')')
}

package s7comm

import (
	"slices"

	"otsensor/pkg/ot"
)

type (
	num  = func(t *ot.Transaction) (uint64, bool)
	text = func(t *ot.Transaction) []byte
	has  = func(t *ot.Transaction) bool
)

// Getters, for transactions that have the field.

func given(where has, get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if !where(t) {
			return 0, false
		}
		return uint64(get(t)), true
	}
}

// part is some bits of an Arg.
func part(where has, arg, shift int, mask uint32) num {
	return given(where, func(t *ot.Transaction) uint32 { return t.Arg[arg] >> shift & mask })
}

// marked is an Arg that holds a number only when it is marked so.
func marked(where has, arg int) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[arg] &^ present), where(t) && t.Arg[arg]&present != 0
	}
}

func nonZero(get num) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n, ok && n != 0 }
}

func masked(get num, mask uint64) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n & mask, ok }
}

func shifted(get num, by int) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n >> by, ok }
}

// firstDigit is the highest hexadecimal digit of sixteen bits.
func firstDigit(get num) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n >> 12 & 0xf, ok }
}

func textOf(where has, get text) text {
	return func(t *ot.Transaction) []byte {
		if !where(t) {
			return nil
		}
		return get(t)
	}
}

func card(n int, get func([]byte) uint32) num {
	return given(hasCard(n), func(t *ot.Transaction) uint32 { return get(t.Value) })
}

func cardText(at, n int) text {
	return textOf(hasCard(cardLen), func(t *ot.Transaction) []byte { return ot.Clean(nil, t.Value[at:at+n], n) })
}

func name(t *ot.Transaction) []byte        { return t.Name }
func code(t *ot.Transaction) uint32        { return t.Code }
func group(t *ot.Transaction) uint32       { return t.Code >> 8 & 0xff }
func objectArea(t *ot.Transaction) uint32  { return t.Object.Area }
func objectBlock(t *ot.Transaction) uint32 { return t.Object.Block }
func objectAddr(t *ot.Transaction) uint32  { return t.Object.Addr }

func pduSize(t *ot.Transaction) uint32 {
	if t.Arg[argD] != 0 {
		return t.Arg[argD]
	}
	return t.Arg[argB]
}

func itemCount(t *ot.Transaction) (uint64, bool) {
	switch k := kindOf(t); {
	case t.Code == funcService:
		return uint64(t.Arg[argFile] >> 24), t.Arg[argFile]>>24 != 0
	case k == kindItem, k == kindAlarm:
		return uint64(t.Arg[argItem] & 0xff), true
	}
	return 0, false
}

// What a transaction is about.

func ofService(code uint32) bool { return code == funcService || code == funcStop }
func ofSZL(code uint32) bool     { return code == userdataCode|groupCPU<<8|cpuSZL }

func is(k kind) has { return func(t *ot.Transaction) bool { return kindOf(t) == k } }
func touching(k kind) has {
	return func(t *ot.Transaction) bool { return kindOf(t) == k && t.Object.Len > 0 }
}
func ofGroup(g uint32) has {
	return func(t *ot.Transaction) bool { return isUser(t) && group(t) == g }
}
func ofList(lists ...uint32) has {
	return func(t *ot.Transaction) bool { return isSZL(t) && slices.Contains(lists, t.Object.Block&0xff) }
}

// hasCard reports whether the Value is a block's card, or at least n bytes of its beginning.
func hasCard(n int) has {
	return func(t *ot.Transaction) bool {
		return kindOf(t) == kindBlock && t.Code != funcService && len(t.Value) >= n && isCard(t.Value)
	}
}

func always(*ot.Transaction) bool          { return true }
func isUser(t *ot.Transaction) bool        { return t.Code >= userdataCode }
func isJob(t *ot.Transaction) bool         { return !isUser(t) }
func isAnswered(t *ot.Transaction) bool    { return t.Arg[argOutcome]&hasError != 0 }
func isAnsweredJob(t *ot.Transaction) bool { return isAnswered(t) && isJob(t) }
func hasReturnCode(t *ot.Transaction) bool { return t.Arg[argOutcome]&hasReturn != 0 }
func isSetup(t *ot.Transaction) bool       { return kindOf(t) == kindSetup }
func isService(t *ot.Transaction) bool     { return ofService(t.Code) }
func hasArgument(t *ot.Transaction) bool   { return t.Code == funcService && len(t.Value) > 0 }

func isItem(t *ot.Transaction) bool   { return kindOf(t) == kindItem && t.Object.Len > 0 }
func isSymbol(t *ot.Transaction) bool { return isItem(t) && t.Object.Area>>16 == syntaxSymbol }
func isNCK(t *ot.Transaction) bool {
	return isItem(t) && t.Object.Area>>16 >= syntaxNCK && t.Object.Area>>16 <= syntaxNCKI
}
func isInDB(t *ot.Transaction) bool {
	return isItem(t) && (t.Object.Area == areaDB || t.Object.Area == areaDI || t.Object.Area == syntaxSymbol<<16|areaDB)
}
func isAddressed(t *ot.Transaction) bool {
	k := kindOf(t)
	return t.Object.Len > 0 && k != kindBlock && k != kindSZL && t.Arg[argItem]>>8&0xff != 0
}

func isBlock(t *ot.Transaction) bool {
	k := kindOf(t)
	return (k == kindBlock || k == kindWatched) && t.Object.Len > 0
}
func isOneBlock(t *ot.Transaction) bool {
	return isBlock(t) && t.Code != userdataCode|groupBlock<<8|blockOfType
}
func isTransfer(t *ot.Transaction) bool { return t.Code >= funcRequestDown && t.Code <= funcEndUpload }
func isUpload(t *ot.Transaction) bool   { return t.Code >= funcStartUpload && t.Code <= funcEndUpload }
func isMoving(t *ot.Transaction) bool   { return isTransfer(t) || ofGroup(groupNC)(t) }
func isFile(t *ot.Transaction) bool {
	return len(t.Name) > 0 && (isTransfer(t) || ofGroup(groupNC)(t))
}

// isTold reports whether the transaction is an alarm the controller told of itself.
func isTold(t *ot.Transaction) bool {
	return kindOf(t) == kindAlarm && t.Arg[argUser]>>8&0xff == userPush && len(t.Value) > 8
}
func isQuery(t *ot.Transaction) bool { return t.Code == userdataCode|groupCPU<<8|cpuAlarmQuery }

func isSZL(t *ot.Transaction) bool { return ofSZL(t.Code) && t.Object.Len > 0 }
func isDiagnostic(t *ot.Transaction) bool {
	return kindOf(t) == kindDiagnostic || isSZL(t) && t.Object.Block&0xff == szlDiagnostic
}

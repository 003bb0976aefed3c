package s7plus

import "otsensor/pkg/ot"

type (
	num  = func(t *ot.Transaction) (uint64, bool)
	text = func(t *ot.Transaction) []byte
	has  = func(t *ot.Transaction) bool
)

// Getters, for transactions that have the field.

func number32(where has, get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if !where(t) {
			return 0, false
		}
		return uint64(get(t)), true
	}
}

// part is some bits of an Arg.
func part(where has, arg, shift int, mask uint32) num {
	return number32(where, func(t *ot.Transaction) uint32 { return t.Arg[arg] >> shift & mask })
}

func nonZero(get num) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n, ok && n != 0 }
}

func textOf(where has, get text) text {
	return func(t *ot.Transaction) []byte {
		if v := get(t); where(t) && len(v) > 0 {
			return v
		}
		return nil
	}
}

func code(t *ot.Transaction) uint32    { return t.Code }
func area(t *ot.Transaction) uint32    { return t.Object.Area }
func block(t *ot.Transaction) uint32   { return t.Object.Block }
func address(t *ot.Transaction) uint32 { return t.Object.Addr }
func status(t *ot.Transaction) uint32  { return t.StatusCode }
func name(t *ot.Transaction) []byte    { return t.Name }
func bytesOf(t *ot.Transaction) []byte { return t.Value }

// What a transaction is about.

func always(*ot.Transaction) bool           { return true }
func isRequest(t *ot.Transaction) bool      { return t.Code < codeTLSAlert }
func isTLS(t *ot.Transaction) bool          { return t.Code>>16 == codeTLS>>16 }
func isAlert(t *ot.Transaction) bool        { return t.Code == codeTLSAlert }
func isHello(t *ot.Transaction) bool        { return t.Code == codeTLSHello }
func isTransfer(t *ot.Transaction) bool     { return t.Code == codeTLSTransfer }
func isEvent(t *ot.Transaction) bool        { return t.Code == codeSystemEvent }
func isNotification(t *ot.Transaction) bool { return t.Code == codeNotification }
func hasSequence(t *ot.Transaction) bool    { return isRequest(t) || t.Code == codeKeepAlive }
func hasSession(t *ot.Transaction) bool     { return t.Arg[argSession] != 0 }
func isRefused(t *ot.Transaction) bool {
	return t.Arg[argResult]&(answered|refused) == answered|refused
}

// isExplained reports whether a refusal may say more than its number. What
// creates keeps what it was about in that place.
func isExplained(t *ot.Transaction) bool {
	return isRefused(t) && isRequest(t) && t.Code != funcCreateObject
}

func isAlarm(t *ot.Transaction) bool { return isNotification(t) && t.Arg[argClass] == classAlarm }

// opcode is that of the PDU that began a transaction.
func opcode(t *ot.Transaction) (uint64, bool) {
	switch {
	case isNotification(t):
		return opNotification, true
	case !isRequest(t):
		return 0, false
	case t.Asked == 0:
		return answerOpcode(t)
	}
	return opRequest, true
}

func answerOpcode(t *ot.Transaction) (uint64, bool) {
	if t.Arg[argResult]&bySecond != 0 {
		return opResponse2, true
	}
	return opResponse, isRequest(t) && t.Answered != 0
}

func isAddressed(t *ot.Transaction) bool { return t.Object.Area != 0 && isRequest(t) }
func isInDB(t *ot.Transaction) bool      { return t.Object.Area == areaDB }
func isSymbol(t *ot.Transaction) bool    { return t.Arg[argResult]&bySymbol != 0 }
func hasValue(t *ot.Transaction) bool    { return len(t.Value) > 0 && isRequest(t) && !isSession(t) }

func isVariable(t *ot.Transaction) bool {
	return t.Object.Area == areaDB || t.Object.Area >= areaInputs && t.Object.Area <= areaTimers
}

func isSession(t *ot.Transaction) bool {
	return t.Code == funcCreateObject && t.Arg[argClass] == classServerSession
}

func isTree(t *ot.Transaction) bool {
	return t.Code == funcCreateObject || t.Code == funcExplore && t.Arg[argResult]&answered != 0
}

func isNamedTree(t *ot.Transaction) bool { return isTree(t) && !isSession(t) }

func hasItems(t *ot.Transaction) bool {
	switch t.Code {
	case funcSetMulti, funcGetMulti, funcSetVariable, codeNotification:
		return true
	}
	return t.Code == funcExplore && !isTree(t)
}

// failure is the error number of a refused request.
func failure(t *ot.Transaction) (uint64, bool) {
	return uint64(t.StatusCode), t.StatusCode != 0 && isRequest(t)
}

// notice is what was remarked of an accepted request.
func notice(t *ot.Transaction) (uint64, bool) {
	n := t.Arg[argResult] & 0xffff
	return uint64(n), n != 0 && t.Arg[argResult]&(answered|refused) == answered
}

// security tells the errors that speak of access, session, integrity and TLS from others.
func security(t *ot.Transaction) (uint64, bool) {
	if isRefused(t) {
		switch t.StatusCode {
		case 100, 106, 107, 113, 351, 352, 353, 504, 505, 506, 507:
			return 1, true
		}
	}
	return 0, false
}

// kindNumber is the kind of a part of the program.
func kindNumber(t *ot.Transaction) (uint64, bool) {
	rid := t.Arg[argRID]
	return uint64(rid >> 24), isAddressed(t) && t.Object.Area == areaByID && rid >= ridNative && kindOf(rid) != ot.OpUnknown
}

// sole is the number of a value of up to 32 bits.
func sole(t *ot.Transaction, attr uint32) (uint64, bool) {
	if t.Object.Area != areaByID || t.Arg[argAttr] != attr || t.Points() != 1 || t.Shape == ot.Bit {
		return 0, false
	}
	n := t.Point(0)
	return uint64(n), n >= 0 && n < 1<<32
}

// requestedState is the operating state a request asks for.
func requestedState(t *ot.Transaction) (uint64, bool) {
	if n, ok := sole(t, attrStateRequest); ok {
		return n, true
	}
	return sole(t, attrASState)
}

// protection is the protection level that was read.
func protection(t *ot.Transaction) (uint64, bool) { return sole(t, attrProtection) }

// user is who a session is for, or who logs on.
func user(t *ot.Transaction) []byte {
	switch {
	case isSession(t):
		return ofCard(t.Value, 0)
	case t.Op == ot.OpAuth && len(t.Name) > 0:
		return t.Name
	}
	return nil
}

func ofSession(n int) text {
	return func(t *ot.Transaction) []byte {
		if !isSession(t) {
			return nil
		}
		return ofCard(t.Value, n)
	}
}

// fingerprint is the hash of a certificate in hexadecimal digits.
func fingerprint(t *ot.Transaction) []byte {
	const hex = "0123456789abcdef"
	if t.Code != codeTLSCertificate {
		return nil
	}
	text := make([]byte, 0, 2*len(t.Value))
	for _, b := range t.Value {
		text = append(text, hex[b>>4], hex[b&15])
	}
	return text
}

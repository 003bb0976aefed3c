package cip

import "otsensor/pkg/ot"

// Offsets in a Forward Open request (Volume 1, 3-5.5.2). The large form has
// network parameters of 32 bits, so what follows them lies further on.
const (
	openO2TID      = 2
	openT2OID      = 6
	openSerial     = 10
	openVendor     = 12
	openOriginator = 14
	openMultiplier = 18
	openO2TRPI     = 22
	openO2TParam   = 26
)

// Offsets in a Forward Open reply.
const (
	openedO2TID  = 0
	openedT2OID  = 4
	openedO2TAPI = 16
	openedT2OAPI = 20
	openedReply  = 24 // size of the application's reply, words
	refusedPath  = 8  // remaining path size, in a refusal
)

// closeSerial is where a Forward Close request names its connection.
const closeSerial = 2

func isLarge(t *ot.Transaction) bool { return serviceOf(t) == 0x5B }

// paramSize is the size of the network parameters, bytes.
func paramSize(t *ot.Transaction) int {
	if isLarge(t) {
		return 4
	}
	return 2
}

func openT2ORPI(t *ot.Transaction) int    { return openO2TParam + paramSize(t) }
func openT2OParam(t *ot.Transaction) int  { return openT2ORPI(t) + 4 }
func openTransport(t *ot.Transaction) int { return openT2OParam(t) + paramSize(t) }

// openFixed is the length up to the connection path.
func openFixed(t *ot.Transaction) int { return openTransport(t) + 2 }

// openPath is the connection path of a Forward Open request.
func openPath(t *ot.Transaction, body []byte) []byte {
	at := openFixed(t)
	if len(body) < at {
		return nil
	}
	return body[at:min(len(body), at+2*int(body[at-1]))]
}

// openWhole reports whether a request holds all of the path it announces.
func openWhole(t *ot.Transaction, body []byte) bool {
	at := openFixed(t)
	return len(body) >= at && len(body) >= at+2*int(body[at-1])
}

// network is one direction's network parameters (Volume 1, 3-5.5.1.1).
type network struct {
	size     uint64 // bytes
	variable bool
	priority uint64
	kind     uint64
	owner    bool // redundant owner
}

func networkAt(t *ot.Transaction, at int) (n network, ok bool) {
	b := requestData(t)
	if isLarge(t) {
		w, ok := u32(b, at)
		return networkOf(w>>16, w&0xFFFF), ok
	}
	w, ok := u16(b, at)
	return networkOf(w, w&0x1FF), ok
}

func networkOf(flags, size uint64) network {
	return network{
		size: size, variable: flags>>9&1 == 1, priority: flags >> 10 & 3, kind: flags >> 13 & 3, owner: flags>>15&1 == 1,
	}
}

// isNull reports a Forward Open that connects nothing: both directions of type null.
func isNull(t *ot.Transaction) bool {
	o2t, okO := networkAt(t, openO2TParam)
	t2o, okT := networkAt(t, openT2OParam(t))
	return okO && okT && o2t.kind == 0 && t2o.kind == 0
}

func triadOf(t *ot.Transaction) triad {
	at := openSerial
	if kindOf(t) == closing {
		at = closeSerial
	}
	b := requestData(t)
	serial, _ := u16(b, at)
	vendor, _ := u16(b, at+2)
	originator, _ := u32(b, at+4)
	return triad{uint16(serial), uint16(vendor), uint32(originator)}
}

// closePath is the connection path of a Forward Close request, or nil.
func closePath(b []byte) []byte {
	const size, path = 10, 12
	if len(b) < path {
		return nil
	}
	return b[path:min(len(b), path+2*int(b[size]))]
}

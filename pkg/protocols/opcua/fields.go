package opcua

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var codeNames = protocols.NameTable(codes())

var fields = []protocols.Field{
	{Name: "opcua.service", Doc: "numeric id of the request's encoding; 65536 + kind for hello, reverse hello, error, secured message", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "opcua.channel", Doc: "secure channel id",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argChannel]), t.Arg[argChannel] != 0 }},
	{Name: "opcua.request", Doc: "request id",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argRequest]), t.Arg[argRequest] != 0 }},
	{Name: "opcua.secured", Doc: "1 where the channel has a security policy, so that its services may be hidden",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argPolicy]), t.Arg[argPolicy] != 0 }},
	{Name: "opcua.namespace", Doc: "namespace index of the node, 0-65535; 0 is the specification's own", Num: touched(func(o ot.Object) uint32 { return o.Area })},
	{Name: "opcua.node", Doc: "numeric id of the node", Num: touched(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "opcua.attribute", Doc: "attribute read or written; 13 is the value",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Block), t.Object.Block != 0 }},
	{Name: "opcua.quantity", Doc: "how many items the request has", Num: touched(func(o ot.Object) uint32 { return o.Len })},
	{Name: "opcua.name", Doc: "text id of the node; address or application asked for; user who logs on",
		Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "opcua.user_token", Doc: "how the user logs on", NamedTo: 1 << 10, Names: protocols.NameTable(tokens),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argToken]), t.Arg[argToken] != 0 }},
	{Name: "opcua.status", Doc: "OPC UA status code of a refusal", Names: protocols.NameTable(states),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
}

func touched(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Arg[argNode]&present != 0 }
}

// describe says what was touched: "node ns=2;s=Line.Speed", "user operator".
func describe(t *ot.Transaction, dst []byte) []byte {
	switch {
	case t.Arg[argNode]&present != 0:
		dst = number(append(dst, "node ns="...), t.Object.Area)
		if len(t.Name) > 0 {
			return append(append(dst, ";s="...), t.Name...)
		}
		return number(append(dst, ";i="...), t.Object.Addr)
	case t.Arg[argToken] != 0 && len(t.Name) > 0:
		return append(append(dst, "user "...), t.Name...)
	case len(t.Name) > 0:
		return append(dst, t.Name...)
	case t.Code&MessageFlag != 0 || t.Arg[argChannel] == 0:
		return append(dst, "connection"...)
	}
	return number(append(dst, "channel "...), t.Arg[argChannel])
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }

package smb

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The statuses that are no refusal: the answer proper follows, or the log-on goes on.
const (
	statusPending = 0x103
	statusMore    = 0xc0000016
	severe        = 0xc0000000
)

// message takes one message of SMB 2, [MS-SMB2] §2.2.1; last where no other follows it in its frame.
func (d *decoder) message(dir ot.Dir, b []byte, last bool, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoSMB, Code: uint32(binary.LittleEndian.Uint16(b[12:])), Latency: -1}
	status, id := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint64(b[24:])
	body := b[least2:]
	if t.Op = protocols.OpOf(codes, t.Code); t.Op == ot.OpUnknown {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	if b[16]&1 == 0 {
		switch {
		case t.Code == treeConnect && len(body) >= 8:
			d.path(&t, part(b, body[4:]))
		case t.Code == create && len(body) >= 48:
			d.path(&t, part(b, body[44:]))
		case t.Code == sessionSetup:
			d.logOn(dir, &t, body, out)
		case t.Code == write:
			d.written(b, body, last, out)
		case t.Code == read:
			asked(&t, body)
		case t.Code == closing:
			d.closed(body, out)
		}
		d.open.Ask(id, ot.ProtoSMB, out).Add(&t, out)
		return
	}
	if status == statusPending {
		return
	}
	if t.Code == negotiate && len(body) >= 6 && status == 0 {
		t.Arg[argDialect] = uint32(binary.LittleEndian.Uint16(body[4:])) | protocols.Present
	}
	if t.Code == sessionSetup {
		d.named(body, out)
	}
	if !d.answer(id, status, b, &t, out) {
		return
	}
	switch {
	case t.Code == create && status == 0:
		d.opened(&t, body)
	case t.Code == read && status == 0:
		d.got(&t, b, body, last, out)
	case t.Code == write && status != 0:
		d.files[ot.ToServer].Drop(out)
	}
}

// old takes one message of SMB 1, [MS-CIFS] §2.2.3.1.
func (d *decoder) old(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoSMB, Code: SMB1 | uint32(b[4]), Latency: -1}
	status := binary.LittleEndian.Uint32(b[5:])
	isAnswer, wide := b[9]&0x80 != 0, b[11]&0x80 != 0
	key := uint64(1)<<63 | uint64(b[4])<<32 | uint64(binary.LittleEndian.Uint16(b[26:]))<<16 | uint64(binary.LittleEndian.Uint16(b[30:]))
	if t.Op = protocols.OpOf(codes, t.Code); t.Op == ot.OpUnknown {
		t.Op = ot.OpFile
	}
	if isAnswer {
		if t.Code == sessionSetup1 {
			d.named(b[least1:], out)
		}
		d.answer(key, status, b, &t, out)
		return
	}
	words := int(b[32]) * 2
	if data := least1 + words + 2; data <= len(b) {
		switch t.Code {
		case sessionSetup1:
			d.logOn(dir, &t, b[least1:], out)
		case treeConnect1:
			password := 0
			if words >= 8 {
				password = int(binary.LittleEndian.Uint16(b[least1+6:]))
			}
			d.path(&t, oldText(b, data+password, wide))
		case create1:
			d.path(&t, oldText(b, data, wide))
		}
	}
	d.open.Ask(key, ot.ProtoSMB, out).Add(&t, out)
}

// oldText is a text that ends in zero; a wide one begins at an even place of the message.
func oldText(b []byte, at int, wide bool) []byte {
	if wide {
		at += at & 1
	}
	if at >= len(b) {
		return nil
	}
	text := b[at:]
	if !wide {
		end := max(bytes.IndexByte(text, 0), 0)
		return text[:end]
	}
	for i := 0; i+1 < len(text); i += 2 {
		if text[i]|text[i+1] == 0 {
			return text[:i]
		}
	}
	return text[:len(text)&^1]
}

// part is a text of which offset and length stand at the given place.
func part(whole, at []byte) []byte {
	from := int(binary.LittleEndian.Uint16(at))
	n := int(binary.LittleEndian.Uint16(at[2:]))
	if from > len(whole) {
		return nil
	}
	return whole[from:min(from+n, len(whole))]
}

// path names a share or a file.
func (d *decoder) path(t *ot.Transaction, text []byte) {
	name := narrow(d.wide[:0], text)
	t.Name = protocols.Gist(d.gist[:0], ot.Clean(d.value[:0], name, ot.NameCap))
	t.Value = append(ot.Clean(d.value[:0], name, ot.NameCap), 0)
	if bytes.EqualFold(name, []byte("svcctl")) || bytes.EqualFold(name, []byte(`\svcctl`)) {
		t.Arg[argFlags] = flagServices
	}
}

// narrow turns UTF-16 into UTF-8, as far as there is room; plain text stays.
func narrow(dst, b []byte) []byte {
	if len(b) > 1 && b[1] != 0 && b[0] < 0x80 && b[1] < 0x80 {
		return append(dst, b[:min(len(b), cap(dst))]...)
	}
	for i := 0; i+1 < len(b) && len(dst)+utf8.UTFMax <= cap(dst); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// The messages of NTLM, [MS-NLMP] §2.2.1.
var ntlm = []byte("NTLMSSP\x00")

const (
	challenge    = 2
	authenticate = 3
)

// spoken is a message of NTLM of a kind within a token.
func spoken(b []byte, kind byte) []byte {
	i := bytes.Index(b, ntlm)
	if i < 0 || len(b) < i+56 || b[i+8] != kind {
		return nil
	}
	return b[i:]
}

// logOn takes the user, and the name of the host in front of which one sits.
func (d *decoder) logOn(dir ot.Dir, t *ot.Transaction, b []byte, out *protocols.Emit) {
	m := spoken(b, authenticate)
	if m == nil {
		return
	}
	user, host := pointed(m, 36), pointed(m, 44)
	name := narrow(d.wide[:0], user)
	t.Value = ot.Clean(append(d.value[:0], 0), name, 64)
	t.Name = protocols.Gist(d.gist[:0], t.Value[1:])
	if name := ot.CleanString(narrow(d.wide[:0], host), 64); name != "" {
		id := ot.Identity{Of: out.Conv.Client.Host(), Source: "NTLM"}
		id.Facts[ot.FactName], id.Facts[ot.FactFirmware] = name, systemVersion(m, 60, 64)
		out.Identified(id)
	}
}

// systemVersion is the version of the operating system at an offset, which flags
// at another say is there, [MS-NLMP] §2.2.2.10.
func systemVersion(m []byte, flags, at int) string {
	const hasVersion = 1 << 25
	if len(m) < at+8 || binary.LittleEndian.Uint32(m[flags:])&hasVersion == 0 || m[at] == 0 {
		return ""
	}
	return strconv.Itoa(int(m[at])) + "." + strconv.Itoa(int(m[at+1])) + "." + strconv.Itoa(int(binary.LittleEndian.Uint16(m[at+2:])))
}

// pointed is a text of which length and place stand at an offset.
func pointed(m []byte, at int) []byte {
	n, from := int(binary.LittleEndian.Uint16(m[at:])), binary.LittleEndian.Uint32(m[at+4:])
	if uint64(from) > uint64(len(m)) {
		return nil
	}
	return m[from:min(int(from)+n, len(m))]
}

// named tells the server's name, which its challenge holds.
func (d *decoder) named(b []byte, out *protocols.Emit) {
	const computer = 1
	m := spoken(b, challenge)
	if m == nil {
		return
	}
	for pairs := pointed(m, 40); len(pairs) >= 4; {
		kind, n := binary.LittleEndian.Uint16(pairs), int(binary.LittleEndian.Uint16(pairs[2:]))
		if n > len(pairs)-4 {
			return
		}
		if kind == computer {
			id := ot.Identity{Of: out.Conv.Server.Host(), Source: "NTLM"}
			id.Facts[ot.FactName] = ot.CleanString(narrow(d.wide[:0], pairs[4:4+n]), 64)
			id.Facts[ot.FactFirmware] = systemVersion(m, 20, 48)
			out.Identified(id)
			return
		}
		pairs = pairs[4+n:]
	}
}

// answer joins an answer to its request, and reports whether there was one.
func (d *decoder) answer(key uint64, status uint32, whole []byte, t *ot.Transaction, out *protocols.Emit) (joined bool) {
	r, verdict := d.open.Take(key, whole, out)
	refused := status >= severe && status != statusMore
	switch {
	case verdict == protocols.Again:
		return false
	case verdict != protocols.Fits || len(r.Txns) == 0:
		t.Status, t.Answered = ot.Unasked, out.Frame
	default:
		dialect := t.Arg[argDialect]
		*t, joined = r.Txns[0], true
		if t.Arg[argDialect] = dialect; refused {
			t.Status = ot.Refused
		}
	}
	if refused {
		t.StatusCode = status
	}
	out.Did(t)
	return joined
}

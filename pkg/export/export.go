// Package export writes the playbook and what was seen in the formats of other tools: CACAO v2, ATT&CK Navigator layers, STIX 2.1.
//
// Ids are UUIDs of version 5: the same input gives the same bytes.
package export

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"
)

// uuid5 is a UUID of version 5 (RFC 9562 §5.5): a hash of a name within a namespace.
func uuid5(space [16]byte, name string) string {
	h := sha1.New()
	h.Write(space[:])
	io.WriteString(h, name)
	id := h.Sum(nil)[:16]
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	x := hex.EncodeToString(id)
	return strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:]}, "-")
}

// ownSpace is the namespace of this project's own ids.
var ownSpace = [16]byte{0x6f, 0x74, 0x73, 0x65, 0x6e, 0x73, 0x4f, 0x52, 0x80, 0x65, 0x78, 0x70, 0x6f, 0x72, 0x74, 0x01}

// id makes an identifier "type--uuid" from what it names.
func id(kind string, names ...string) string {
	return kind + "--" + uuid5(ownSpace, kind+"\x00"+strings.Join(names, "\x00"))
}

// stamp writes a time to the millisecond, as CACAO and STIX want it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Write writes a document as indented JSON.
func Write(w io.Writer, doc any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

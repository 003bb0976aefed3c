package srtp

import (
	"bytes"
	"strconv"
	"strings"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	idLen       = 8 // of the texts that name a controller or a program
	programsMax = 8
)

// said remembers what a controller said of itself, so that who polls it tells it once.
type said struct {
	state uint32 // of its latest answer, with protocols.Present
	about uint64 // digest of the latest answer about itself
}

// identify tells who a controller says it is, and its state when that changed.
func (d *decoder) identify(t *ot.Transaction, b []byte, out *protocols.Emit) {
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "GE-SRTP controller"}
	about := b[headerLen:]
	if b[atKind] == shortAnswer {
		about = b[atAnswer:atStatus]
	}
	state := t.Arg[argStatus]>>12&0x0f | protocols.Present
	news := state != d.said.state
	d.said.state = state
	if t.Code == controller || t.Code == programs {
		if sum := protocols.Digest(about); sum != d.said.about {
			d.said.about = sum
			news = texts(&id, t.Code, about) || news
		}
	}
	if news {
		id.Facts[ot.FactState] = strings.ReplaceAll(stateName(uint64(state&0x0f)), "_", " ")
		out.Identified(id)
	}
}

// texts reads the texts of an answer.
func texts(id *ot.Identity, code uint32, b []byte) bool {
	if code == controller {
		if len(b) < idLen+2 || !plain(b[:idLen]) {
			return false
		}
		id.Facts[ot.FactName] = ot.CleanString(b[:idLen], idLen)
		id.Facts[ot.FactType] = "controller type " + strconv.Itoa(int(b[idLen])) + "." + strconv.Itoa(int(b[idLen+1]))
		return true
	}
	var names []string
	for ; len(b) >= idLen && len(names) < programsMax && plain(b[:idLen]); b = b[idLen:] {
		names = append(names, ot.CleanString(b[:idLen], idLen))
	}
	id.Facts[ot.FactProject] = strings.Join(names, ", ")
	return len(names) > 0
}

// plain reports whether a text is letters up to zeros, and at least one.
func plain(b []byte) bool {
	text := bytes.TrimRight(b, "\x00 ")
	for _, c := range text {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(text) > 0
}

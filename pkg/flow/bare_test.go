package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// carried are the files told of, each with its direction and sum.
func (w *wire) carried() (all []string) {
	for _, line := range w.log {
		if file, ok := strings.CutPrefix(line, "carried "); ok {
			all = append(all, file)
		}
	}
	return all
}

// What a conversation without a decoder carries in one direction is a file,
// told of when it ends if all of it was seen; what is kept for it is given back.
func TestFileOfABareConversation(t *testing.T) {
	const content = "\x01\x02 the content of a file, in two segments, of no protocol at all"
	digest := sha256.Sum256([]byte(content))
	sum := hex.EncodeToString(digest[:])
	fin := func(w *wire, d ot.Dir, at int) { w.send(d, at, "", plus(packet.FIN)) }
	half := len(content) / 2
	for name, c := range map[string]struct {
		tell func(w *wire)
		want string
	}{
		"to the client": {func(w *wire) {
			w.handshake()
			w.send(server, 0, content[:half])
			w.send(server, half, content[half:])
			fin(w, server, len(content))
		}, "to-client " + sum},
		"to the server, behind its turn": {func(w *wire) {
			w.handshake()
			w.send(client, half, content[half:])
			w.send(client, 0, content[:half])
			fin(w, client, len(content))
		}, "to-server " + sum},
		"both speak": {func(w *wire) {
			w.handshake()
			w.send(server, 0, content)
			w.send(client, 0, "\x03thanks")
			fin(w, server, len(content))
		}, ""},
		"its start was not seen": {func(w *wire) {
			w.send(server, 0, content)
			fin(w, server, len(content))
		}, ""},
		"it does not end": {func(w *wire) {
			w.handshake()
			w.send(server, 0, content)
		}, ""},
		"its end is lost": {func(w *wire) {
			w.handshake()
			w.send(server, 0, content[:half])
			fin(w, server, len(content))
		}, ""},
		"a protocol is found late": {func(w *wire) {
			w.handshake()
			w.send(server, 0, "A")
			w.send(server, 1, "answer\n")
			fin(w, server, 8)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			if w.port[server] = 50001; strings.HasPrefix(name, "a protocol") {
				w.port[server] = 7000
			}
			c.tell(w)
			w.end()
			if got := strings.Join(w.carried(), " and "); got != c.want {
				t.Errorf("told of %q, want %q", got, c.want)
			}
		})
	}
}

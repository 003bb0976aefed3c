package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/packet"
)

// FuzzStream sends a known text in any segments, under the eyes of its receiver,
// and compares after each what was decoded with what a plain assembler has.
// Each segment is three bytes: where, how long, how.
func FuzzStream(f *testing.F) {
	f.Add(uint32(0), []byte{0, 4, 0, 4, 4, 0, 8, 200, 0})
	f.Add(^uint32(0)-5, []byte{8, 9, 0, 4, 4, 1, 0, 4, 2, 2, 30, 3})
	f.Add(uint32(1<<31), []byte{200, 60, 4, 0, 255, 5, 128, 255, 0})
	var text strings.Builder
	for i := 0; text.Len() < 600; i++ {
		fmt.Fprintf(&text, "Q%d%s\n", i, strings.Repeat("z", i*7%40))
	}
	f.Fuzz(func(t *testing.T, isn uint32, script []byte) {
		follow(t, isn, script, text.String())
	})
}

func follow(t *testing.T, isn uint32, script []byte, text string) {
	w := newWire(t)
	w.isn[client] = isn
	w.handshake()
	got := make([]bool, len(text)+1)
	for ; len(script) >= 3 && w.id < 120; script = script[3:] {
		pos := min(2*int(script[0])+int(script[2]>>7), len(text))
		end := min(pos+int(script[1]), len(text))
		w.play(pos, text[pos:end], script[2], slices.Index(got, false))
		for i := pos; i < end; i++ {
			got[i] = true
		}
		whole := slices.Index(got, false)
		w.send(server, 0, "", ack(whole))
		want := strings.Split(text[:strings.LastIndexByte(text[:whole], '\n')+1], "\n")
		if want = want[:len(want)-1]; !slices.Equal(w.records(), want) {
			t.Fatalf("%d bytes came in order: records %q, want %q; said %q", whole, w.records(), want, w.log)
		}
	}
	for _, s := range w.log {
		if strings.HasPrefix(s, "odd") && s != "odd out-of-window" && s != "odd syn-again" || strings.HasPrefix(s, "lost") {
			t.Fatalf("said %q", w.log)
		}
	}
	w.end()
}

// play sends a segment, with noise beside it that no receiver believes; next is
// what the receiver waits for.
func (w *wire) play(pos int, data string, how byte, next int) {
	switch how & 7 {
	case 1: // keep-alive
		w.send(client, next-1, "\x00")
	case 2: // RST and data from nowhere
		w.send(client, pos+1<<22, "", flags(packet.RST))
		w.send(client, pos+1<<24, "Qfake\n")
	case 3: // SYN that nobody takes
		w.send(client, 1<<20+pos, "", flags(packet.SYN))
	case 4: // the SYN again
		w.send(client, -1, "", flags(packet.SYN))
	case 5: // twice, as a mirror does
		w.send(client, pos, data)
	case 6:
		w.wait(int64(how>>3) * mirrorDelay)
	}
	w.send(client, pos, data)
}

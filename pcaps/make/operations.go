package main

import (
	"fmt"
	"time"
)

// fins is a FINS client over UDP (W342 §3-2): node 99 asks node 71.
type fins struct {
	t              *tape
	client, server host
	port           uint16
	service        byte
}

// press stands for a controller of a protocol that only the operation is decoded of.
var press = hostOf("10.77.10.71", "00:00:0a:10:00:71")

func (t *tape) fins(client, server host) *fins {
	return &fins{t: t, client: client, server: server, port: t.port()}
}

// ask is a command with its parameters, and the answer's end code with data.
func (f *fins) ask(command, answer string) {
	f.service++
	f.t.udp(f.client, f.server, f.port, 9600, octets(fmt.Sprintf("80 00 02 00 47 00 00 63 00 %02x", f.service)+command))
	f.t.wait(2 * time.Millisecond)
	f.t.udp(f.server, f.client, 9600, f.port, octets(fmt.Sprintf("c0 00 02 00 63 00 00 47 00 %02x", f.service)+command[:4]+answer))
	f.t.wait(200 * time.Millisecond)
}

// poll reads two words, as a panel does.
func (f *fins) poll() { f.ask("0101 82 0064 00 0002", "0000 000a 0014") }

// act is ask for what the story is about.
func (f *fins) act(command, answer string) {
	f.t.act()
	f.ask(command, answer)
}

func operationStories() []story {
	return []story{
		{"fins-quiet", "learning material: a panel reads a controller whose protocol is decoded by operation",
			"the panel reads two words over FINS every 2 s for three minutes",
			func(t *tape) {
				f := t.fins(panel, press)
				t.every(2*time.Second, 90, func(int) { f.poll() })
			}},
		{"fins-other", "a panel uses an operation that it never used, and that is no engineering work",
			"the panel reads two words over FINS as in fins-quiet, then the status of the controller",
			func(t *tape) {
				f := t.fins(panel, press)
				f.poll()
				f.act("0601", "0000 01 02 0000 0000 0000 0000 00000000000000000000000000000000")
			}},
		{"fins-engineering", "engineering work over a protocol that is decoded by operation",
			"the panel that so far only read reads and writes program memory, deletes it, writes and reads parameters, sets the clock, forces a bit, clears a message, changes protection, and tells the controller to stop; all is accepted",
			func(t *tape) {
				f := t.fins(panel, press)
				f.poll()
				f.act("0306 ffff 00000000 0010", "0000 ffff 00000000 0010 00112233445566778899aabbccddeeff")
				f.act("0307 ffff 00000000 8010 00112233445566778899aabbccddeeff", "0000 ffff 00000000 0010")
				f.act("0308 ffff 00", "0000")
				f.act("0202 8010 0000 8001 0000", "0000")
				f.act("0702 26 11 24 04 10 00", "0000")
				f.act("2301 0001 0001 30 0000 05", "0000")
				f.act("0201 8010 0000 0001", "0000 8010 0000 0001 0000")
				f.act("0920 4000", "0000")
				f.act("0305 ffff 00 00000000 00", "0000")
				f.act("0402", "0000")
			}},
		{"fins-refused", "engineering work that a controller refuses",
			"the panel asks the controller to stop and to take a program; it refuses both as not executable in this mode",
			func(t *tape) {
				f := t.fins(panel, press)
				f.poll()
				f.act("0402", "2201")
				f.act("0307 ffff 00000000 8010 00112233445566778899aabbccddeeff", "2201")
			}},
		{"stops-in-series", "a controller is stopped, started and reset again and again",
			"within 25 minutes the laptop tells the controller twelve times to stop and to run, and twelve times to reset",
			func(t *tape) {
				f := t.fins(laptop, press)
				t.every(2*time.Minute, 12, func(int) {
					f.act("0402", "0000")
					f.act("0401 ffff 04", "0000")
					f.act("0403", "0000")
				})
			}},
	}
}

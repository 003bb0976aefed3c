package main

import (
	"fmt"
	"time"
)

// ftpLine is a command and its reply.
func (c *conn) ftpLine(command, reply string) {
	c.exchange([]byte(command+"\r\n"), []byte(reply+"\r\n"))
}

func officeStories() []story {
	return []story{
		{"ftp-guessing", "passwords are guessed at a file server",
			"the laptop logs on to the FTP server of the historian 24 times in 40 s, each on a connection of its own; every password is refused",
			func(t *tape) {
				for i := range 24 {
					c := t.open(laptop, history, 21)
					c.answer([]byte("220 files\r\n"))
					c.ack()
					c.ftpLine("USER operator", "331 password?")
					t.act()
					c.ftpLine(fmt.Sprintf("PASS guess%d", i), "530 no")
					c.close()
					t.wait(1600 * time.Millisecond)
				}
			}},
		{"tftp-to-controller", "a file goes to a controller over TFTP",
			"the laptop asks the air handling unit, which the site file calls a controller, to take the file firmware.bin; the unit agrees and takes two blocks",
			func(t *tape) {
				port := t.port()
				t.act()
				t.udp(laptop, air, port, 69, append([]byte{0, 2}, "firmware.bin\x00octet\x00"...))
				t.udp(air, laptop, 3001, port, []byte{0, 4, 0, 0})
				for block := range byte(2) {
					t.udp(laptop, air, port, 3001, append([]byte{0, 3, 0, block + 1}, make([]byte, 512-200*int(block))...))
					t.udp(air, laptop, 3001, port, []byte{0, 4, 0, block + 1})
				}
			}},
	}
}

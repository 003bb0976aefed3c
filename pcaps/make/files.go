package main

import (
	"fmt"
	"strings"
)

// testFile is the harmless file that virus scanners are tested with. It is put
// together here, so that they do not take this source for it.
var testFile = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"

// fetched is a file that an FTP server sends on a data connection of its own (RFC 959 §3.2).
func (t *tape) fetched(client, server host, name, content string) {
	control := t.open(client, server, 21)
	control.answer([]byte("220 files\r\n"))
	control.ack()
	control.ftpLine("USER anonymous", "331 password?")
	control.ftpLine("PASS none", "230 welcome")
	control.ftpLine("PASV", fmt.Sprintf("227 here (%s,195,80)", strings.ReplaceAll(server.ip.String(), ".", ",")))
	control.exchange([]byte("RETR "+name+"\r\n"), []byte("150 now\r\n"))
	data := t.open(client, server, 195<<8|80)
	t.act()
	for rest := []byte(content); len(rest) > 0; rest = rest[min(len(rest), 40):] {
		data.answer(rest[:min(len(rest), 40)])
		data.ack()
	}
	data.close()
	control.answer([]byte("226 done\r\n"))
	control.ack()
	control.close()
}

// posted is a file that is sent over HTTP in chunks (RFC 9112 §7.1).
func (t *tape) posted(client, server host, path, content string) {
	c := t.open(client, server, 80)
	c.ask([]byte("POST " + path + " HTTP/1.1\r\nHost: " + server.ip.String() + "\r\nTransfer-Encoding: chunked\r\n\r\n"))
	t.act()
	for len(content) > 0 {
		n := min(len(content), 30)
		c.ask(fmt.Appendf(nil, "%x\r\n%s\r\n", n, content[:n]))
		content = content[n:]
	}
	c.exchange([]byte("0\r\n\r\n"), []byte("HTTP/1.1 204 No Content\r\n\r\n"))
	c.close()
}

func fileStories() []story {
	return []story{
		{"test-file", "the test file of virus scanners passes",
			"the station fetches the harmless test file EICAR from the historian over FTP, and posts it to the panel over HTTP in chunks; the capture is compressed so that virus scanners leave it alone",
			func(t *tape) {
				t.zip = true
				t.fetched(engineering, history, "test.com", testFile)
				t.posted(engineering, panel, "/upload", testFile)
			}},
		{"test-file-quoted", "what only quotes the test file passes",
			"the same two transfers, of a page that quotes the test file, and of the file with one letter changed",
			func(t *tape) {
				t.zip = true
				t.fetched(engineering, history, "page.txt", "The test file is "+testFile+".")
				t.posted(engineering, panel, "/upload", strings.Replace(testFile, "X5O", "X50", 1))
			}},
	}
}

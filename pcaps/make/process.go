package main

import "time"

// hart is a HART-IP message: version 1, kind, id, status, transaction, length, body (HCF_SPEC-085).
func hart(kind, id, transaction byte, body string) []byte {
	b := octets(body)
	return append([]byte{1, kind, id, 0, 0, transaction, 0, byte(8 + len(b))}, b...)
}

// framed closes a HART frame with its check byte.
func framed(text string) string {
	sum := byte(0)
	for _, x := range octets(text) {
		sum ^= x
	}
	const digits = "0123456789abcdef"
	return text + string([]byte{digits[sum>>4], digits[sum&15]})
}

// mmsData is an MMS PDU right behind the transport, without session and
// presentation, as its association began (RFC 1006).
func mmsData(pdu string) []byte { return cotpData(octets(pdu)) }

func processStories() []story {
	return []story{
		{"hart-ip", "a field device behind a multiplexer is read, identified, and told to hold its output",
			"the engineering station opens a HART-IP session with the pressure transmitter's gateway, asks who the device is, reads its variables, fixes its loop current and restarts it; all are accepted",
			func(t *tape) {
				c := t.open(engineering, pressure, 5094)
				c.exchange(hart(0, 0, 1, "01 0000ea60"), hart(1, 0, 1, "01 0000ea60"))
				c.exchange(hart(0, 3, 2, framed("02 00 00 00")), hart(1, 3, 2, framed("06 00 00 18 00 00 fe 264e 05 07 04 01 0e 0c 0000d2 05 02 0002 d0 0026 0026 84")))
				c.exchange(hart(0, 3, 3, framed("82 264e0000d2 03 00")), hart(1, 3, 3, framed("86 264e0000d2 03 0b 00 00 40800000 20 41200000")))
				t.act()
				c.exchange(hart(0, 3, 4, framed("82 264e0000d2 28 04 41400000")), hart(1, 3, 4, framed("86 264e0000d2 28 06 00 08 41400000")))
				t.act()
				c.exchange(hart(0, 3, 5, framed("82 264e0000d2 2a 00")), hart(1, 3, 5, framed("86 264e0000d2 2a 02 00 20")))
				c.exchange(hart(0, 1, 6, ""), hart(1, 1, 6, ""))
				c.close()
			}},
		{"mms-program", "a device is asked who it is, read and written, and its program stopped, over MMS",
			"the engineering station associates with the building station on ISO transport, identifies it, reads and writes a variable, opens a file, and stops a program; a second stop is refused",
			func(t *tape) {
				c := t.open(engineering, building, 102)
				c.exchange(cotpRequest(0x0001, 0x0001), cotpConfirm(0x0001, 0x0001))
				c.exchange(cotpData(octets("a825 80020fa0 810105 820103 830102 a416 800101 810305e100 820c 03a00000000000000000e110")),
					cotpData(octets("a925 80020fa0 810105 820103 830102 a416 800101 810305e100 820c 03ee0800000400000001ed18")))
				object := "a10c 1a05 504c414e54 1a03 4d4f44"
				c.exchange(mmsData("a005 020101 8200"), mmsData("a11a 020101 a215 8004 41434d45 8106 4d4f44454c31 8205 56312e3032"))
				c.exchange(mmsData("a019 020102 a414 a112 a010 300e a00c 800a 54656d70657261747572"), mmsData("a10a 020102 a405 a103 850107"))
				t.act()
				c.exchange(mmsData("a01e 020103 a519 a012 3010 a00e"+object+"a003 850107"), mmsData("a107 020103 a502 8100"))
				t.act()
				c.exchange(mmsData("a00b 020104 bf2905 8003505231"), mmsData("a106 020104 bf2900"))
				t.wait(time.Second)
				t.act()
				c.exchange(mmsData("a00b 020105 bf2905 8003505231"), mmsData("a20a 800105 a205 a003 870102"))
				c.exchange(mmsData("8b00"), mmsData("8c00"))
				c.close()
			}},
	}
}

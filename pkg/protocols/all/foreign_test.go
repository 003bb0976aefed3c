package all_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/protocols/protocoltest"
)

// strangers are what else may be spoken on a plant protocol's port.
var strangers = map[string][]byte{
	"TLS": protocoltest.Hex(`
		16 0301 0039            ; handshake record
		01 000035 0303          ; client hello, TLS 1.2
		000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
		00 0004 c02f c030 01 00 ; no session, two cipher suites, no compression
		0008 000a 0004 0002 001d ; one group
	`),
	"TLS data":   append(protocoltest.Hex("17 0303 0100"), bytes.Repeat([]byte{0x5a, 0xc3}, 128)...), // encrypted, from the middle
	"HTTP":       []byte("GET /index.html HTTP/1.1\r\nHost: 10.0.0.10\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n"),
	"HTTP reply": []byte("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: text/plain\r\n\r\nHello there.\n"),
	"DNS":        protocoltest.Hex(`1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001`),
	"DNS on TCP": protocoltest.Hex(`001d 1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001`),
	"SSH":        []byte("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
	"zeros":      make([]byte, 2048),
	"text":       bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog. "), 40),
}

// plantRows are the rows that are put to the test, by their ports: 502, 102,
// 44818, 2222, 4840, 18245, and what else stands on ports of its own: 2221, 3389, 5900.
var plantRows = []ot.Proto{ot.Modbus, ot.S7comm, ot.ENIP, ot.ProtoOPCUA, ot.ProtoSRTP, ot.ProtoTLS, ot.ProtoRDP, ot.ProtoVNC}

// TestStrangers: on the port of a plant protocol, whatever else is spoken
// there gives no transaction, in segments of any size and over any transport.
func TestStrangers(t *testing.T) {
	tried := 0
	for _, row := range all.Table() {
		if row.New == nil || !slices.Contains(plantRows, row.Proto) {
			continue
		}
		for name, b := range strangers {
			if strings.HasPrefix(name, "TLS") && (row.Proto == ot.ProtoTLS || row.Proto == ot.ProtoRDP) {
				continue // which RDP carries
			}
			for _, size := range []int{1, 7, 64, 4096} {
				tried++
				silent(t, row, name, inSegments(b, size), false)
				silent(t, row, name, inSegments(b, size), true)
			}
		}
		r := rand.New(rand.NewPCG(5, 6))
		for range 200 {
			b := make([]byte, 1+r.IntN(8192))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			tried++
			silent(t, row, "random bytes", inSegments(b, 1+r.IntN(1460)), r.IntN(2) == 0)
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

func inSegments(b []byte, size int) (steps []protocoltest.Step) {
	for part := range slices.Chunk(b, size) {
		steps = append(steps, protocoltest.Client(part...), protocoltest.Server(part...))
	}
	return steps
}

func silent(t *testing.T, row protocols.Protocol, name string, steps []protocoltest.Step, datagram bool) {
	t.Helper()
	hasUDP := slices.ContainsFunc(row.Ports, func(p protocols.Port) bool { return p.Transport == ot.UDP })
	if datagram && !hasUDP {
		return
	}
	did := protocoltest.Dids(protocoltest.Play(t, row, protocoltest.Session{Name: name, Datagram: datagram, Steps: steps}))
	if len(did) > 0 {
		t.Errorf("%v: %s gives %d transactions, the first of code %#x", row.Proto, name, len(did), did[0].Code)
	}
}

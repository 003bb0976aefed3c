package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// record puts a record around bytes, message a handshake message.
func record(kind byte, b []byte) []byte {
	return append(append([]byte{kind, 3, 3}, binary.BigEndian.AppendUint16(nil, uint16(len(b)))...), b...)
}

func message(kind byte, b []byte) []byte {
	return append([]byte{kind, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
}

func greeting(tail string) []byte {
	return pt.Join([]byte{3, 3}, make([]byte, 32), pt.Hex("00"+tail))
}

var (
	asks = record(RecordHandshake, message(ClientHello, greeting(`
		0006 0a0a 1301 c02b        ; a value without meaning, two suites
		01 00                      ; no compression
		0037
		0000 0016 0014 00 0011 6d65732e706c616e742e6578616d706c65 ; mes.plant.example
		0010 0005 0003 02 6832     ; h2
		000d 0006 0004 0403 0804   ; signatures
		002b 0005 04 0304 0303     ; versions
		0a0a 0000`)))
	agrees   = record(RecordHandshake, message(ServerHello, greeting("1301 00 0006 002b 0002 0304")))
	plain    = record(RecordHandshake, message(ServerHello, greeting("c02b 00")))
	refuses  = record(RecordAlert, []byte{2, 40})
	secret   = record(RecordData, pt.Hex("0102030405060708"))
	ciphered = record(RecordCipher, []byte{1})
)

var seeds = []pt.Session{{
	Name: "agreed", PDUs: true,
	Steps: []pt.Step{pt.Client(asks...), pt.Server(agrees...), pt.Client(ciphered...), pt.Client(secret...), pt.Server(secret...)},
}, {
	Name: "refused", PDUs: true,
	Steps: []pt.Step{pt.Client(asks...), pt.Server(refuses...), pt.Client(record(RecordAlert, []byte{1, 0})...)},
}, {
	Name: "certificate", Allocates: "a chain of certificates is joined from records of any size",
	Steps: []pt.Step{pt.Client(asks...), pt.Server(plain...), pt.Server(halves()[0]...), pt.Server(halves()[1]...),
		pt.Client(halves()[0]...), pt.Client(halves()[1]...), pt.Server(ciphered...), pt.Server(secret...)},
}, overUDP, inFragments, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

// pump is a certificate made for the tests; it ended before their packets.
var pump = made()

func made() []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "pump-7", Organization: []string{"Plant"}},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 50316, 802, 1}, Value: append([]byte{0x0c, 8}, "Operator"...)}},
		NotBefore:       time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return der
}

// halves is the certificate in two records.
func halves() [2][]byte {
	chain := message(Certificate, pt.Join([]byte{0, byte((len(pump) + 3) >> 8), byte(len(pump) + 3), 0, byte(len(pump) >> 8), byte(len(pump))}, pump))
	return [2][]byte{record(RecordHandshake, chain[:100]), record(RecordHandshake, chain[100:])}
}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestHello(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	if len(did) != 1 || did[0].Status != ot.OK || string(did[0].Name) != "mes.plant.example" {
		t.Fatalf("%+v", did)
	}
	got := pt.JSON(Protocol(), &did[0])
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:6]) }
	want := `{"tls.message":1,"tls.message_name":"hello","tls.version":772,"tls.version_name":"tls_1_3","tls.cipher":4865,` +
		`"tls.asked_version":772,"tls.asked_version_name":"tls_1_3","tls.server_name":"mes.plant.example","tls.alpn":"h2","tls.ja4":"t13d0204h2_` +
		sum("1301,c02b") + "_" + sum("000d,002b_0403,0804") + `"}`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A published example of a fingerprint.
func TestJA4(t *testing.T) {
	h := Hello{Version: 0x0304, Name: []byte("x"), ALPN: []byte("h2")}
	for _, n := range []uint16{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035} {
		h.suites.add(n)
	}
	for _, n := range []uint16{0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015} {
		h.extensions.add(n)
	}
	for _, n := range []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601} {
		h.signatures.add(n)
	}
	if got := string(h.JA4(nil)); got != "t13d1516h2_8daaf6152771_e5627efa2ab1" {
		t.Error(got)
	}
}

func TestRefusedByAlert(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[1]))
	if len(did) != 2 || did[0].Status != ot.Refused || did[0].StatusCode != 40 || did[1].Code != Alert {
		t.Errorf("%+v", did)
	}
}

func TestCertificateNamesWhoHoldsIt(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 2 || ids[0].Facts[ot.FactName] != "pump-7" || ids[0].Of.HostString() != "10.0.0.10" || ids[1].Of.HostString() != "10.0.0.20" || ids[0].Source != "TLS certificate" {
		t.Errorf("%+v", ids)
	}
}

func TestCertificate(t *testing.T) {
	sum := sha256.Sum256(pump)
	did := pt.Dids(pt.Play(t, Protocol(), seeds[2]))
	if len(did) != 3 {
		t.Fatalf("%+v", did)
	}
	want := `{"tls.message":11,"tls.message_name":"certificate","tls.subject":"pump-7","tls.issuer":"pump-7","tls.sha256":"` +
		hex.EncodeToString(sum[:]) + `","tls.not_after":"2025-06-30","tls.modbus_role":"Operator","tls.self_signed":1,"tls.expired":1}`
	if got := pt.JSON(Protocol(), &did[1]); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// What follows is unreadable, and that is nothing odd.
func TestEncryptedIsQuiet(t *testing.T) {
	if odd := pt.Odds(pt.Play(t, Protocol(), seeds[0])); len(odd) > 0 {
		t.Error(odd)
	}
}

// datagram puts a DTLS record around a whole handshake message.
func datagram(kind byte, sequence byte, body []byte) []byte {
	n := binary.BigEndian.AppendUint16([]byte{0}, uint16(len(body)))
	m := pt.Join([]byte{kind}, n, []byte{0, sequence, 0, 0, 0}, n, body)
	return pt.Join(pt.Hex("16 fefd 0000 0000000000"), []byte{sequence}, binary.BigEndian.AppendUint16(nil, uint16(len(m))), m)
}

// dtls is a hello of EtherNet/IP over DTLS with this cookie.
func dtls(cookie string) []byte {
	return pt.Join([]byte{0xfe, 0xfd}, make([]byte, 32), pt.Hex("00"+cookie+"0004 c02b c0ac 01 00"))
}

var overUDP = pt.Session{
	Name: "over datagrams", Datagram: true,
	Steps: []pt.Step{
		pt.Client(datagram(ClientHello, 0, dtls("00"))...),
		pt.Server(datagram(helloRequest, 0, pt.Hex("fefd 02 aabb"))...),
		pt.Client(datagram(ClientHello, 1, dtls("02 aabb"))...),
		pt.Server(datagram(ServerHello, 1, pt.Join([]byte{0xfe, 0xfd}, make([]byte, 32), pt.Hex("00 c0ac 00")))...),
		pt.Client(pt.Hex("17 fefd 0001 000000000001 0003 aabbcc")...),
		pt.Server(pt.Hex("15 fefd 0000 000000000005 0002 0228")...), // alert
		pt.Client(pt.Hex("16 fefd 0000 000000000006 00ff 01")...),   // cut short
	},
}

// TestDatagrams: the hello that counts is the one with the cookie.
func TestDatagrams(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), overUDP))
	if len(did) != 2 || did[0].Status != ot.OK || did[0].Asked != 3 || did[1].Code != Alert {
		t.Fatalf("%+v", did)
	}
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:6]) }
	want := `{"tls.message":1,"tls.message_name":"hello","tls.version":65277,"tls.version_name":"dtls_1_2","tls.cipher":49324,` +
		`"tls.asked_version":65277,"tls.asked_version_name":"dtls_1_2","tls.ja4":"dd2i020000_` + sum("c02b,c0ac") + `_000000000000"}`
	if got := pt.JSON(Protocol(), &did[0]); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

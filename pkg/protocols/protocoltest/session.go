// Package protocoltest plays conversations to decoders in tests, and holds what every decoder must prove.
//
// A decoder's test writes its conversations once, as byte literals, and hands them to the suite:
//
//	var seeds = []protocoltest.Session{{
//		Name: "read two registers",
//		PDUs: true, // every step is exactly one PDU
//		Steps: []protocoltest.Step{
//			protocoltest.Client(
//				0x00, 0x01, // transaction 1
//				0x00, 0x00, // protocol 0
//				…
//			),
//			protocoltest.Server(protocoltest.Hex(`
//				0001 0000 0007 ; transaction 1, protocol 0, length 7
//				01 03 04       ; unit 1, read holding registers, 4 bytes
//				000a 000b      ; the values
//			`)...),
//		},
//	}}
//
//	func TestConform(t *testing.T) { protocoltest.Conform(t, modbus.Protocol(), seeds) }
//	func FuzzDecode(f *testing.F)  { protocoltest.Fuzz(f, modbus.Protocol(), seeds) }
//
// A row that another one carries (CIP in ENIP, S7comm in COTP) is given behind
// the seeds of its carrier: Conform(t, enip.Protocol(), seeds, cip.Protocol()).
//
// For tests of single PDUs, Play gives all observations of a session:
//
//	did := protocoltest.Dids(protocoltest.Play(t, modbus.Protocol(), session))
package protocoltest

import (
	"encoding/hex"
	"strings"
	"time"

	"otsensor/pkg/ot"
)

// Session is one conversation, step by step.
type Session struct {
	Name     string
	Datagram bool     // every step with bytes is a datagram
	Conv     *ot.Conv // nil: a conversation with the row's first port of TCP, or of UDP for datagrams; without IP where its first port is
	Steps    []Step

	PDUs      bool   // every step with bytes is exactly one PDU: a broken one must not blind the next
	Rough     bool   // begins midway or malformed: the probe may refuse it
	Foreign   bool   // not this protocol: the probe must refuse it and no transaction may come of it
	Beside    []byte // what goes over another conversation that the decoder agrees on, as soon as it does
	Allocates string // why the decoder allocates in steady state here; "" demands that it does not
}

// Step is one thing that happens to a conversation.
type Step struct {
	Dir   ot.Dir
	Bytes []byte
	After time.Duration // packet time since the step before
	Lost  bool          // bytes of Dir are missing here
	Tick  bool          // only time passes
}

// Client is bytes from the client, a millisecond after the step before.
func Client(b ...byte) Step { return Step{Dir: ot.ToServer, Bytes: b, After: time.Millisecond} }

// Server is bytes from the server, a millisecond after the step before.
func Server(b ...byte) Step { return Step{Dir: ot.ToClient, Bytes: b, After: time.Millisecond} }

// Lost says that bytes of a direction are missing.
func Lost(d ot.Dir) Step { return Step{Dir: d, Lost: true} }

// Wait lets time pass and ticks once.
func Wait(d time.Duration) Step { return Step{After: d, Tick: true} }

// Hex is bytes from hexadecimal text. Blanks mean nothing, and neither does what
// stands behind a semicolon up to the end of the line. Wrong text panics.
func Hex(text string) []byte {
	var digits strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, ";")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		panic("protocoltest.Hex: " + err.Error())
	}
	return b
}

// Join puts byte strings together, for several PDUs of one segment.
func Join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Size is how many bytes the session carries.
func (s *Session) Size() (n int) {
	for _, st := range s.Steps {
		n += len(st.Bytes)
	}
	return n
}

// with is the session with other steps.
func (s Session) with(steps []Step) Session { s.Steps = steps; return s }

// first is the first bytes of a direction, nil when there are none.
func (s *Session) first(d ot.Dir) []byte {
	for _, st := range s.Steps {
		if st.Dir == d && len(st.Bytes) > 0 {
			return st.Bytes
		}
	}
	return nil
}

// said is all bytes of a direction up to where some are missing.
func (s *Session) said(d ot.Dir) (all []byte) {
	for _, st := range s.Steps {
		if st.Lost && st.Dir == d {
			break
		}
		if st.Dir == d {
			all = append(all, st.Bytes...)
		}
	}
	return all
}

package protocoltest

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Fuzz looks for input that breaks a promise: a panic, too much work, a text
// that is not clean, a result that depends on where segments were cut.
func Fuzz(f *testing.F, row protocols.Protocol, seeds []Session, carried ...protocols.Protocol) {
	s := suite{row, append([]protocols.Protocol{row}, carried...), seeds}
	for _, seed := range seeds {
		f.Add(pack(seed.Steps), seed.Datagram)
	}
	f.Fuzz(func(t *testing.T, b []byte, datagram bool) {
		datagram = datagram || !streams(row)
		session := Session{Name: "fuzz", Datagram: datagram, Steps: unpack(b)}
		want := s.survive(t, session)
		if datagram {
			return
		}
		if diff := compare(want, playCut(t, row, session.with(single(session.Steps)))); diff != "" {
			t.Fatalf("in single bytes: %s\n%s", diff, dump(session))
		}
	})
}

// streams reports whether the row is spoken over TCP.
func streams(row protocols.Protocol) bool {
	return slices.ContainsFunc(row.Ports, func(p protocols.Port) bool { return p.Transport == ot.TCP })
}

// The packed form of a step: kind, length, bytes. A kind's lowest bit is the
// direction; kinds 6 and 7 of eight are loss and time, so that most are bytes.
const (
	packedLost = 6 << 1
	packedTick = 7 << 1
	packedMost = 64 << 10 // bytes of one session, to keep a round short
)

func pack(steps []Step) (b []byte) {
	for _, st := range steps {
		kind := byte(st.Dir)
		switch {
		case st.Lost:
			kind |= packedLost
		case st.Tick:
			kind |= packedTick
		}
		b = append(b, kind)
		b = binary.BigEndian.AppendUint16(b, uint16(len(st.Bytes)))
		b = append(b, st.Bytes...)
	}
	return b
}

func unpack(b []byte) (steps []Step) {
	b = b[:min(len(b), packedMost)]
	for len(b) >= 3 {
		kind, n := b[0]&0x0f, min(int(binary.BigEndian.Uint16(b[1:])), len(b)-3)
		st := Step{Dir: ot.Dir(kind & 1), After: time.Millisecond}
		switch {
		case kind >= packedTick:
			st = Wait(6 * time.Second)
		case kind >= packedLost:
			st = Lost(st.Dir)
		default:
			st.Bytes = b[3 : 3+n]
		}
		if st.Tick || st.Lost || n > 0 {
			steps = append(steps, st)
		}
		b = b[3+n:]
	}
	return steps
}

// mutate damages a session in a few places: bytes, lengths, order, loss, cuts.
func mutate(r *rand.Rand, steps []Step) []Step {
	all := append([]Step(nil), steps...)
	for range 1 + r.IntN(6) {
		if len(all) == 0 {
			break
		}
		k := r.IntN(len(all))
		st := all[k]
		st.Bytes = bytes.Clone(st.Bytes)
		switch n := len(st.Bytes); {
		case n == 0:
			st = Lost(ot.Dir(r.IntN(2)))
		default:
			st.Bytes, st.Dir = damage(r, st.Bytes), st.Dir^ot.Dir(r.IntN(8)/7)
		}
		all[k] = st
		switch r.IntN(12) {
		case 0:
			all = append(all[:k:k], all[k+1:]...)
		case 1:
			all = append(all[:k+1:k+1], all[k:]...)
		case 2:
			all = append(all[:k:k], append([]Step{Lost(st.Dir)}, all[k:]...)...)
		case 3:
			if len(st.Bytes) > 1 {
				all = cut(all, k, 1+r.IntN(len(st.Bytes)-1))
			}
		}
	}
	return all
}

func damage(r *rand.Rand, b []byte) []byte {
	at := r.IntN(len(b))
	switch r.IntN(8) {
	case 0:
		return b[:at]
	case 1:
		return b[at:]
	case 2:
		return Join(b[:at], b[r.IntN(len(b)):])
	case 3:
		return Join(b[:at], make([]byte, r.IntN(300)), b[at:])
	case 4:
		b[at] = [...]byte{0x00, 0x01, 0x7f, 0x80, 0xff}[r.IntN(5)]
	default:
		b[at] ^= 1 << r.IntN(8)
	}
	return b
}

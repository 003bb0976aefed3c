package sensor

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

// What is played: a write that must be seen, an answer to it, and a read that
// is harmless and just as long.
const (
	evil      = "\x00\x01\x00\x00\x00\x06\x01\x06\x00\x10\x00\xff" // write 255 to holding register 16
	harmless  = "\x00\x01\x00\x00\x00\x06\x01\x03\x00\x10\x00\x01" // read holding register 16
	readBack  = "\x00\x01\x00\x00\x00\x05\x01\x03\x02\x00\x07"
	following = "\x00\x02\x00\x00\x00\x06\x01\x06\x00\x11\x00\x01"
)

// evasion is one case: how it is played, how many writes and reads must be
// seen, and which oddities must be among those told.
type evasion struct {
	id, name      string
	play          func(s *stage)
	writes, reads int
	odd           []ot.Anomaly
	check         func(t *testing.T, got outcome) // of the case as it is played, not of its cuts

	either  bool                      // the cut decides whether the write is seen or the read, as it does for a receiver
	written func(s *stage) int        // how many writes a cut shows, where that depends on it
	always  func(*testing.T, outcome) // of the case and of every cut
}

// outcome is what a case came to.
type outcome struct {
	writes, reads, others int // requests, answered or not
	unasked               int // answers without one
	odds                  map[ot.Anomaly]int
	copies                []string // what is said of two versions of the same bytes
	conflict, oneway      bool     // of a write: in doubt, or its answer may not have been seen
	midstream             bool
	said                  []string // what devices said of themselves
	vlans                 map[uint16]bool
	stats                 Stats
	digest                string
}

// seen runs a stage through the pipeline.
func seen(t *testing.T, s *stage, workers int) (got outcome) {
	t.Helper()
	got.odds, got.vlans = map[ot.Anomaly]int{}, map[uint16]bool{}
	h := sha256.New()
	stats, err := Run(context.Background(), s.film(), Options{Workers: workers, Batch: 7, Table: all.Table(), Poison: true}, Judge{Observe: func(o *ot.Observation) {
		fmt.Fprintln(h, o.Seq, o.Frame, o.Time, o.Kind, o.Quality, o.Odd, o.Dir, o.Did)
		switch {
		case o.Kind == ot.Odd:
			got.odds[o.Odd]++
			if o.Odd == ot.StreamConflict {
				got.copies = append(got.copies, string(o.Did.Name))
			}
		case o.Kind == ot.Identified:
			got.said = append(got.said, o.Who.Facts[:]...)
		case o.Kind != ot.Did:
		case o.Did.Status == ot.Unasked:
			got.unasked++
		case o.Did.Op == ot.OpWriteData:
			got.writes++
			got.vlans[o.Conv.VLAN] = true
			got.conflict = got.conflict || o.Quality&ot.Conflict != 0
			got.midstream = got.midstream || o.Quality&ot.Midstream != 0
			got.oneway = got.oneway || o.Did.Status == ot.OneWay
		case o.Did.Op == ot.OpReadData:
			got.reads++
		default:
			got.others++
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	got.stats, got.digest = stats, fmt.Sprintf("%x", h.Sum(nil))
	return got
}

// Every way in which somebody may try to have this capture read something else
// than the receiver reads, each with one and with four workers, and with every
// segment cut into smaller ones at random.
func TestEvasions(t *testing.T) {
	for _, c := range evasions() {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage()
			c.play(s)
			one := seen(t, s, 1)
			if c.compare(t, s, one); c.check != nil {
				c.check(t, one)
			}
			seeds := uint64(100)
			if testing.Short() {
				seeds = 10
			}
			for seed := uint64(0); seed < seeds && !t.Failed(); seed++ {
				cut := s.split(rand.New(rand.NewPCG(seed, 1)))
				got := seen(t, cut, 1)
				if c.either && got.reads != c.reads {
					got.writes, got.reads = got.reads, got.writes
				}
				if c.compare(t, cut, got); t.Failed() {
					t.Logf("cut with seed %d", seed)
				}
			}
		})
	}
}

// compare holds what one worker saw against what is wanted, and what four see against that.
func (c *evasion) compare(t *testing.T, s *stage, got outcome) {
	t.Helper()
	if seen(t, s, 4).digest != got.digest {
		t.Error("other observations with four workers")
	}
	writes := c.writes
	if c.written != nil {
		writes = c.written(s)
	}
	if got.writes != writes || got.reads != c.reads {
		t.Errorf("%d writes and %d reads, want %d and %d; odd %v", got.writes, got.reads, writes, c.reads, got.odds)
	}
	if c.always != nil {
		c.always(t, got)
	}
	for _, a := range c.odd {
		if got.odds[a] == 0 && got.stats.Odds[a] == 0 {
			t.Errorf("%s is not told; odd %v", a, got.odds)
		}
	}
}

// answered plays the write and its answer.
func answered(s *stage) {
	s.say(0, evil, opts{})
	s.say(1, evil, opts{})
}

// unasked checks that an answer was noticed that fits no request seen.
func unasked(t *testing.T, got outcome) {
	if got.unasked != 1 {
		t.Errorf("%d answers that nobody asked for", got.unasked)
	}
}

func evasions() []evasion {
	return slices.Concat(streamEvasions(), ipEvasions(), protocolEvasions(), contentEvasions(), deviceEvasions())
}

// both checks that of two versions of the same bytes it is said which was read,
// and which was not.
func both(read, other string) func(*testing.T, outcome) {
	want := fmt.Sprintf("%d bytes, %016x read, %016x not", len(read), protocols.Digest([]byte(read)), protocols.Digest([]byte(other)))
	return func(t *testing.T, got outcome) {
		if len(got.copies) != 1 || !strings.HasPrefix(got.copies[0], want) {
			t.Errorf("said of the copies: %q, want %q", got.copies, want)
		}
	}
}

// told checks that each conflict says what both copies were, and leaves the rest in doubt.
func told(t *testing.T, got outcome) {
	for _, text := range got.copies {
		if n := len(text); n == 0 || n > ot.NameCap || strings.Count(text, ", ") < 2 {
			t.Errorf("said of the copies: %q", text)
		}
	}
	doubted(t, got)
}

// doubted checks that what teaches the baseline nothing is marked so.
func doubted(t *testing.T, got outcome) {
	if got.writes > 0 && !got.conflict {
		t.Error("a write from contradicting copies is not in doubt")
	}
}

func streamEvasions() []evasion {
	return []evasion{
		{id: "E01", name: "one byte in a segment", writes: 1, play: func(s *stage) {
			s.handshake()
			for i := range evil {
				s.say(0, evil[i:i+1], opts{})
			}
			s.say(1, evil, opts{})
		}},
		{id: "E02", name: "segments in reverse", writes: 1, play: func(s *stage) {
			s.handshake()
			for i := len(evil) - 1; i >= 0; i-- {
				s.put(0, s.seq[0]+uint32(i), packet.ACK, evil[i:i+1], opts{})
			}
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: func(t *testing.T, got outcome) {
			if got.stats.Flow.Reordered == 0 {
				t.Error("nothing is counted as out of order")
			}
		}},
		{id: "E03", name: "sent again", writes: 1, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, evil, opts{})
			s.put(0, s.seq[0], packet.ACK, evil, opts{after: 300e6})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: func(t *testing.T, got outcome) {
			if got.stats.Flow.Retransmitted != 1 || got.stats.Copies != 0 {
				t.Errorf("%d sent again, %d copies", got.stats.Flow.Retransmitted, got.stats.Copies)
			}
		}},
		{id: "E04", name: "other bytes for the same place, harmless first", reads: 1, odd: []ot.Anomaly{ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, harmless, opts{})
			s.put(0, s.seq[0], packet.ACK, evil, opts{})
			s.seq[0] += uint32(len(evil))
			s.say(1, readBack, opts{})
		}, check: both(harmless, evil), always: told},
		{id: "E04", name: "other bytes for the same place, harmless second", writes: 1, odd: []ot.Anomaly{ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, evil, opts{})
			s.put(0, s.seq[0], packet.ACK, harmless, opts{})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: both(evil, harmless), always: told},
		{id: "E05", name: "overlapping at the left", writes: 1, odd: []ot.Anomaly{ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, evil[:8], opts{})
			s.put(0, s.seq[0]+6, packet.ACK, "\x02\x03"+evil[8:], opts{})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: both(evil[6:8], "\x02\x03"), always: told},
		{id: "E05", name: "overlapping inside", writes: 1, odd: []ot.Anomaly{ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, evil, opts{})
			s.put(0, s.seq[0]+6, packet.ACK, "\x01\x03\x00", opts{})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: both(evil[6:9], "\x01\x03\x00"), always: told},
		// What comes in its turn goes before what was kept, as in the receivers of
		// Linux. The answer gives it away: nobody asked for it.
		{id: "E05", name: "overlapping at the right, kept for later", reads: 1, either: true, odd: []ot.Anomaly{ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0]+6, packet.ACK, evil[6:], opts{})
			s.put(0, s.seq[0], packet.ACK, evil[:6]+"\x01\x03", opts{})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, check: func(t *testing.T, got outcome) {
			unasked(t, got)
			both("\x01\x03", evil[6:8])(t, got)
		}, always: told},
		{id: "E06", name: "a decoy with a wrong TCP checksum", writes: 1, odd: []ot.Anomaly{ot.BadChecksum}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, harmless, opts{badTCP: true})
			answered(s)
		}},
		{id: "E06", name: "a host that leaves checksums to its card", writes: 1, play: func(s *stage) {
			s.handshake()
			answered(s)
			for i := range s.parts {
				s.parts[i].o.badTCP = s.parts[i].dir == 0
			}
		}},
		{id: "E07", name: "a decoy with a wrong IP checksum", writes: 1, odd: []ot.Anomaly{ot.BadChecksum}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, harmless, opts{badIP: true})
			answered(s)
		}},
		{id: "E06", name: "a wrong TCP checksum that the receiver took", writes: 1, odd: []ot.Anomaly{ot.BadChecksum}, play: func(s *stage) {
			s.handshake()
			s.say(0, evil, opts{badTCP: true})
			s.say(1, evil, opts{})
		}, always: doubted},
		{id: "E07", name: "a wrong IP checksum that the receiver took", writes: 1, odd: []ot.Anomaly{ot.BadChecksum}, play: func(s *stage) {
			s.handshake()
			s.say(0, evil, opts{badIP: true})
			s.say(1, evil, opts{})
		}, always: doubted},
		{id: "E08", name: "a decoy that does not live long enough", writes: 1, odd: []ot.Anomaly{ot.TTLShift, ot.StreamConflict}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK, harmless, opts{ttl: 3})
			answered(s)
		}, always: doubted},
		{id: "E08", name: "a segment that lived long enough all the same", writes: 1, odd: []ot.Anomaly{ot.TTLShift}, play: func(s *stage) {
			s.handshake()
			s.say(0, evil, opts{ttl: 3})
			s.say(1, evil, opts{})
		}},
		{id: "E08", name: "a decoy that does not live long enough, of a receiver that is not seen", writes: 1, odd: []ot.Anomaly{ot.TTLShift, ot.StreamConflict}, play: func(s *stage) {
			s.control(0, packet.SYN, opts{})
			s.seq[0]++
			s.put(0, s.seq[0], packet.ACK, harmless, opts{ttl: 3})
			s.say(0, evil, opts{})
		}, check: both(evil, harmless), always: told},
		{id: "E08", name: "a decoy behind what it is to hide, of a receiver that is not seen", writes: 1, odd: []ot.Anomaly{ot.TTLShift, ot.StreamConflict}, play: func(s *stage) {
			s.control(0, packet.SYN, opts{})
			s.seq[0]++
			s.say(0, evil, opts{})
			s.put(0, s.seq[0]-uint32(len(evil)), packet.ACK, harmless, opts{ttl: 3})
		}, check: both(evil, harmless), always: told},
		{id: "E08", name: "a segment from further off, of a receiver that is not seen", writes: 2, odd: []ot.Anomaly{ot.TTLShift}, play: func(s *stage) {
			s.control(0, packet.SYN, opts{})
			s.seq[0]++
			s.say(0, evil, opts{ttl: 3})
			s.say(0, following, opts{})
		}},
		{id: "E09", name: "a reset outside the window", writes: 1, odd: []ot.Anomaly{ot.OutOfWindow}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0]+1<<28, packet.RST, "", opts{})
			answered(s)
		}},
		{id: "E09", name: "a reset with an MD5 signature nobody agreed on", writes: 1, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.RST, "", opts{tcpOptions: "\x13\x12" + strings.Repeat("\x00", 16) + "\x01\x01"})
			answered(s)
		}},
		{id: "E10", name: "data after a reset", writes: 1, odd: []ot.Anomaly{ot.DataAfterClose}, play: func(s *stage) {
			s.handshake()
			s.control(0, packet.RST, opts{})
			answered(s)
		}},
		{id: "E11", name: "data after both have finished", writes: 1, odd: []ot.Anomaly{ot.DataAfterClose}, play: func(s *stage) {
			s.handshake()
			s.control(0, packet.FIN|packet.ACK, opts{})
			s.control(1, packet.FIN|packet.ACK, opts{})
			s.seq[0]++
			s.seq[1]++
			answered(s)
		}},
		{id: "E12", name: "a second SYN that counts", writes: 1, odd: []ot.Anomaly{ot.SynAgain}, play: func(s *stage) {
			s.control(0, packet.SYN, opts{})
			s.seq[0] = 900_000
			s.control(0, packet.SYN, opts{})
			s.seq[0]++
			s.control(1, packet.SYN|packet.ACK, opts{})
			s.seq[1]++
			answered(s)
		}},
		{id: "E13", name: "data in the SYN", writes: 1, play: func(s *stage) {
			s.put(0, s.seq[0], packet.SYN, evil, opts{tcpOptions: "\x22\x06abcd\x01\x01"})
			s.seq[0] += 1 + uint32(len(evil))
			s.control(1, packet.SYN|packet.ACK, opts{})
			s.seq[1]++
			s.say(1, evil, opts{})
		}},
		{id: "E14", name: "data before the SYN is answered", writes: 1, play: func(s *stage) {
			s.control(0, packet.SYN, opts{})
			s.seq[0]++
			s.say(0, evil, opts{})
			s.control(1, packet.SYN|packet.ACK, opts{})
			s.seq[1]++
			s.say(1, evil, opts{})
		}},
		{id: "E15", name: "an urgent byte", writes: 1, odd: []ot.Anomaly{ot.Urgent}, play: func(s *stage) {
			s.handshake()
			s.put(0, s.seq[0], packet.ACK|packet.URG, evil, opts{urgent: 5})
			s.seq[0] += uint32(len(evil))
			s.say(1, evil, opts{})
		}, always: doubted},
		{id: "E16", name: "taken up in the middle", writes: 1, play: answered, check: func(t *testing.T, got outcome) {
			if !got.midstream {
				t.Error("not told that the beginning was not seen")
			}
		}},
		{id: "E17", name: "one direction only", writes: 1, play: func(s *stage) {
			s.say(0, evil, opts{})
			for range 5 {
				s.control(0, packet.ACK, opts{after: 1e9})
			}
		}, check: func(t *testing.T, got outcome) {
			if !got.oneway {
				t.Error("an answer that cannot be seen is called missing")
			}
		}},
		{id: "E18", name: "a segment lost inside a PDU", writes: 1, play: func(s *stage) {
			s.handshake()
			s.say(0, evil[:5], opts{})
			s.seq[0] += uint32(len(evil) - 5)
			s.control(1, packet.ACK, opts{})
			s.say(0, following, opts{after: 2e9})
			s.say(1, following, opts{})
		}, check: func(t *testing.T, got outcome) {
			if got.stats.Flow.Gaps != 1 || got.stats.Flow.GapBytes != 7 || got.others > 0 {
				t.Errorf("%d gaps of %d bytes, %d other transactions", got.stats.Flow.Gaps, got.stats.Flow.GapBytes, got.others)
			}
		}},
		{id: "E36", name: "a byte every ten seconds", writes: 1, play: func(s *stage) {
			s.handshake()
			for i := range evil {
				s.say(0, evil[i:i+1], opts{after: 10e9})
			}
			s.say(1, evil, opts{})
		}},
		{id: "E39", name: "options without meaning, an impossible scale", writes: 1, play: func(s *stage) {
			s.control(0, packet.SYN, opts{tcpOptions: "\x03\x03\xff\x01" + strings.Repeat("\x01", 36)})
			s.seq[0]++
			s.control(1, packet.SYN|packet.ACK, opts{})
			s.seq[1]++
			s.say(0, evil, opts{tcpOptions: "\x01\x01\x08\x0a\x00\x00\x00\x00\x00\x00\x00\x00"})
			s.say(1, evil, opts{})
		}},
		{id: "E40", name: "numbers that wrap inside a PDU", writes: 1, play: func(s *stage) {
			s.seq[0] = 0xffff_fff9
			s.handshake()
			answered(s)
		}},
	}
}

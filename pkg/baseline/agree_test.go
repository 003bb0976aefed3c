package baseline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

func TestLearningIsTheSameEveryTime(t *testing.T) {
	var first string
	for range 5 {
		text := learnDay(t, 4, func(p *plant, minute int) {
			for i := range 50 {
				p.did(p.conv(fmt.Sprintf("10.77.2.%d", i), plc, 502), read(uint32(i), 1))
			}
		})
		if first == "" {
			first = text
		}
		if text != first {
			t.Fatal("two runs differ")
		}
	}
}

// The learner and the weigher agree: what was learned, once everything in it
// is accepted, does not depart from itself. The day is random, of a fixed seed.
func TestWhatWasLearnedDoesNotDepart(t *testing.T) {
	th := Defaults
	th.MinCount, th.MinMinutes, th.LateShare, th.ScanTargets = 1, 1, 2, 1<<30
	day := func(p *plant) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 20_000 {
			client, server := r.IntN(12), r.IntN(12)
			c := p.conv(fmt.Sprintf("10.77.3.%d", client+1), fmt.Sprintf("10.77.3.%d", server+20), []uint16{502, 102, 44818}[r.IntN(3)])
			switch r.IntN(12) {
			case 0:
				p.open(c)
			case 1:
				p.see(ot.Observation{Conv: c, Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{9, 9}, Since: p.now}})
			case 2:
				p.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: c.Client.IP, MAC: c.ClientMAC, How: ot.ByARPReply}})
			default:
				tr := ot.Transaction{Proto: ot.Proto(1 + r.IntN(5)), Op: ot.Op(r.IntN(25)), Code: r.Uint32N(3), Unit: r.Uint32N(2), Status: ot.Status(r.IntN(5))}
				tr.Object = ot.Object{Area: r.Uint32N(3), Block: r.Uint32N(2), Addr: r.Uint32N(20), Len: r.Uint32N(4)}
				if r.IntN(2) == 0 {
					tr.Name = []byte(fmt.Sprint("tag", r.IntN(10)))
				}
				p.did(c, tr)
			}
			p.now += int64(r.IntN(1000)) * 1_000_000
		}
	}
	l := NewLearner("x", th)
	day(newPlant(l.Learn))
	day1 := l.Baseline()
	text := textOf(t, day1)
	if len(linesWith(text, "! ")) == 0 || len(linesWith(text, "habit ")) < 1000 {
		t.Fatalf("a poor day:\n%.2000s", text)
	}
	accepted := strings.NewReplacer("\n! ", "\n", "\n? ", "\n", day1.Hash, unsealed).Replace(text)
	b, err := Parse(strings.NewReader(accepted), "accepted")
	if err != nil {
		t.Fatal(err)
	}
	x := watchWith(b)
	x.now = newPlant(nil).now
	day(x.plant)
	if d := x.all &^ (Period | ValueRange | ValueNew); d != 0 {
		t.Errorf("%v", d.Names())
	}
}

package baseline

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
)

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), seed))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

// Two people approve a document; who counts is up to whoever verifies, and any
// change voids it.
func TestApproval(t *testing.T) {
	anna, bert, eve := keyOf(1), keyOf(2), keyOf(3)
	b, _ := learnQuiet(t, 5)
	for key, who := range map[*ed25519.PrivateKey]string{&anna: "Anna", &bert: `Bert "B" key`} {
		if err := b.Approve(*key, who, 1_767_600_000*second); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Approve(anna, "Anna", 1_767_600_001*second); err != nil || len(b.Approvals) != 2 {
		t.Fatalf("%d approvals, %v: one key signs once", len(b.Approvals), err)
	}
	text := textOf(t, b)
	got, err := Parse(strings.NewReader(text), "b")
	if err != nil {
		t.Fatal(err)
	}
	if again := textOf(t, got); again != text {
		t.Error("written again it differs")
	}
	for _, c := range []struct {
		keys []ed25519.PublicKey
		want int
	}{{nil, 2}, {[]ed25519.PublicKey{public(anna)}, 1}, {[]ed25519.PublicKey{public(eve)}, 0}, {[]ed25519.PublicKey{public(anna), public(bert)}, 2}} {
		if people := got.ApprovedBy(c.keys...); len(people) != c.want {
			t.Errorf("%d keys: approved by %v", len(c.keys), people)
		}
	}

	forged := strings.Replace(text, `by "Anna"`, `by "Eve"`, 1)
	if _, err := Parse(strings.NewReader(forged), "b"); err == nil || !strings.Contains(err.Error(), `the signature of "Eve" does not fit the document`) {
		t.Errorf("another name under a signature: %v", err)
	}
	if _, err := Parse(strings.NewReader(text+"host 10.0.0.9\n"), "b"); err == nil {
		t.Error("a line behind the approvals passed")
	}
	edited := strings.NewReplacer(b.Hash, unsealed, "10.77.0.21", "10.77.0.22").Replace(text)
	if got, err = Parse(strings.NewReader(edited), "b"); err != nil || len(got.ApprovedBy()) != 0 {
		t.Errorf("edited: %v, approved by %v", err, got.ApprovedBy())
	}
	if strings.Contains(textOf(t, got), "approved") {
		t.Error("a void approval was written again")
	}
}

func TestExpire(t *testing.T) {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	p.quietDay(t, 4)
	for range 50 { // the historian is switched off
		p.did(p.conv(hmi, plc, 502), read(0, 32))
		p.now += minute
	}
	b := l.Baseline()
	if n := b.Expire(2 * time.Hour); n != 0 {
		t.Errorf("%d lines expired", n)
	}
	b.Expire(30 * time.Minute)
	text := textOf(t, b)
	if len(linesWith(text, "? conversation 10.77.0.21", `why="not used since `)) != 1 || len(linesWith(text, "habit 10.77.0.20 > 10.77.0.10", "read-data")) != 1 {
		t.Error(text)
	}
}

// One host learned anew leaves all else as it was.
func TestReplace(t *testing.T) {
	was, _ := learnQuiet(t, 5)
	l := NewLearner("again", Defaults)
	p := newPlant(l.Learn)
	p.open(p.conv(hmi, plc2, 502))
	for range 5 {
		p.did(p.conv(hmi, plc2, 502), read(500, 4))
		p.did(p.conv(hmi, plc, 502), read(900, 4))
		p.now += minute
	}
	for only, want := range map[string][]string{
		plc2:             {"10.77.0.20 > 10.77.0.11 addr=500-503"},
		hmi + ">" + plc:  {"10.77.0.20 > 10.77.0.10 addr=900-903"},
		hist + ">" + plc: nil,
	} {
		part, err := ReadPart(only)
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(t, Replace(was, l.Baseline(), part))
		for _, pair := range []string{"10.77.0.20 > 10.77.0.10", "10.77.0.20 > 10.77.0.11"} {
			for _, addr := range []string{"addr=500-503", "addr=900-903"} {
				if got := len(linesWith(text, "habit "+pair, addr)) > 0; got != slices.Contains(want, pair+" "+addr) {
					t.Errorf("%s anew: %s %s is %v in\n%s", only, pair, addr, got, text)
				}
			}
		}
	}
}

func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(b *Baseline)
		days int64
		want []ot.Anomaly
	}{
		{"as learned", func(*Baseline) {}, 1, []ot.Anomaly{ot.BaselineUnapproved}},
		{"approved", func(b *Baseline) { b.Approve(keyOf(1), "Anna", 0) }, 1, nil},
		{"approved long ago", func(b *Baseline) { b.Approve(keyOf(1), "Anna", 0) }, 181, []ot.Anomaly{ot.BaselineStale}},
		{"edited", func(b *Baseline) { b.Sealed = false }, 1, []ot.Anomaly{ot.BaselineEdited}},
	} {
		b, _ := learnQuiet(t, 5)
		textOf(t, b)
		c.do(b)
		if got := b.Doubts(b.Until + c.days*24*60*minute); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

package baseline

import (
	"strings"
	"testing"
)

// People see which conversations are known least, and what would help; the
// document keeps what that rests on.
func TestShowSaysWhatIsLeastKnown(t *testing.T) {
	text := learnDay(t, 30, func(p *plant, minute int) {
		p.did(p.conv(hist, plc, 502), read(uint32(1000+minute), 1)) // another address each minute
	})
	b, err := Parse(strings.NewReader(text), "x")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Show(&out, b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2 of 3 conversations did nothing only once.",
		"  10.77.0.21 > 10.77.0.10 tcp/502: 1.64 % of what it does is expected to be new; of 31 kinds in 1830 transactions 30 came once. Much of it is new each time",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

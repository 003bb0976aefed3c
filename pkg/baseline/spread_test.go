package baseline

import "testing"

// Conversations fall into classes by the share of what they do that is
// expected to be new: of n transactions, so many were the only ones of their kind.
func TestSpread(t *testing.T) {
	conv := func(mark Mark, acts, once uint64) Conversation {
		c := Conversation{Acts: acts, Once: once}
		c.Mark = mark
		return c
	}
	b := Baseline{Conversations: []Conversation{
		conv(InForce, 10_000, 0), conv(InForce, 50, 0), // well known
		conv(InForce, 1000, 1),                       // 0.001
		conv(InForce, 999, 1), conv(InForce, 100, 1), // up to 0.01
		conv(InForce, 10, 1),                      // 0.1
		conv(InForce, 10, 2), conv(InForce, 3, 3), // all else
		conv(InForce, 0, 0), conv(Review, 10, 2), conv(Rare, 1000, 1000), // nothing decoded, not in force
	}}
	if got, want := b.Spread(), (Spread{2, 1, 2, 1, 2}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if names := UnseenClasses(); len(names) != len(Spread{}) || names[1] != "0.001" || names[4] != "1" {
		t.Errorf("classes %q", names)
	}
}

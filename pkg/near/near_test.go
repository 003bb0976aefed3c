package near

import "testing"

func TestHint(t *testing.T) {
	words := []string{"interface", "baseline", "listen", "K-02", "K-11"}
	for word, want := range map[string]string{
		"interfce": `; did you mean "interface"?`,
		"lisen":    `; did you mean "listen"?`,
		"K-2":      `; did you mean "K-02"?`,
		"baseline": `; did you mean "baseline"?`,
		"zzz":      "",
		"":         "",
	} {
		if got := Hint(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if Word("x", nil) != "" {
		t.Error("nothing is near nothing")
	}
}

// The distance is the fewest insertions, deletions and replacements, cut off at the limit.
func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		limit, want int
	}{
		{"", "", 9, 0}, {"a", "", 9, 1}, {"", "abc", 9, 3}, {"kitten", "sitting", 9, 3}, {"abc", "abc", 9, 0}, {"abc", "xyz", 9, 3},
		{"a", "abcdef", 3, 3}, // lengths alone put it at the limit
	} {
		if got := edits(c.a, c.b, c.limit); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

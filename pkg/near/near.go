// Package near finds the right word nearest to a wrong one, for messages to people.
package near

// Word is the candidate nearest to word, "" when none is near enough to be meant.
func Word(word string, candidates []string) string {
	best, distance := "", len(word)/2+1
	for _, c := range candidates {
		if d := edits(word, c, distance); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// Hint is `; did you mean "x"?`, or nothing when no candidate is near.
func Hint(word string, candidates []string) string {
	if w := Word(word, candidates); w != "" {
		return `; did you mean "` + w + `"?`
	}
	return ""
}

// edits is the Levenshtein distance, or limit when it is not below it.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

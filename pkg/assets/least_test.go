package assets

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Which hosts are put out of a full table does not depend on how they are found:
// they are the first of all in order.
func TestLeastIsWhatSortingGives(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		all := make([]*asset, 1+r.IntN(200))
		for i := range all {
			all[i] = &asset{first: r.Int64N(5), last: r.Int64N(5), born: uint64(i)}
		}
		n := 1 + r.IntN(len(all))
		want := slices.Clone(all)
		slices.SortFunc(want, func(a, b *asset) int {
			if sooner(a, b) {
				return -1
			}
			return 1
		})
		least(all, n)
		for _, a := range want[:n] {
			if !slices.Contains(all[:n], a) {
				t.Fatalf("seed %d: one of the first %d of %d stays", seed, n, len(all))
			}
		}
	}
}

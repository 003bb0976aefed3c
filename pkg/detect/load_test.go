package detect_test

import (
	"testing"

	"otsensor/pkg/detect"
	"otsensor/pkg/protocols/all"
	"otsensor/rules"
)

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := detect.Load(rules.Files(), all.Table(), detect.Known{}); err != nil {
			b.Fatal(err)
		}
	}
}

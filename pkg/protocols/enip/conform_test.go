package enip_test

import (
	"testing"

	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	"otsensor/pkg/protocols/protocoltest"
)

func TestConform(t *testing.T) {
	protocoltest.Conform(t, enip.Protocol(), seeds, cip.Protocol())
}

func FuzzDecode(f *testing.F) {
	protocoltest.Fuzz(f, enip.Protocol(), seeds, cip.Protocol())
}

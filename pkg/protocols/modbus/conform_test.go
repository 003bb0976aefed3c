package modbus

import (
	"testing"

	"otsensor/pkg/protocols/protocoltest"
)

func TestConform(t *testing.T) { protocoltest.Conform(t, Protocol(), seeds) }

func FuzzDecode(f *testing.F) { protocoltest.Fuzz(f, Protocol(), seeds) }

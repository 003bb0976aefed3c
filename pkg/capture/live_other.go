//go:build !linux

package capture

import (
	"errors"
	"io"
)

var errLinux = errors.New("live capture needs Linux; captures from files are read everywhere")

// Live is a Source over a network interface. There is none on this system.
type Live struct{}

// OpenLive says that live capture needs Linux.
func OpenLive(LiveOptions) (*Live, error) { return nil, errLinux }

// Fill has nothing to give.
func (*Live) Fill(*Batch) error { return io.EOF }

// Down says that live capture needs Linux.
func (*Live) Down() error { return errLinux }

// Findings has nothing to say that OpenLive did not.
func (*Live) Findings() []Finding { return nil }

// Keep has nothing to give.
func (*Live) Keep() []int { return nil }

// Lost counts nothing.
func (*Live) Lost() Loss { return Loss{} }

// Close does nothing.
func (*Live) Close() error { return nil }

// Preflight has nothing to look at.
func Preflight(string) []Finding { return []Finding{{errLinux.Error(), "run it on Linux"}} }

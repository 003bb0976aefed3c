//go:build !unix

package store

import "os"

// noFollow is nothing: links are a matter of rights here.
const noFollow = 0

// lock does nothing: a second writer needs the sensor's daemon, and that needs Linux.
func lock(*os.File) error { return nil }

//go:build !unix

package output

import "os"

// noFollow is nothing: links are a matter of rights here.
const noFollow = 0

// lock does nothing: live capture, and with it a second writer, needs Linux.
func lock(*os.File) error { return nil }

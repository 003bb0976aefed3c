package main

import "golang.org/x/sys/unix"

// clockSynced reports whether the kernel says that its clock is synchronised, nil when it does not say.
func clockSynced() *bool {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return nil
	}
	synced := t.Status&unix.STA_UNSYNC == 0
	return &synced
}

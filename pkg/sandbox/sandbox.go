// Package sandbox takes from the process what a sensor that runs does not need.
//
// After Enter nothing can be written to the capture sockets, no program can be
// started, no packet socket opened, no file written outside the folders named,
// and no capability is left, on any thread. Enter tries it out before it says
// so. What a kernel does not offer is told, not hidden.
package sandbox

import "strings"

// Plan is what the process keeps.
type Plan struct {
	Capture []int    // sockets that must never send; they must stay open until the process ends
	Read    []string // files and folders that may be read; those that do not exist are passed over
	Write   []string // folders in which files may be made, written and removed
}

// Locks are the names of all locks, in the order in which they are set.
var Locks = [...]string{"no_new_privs", "landlock", "seccomp", "capabilities"}

// Lock is one of the locks: whether it holds, and what the kernel said if not.
type Lock struct {
	Name string // one of Locks
	Held bool
	Why  string // why it does not hold, or holds in part only
}

// Report is what Enter found when it tried its locks out.
type Report []Lock

// Weak names the locks that do not hold and why, "" when all do.
func (r Report) Weak() string {
	var open []string
	for _, l := range r {
		if !l.Held {
			open = append(open, l.Name+": "+l.Why)
		}
	}
	return strings.Join(open, "; ")
}

// Holds reports whether a lock holds.
func (r Report) Holds(name string) bool {
	for _, l := range r {
		if l.Name == name {
			return l.Held
		}
	}
	return false
}

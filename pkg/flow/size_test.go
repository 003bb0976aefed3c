package flow

import (
	"testing"
	"unsafe"
)

// A conversation takes no more than the next smaller class of memory holds: a
// flood makes 65,536 of them.
func TestConversationIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(conn{}); n > 448 {
		t.Errorf("%d bytes, more than 448", n)
	}
}

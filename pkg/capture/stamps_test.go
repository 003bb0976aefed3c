package capture

import (
	"strings"
	"testing"
	"time"
)

// A card's stamp is taken unless its clock is far from the host's; what has none
// keeps the kernel's time. Each is counted, and what is wrong is found.
func TestStampsOfACard(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		off    time.Duration
		byCard bool
		taken  time.Duration
		found  string
	}{
		"near":               {-20 * time.Millisecond, true, -20 * time.Millisecond, ""},
		"TAI, 37 s ahead":    {37 * time.Second, true, 0, "more than 5s from the host's"},
		"counting from 1970": {-1_800_000_000 * time.Second, true, 0, "more than 5s from the host's"},
		"none":               {-time.Millisecond, false, -time.Millisecond, "does not stamp every frame"},
	} {
		var s stamped
		p := Packet{Time: now.Add(c.off).UnixNano()}
		s.judge(&p, c.byCard, now)
		if p.Time != now.Add(c.taken).UnixNano() || s.card+s.without+s.far != 1 {
			t.Errorf("%s: %s from now, %+v", name, time.Duration(p.Time-now.UnixNano()), s)
		}
		found := s.findings("eth1")
		if c.found == "" && len(found) > 0 || c.found != "" && (len(found) != 1 || !strings.Contains(found[0].What, c.found)) {
			t.Errorf("%s: %v", name, found)
		}
	}
}

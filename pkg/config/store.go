package config

import "otsensor/pkg/strict"

// Store says where what must survive a restart is kept, and how much of it.
type Store struct {
	File         string // "" for none
	MaxMB        int    // size above which the oldest go
	KeepDays     int    // age at which closed events go; 0: only for the size
	ActivityDays int    // age at which activity goes; 0: only for the size
}

type rawStore struct {
	File         string `yaml:"file"`
	MaxMB        *int   `yaml:"max_mb"`
	KeepDays     *int   `yaml:"keep_days"`
	ActivityDays *int   `yaml:"activity_days"`
}

func (r *rawStore) into(s *Store, doc *strict.Doc, dir string) error {
	s.File = beside(dir, r.File)
	for _, n := range []struct {
		key      string
		from     *int
		to       *int
		min, max int
	}{
		{"max_mb", r.MaxMB, &s.MaxMB, 16, 1 << 20}, {"keep_days", r.KeepDays, &s.KeepDays, 0, 36500}, {"activity_days", r.ActivityDays, &s.ActivityDays, 0, 36500},
	} {
		if n.from == nil {
			continue
		}
		if *n.to = *n.from; *n.to < n.min || *n.to > n.max {
			return doc.Errorf(doc.Line("store", n.key), "store: %s %d is not from %d to %d", n.key, *n.to, n.min, n.max)
		}
	}
	return nil
}

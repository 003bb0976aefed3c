package config

import (
	"strconv"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/detect"
)

// rawThresholds are the thresholds of a site: of rules that count, by id, and
// of departures from the baseline, by name.
type rawThresholds struct {
	Rules      map[string]rawThreshold `yaml:"rules"`
	Deviations map[string]rawTolerance `yaml:"deviations"`
}

type rawThreshold struct {
	Min  int             `yaml:"min"`
	Over detect.Duration `yaml:"over"`
}

type rawTolerance struct {
	Factor uint64 `yaml:"factor"`
	Least  string `yaml:"least"`
}

func (c *siteChecker) thresholds() {
	c.s.Tolerances = baseline.DefaultTolerances()
	for _, id := range sortedKeys(c.raw.Thresholds.Rules) {
		t := c.raw.Thresholds.Rules[id]
		c.s.Thresholds = append(c.s.Thresholds, detect.Threshold{Rule: id, Min: t.Min, Over: t.Over})
	}
	for _, name := range sortedKeys(c.raw.Thresholds.Deviations) {
		t, path := c.raw.Thresholds.Deviations[name], at("thresholds", "deviations", name)
		known := len(c.wrong)
		c.oneOf("tolerance for", name, baseline.Tolerated(), path...)
		least := c.least(name, t.Least, append(path, "least"))
		if len(c.wrong) > known {
			continue
		}
		if err := c.s.Tolerances.Set(name, t.Factor, least); err != nil {
			c.fail(path, "%s: %v", name, err)
		}
	}
}

// least reads the least of a tolerance: a time of what is a time, else a number.
func (c *siteChecker) least(name, text string, path []any) uint64 {
	switch {
	case text == "":
		return 0
	case baseline.Timed(name):
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 || d > 24*time.Hour {
			c.fail(path, "least: %q is no time such as 30s, up to 24h", text)
		}
		return uint64(max(d, 0))
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 0 {
		c.fail(path, "least: %q is no number above 0", text)
	}
	return n
}

// CheckRules compares the thresholds with the rules, and gives the rules as
// they are at this site. A nil Site changes none.
func (s *Site) CheckRules(set *detect.Set) (*detect.Set, error) {
	if s == nil {
		return set, nil
	}
	c := siteChecker{s: s, doc: s.doc}
	for _, t := range s.Thresholds {
		if _, err := set.At([]detect.Threshold{t}); err != nil {
			c.fail(at("thresholds", "rules", t.Rule), "thresholds: %v", err)
		}
	}
	if err := c.mistakes(); err != nil {
		return nil, err
	}
	return set.At(s.Thresholds)
}

package config

import (
	"slices"
	"strconv"
)

// The settings that a running sensor takes over when they are read again; what
// the files of site and rules say is taken over with them. All others need a restart.
var whileRunning = []string{"site", "rules", "log"}

// settings are what sensor.yaml says, by the names it says them under.
func (c *Config) settings() [][2]string {
	filter := ""
	if c.Filter != nil {
		filter = c.Filter.String()
	}
	return [][2]string{
		{"interface", c.Interface}, {"filter", filter}, {"rings", strconv.Itoa(c.Rings)}, {"stamps", c.Stamps.String()},
		{"baseline", c.Baseline}, {"site", c.Site}, {"rules", c.Rules}, {"journal", c.Journal}, {"listen", c.Listen},
		{"workers", strconv.Itoa(c.Workers)}, {"log", c.Log},
		{"events.file", c.Events.File}, {"events.max_mb", strconv.Itoa(c.Events.MaxMB)}, {"events.keep", strconv.Itoa(c.Events.Keep)},
		{"evidence.dir", c.Evidence.Dir}, {"evidence.memory_mb", strconv.Itoa(c.Evidence.MemoryMB)},
		{"evidence.quota_mb", strconv.Itoa(c.Evidence.QuotaMB)}, {"evidence.keep_days", strconv.Itoa(c.Evidence.KeepDays)},
		{"store.file", c.Store.File}, {"store.max_mb", strconv.Itoa(c.Store.MaxMB)},
		{"store.keep_days", strconv.Itoa(c.Store.KeepDays)}, {"store.activity_days", strconv.Itoa(c.Store.ActivityDays)},
	}
}

// Changed names the settings that differ in a later configuration: those a
// running sensor takes over, and those that need a restart.
func (c *Config) Changed(later *Config) (taken, restart []string) {
	now := later.settings()
	for i, was := range c.settings() {
		switch name := was[0]; {
		case was == now[i]:
		case slices.Contains(whileRunning, name):
			taken = append(taken, name)
		default:
			restart = append(restart, name)
		}
	}
	return taken, restart
}

// Keep gives a later configuration with what needs a restart as it is here.
func (c *Config) Keep(later Config) Config {
	now := *c
	now.Site, now.Rules, now.Log = later.Site, later.Rules, later.Log
	return now
}

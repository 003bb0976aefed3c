// Package config reads the files people write: one file in, one checked value out.
package config

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"otsensor/pkg/capture"
	"otsensor/pkg/filter"
	"otsensor/pkg/near"
	"otsensor/pkg/strict"
)

// raw mirrors sensor.yaml.
type raw struct {
	Interface string     `yaml:"interface"`
	Filter    string     `yaml:"filter"`
	Rings     *int       `yaml:"rings"`
	Stamps    string     `yaml:"stamps"`
	Baseline  string     `yaml:"baseline"`
	Site      string     `yaml:"site"`
	Rules     string     `yaml:"rules"`
	Journal   string     `yaml:"journal"`
	Listen    *string    `yaml:"listen"`
	Workers   *int       `yaml:"workers"`
	Log       string     `yaml:"log"`
	Events    *rawEvents `yaml:"events"`

	Evidence *rawEvidence `yaml:"evidence"`
	Store    *rawStore    `yaml:"store"`
}

type rawEvents struct {
	File  string `yaml:"file"`
	MaxMB *int   `yaml:"max_mb"`
	Keep  *int   `yaml:"keep"`
}

type rawEvidence struct {
	Dir      string `yaml:"dir"`
	MemoryMB *int   `yaml:"memory_mb"`
	QuotaMB  *int   `yaml:"quota_mb"`
	KeepDays *int   `yaml:"keep_days"`
}

// Config is sensor.yaml, checked.
type Config struct {
	File      string // it was read from, "" for none
	Interface string
	Filter    *filter.Filter // what alone is captured, nil for all
	Rings     int            // over which frames are spread
	Stamps    capture.Stamps // whose clock tells when a frame came
	Baseline  string         // file, "" while there is none
	Site      string         // file, "" while there is none
	Rules     string         // folder, "" for the built-in rules
	Journal   string         // file, "" while there is none
	Listen    string         // address of metrics and health, "" for none
	Workers   int
	Log       string // debug, info, warn or error
	Events    Events
	Evidence  Evidence
	Store     Store
}

// Events says where events go.
type Events struct {
	File  string // "-" for standard output
	MaxMB int    // size at which the file is rotated
	Keep  int    // rotated files kept
}

// Evidence says whether capture files are cut for events, and where they go.
type Evidence struct {
	Dir      string // folder, "" for none
	MemoryMB int    // for the latest frames
	QuotaMB  int    // size of the folder at which the oldest files go
	KeepDays int    // age at which a file goes; 0: only for the quota
}

// Default is what holds where sensor.yaml says nothing.
func Default() Config {
	return Config{Listen: "127.0.0.1:9465", Rings: 1, Workers: 1, Log: "info", Events: Events{File: "-", MaxMB: 64, Keep: 4},
		Evidence: Evidence{MemoryMB: 32, QuotaMB: 1024}, Store: Store{MaxMB: 1024, KeepDays: 400, ActivityDays: 31}}
}

// Load reads sensor.yaml. File names in it are taken from its own folder.
func Load(name string) (Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("cannot read the configuration: %w", err)
	}
	c, err := Parse(data, name)
	c.File = name
	return c, err
}

// Parse is Load of a file's content.
func Parse(data []byte, name string) (Config, error) {
	var r raw
	doc, err := strict.Decode(name, data, &r)
	if err != nil {
		return Config{}, err
	}
	return r.checked(doc, filepath.Dir(name))
}

var levels = []string{"debug", "info", "warn", "error"}

func (r *raw) checked(doc *strict.Doc, dir string) (Config, error) {
	c := Default()
	c.Interface = r.Interface
	var err error
	if c.Filter, err = filter.Parse(r.Filter); err != nil {
		return c, doc.Errorf(doc.Line("filter"), "%v", err)
	}
	for from, to := range map[*string]*string{&r.Baseline: &c.Baseline, &r.Site: &c.Site, &r.Rules: &c.Rules, &r.Journal: &c.Journal} {
		*to = beside(dir, *from)
	}
	if r.Listen != nil {
		c.Listen = *r.Listen
		if _, _, err := net.SplitHostPort(c.Listen); c.Listen != "" && err != nil {
			return c, doc.Errorf(doc.Line("listen"), "listen: %q is no address with a port, such as 127.0.0.1:9465", c.Listen)
		}
	}
	if r.Rings != nil {
		if c.Rings, err = capture.CheckRings(*r.Rings); err != nil {
			return c, doc.Errorf(doc.Line("rings"), "rings: %v", err)
		}
	}
	if r.Stamps != "" {
		if c.Stamps, err = capture.ParseStamps(r.Stamps); err != nil {
			return c, doc.Errorf(doc.Line("stamps"), "stamps: %v", err)
		}
	}
	if r.Workers != nil {
		c.Workers = *r.Workers
		if c.Workers < 1 || c.Workers > 16 {
			return c, doc.Errorf(doc.Line("workers"), "workers: %d is not from 1 to 16", c.Workers)
		}
	}
	if r.Log != "" {
		c.Log = r.Log
		if near.Word(r.Log, levels) != r.Log {
			return c, doc.Errorf(doc.Line("log"), "log: no level %q%s", r.Log, near.Hint(r.Log, levels))
		}
	}
	if r.Events != nil {
		if err := r.Events.into(&c.Events, doc, dir); err != nil {
			return c, err
		}
	}
	if r.Evidence != nil {
		if err := r.Evidence.into(&c.Evidence, doc, dir); err != nil {
			return c, err
		}
	}
	if r.Store != nil {
		return c, r.Store.into(&c.Store, doc, dir)
	}
	return c, nil
}

func (r *rawEvidence) into(e *Evidence, doc *strict.Doc, dir string) error {
	e.Dir = beside(dir, r.Dir)
	if r.MemoryMB != nil {
		e.MemoryMB = *r.MemoryMB
	}
	if e.MemoryMB < 1 || e.MemoryMB > 1<<16 {
		return doc.Errorf(doc.Line("evidence", "memory_mb"), "evidence: memory_mb %d is not from 1 to 65536", e.MemoryMB)
	}
	if r.QuotaMB != nil {
		e.QuotaMB = *r.QuotaMB
	}
	if e.QuotaMB < 2*e.MemoryMB || e.QuotaMB > 1<<24 {
		return doc.Errorf(doc.Line("evidence", "quota_mb"), "evidence: quota_mb %d is not from %d (twice memory_mb) to 16777216", e.QuotaMB, 2*e.MemoryMB)
	}
	if r.KeepDays != nil {
		e.KeepDays = *r.KeepDays
	}
	if e.KeepDays < 0 || e.KeepDays > 36500 {
		return doc.Errorf(doc.Line("evidence", "keep_days"), "evidence: keep_days %d is not from 0 to 36500", e.KeepDays)
	}
	return nil
}

func (r *rawEvents) into(e *Events, doc *strict.Doc, dir string) error {
	if r.File != "" {
		e.File = r.File
		if e.File != "-" {
			e.File = beside(dir, r.File)
		}
	}
	if r.MaxMB != nil {
		e.MaxMB = *r.MaxMB
		if e.MaxMB < 1 || e.MaxMB > 1<<20 {
			return doc.Errorf(doc.Line("events", "max_mb"), "events: max_mb %d is not from 1 to 1048576", e.MaxMB)
		}
	}
	if r.Keep != nil {
		e.Keep = *r.Keep
		if e.Keep < 0 || e.Keep > 1000 {
			return doc.Errorf(doc.Line("events", "keep"), "events: keep %d is not from 0 to 1000", e.Keep)
		}
	}
	return nil
}

func beside(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

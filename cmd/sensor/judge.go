package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"

	"otsensor/pkg/baseline"
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols"
	"otsensor/pkg/sensor"
	"otsensor/rules"
)

// judgeFlags say what events are judged with.
type judgeFlags struct {
	baseline, site, rules, journal string
}

func (j *judgeFlags) declare(fs *flag.FlagSet) {
	fs.StringVar(&j.baseline, "baseline", "", "`FILE` with what is normal, from sensor learn; without it only rules that need none can fire")
	fs.StringVar(&j.site, "site", "", "site `FILE`: assets, zones, planned work")
	fs.StringVar(&j.rules, "rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	fs.StringVar(&j.journal, "journal", "", "`FILE` with people's decisions")
}

// ruleFiles is the folder the rules come from.
func ruleFiles(dir string) fs.FS {
	if dir == "" {
		return rules.Files()
	}
	return os.DirFS(dir)
}

// loadRules reads playbook and rules of a folder, and the rules people of the site added.
func loadRules(dir string, table []protocols.Protocol, own ...detect.OwnFile) (*detect.Set, *playbook.Profile, error) {
	files := ruleFiles(dir)
	profile, err := playbook.Load(files)
	if err != nil {
		return nil, nil, err
	}
	set, err := detect.Load(files, table, detect.Known{
		Play:   func(id string) bool { _, ok := profile.Type(id); return ok },
		Attack: func(id string) bool { _, ok := profile.Technique(id); return ok },
	}, own...)
	return set, profile, err
}

// options loads everything the flags name.
func (j *judgeFlags) options(table []protocols.Protocol) (sensor.WatchOptions, error) {
	o := sensor.WatchOptions{Table: table, Version: version(), Sensor: event.Sensor{ID: "sensor"}}
	own, err := j.readSite(&o)
	if err != nil {
		return o, err
	}
	if o.Rules, o.Profile, err = loadRules(j.rules, table, own...); err != nil {
		return o, err
	}
	if j.baseline != "" {
		if o.Baseline, err = readBaseline(j.baseline); err != nil {
			return o, err
		}
	}
	if j.journal != "" {
		if o.Journal, err = readJournal(j.journal); err != nil {
			return o, err
		}
	}
	if o.Site != nil {
		if err = o.Site.Check(o.Profile); err == nil {
			o.Rules, err = o.Site.CheckRules(o.Rules)
		}
		o.Profile = o.Profile.At(o.Site.Overlay())
		o.Sensor = o.Site.Sensor()
	}
	return o, err
}

// atStart are the options of a process in which nothing else runs yet. Nearly all
// that is read stays, so that collecting meanwhile finds little again and again:
// it is done more seldom until all is there. What is left then is less than a
// sensor that runs has between two collections. A memory limit holds all the time.
func (j *judgeFlags) atStart(table []protocols.Protocol) (sensor.WatchOptions, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	return j.options(table)
}

// readSite reads the site file, where there is one, and gives the rules it adds.
func (j *judgeFlags) readSite(o *sensor.WatchOptions) (own []detect.OwnFile, err error) {
	if j.site == "" {
		return nil, nil
	}
	data, err := os.ReadFile(j.site)
	if err != nil {
		return nil, err
	}
	if o.Site, err = config.ParseSite(data, j.site); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	o.ConfigHash = hex.EncodeToString(sum[:])
	if o.Site.OwnRules == "" {
		return nil, nil
	}
	if data, err = os.ReadFile(o.Site.OwnRules); err != nil {
		return nil, fmt.Errorf("cannot read the site's own rules: %w", err)
	}
	return []detect.OwnFile{{Name: o.Site.OwnRules, Data: data}}, nil
}

func readBaseline(name string) (*baseline.Baseline, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the baseline: %w; make one with sensor learn -o %s FILE…", err, name)
	}
	defer f.Close()
	return baseline.Parse(f, name)
}

func readJournal(name string) (*journal.Journal, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the journal: %w", err)
	}
	defer f.Close()
	return journal.Parse(f, name)
}

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"

	"otsensor/pkg/baseline"
	"otsensor/pkg/event"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// release is the version of this source tree.
const release = "0.1.0"

// version is the release, with the commit it was built from where that is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + "+" + s.Value[:12]
		}
	}
	return release
}

func runVersion(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	asJSON := fs.Bool("json", false, "as JSON")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "version", rest)
	}
	set, profile, err := loadRules("", all.Table())
	if err != nil {
		return err
	}
	v := struct {
		Version   string   `json:"version"`
		Go        string   `json:"go"`
		Platform  string   `json:"platform"`
		Event     string   `json:"event_schema"`
		Baseline  int      `json:"baseline_version"`
		Profile   string   `json:"playbook_profile"`
		Attack    string   `json:"attack_version"`
		Rules     int      `json:"rules"`
		RulesHash string   `json:"rules_sha256"`
		Protocols []string `json:"protocols"`
	}{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, event.SchemaVersion, baseline.Version,
		profile.Head.ID + " " + profile.Head.Version, profile.Attack(nil).Version, len(set.Rules), sensor.RulesHash(set, profile), nil}
	for _, p := range all.Table() {
		v.Protocols = append(v.Protocols, p.Proto.String())
	}
	if *asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	fmt.Fprintf(e.stdout, "sensor %s (%s, %s), %d rules, playbook profile %s\n", v.Version, v.Go, v.Platform, v.Rules, v.Profile)
	return nil
}

package main

import (
	"path/filepath"
	"runtime"
	"slices"

	"go.uber.org/zap"

	"otsensor/pkg/config"
	"otsensor/pkg/sandbox"
)

// systemFiles are what programs read on the side: this process's own figures
// and the port's settings, names of hosts, certificates, the time zone.
var systemFiles = [...]string{
	"/proc", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/pki", "/usr/share/ca-certificates",
	"/etc/localtime", "/usr/share/zoneinfo",
}

// confine gives up what a sensor that runs does not need. A file that people
// replace is another file than before, so that the folders are what stays open.
func confine(capture []int, c config.Config, site *config.Site, log *zap.Logger) (sandbox.Report, error) {
	p := sandbox.Plan{Capture: capture, Read: systemFiles[:]}
	own := ""
	if site != nil {
		own = site.OwnRules
	}
	for _, file := range []string{c.File, c.Baseline, c.Site, own, c.Journal} {
		if file != "" && !slices.Contains(p.Read, filepath.Dir(file)) {
			p.Read = append(p.Read, filepath.Dir(file))
		}
	}
	if c.Rules != "" {
		p.Read = append(p.Read, c.Rules)
	}
	if c.Events.File != "-" {
		p.Write = append(p.Write, filepath.Dir(c.Events.File))
	}
	if c.Store.File != "" { // SQLite makes its log beside the file
		p.Write = append(p.Write, filepath.Dir(c.Store.File))
	}
	if c.Evidence.Dir != "" {
		p.Write = append(p.Write, c.Evidence.Dir)
	}
	report, err := sandbox.Enter(p)
	if err != nil {
		return report, err
	}
	if weak := report.Weak(); weak != "" {
		log.Warn("not everything is locked", zap.String("open", weak), zap.String("system", runtime.GOOS))
		return report, nil
	}
	log.Info("locked: no capability, no new program, no way to write to the capture socket, files only in their folders",
		zap.Strings("reads", p.Read[len(systemFiles):]), zap.Strings("writes", p.Write))
	return report, nil
}

package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"otsensor/pkg/config"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

func runCheck(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var judge judgeFlags
	judge.declare(fs)
	file := fs.String("c", "", "configuration `FILE`")
	cases := fs.String("pcaps", "pcaps", "`DIR` with the cases the rules' own tests name")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "check", rest)
	}
	if *file != "" {
		c, err := config.Load(*file)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stderr, "configuration: fine (interface %q)\n", c.Interface)
		judge.fill(c)
	}
	table := all.Table()
	o, err := judge.options(table)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "rules: %d, %s\nplaybook: %s %s, fine\n", len(o.Rules.Rules), sensor.RulesHash(o.Rules, o.Profile)[:12], o.Profile.Head.ID, o.Profile.Head.Version)
	if o.Baseline != nil {
		fmt.Fprintf(e.stderr, "baseline: %s\n", o.Baseline.Summary())
	}
	if o.Site != nil {
		fmt.Fprintln(e.stderr, "site file: fine")
	}
	var failed []string
	count := 0
	if o.Site != nil && o.Site.OwnRules != "" {
		own := newRuleTests(filepath.Dir(o.Site.OwnRules), judgeFlags{rules: judge.rules, site: judge.site})
		own.own = true
		failed, count = own.run(ctx, o.Rules)
		fmt.Fprintf(e.stderr, "the site's own rules: %s, %d tests\n", o.Site.OwnRules, count)
	}
	if exists(*cases) {
		wrong, n := newRuleTests(*cases, judgeFlags{rules: judge.rules}).run(ctx, o.Rules)
		failed, count = append(failed, wrong...), count+n
	} else {
		fmt.Fprintf(e.stderr, "the rules' own tests: not run, there is no folder %s with cases; say with --pcaps where it is\n", *cases)
	}
	for _, f := range failed {
		fmt.Fprintln(e.stderr, f)
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d tests of rules do not hold", len(failed), count)
	}
	if count > 0 {
		fmt.Fprintf(e.stderr, "the rules' own tests: %d, all hold\n", count)
	}
	return nil
}

// fill takes from the configuration what no flag named.
func (j *judgeFlags) fill(c config.Config) {
	for to, from := range map[*string]string{&j.baseline: c.Baseline, &j.site: c.Site, &j.rules: c.Rules, &j.journal: c.Journal} {
		if *to == "" {
			*to = from
		}
	}
}

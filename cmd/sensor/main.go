// Command sensor watches an industrial network passively and tells when it departs from what was learned.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"

	"otsensor/pkg/near"
)

// command is one subcommand.
type command struct {
	name    string
	args    string // what follows the flags, for the usage line
	short   string // one line for the list
	example string // what people type
	run     func(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error
}

// commands in the order people meet them.
func commands() []command {
	return []command{
		{"demo", "[--once]", "show it at work on an embedded capture of a small filling line", "sensor demo\nsensor demo --once", runDemo},
		{"replay", "FILE…", "events of captures as JSON lines", "sensor replay --baseline line.baseline day2.pcap\ntcpdump -i eth1 -w - | sensor replay --baseline line.baseline -", runReplay},
		{"learn", "-o F FILE… | -o F -i IFACE --for 30m", "write the baseline of what is normal", "sensor learn -o line.baseline day1.pcap\nsensor learn -o line.baseline -i eth1 --for 8h", runLearn},
		{"run", "-c sensor.yaml | -i IFACE", "watch an interface", "sensor run -i eth1\nsensor run -c /etc/sensor/sensor.yaml", runRun},
		{"probe", "-i IFACE | FILE…", "look at a mirror port for a while: what comes, what is missing, how to mend it", "sensor probe -i eth1\nsensor probe -i eth1 --for 5m\nsensor probe capture.pcap", runProbe},
		{"decode", "FILE…", "one JSON line per transaction", "sensor decode --proto modbus capture.pcap", runDecode},
		{"assets", "FILE…", "who is on the wire, one JSON line per asset", "sensor assets capture.pcap", runAssets},
		{"baseline", "show|diff|merge|seal|expire|phases|keygen|approve|verify|rollback FILE…", "read, compare, join and approve baselines; seal one that was edited", "sensor baseline show line.baseline\nsensor baseline seal line.baseline\nsensor baseline keygen -o anna\nsensor baseline approve --key anna.key --by 'Anna Ott' line.baseline\nsensor baseline approve --journal journal.jsonl --by 'Anna Ott' --why 'read with the line engineer' line.baseline\nsensor baseline verify --key anna.pub line.baseline\nsensor baseline phases --name 2=cleaning --by 'Anna Ott' line.baseline\nsensor baseline rollback line.baseline\nsensor baseline diff old.baseline new.baseline\nsensor baseline merge -o all.baseline a.baseline b.baseline", runBaseline},
		{"case", "list | show CASE | ack|confirm|dismiss|severity|contain|phase|note|close CASE", "cases: look at them, and decide about them", caseExamples, runCase},
		{"window", "list | add TICKET | end TICKET", "planned work: who may do what to which hosts, and when", "sensor window add W-17 --from 2026-03-01T07:00:00Z --until 2026-03-01T09:00:00Z --source 10.1.0.9 --hosts 10.1.0.20 --ops program-download --why 'pump change'\nsensor window list\nsensor window end W-17 --why done", runWindow},
		{"journal", "verify|show|export|chain|import FILE", "people's decisions: check the chain, read it, copy it", "sensor journal verify journal.jsonl\nsensor journal show journal.jsonl\nsensor journal chain written-by-hand.jsonl > journal.jsonl\nsensor journal import --journal journal.jsonl others.jsonl", runJournal},
		{"accept", "EVENT-ID…|list|revoke", "accept what events say, until a time: one, all of one cause, or all inside planned work", "sensor accept --events events.jsonl --by 'Anna Ott' --why 'new recipe' --until 2026-12-31T00:00:00Z 3f2a9c0d11e4b7a6\nsensor accept --cause 3f2a9c0d11e4b7a6 --by … --why … --until …\nsensor accept --window W-117 --by … --why … --until …\nsensor accept list --journal journal.jsonl\nsensor accept revoke --of 12 --by 'Anna Ott' --why 'recipe withdrawn'", runAccept},
		{"explain", "EVENT-ID|OT-04|RULE", "the long form of an event, an incident type, a step or a rule", "sensor explain OT-04\nsensor explain --site site.yaml quality_unit\nsensor explain --events events.jsonl 3f2a9c0d11e4b7a6", runExplain},
		{"check", "", "check configuration, site file, rules, playbook and the rules' own tests", "sensor check\nsensor check -c sensor.yaml --rules rules --pcaps pcaps", runCheck},
		{"eval", "--labels F FILE…", "measure detections against labelled captures", "sensor eval --labels labels.csv --learn clean.pcap attack.pcap", runEval},
		{"bench", "FILE…", "what each stage of a replay costs on this machine", "sensor bench --baseline line.baseline day1.pcap", runBench},
		{"selftest", "", "replay a built-in capture and compare with what must come out", "sensor selftest", runSelftest},
		{"report", "-c F | --events F [CASE]", "the papers of a case: what was seen, records to fill in and sign, evidence, quality", "sensor report -c sensor.yaml -o incident.html C-3f2a\nsensor report --events events.jsonl --journal journal.jsonl --site site.yaml --format markdown", runReport},
		{"readiness", "[done STEP]", "how far the preparation phase is, and what to do next; exit 1 while anything is open", "sensor readiness -c /etc/sensor/sensor.yaml\nsensor readiness --site site.yaml --baseline line.baseline --journal journal.jsonl --ask 127.0.0.1:9465\nsensor readiness done PRE-4 --journal journal.jsonl --by ada --why 'NDAs of vendor and responders signed'", runReadiness},
		{"exercise", "line|CAPTURE|FOLDER", "replay a scenario through the whole chain and write the exercise report", "sensor exercise line -o exercise.html\nsensor exercise attack.pcap --learn quiet.pcap --site site.yaml -o exercise.html --journal journal.jsonl --by ada", runExercise},
		{"evidence", "list|verify|register|hand-over [FILE…]", "files of evidence: their hashes, and the chain of custody in the journal", "sensor evidence verify --events events.jsonl --dir evidence\nsensor evidence register -c sensor.yaml --by ada --to 'safe 3'\nsensor evidence register panel.jpg --item EV-03 --case C-3f2a9c0d -c sensor.yaml --by ada --why 'photo of the key switch'\nsensor evidence hand-over -c sensor.yaml --by ada --to counsel 3f2a9c0d11e4b7a6.pcapng", runEvidence},
		{"store", "check FILE", "look through a store: is it whole, what is in it", "sensor store check store.db\nsensor case list --events store.db --journal journal.jsonl", runStore},
		{"export", "cacao|navigator|stix", "the playbook and what was seen, in the formats of other tools", "sensor export cacao                 # the response; preparation and OT-04 are parts, too\nsensor export navigator             # what rules cover\nsensor export navigator --events events.jsonl\nsensor export stix --events events.jsonl --journal journal.jsonl --case C-3f2a9c0d", runExport},
		{"fields", "", "every field of rules and of decode, with its meaning", "sensor fields", runFields},
		{"version", "[--json]", "version and what is inside", "sensor version --json", runVersion},
		{"completion", "bash|zsh|fish", "shell completion", "source <(sensor completion bash)", runCompletion},
	}
}

// env is what a subcommand may touch of the world.
type env struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// usageError is a wrong way to call; it ends with exit code 2.
type usageError struct{ msg string }

func (u usageError) Error() string { return u.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Main(ctx, &env{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// Main runs one subcommand and gives the exit code: 0 done, 1 failed, 2 called wrongly.
func Main(ctx context.Context, e *env, args []string) int {
	err := dispatch(ctx, e, args)
	var usage usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(e.stderr, "sensor: interrupted; what was not read was not judged")
		return 1
	case errors.As(err, &usage):
		fmt.Fprintf(e.stderr, "sensor: %v\n", err)
		return 2
	default:
		fmt.Fprintf(e.stderr, "sensor: %v\n", err)
		return 1
	}
}

func dispatch(ctx context.Context, e *env, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" || args[0] == "help" && len(args) == 1 {
		overview(e.stdout)
		if len(args) == 0 {
			return usagef("name a subcommand")
		}
		return nil
	}
	if args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	var names []string
	for _, c := range commands() {
		if c.name == args[0] {
			return c.call(ctx, e, args[1:])
		}
		names = append(names, c.name)
	}
	return usagef("no subcommand %q%s", args[0], near.Hint(args[0], names))
}

// call parses nothing itself: a subcommand declares its flags, then calls parse.
func (c command) call(ctx context.Context, e *env, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() { c.usage(e.stdout, fs) }
	return c.run(ctx, e, fs, args)
}

// parse reads flags wherever they stand and gives the other arguments.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usagef("%s: %v%s; see sensor %s --help", fs.Name(), err, flagHint(fs, err), fs.Name())
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

func flagHint(fs *flag.FlagSet, err error) string {
	_, name, found := strings.Cut(err.Error(), "not defined: -")
	if !found {
		return ""
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return near.Hint(strings.TrimLeft(name, "-"), names)
}

func overview(w io.Writer) {
	fmt.Fprint(w, `sensor watches an industrial network on a mirror port, learns what is normal,
and tells when traffic departs from it, in terms of the incident-response playbook.
It never sends a frame.

  sensor demo               see it at work, nothing else needed
  sensor learn -o F FILE…   learn what is normal
  sensor replay --baseline F FILE…

`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-11s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nsensor SUBCOMMAND --help tells more. Results go to standard output, words for people to standard error.\n")
}

func (c command) usage(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "usage: sensor %s [flags] %s\n\n%s\n", c.name, c.args, c.short)
	var flags []*flag.Flag
	fs.VisitAll(func(f *flag.Flag) { flags = append(flags, f) })
	sort.Slice(flags, func(i, j int) bool { return flags[i].Name < flags[j].Name })
	if len(flags) > 0 {
		fmt.Fprint(w, "\nflags:\n")
	}
	for _, f := range flags {
		kind, text := flag.UnquoteUsage(f)
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		fmt.Fprintf(w, "  %s\n        %s%s\n", strings.TrimSpace(dashes+f.Name+" "+kind), text, defaultOf(f))
	}
	fmt.Fprintf(w, "\nexamples:\n  %s\n", strings.ReplaceAll(c.example, "\n", "\n  "))
}

func defaultOf(f *flag.Flag) string {
	switch f.DefValue {
	case "", "false", "0", "0s":
		return ""
	}
	return " (" + f.DefValue + ")"
}

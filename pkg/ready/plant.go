package ready

import (
	"fmt"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/config"
	"otsensor/pkg/journal"
)

// approved asks whether people approved the baseline: by signature, or in the journal.
func (in *Inputs) approved() Check {
	c := Check{Step: "PRE-3", What: "the baseline is approved", Next: "read it (sensor baseline show) and approve it (sensor baseline approve)"}
	if in.Baseline == nil {
		return lacks(c, noBaseline, giveBase)
	}
	if by := in.Baseline.ApprovedBy(); len(by) > 0 {
		return found(c, nil, fmt.Sprintf("signed by %s", by[0]))
	}
	if in.Journal != nil {
		for i := range in.Journal.Entries {
			if e := &in.Journal.Entries[i]; e.Do == journal.BaselineApproved && e.Sum == in.Baseline.Hash {
				return found(c, nil, "approved by "+e.By+", as the journal has it")
			}
		}
	}
	return found(c, []string{"nobody signed it"}, "")
}

func (in *Inputs) age() Check {
	c := Check{Step: "PRE-3", What: "the baseline is of the last half year", Next: "learn beside it and compare: sensor learn, sensor baseline diff"}
	if in.Baseline == nil {
		return lacks(c, noBaseline, giveBase)
	}
	age := in.Now.Sub(time.Unix(0, in.Baseline.Until))
	if age > baselineAge {
		return found(c, []string{"it ends " + days(age) + " ago"}, "")
	}
	return found(c, nil, "it ends "+days(age)+" ago")
}

// review asks whether lines of the baseline wait for a decision.
func (in *Inputs) review() Check {
	c := Check{Step: "PRE-3", What: "no line of the baseline waits for a decision", Next: "sensor baseline show; take the mark away or delete the line, and seal it"}
	if in.Baseline == nil {
		return lacks(c, noBaseline, giveBase)
	}
	if n := waiting(in.Baseline); n > 0 {
		return found(c, []string{fmt.Sprintf("%d lines marked !", n)}, "")
	}
	return found(c, nil, "none")
}

// waiting is how many lines of a baseline wait for a person's decision.
func waiting(b *baseline.Baseline) int {
	return marked(b.Hosts, func(x *baseline.Host) baseline.Mark { return x.Mark }) + marked(b.MACs, func(x *baseline.MAC) baseline.Mark { return x.Mark }) +
		marked(b.Identities, func(x *baseline.Identity) baseline.Mark { return x.Mark }) + marked(b.Conversations, func(x *baseline.Conversation) baseline.Mark { return x.Mark }) +
		marked(b.Habits, func(x *baseline.Habit) baseline.Mark { return x.Mark }) + marked(b.Values, func(x *baseline.Value) baseline.Mark { return x.Mark })
}

func marked[T any](lines []T, mark func(*T) baseline.Mark) (n int) {
	for i := range lines {
		if mark(&lines[i]) == baseline.Review {
			n++
		}
	}
	return n
}

// assets asks of every asset of the site file.
func (in *Inputs) assets(c Check, lacking func(a *config.Asset) bool) Check {
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	var missing []string
	for i := range in.Site.Assets {
		if a := &in.Site.Assets[i]; lacking(a) {
			missing = append(missing, a.Name)
		}
	}
	if len(in.Site.Assets) == 0 {
		missing = []string{"no asset is named"}
	}
	return found(c, missing, fmt.Sprintf("all %d", len(in.Site.Assets)))
}

func (in *Inputs) owners() Check {
	return in.assets(Check{Step: "PRE-3", What: "every asset has an owner", Next: "add owner in the site file"}, func(a *config.Asset) bool { return a.Owner == "" })
}

func (in *Inputs) gxp() Check {
	return in.assets(Check{Step: "PRE-3", What: "every asset has its GxP impact", Next: "add gxp_impact to the asset or its line; until then it counts as direct"}, func(a *config.Asset) bool { return a.GxP == "" })
}

func (in *Inputs) assetRoles() Check {
	return in.assets(Check{Step: "PRE-3", What: "every asset has a role or a purpose", Next: "add role or purpose in the site file"}, func(a *config.Asset) bool { return a.Role == "" && a.Purpose == "" })
}

// strangers asks for hosts of the baseline that the site file does not name.
func (in *Inputs) strangers() Check {
	c := Check{Step: "PRE-3", What: "every host of the baseline is in the site file", Next: "add them to assets in the site file"}
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	if in.Baseline == nil {
		return lacks(c, noBaseline, giveBase)
	}
	var missing []string
	for i := range in.Baseline.Hosts {
		h := &in.Baseline.Hosts[i]
		if h.Mark == baseline.InForce && in.Site.Find(h.Host) == nil {
			missing = append(missing, h.Host.HostString())
		}
	}
	return found(c, missing, fmt.Sprintf("all %d", len(in.Baseline.Hosts)))
}

// parameters asks whether controllers with direct impact name their critical parameters.
func (in *Inputs) parameters() Check {
	return in.assets(Check{Step: "PRE-5", What: "controllers with direct GxP impact name critical parameters", Next: "add critical_parameters in the site file: point, limits, writers"},
		func(a *config.Asset) bool { return a.GxP == "direct" && a.Role == "controller" && len(a.Critical) == 0 })
}

// blind is the incident type of events about the sensor itself.
const blind = "OT-15"

// coverage asks whether the sensor saw all there was.
func (in *Inputs) coverage() Check {
	c := Check{Step: "DIA-1", What: "nothing kept the sensor from seeing within a week", Next: "sensor explain OT-15; look after mirror port, switch and sensor"}
	if !in.HaveEvents {
		return lacks(c, "no events were given", "name the event file with --events")
	}
	var missing []string
	seen := map[string]bool{}
	for _, e := range in.Events {
		if e.Playbook.IncidentType == blind && in.Now.Sub(time.Unix(0, e.Last)) < blindSince && !seen[e.Rule.ID] {
			seen[e.Rule.ID] = true
			missing = append(missing, e.Rule.ID+" "+e.Rule.Title)
		}
	}
	return found(c, missing, "no event says so")
}

// port asks whether the capture port is passive and whole.
func (in *Inputs) port() Check {
	c := Check{Step: "DIA-1", What: "the capture port is passive and sees everything", Next: "deploy/ has a unit that prepares the interface"}
	if !in.HavePort {
		return lacks(c, "no interface was given", "name it with -i, or the configuration with -c")
	}
	return found(c, in.Port, "as it should be")
}

func (in *Inputs) clock() Check {
	c := Check{Step: "DIA-1", What: "the clock of this machine is synchronised", Next: "set up time synchronisation (NTP, PTP) on the management interface"}
	if in.Clock == nil {
		return lacks(c, "this system does not tell", "look at the machine's time service")
	}
	if !*in.Clock {
		return found(c, []string{"the kernel says it is not"}, "")
	}
	return found(c, nil, "the kernel says so")
}

package ready

import "fmt"

// Running is what a running sensor said of itself when it was asked.
type Running struct {
	At    string // where it was asked
	Error string // why there was no answer

	Health, Ready         string
	Healthy, TakesFrames  bool
	Dropped, Gaps, OneWay float64 // shares: of frames, of bytes, of conversations
	Written               bool    // its records can be written
	Stalled               float64 // cases whose record cannot be written
	Baseline              string  // hash of the one in force
}

// What a running sensor may lack at most.
const (
	mostDropped = 0.001
	mostGaps    = 0.01
	mostOneWay  = 0.5
)

// asked makes a check that needs a running sensor's answer.
func (in *Inputs) asked(c Check, missing func(r *Running) []string, whole string) Check {
	c.Step = in.Profile.Places.Start
	switch r := in.Running; {
	case r == nil:
		c.State, c.Found, c.Next = NotAsked, "no address was given", "name where it listens with --ask, or the configuration with -c"
		return c
	case r.Error != "":
		c.State, c.Found = NotAsked, "no answer at "+r.At
		return c
	default:
		return found(c, missing(r), whole)
	}
}

// runs asks whether the sensor runs at all.
func (in *Inputs) runs() Check {
	c := Check{Step: in.Profile.Places.Start, What: "the sensor runs and takes frames in", Next: "systemctl status sensor; journalctl -u sensor"}
	if in.Running != nil && in.Running.Error != "" {
		return found(c, []string{"no answer at " + in.Running.At + ": " + in.Running.Error}, "")
	}
	return in.asked(c, func(r *Running) (missing []string) {
		if !r.Healthy {
			missing = append(missing, r.Health)
		}
		if !r.TakesFrames {
			missing = append(missing, r.Ready)
		}
		return missing
	}, "it says so")
}

// sees asks whether the running sensor sees all there is.
func (in *Inputs) sees() Check {
	c := Check{What: "the running sensor misses next to nothing", Next: "sensor probe -i IFACE; docs/metrics.md tells what to do on CaptureDrops, GapsInTraffic, OneSidedMirror"}
	return in.asked(c, func(r *Running) (missing []string) {
		for _, x := range []struct {
			is, most float64
			of       string
		}{{r.Dropped, mostDropped, "of the frames lost"}, {r.Gaps, mostGaps, "of the bytes missing"}, {r.OneWay, mostOneWay, "of the conversations one-sided"}} {
			if x.is > x.most {
				missing = append(missing, fmt.Sprintf("%.2g %% %s", 100*x.is, x.of))
			}
		}
		return missing
	}, "frames, bytes and directions, as far as it can tell")
}

// writes asks whether the running sensor's records are written.
func (in *Inputs) writes() Check {
	c := Check{What: "the running sensor's records are written", Next: "make room, or mend the folder's rights; no restart is needed"}
	return in.asked(c, func(r *Running) (missing []string) {
		if !r.Written {
			missing = append(missing, "event records cannot be written")
		}
		if r.Stalled > 0 {
			missing = append(missing, fmt.Sprintf("%.0f cases cannot be recorded whole", r.Stalled))
		}
		return missing
	}, "events and cases")
}

// judges asks whether the running sensor judges by the baseline that was approved.
func (in *Inputs) judges() Check {
	c := Check{What: "the running sensor judges by this baseline", Next: "name the baseline in its configuration, and restart it"}
	if in.Baseline == nil && in.Running != nil && in.Running.Error == "" {
		c.Step = in.Profile.Places.Start
		return lacks(c, noBaseline, giveBase)
	}
	return in.asked(c, func(r *Running) []string {
		switch r.Baseline {
		case "":
			return []string{"it has none"}
		case in.Baseline.Hash:
			return nil
		}
		return []string{"it has another: " + r.Baseline[:min(16, len(r.Baseline))]}
	}, "it has the same hash")
}

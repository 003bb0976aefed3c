package detect

import (
	"testing"

	"otsensor/pkg/ot"
)

// general gives way to B-01, whatever the order of their ids.
var general = rule("A-01", "when: { engineering: true }\nunless: [B-01]")

func TestAGeneralRuleGivesWay(t *testing.T) {
	w := watch(t, &site{}, general, rule("B-01", "when: { op: mode-change }"))
	w.see(act(0, 1, 2, ot.OpModeChange, ot.OK), act(1, 1, 2, ot.OpForce, ot.OK))
	w.want(t, "open B-01 10.0.0.1>10.0.0.2 x1; open A-01 10.0.0.1>10.0.0.2 x1")
}

// A rule that counts speaks once it has seen enough, not before.
func TestARuleThatStillCountsDoesNotSpeak(t *testing.T) {
	w := watch(t, &site{}, general, rule("B-01", "when: { op: mode-change }\ncount: { min: 2, over: 10s }"))
	w.see(act(0, 1, 2, ot.OpModeChange, ot.OK), act(1, 1, 2, ot.OpModeChange, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; open B-01 10.0.0.1>10.0.0.2 x1")
}

// What people accepted of the particular rule does not come back as the general one.
func TestAcceptedIsSpokenOf(t *testing.T) {
	w := watch(t, &site{accepted: "B-01"}, general, rule("B-01", "when: { op: mode-change }"))
	w.see(act(0, 1, 2, ot.OpModeChange, ot.OK))
	w.want(t, "")
}

// One that gave way itself does not speak; the order is that of ranks.
func TestGivingWayReachesOverThree(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { engineering: true }\nunless: [B-01]"),
		rule("B-01", "when: { op: mode-change }\nunless: [C-01]"), rule("C-01", "when: { op: mode-change, status: refused }"))
	w.see(act(0, 1, 2, ot.OpModeChange, ot.OK), act(1, 1, 3, ot.OpModeChange, ot.Refused))
	w.want(t, "open B-01 10.0.0.1>10.0.0.2 x1; open C-01 10.0.0.1>10.0.0.3 x1; open A-01 10.0.0.1>10.0.0.3 x1")
}

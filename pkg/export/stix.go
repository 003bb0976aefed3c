package export

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// Bundle is a bundle of STIX 2.1 (OASIS standard, §8).
type Bundle struct {
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	Objects []object `json:"objects"`
}

// object is one object of a bundle. Its keys are sorted when it is written.
type object map[string]any

func (o object) id() string { return o["id"].(string) }

// stixSpace is the namespace of cyber-observables' ids (§2.9).
var stixSpace = [16]byte{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// observable makes a cyber-observable: its id is made of the properties that tell it apart.
func observable(kind string, apart object) object {
	names, _ := json.Marshal(apart)
	o := object{"type": kind, "spec_version": "2.1", "id": kind + "--" + uuid5(stixSpace, string(names))}
	maps.Copy(o, apart)
	return o
}

// stix builds one bundle.
type stix struct {
	p      *playbook.Profile
	k      Case
	all    []object
	at     map[string]bool
	maker  string
	oldest int64
	newest int64
}

// Observed is a case's events as a STIX 2.1 bundle: who spoke with whom, what
// was seen, and the techniques it is described with. Times are packet time.
func Observed(p *playbook.Profile, k Case, events []*event.Event) *Bundle {
	s := &stix{p: p, k: k, at: map[string]bool{}}
	for _, e := range events {
		s.newest = max(s.newest, e.Last)
		if s.oldest == 0 || e.First < s.oldest {
			s.oldest = e.First
		}
	}
	s.maker = s.domain("identity", object{"name": "sensor of " + cmp.Or(site(events), "an industrial network"), "identity_class": "system"}, "sensor", site(events))
	var refs []string
	for _, e := range events {
		refs = append(refs, s.event(e)...)
	}
	refs = unique(append(refs, s.incident()))
	s.domain("grouping", object{"name": cmp.Or(k.Name, "Events of the sensor"), "context": "suspicious-activity", "object_refs": refs,
		"description": "Observations of a passive sensor. They say what was seen on the wire; they name no motive and no guilt."}, "case", k.ID)
	slices.SortFunc(s.all, func(a, b object) int { return cmp.Compare(a.id(), b.id()) })
	return &Bundle{Type: "bundle", ID: id("bundle", p.Head.ID, k.ID), Objects: s.all}
}

func site(events []*event.Event) string {
	if len(events) == 0 {
		return ""
	}
	return strings.TrimSpace(events[0].Sensor.Site + " " + events[0].Sensor.ID)
}

func unique(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// put takes an object in once, and gives its id.
func (s *stix) put(o object) string {
	if !s.at[o.id()] {
		s.at[o.id()] = true
		s.all = append(s.all, o)
	}
	return o.id()
}

// domain makes a domain object; created and modified are the times of what was seen.
func (s *stix) domain(kind string, o object, names ...string) string {
	o["type"], o["spec_version"], o["id"] = kind, "2.1", id(kind, append([]string{s.p.Head.ID}, names...)...)
	o["created"], o["modified"] = moment(s.oldest), moment(s.newest)
	if kind != "identity" {
		o["created_by_ref"] = s.maker
	}
	return s.put(o)
}

func moment(t int64) string { return stamp(time.Unix(0, t)) }

// incident stands for the case, if there is one; STIX 2.1 has little to say of it.
func (s *stix) incident() string {
	name := "events without a case"
	if s.k.ID != "" {
		name = s.k.Name
	}
	return s.domain("incident", object{"name": name, "description": "Incident type of the playbook profile: " + cmp.Or(s.k.Type, "none chosen") + ". Standing: " + standing(s.k) + "."}, "incident", s.k.ID)
}

func standing(k Case) string {
	if k.Confirmed {
		return "confirmed by people"
	}
	return "not confirmed by people"
}

// event writes one event: observed data with its hosts, a note, and techniques.
func (s *stix) event(e *event.Event) (refs []string) {
	seen := s.observables(e)
	if len(seen) > 0 {
		refs = append(refs, s.domain("observed-data", object{"first_observed": moment(e.First), "last_observed": moment(e.Last),
			"number_observed": max(1, min(e.Count, 999_999_999)), "object_refs": seen}, "observed", e.ID))
		refs = append(refs, seen...)
	}
	for _, x := range e.Attack.Techniques {
		if t, ok := s.p.Technique(x); ok {
			refs = append(refs, s.domain("attack-pattern", object{"name": t.Name, "external_references": []object{{"source_name": "mitre-attack", "external_id": t.ID}}}, "technique", t.ID))
		}
	}
	about := refs
	if len(about) == 0 {
		about = []string{s.maker}
	}
	return append(refs, s.domain("note", object{"abstract": e.Rule.ID + " " + e.Rule.Title, "content": e.What + coverage(e), "object_refs": unique(slices.Clone(about)),
		"external_references": []object{{"source_name": "sensor", "external_id": e.ID}}}, "note", e.ID))
}

// coverage says under which view the event was judged; one about a case as a
// whole is about no conversation.
func coverage(e *event.Event) string {
	if cases.AboutCase(e) {
		return ""
	}
	c := &e.Coverage
	var limits []string
	for _, x := range []struct {
		is   bool
		text string
	}{{!c.BothWays, "one direction only was seen"}, {c.Midstream, "the beginning of the conversation was not seen"}, {c.Lossy, "parts of the conversation were not captured"},
		{c.Truncated, "frames were captured short"}, {c.Conflict, "copies of the same bytes differed"}} {
		if x.is {
			limits = append(limits, x.text)
		}
	}
	if len(limits) == 0 {
		return " Coverage: the conversation was seen whole."
	}
	return " Coverage: " + strings.Join(limits, "; ") + "."
}

// observables are the hosts of an event and the traffic between them.
func (s *stix) observables(e *event.Event) (refs []string) {
	var ends [2]string
	for i, p := range []event.Party{e.Source, e.Target} {
		all := s.host(p)
		refs = append(refs, all...)
		if len(all) > 0 {
			ends[i] = all[0]
		}
	}
	from, to := ends[0], ends[1]
	if from == "" || to == "" {
		return unique(refs)
	}
	apart := object{"src_ref": from, "dst_ref": to, "protocols": protocols(e)}
	if e.Target.Port != 0 {
		apart["dst_port"] = e.Target.Port
	}
	if e.Source.Port != 0 {
		apart["src_port"] = e.Source.Port
	}
	return unique(append(refs, s.put(observable("network-traffic", apart))))
}

// protocols are in the order from the outermost, as far as they are known.
func protocols(e *event.Event) []string {
	all := []string{"ipv4"}
	if a, err := netip.ParseAddr(e.Source.Addr); err != nil {
		all[0] = "ethernet"
	} else if a.Is6() {
		all[0] = "ipv6"
	}
	if e.Proto != "" {
		all = append(all, strings.ToLower(e.Proto))
	}
	return all
}

// host is one end as cyber-observables, its address before its MAC.
func (s *stix) host(p event.Party) (refs []string) {
	if a, err := netip.ParseAddr(p.Addr); err == nil {
		kind := "ipv4-addr"
		if a.Is6() {
			kind = "ipv6-addr"
		}
		refs = append(refs, s.put(observable(kind, object{"value": a.String()})))
	}
	if p.MAC != "" {
		refs = append(refs, s.put(observable("mac-addr", object{"value": strings.ToLower(p.MAC)})))
	}
	return refs
}

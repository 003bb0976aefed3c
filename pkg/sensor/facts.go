package sensor

import (
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// host is what the judge knows of one end.
func (w *Watch) host(e ot.Endpoint) detect.Host {
	h := detect.Host{Role: string(w.assets.Role(e))}
	if s := w.o.Site.Find(e); s != nil {
		if s.Role != "" {
			h.Role = s.Role
		}
		h.Engineering, h.Safety, h.Zone, h.GxP, h.Purpose = s.Engineering, s.Safety, s.Zone, s.GxP, s.Purpose
		h.Batch = w.batch(s.Line)
	} else {
		h.Unlisted = w.o.Site != nil && len(w.o.Site.Assets) > 0 && e.IsHost()
	}
	if zone := w.o.Site.Zone(e); zone != "" {
		h.Zone = zone
	}
	h.Scanner = w.o.Site.Scanner(e)
	return h
}

// party is one end for people; empty where there is no host.
func (w *Watch) party(e ot.Endpoint) event.Party {
	if e.Host() == (ot.Endpoint{}) {
		return event.Party{}
	}
	h := w.host(e)
	p := event.Party{Role: h.Role, Zone: h.Zone, Known: w.weigher.Known(e.Host())}
	if e.HasIP() {
		p.Addr = e.Addr().String()
	} else if e.MAC != [6]byte{} {
		p.MAC = ot.MACString(e.MAC)
	}
	if a, seen := w.assets.Find(e); seen {
		p.Name, p.Vendor = a.Name, a.Vendor
		if len(a.MACs) > 0 {
			p.MAC = a.MACs[0]
		}
	}
	if s := w.o.Site.Find(e); s != nil {
		p.Name = s.Name
	}
	return p
}

// object is what a transaction touched, for people.
func (w *Watch) object(t *ot.Transaction) string {
	row := w.rows[t.Proto]
	if row == nil || row.Describe == nil {
		return ""
	}
	w.describe = row.Describe(t, w.describe[:0])
	return string(w.describe)
}

// planned is the ticket of the planned work that covers a sighting, "" when none does.
func (w *Watch) planned(s *detect.Sighting) string {
	if ticket := w.o.Journal.Planned(s.Source(), s.Target(), s.O.Did.Op, s.O.Time); ticket != "" {
		return ticket
	}
	return w.o.Site.Planned(s.Source(), s.Target(), s.O.Did.Op, s.O.Time)
}

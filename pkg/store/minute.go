package store

import (
	"maps"
	"slices"
	"time"

	"otsensor/pkg/assets"
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// Minute is what was seen in a minute of the sensor clock.
type Minute struct {
	From             int64 // its beginning
	Packets, Dropped uint64
	Habits           []baseline.Active
	Left             uint64         // transactions of habits that had no room
	Assets           []assets.Asset // those that spoke
}

var assetColumns = []column[assets.Asset]{
	{name: "addr", of: func(a *assets.Asset) any { return a.Addr }},
	{name: "macs", of: func(a *assets.Asset) any { return words(a.MACs) }, fill: true},
	{name: "vlans", of: func(a *assets.Asset) any { return words(numbers(a.VLANs)) }, fill: true},
	{name: "vendor", of: func(a *assets.Asset) any { return text(a.Vendor) }, fill: true},
	{name: "name", of: func(a *assets.Asset) any { return text(a.Name) }, fill: true},
	{name: "role", of: func(a *assets.Asset) any { return text(string(a.Role)) }},
	{name: "role_because", of: func(a *assets.Asset) any { return text(a.Because) }},
	{name: "first", of: func(a *assets.Asset) any { return a.First }, stay: true},
	{name: "last", of: func(a *assets.Asset) any { return a.Last }},
}

var upsertAsset = upsert("assets", "addr", assetColumns)

// The other statements. A minute that a restart cut in two is one row.
const (
	addWatched = `INSERT INTO watched (minute, packets, dropped, left_out) VALUES (?, ?, ?, ?) ON CONFLICT (minute) DO UPDATE SET
		packets=packets+excluded.packets, dropped=dropped+excluded.dropped, left_out=left_out+excluded.left_out`
	upsertHabit = `INSERT INTO habits (habit, client, server, proto, op, first, last) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (habit) DO UPDATE SET last=max(last, excluded.last) RETURNING id`
	addActivity = `INSERT INTO activity (minute, habit, count, refused, unanswered, slowest) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (minute, habit) DO UPDATE SET
		count=count+excluded.count, refused=refused+excluded.refused, unanswered=unanswered+excluded.unanswered,
		slowest=nullif(max(ifnull(slowest, -1), ifnull(excluded.slowest, -1)), -1)`
	upsertService = `INSERT INTO asset_services (addr, transport, port, name) VALUES (?, ?, ?, ?)
		ON CONFLICT (addr, transport, port) DO UPDATE SET name=coalesce(excluded.name, name)`
	upsertFact = `INSERT INTO asset_facts (addr, behind, source, fact, value) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (addr, behind, source, fact) DO UPDATE SET value=excluded.value`
)

// Minute takes what was seen in a minute. It is the store's from then on.
func (s *Store) Minute(m *Minute) {
	s.tidy(m.From)
	minute := m.From / int64(time.Minute)
	s.put(200*len(m.Habits)+2000*len(m.Assets), func(w *writer) error {
		if err := w.exec(addWatched, minute, int64(m.Packets), int64(m.Dropped), int64(m.Left)); err != nil {
			return err
		}
		for i := range m.Habits {
			if err := w.active(minute, &m.Habits[i]); err != nil {
				return err
			}
		}
		for i := range m.Assets {
			if err := w.asset(&m.Assets[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// active writes what a habit did.
func (w *writer) active(minute int64, a *baseline.Active) error {
	s, err := w.compiled(upsertHabit)
	if err != nil {
		return err
	}
	var id int64
	if err := s.QueryRow(a.Habit(), a.Client.HostString(), a.Server.HostString(), text(a.Proto.String()), a.Op.String(), minute, minute).Scan(&id); err != nil {
		return err
	}
	slowest := any(nil)
	if a.Slowest >= 0 {
		slowest = int64(a.Slowest)
	}
	return w.exec(addActivity, minute, id, int64(a.Count()), int64(a.Statuses[ot.Refused]), int64(a.Statuses[ot.Unanswered]), slowest)
}

// asset writes what is known of a host. What was known before and was not said
// again stays.
func (w *writer) asset(a *assets.Asset) error {
	if err := w.exec(upsertAsset, valuesOf(assetColumns, a)...); err != nil {
		return err
	}
	for _, s := range a.Services {
		if err := w.exec(upsertService, a.Addr, s.Transport, int64(s.Port), text(s.Name)); err != nil {
			return err
		}
	}
	for _, id := range slices.Concat(a.Says, a.Modules) {
		for _, fact := range slices.Sorted(maps.Keys(id.Facts)) {
			if err := w.exec(upsertFact, a.Addr, id.Behind, id.Source, fact, id.Facts[fact]); err != nil {
				return err
			}
		}
	}
	return nil
}

package sensor_test

import (
	"fmt"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

// Minutes are told in order, each once, and together they hold every frame and
// every transaction; for any number of workers and any batches they are the same.
func TestMinutes(t *testing.T) {
	want := ""
	for _, pipe := range []sensor.Options{{Workers: 1}, {Workers: 2, Batch: 1}, {Workers: 7, Batch: 64}} {
		var all []*sensor.Minute
		o := judge(t)
		o.Minute = func(m *sensor.Minute) { all = append(all, m) }
		var decoded, counted, packets uint64
		_, _, w := replay(t, o, pipe, "s7-plc-stop", "modbus-all-functions", "line-silent")
		for _, p := range ot.Protos() {
			decoded += w.Snapshot().Stats.Flow.Decoded[p]
		}
		told, last := "", int64(0)
		for _, m := range all {
			if m.From <= last || m.From%60e9 != 0 {
				t.Errorf("minute %d after %d", m.From, last)
			}
			last = m.From
			packets += m.Packets
			told += fmt.Sprint(*m, "\n")
			counted += m.Left
			for i := range m.Habits {
				counted += m.Habits[i].Count()
			}
		}
		if packets != w.Snapshot().Stats.Packets || counted != decoded || len(all) < 3 || decoded < 100 {
			t.Errorf("%+v: %d minutes with %d of %d frames, %d of %d transactions", pipe, len(all), packets, w.Snapshot().Stats.Packets, counted, decoded)
		}
		if want == "" {
			want = told
		}
		if told != want {
			t.Errorf("%+v: other minutes", pipe)
		}
	}
}

package event_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"otsensor/pkg/event"
)

// full gives an event in which every field differs from its zero value.
func full(t *testing.T) *event.Event {
	t.Helper()
	var e event.Event
	fill(t, reflect.ValueOf(&e).Elem())
	e.ID, e.State, e.Status = "0123456789abcdef", "update", "ok"
	e.Source.MAC, e.Target.MAC = "02:00:00:00:00:10", "02:00:00:00:00:20"
	e.Recurs.Of = "fedcba9876543210"
	e.Rule.Level, e.Playbook.Severity.Suggested = 4, 3
	e.Playbook.IncidentType, e.Playbook.Phase = "OT-04", "containment"
	e.Playbook.PhaseInput = "ack"
	e.Quality.GxPImpact = "direct"
	e.Why[0].Threshold = "learned"
	e.Captures[0].SHA256 = strings.Repeat("0f", 32)
	return &e
}

func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.String:
		v.SetString(`a "text" <b>`)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1_700_000_000_123_456_789)
	case reflect.Uint16, reflect.Uint64:
		v.SetUint(502)
	case reflect.Float64:
		v.SetFloat(0.25)
	default:
		t.Fatalf("no value for %s", v.Type())
	}
}

func written(t *testing.T, e *event.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := event.NewWriter(&b).Write(e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is written is read back whole: no field is forgotten on either side.
func TestRoundTrip(t *testing.T) {
	want := full(t)
	got, err := event.Parse(written(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("read back otherwise (-written +read):\n%s", d)
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema knows every field the record can hold, and no other.
func TestSchemaHoldsEveryField(t *testing.T) {
	line := written(t, full(t))
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(v); err != nil {
		t.Error(err)
	}
	var doc any
	data, _ := os.ReadFile("../../docs/event.schema.json")
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for _, name := range properties(doc) {
		if !strings.Contains(string(line), `"`+name+`":`) {
			t.Errorf("the schema names %q, which no record holds", name)
		}
	}
}

// properties lists the property names of a schema, nested ones included.
func properties(v any) (names []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if p, ok := value.(map[string]any); ok && key == "properties" {
				for name := range p {
					names = append(names, name)
				}
			}
			names = append(names, properties(value)...)
		}
	case []any:
		for _, value := range v {
			names = append(names, properties(value)...)
		}
	}
	return names
}

// A record is one line, whatever texts it holds.
func TestOneLine(t *testing.T) {
	e := full(t)
	e.What = "line\nbreak \x1b[31m and \u2028"
	line := written(t, e)
	if bytes.Count(line, []byte("\n")) != 1 || !bytes.HasSuffix(line, []byte("\n")) || bytes.ContainsRune(line, 0x1b) {
		t.Errorf("not one clean line: %q", line)
	}
}

func TestParseRefusesOthers(t *testing.T) {
	for name, line := range map[string]string{
		"no JSON":      "what",
		"other schema": `{"schema":"2.0"}`,
		"bad time":     `{"schema":"1.0","first":"yesterday"}`,
	} {
		if _, err := event.Parse([]byte(line)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A time is written as the library writes it, which takes longer.
func TestAppendTime(t *testing.T) {
	for _, at := range []int64{0, 1, -1, 999_999_999, 1_000_000_000, 1_764_350_000_123_456_789, 1_709_164_800_000_000_010, math.MaxInt64, math.MinInt64} {
		want := time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.000000000Z")
		if got := string(event.AppendTime([]byte("x"), at)); got != "x"+want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
	}
}

package protocols

import "testing"

func TestGist(t *testing.T) {
	for name, want := range map[string]string{
		"PLC1.line2.example.com":                    "plc1.line2.example.com",
		"4.3.20.10.in-addr.arpa":                    "4.3.20.10.in-addr.arpa",
		"BR_20261128_001.csv":                       "br_#_#.csv",
		`recipes\Batch 4711\Step1.xml`:              `recipes\batch #\step1.xml`,
		"3f2504e0-4f89-11d3-9a0c-0305e82c3301.cdn.": "*.cdn.",
		"/api/v1/orders/100042/lines":               "/api/v1/orders/#/lines",
		" k ":                                       "k", // part of "SSH-- k "
		"":                                          "",
	} {
		if got := string(Gist(nil, []byte(name))); got != want {
			t.Errorf("%q is %q; want %q", name, got, want)
		}
	}
}

func TestPart(t *testing.T) {
	for i, want := range []string{"a", "", "bc", ""} {
		if got := string(Part([]byte("a\x00\x00bc"), i)); got != want {
			t.Errorf("part %d is %q; want %q", i, got, want)
		}
	}
	if Part(nil, 0) != nil {
		t.Error("a part of nothing")
	}
}

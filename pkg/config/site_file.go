package config

// rawSite mirrors the site file.
type rawSite struct {
	Sensor      rawSensor           `yaml:"sensor"`
	Lines       []rawLine           `yaml:"lines"`
	Zones       []rawZone           `yaml:"zones"`
	Conduits    []rawConduit        `yaml:"conduits"`
	Assets      []rawAsset          `yaml:"assets"`
	Engineering []string            `yaml:"engineering"`
	Scanners    []string            `yaml:"scanners"`
	Work        []rawWork           `yaml:"planned_work"`
	Contacts    []rawContact        `yaml:"contacts"`
	Roles       map[string][]string `yaml:"roles"`
	Reporting   map[string]string   `yaml:"reporting"`
	Citations   map[string]string   `yaml:"citations"`
	Thresholds  rawThresholds       `yaml:"thresholds"`
	OwnRules    string              `yaml:"own_rules"`
}

type rawSensor struct {
	ID   string `yaml:"id"`
	Site string `yaml:"site"`
	Line string `yaml:"line"`
}

type rawLine struct {
	ID          string     `yaml:"id"`
	Name        string     `yaml:"name"`
	GxP         string     `yaml:"gxp_impact"`
	ProcessStep string     `yaml:"process_step"`
	Holdable    *bool      `yaml:"holdable"`
	Phases      *rawPhases `yaml:"phase_point"`
}

type rawPhases struct {
	Asset  string     `yaml:"asset"`
	Point  rawPoint   `yaml:"point"`
	Values []rawPhase `yaml:"values"`
}

type rawPhase struct {
	Value    float64 `yaml:"value"`
	Name     string  `yaml:"name"`
	Batch    bool    `yaml:"batch"`
	Holdable *bool   `yaml:"holdable"`
}

type rawZone struct {
	Name     string   `yaml:"name"`
	Prefixes []string `yaml:"prefixes"`
}

type rawConduit struct {
	From  string   `yaml:"from"`
	To    string   `yaml:"to"`
	Ports []uint16 `yaml:"ports"`
	Why   string   `yaml:"why"`
}

type rawAsset struct {
	Name        string         `yaml:"name"`
	Addresses   []string       `yaml:"addresses"`
	MACs        []string       `yaml:"macs"`
	Role        string         `yaml:"role"`
	Line        string         `yaml:"line"`
	Cell        string         `yaml:"cell"`
	Zone        string         `yaml:"zone"`
	ProcessStep string         `yaml:"process_step"`
	Purpose     string         `yaml:"purpose"`
	Owner       string         `yaml:"owner"`
	GxP         string         `yaml:"gxp_impact"`
	Safety      bool           `yaml:"safety"`
	Holdable    *bool          `yaml:"holdable"`
	Critical    []rawParameter `yaml:"critical_parameters"`
}

type rawParameter struct {
	Name    string   `yaml:"name"`
	Point   rawPoint `yaml:"point"`
	Low     *float64 `yaml:"low"`
	High    *float64 `yaml:"high"`
	Writers []string `yaml:"writers"`
	Phases  []string `yaml:"phases"`
}

type rawPoint struct {
	Proto  string  `yaml:"proto"`
	Unit   *uint32 `yaml:"unit"`
	Area   string  `yaml:"area"`
	Block  uint32  `yaml:"block"`
	Addr   *uint32 `yaml:"addr"`
	Length *uint32 `yaml:"length"`
	Tag    string  `yaml:"tag"`
	Type   string  `yaml:"type"`
}

type rawWork struct {
	Ticket string   `yaml:"ticket"`
	Who    []string `yaml:"who"`
	Assets []string `yaml:"assets"`
	Acts   []string `yaml:"acts"`
	From   string   `yaml:"from"`
	Until  string   `yaml:"until"`
}

type rawContact struct {
	ID    string `yaml:"id"`
	Name  string `yaml:"name"`
	Phone string `yaml:"phone"`
	Mail  string `yaml:"mail"`
}

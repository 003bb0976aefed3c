package config

import "otsensor/pkg/strict"

// SiteKeys lists every key of the site file.
func SiteKeys() []string { return strict.Keys(rawSite{}) }

// Package rules is the data the sensor ships with: detection rules, playbook and technique tables.
package rules

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml
var files embed.FS

// Files are the data files of this folder, as they were when the sensor was built.
func Files() fs.FS { return files }

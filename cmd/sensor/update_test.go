package main

import "flag"

// update rewrites golden files: go test ./cmd/sensor -update
var update = flag.Bool("update", false, "write golden files as they are now")

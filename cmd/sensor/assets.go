package main

import (
	"bufio"
	"context"
	"flag"

	"otsensor/pkg/assets"
	"otsensor/pkg/sensor"
)

func runAssets(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var pipe pipeFlags
	pipe.declare(fs)
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := pipe.check(); err != nil {
		return err
	}
	src, err := openFiles(e, "assets", files)
	if err != nil {
		return err
	}
	defer src.Close()
	table := assets.NewTable()
	stop := progress(ctx, e.stderr, src)
	stats, err := sensor.Run(ctx, src, pipe.options(), sensor.Judge{Observe: table.See})
	stop()
	summary(e.stderr, stats)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(e.stdout)
	if err := assets.WriteJSON(out, table.List()); err != nil {
		return err
	}
	return out.Flush()
}

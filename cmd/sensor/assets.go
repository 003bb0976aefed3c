package main

import (
	"bufio"
	"context"
	"errors"
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
	out := bufio.NewWriter(e.stdout)
	return errors.Join(err, assets.WriteJSON(out, table.List()), out.Flush()) // what was read before a file's damage is said, too
}

#!/usr/bin/env bash
# Records the case bacnet-station: a building station asks a device, both of node-bacnet.
# As root, on Debian 12 with wireshark-common, Node 20, and
#   npm install --prefix "$MODULES" --ignore-scripts node-bacnet@0.2.4
# where MODULES names a folder outside of the project. Times differ from run to run.
. "$(dirname "$0")/wire.sh" bacnet
here=$(cd "$(dirname "$0")" && pwd)
export NODE_PATH=${MODULES:?names the folder of the modules}/node_modules HOME=$W
up 00:80:f4:10:00:71 10.77.10.71 00:d0:c9:10:00:42 10.77.10.42
srv node "$here/bacnet-device.js" >"$W/device.log" 2>&1 &
sleep 2
rec bacnet-station "udp port 47808"
cli timeout 60 node "$here/bacnet-station.js" 10.77.10.42 10.77.10.71
stop
down

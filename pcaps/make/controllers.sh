#!/usr/bin/env bash
# Records the cases fins-client, slmp-client and ads-client: clients of
# omron-fins, mcprotocol and ads-client; what they are answered is by controllers-server.js.
# As root, on Debian 13 with wireshark-common, nodejs, and
#   npm install --prefix "$MODULES" --ignore-scripts omron-fins@0.5.0 mcprotocol@0.1.2 ads-client@2.1.0
# where MODULES names a folder outside of the project. Times differ from run to run.
. "$(dirname "$0")/wire.sh" controllers
here=$(cd "$(dirname "$0")" && pwd)
export NODE_PATH=${MODULES:?names the folder of the modules}/node_modules
up 00:00:0a:10:00:82 10.77.10.82 00:50:56:10:00:43 10.77.10.43
srv timeout 90 node "$here/controllers-server.js" 10.77.10.82 >"$W/server.log" 2>&1 &
sleep 1.5
for what in fins slmp ads; do
  rec $what-client "host 10.77.10.82 and (port 9600 or 5007 or 48898)"
  cli timeout 30 node "$here/controllers-client.js" $what 10.77.10.82 >"$W/$what.log" 2>&1
  stop
done
cat "$W/server.log" "$W/fins.log" "$W/ads.log"
down

#!/usr/bin/env bash
# Records the cases opcua-session and opcua-device: clients and servers of NodeOPCUA, the
# first without and with a security policy, the second with a device behind. As root, on Debian 12 with wireshark-common, openssl, Node 20, and
#   npm install --prefix "$MODULES" --ignore-scripts node-opcua@2.186.4
# where MODULES names a folder outside of the project. Keys and times differ from run to run.
. "$(dirname "$0")/wire.sh" opcua
here=$(cd "$(dirname "$0")" && pwd)
export NODE_PATH=${MODULES:?names the folder of the modules}/node_modules HOME=$W
up 28:63:36:10:00:21 10.77.10.21 00:50:56:10:00:43 10.77.10.43
srv node "$here/opcua-server.js" "$W" 10.77.10.21 >"$W/server.log" 2>&1 &
for _ in $(seq 60); do grep -q ready "$W/server.log" && break; sleep 1; done
rec opcua-session "tcp port 4840"
cli timeout 90 node "$here/opcua-client.js" "$W" opc.tcp://10.77.10.21:4840
stop
end
ip -n $S route add 224.0.0.0/4 dev wire0
srv node "$here/opcua-device.js" server "$W" 10.77.10.21 >"$W/device.log" 2>&1 &
for _ in $(seq 60); do grep -q ready "$W/device.log" && break; sleep 1; done
rec opcua-device "tcp port 4840 or 4841"
cli timeout 90 node "$here/opcua-device.js" client "$W" 10.77.10.21
stop
down

#!/usr/bin/env bash
# Records the case iec104-station: a control centre and a station, both of lib60870-C.
# As root, on Debian 13 with wireshark-common, python3 and liblib60870-2.
# Ports and times of arrival differ from run to run.
. "$(dirname "$0")/wire.sh" iec104
here=$(cd "$(dirname "$0")" && pwd)
up 00:80:f4:10:00:81 10.77.10.81 00:d0:c9:10:00:42 10.77.10.42
srv timeout 60 python3 "$here/iec104.py" station 10.77.10.81 >"$W/station.log" 2>&1 &
sleep 1.5
rec iec104-station "tcp port 2404"
cli timeout 60 python3 "$here/iec104.py" centre 10.77.10.81
stop
cat "$W/station.log"
down

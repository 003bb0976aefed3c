#!/usr/bin/env bash
# Records the case stations-asked: Nmap's scripts ask who is there over HART-IP, MMS and PROFINET;
# what they are answered is by stations-server.py.
# As root, on Debian 13 with wireshark-common, nmap and python3. Times and ports differ from run to run.
. "$(dirname "$0")/wire.sh" stations
here=$(cd "$(dirname "$0")" && pwd)
up 28:63:36:10:00:83 10.77.10.83 00:50:56:10:00:43 10.77.10.43
srv timeout 90 python3 "$here/stations-server.py" 10.77.10.83 wire0 >"$W/server.log" 2>&1 &
sleep 1.5
rec stations-asked "port 5094 or port 102 or ether proto 0x8892"
ask() { cli timeout 40 nmap -n -Pn --send-ip "$@" 2>&1 | grep '^|'; }
ask -sT -p 5094 --script hartip-info 10.77.10.83
# this script ends in an error of its own once it has asked who is there
ask -sT -p 102 --script +iec61850-mms 10.77.10.83
ask -e wire1 -sn --script multicast-profinet-discovery
stop
cat "$W/server.log"
down

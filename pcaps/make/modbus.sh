#!/usr/bin/env bash
# Records the cases modbus-serial (RTU and ASCII carried over TCP) and modbus-tls
# (TCP 802, certificates with a role): client and server of pymodbus 3.0. As root,
# on Debian 12 with wireshark-common, openssl and python3-pymodbus. Keys, times and
# ports differ from run to run.
. "$(dirname "$0")/wire.sh" modbus
here=$(cd "$(dirname "$0")" && pwd)
export HOME=$W PYTHONDONTWRITEBYTECODE=1
certificate() { # name, role
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Nova Medical/CN=$1" -keyout "$W/$1.key" -out "$W/$1.crt" \
    -addext "1.3.6.1.4.1.50316.802.1=ASN1:UTF8String:$2" 2>/dev/null
}
certificate filler Device; certificate engineering-1 Operator
up 28:63:36:10:00:23 10.77.10.23 00:50:56:10:00:43 10.77.10.43
serve() { srv /usr/bin/python3 "$here/modbus_stack.py" server "$1" 10.77.10.23 "$2" "$W" >"$W/server.log" 2>&1 & sleep 3; }
ask() { cli timeout 30 /usr/bin/python3 "$here/modbus_stack.py" client "$1" 10.77.10.23 "$2" "$W"; }
serve rtu 502; serve ascii 503
rec modbus-serial "tcp"
ask rtu 502; ask ascii 503
stop; end
serve tls 802
rec modbus-tls "tcp port 802"
ask tls 802
stop
down

#!/bin/sh
# Ordinary IT noise of a Windows-like station: names are looked up again and again (dig, Debian dnsutils).
server=$1
shift
while :; do
	for name in "$@"; do
		dig +tries=1 +time=2 "@$server" "$name.line.example" A >/dev/null
		sleep 7
	done
done

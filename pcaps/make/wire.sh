# Two network namespaces joined by a wire, and a recorder at the client's end of
# it: for the scripts beside this file, which say their own name when they read
# it. Host names are those of the line, not of the machine that records.
set -u
S=$1-server; C=$1-client; W=$(mktemp -d); OUTDIR=${OUTDIR:-$(cd "$(dirname "$0")/.." && pwd)}
chmod 755 "$W"; echo "127.0.0.1 localhost filler-hmi engineering-1" >"$W/hosts"
up() { # MAC and address of the server, MAC and address of the client
  ip netns add $S; ip netns add $C
  ip link add wire0 netns $S type veth peer name wire1 netns $C
  ip -n $S link set wire0 address $1; ip -n $C link set wire1 address $3
  for n in $S $C; do ip -n $n link set lo up; done
  ip -n $S addr add $2/24 brd + dev wire0; ip -n $C addr add $4/24 brd + dev wire1
  for n in "$S wire0" "$C wire1"; do set -- $n; ip netns exec $1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n $1 link set $2 up; ip netns exec $1 ethtool -K $2 tx off rx off tso off gso off gro off >/dev/null 2>&1; done
  sleep 1
}
end() { for n in $S $C; do ip netns pids $n 2>/dev/null | xargs -r kill 2>/dev/null; done; sleep .5; }
down() { end; ip netns del $S; ip netns del $C; rm -rf "$W"; }
inside() { ip netns exec $1 unshare -um sh -c 'hostname $0; mount --bind $1/hosts /etc/hosts; shift; exec "$@"' $2 "$W" "${@:3}"; }
srv() { inside $S filler-hmi setsid "$@"; } # a server that ends may end its whole group
cli() { inside $C engineering-1 "$@"; }
rec() { OUT=$1; rm -f $W/$OUT.pcap; ip netns exec $C dumpcap -q -P -i wire1 ${2:+-f "$2"} -w $W/$OUT.pcap >/dev/null 2>&1 & CAP=$!; sleep 1.2; }
stop() { sleep .6; kill -TERM $CAP 2>/dev/null; sleep .4; mkdir -p "$OUTDIR/$OUT"; install -m 644 "$W/$OUT.pcap" "$OUTDIR/$OUT/capture.pcap"; }

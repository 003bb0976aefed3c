#!/usr/bin/env bash
# Records the cases of office protocols: real programs in two network namespaces
# joined by a wire. As root, on Debian 12 with:
#   apt-get install wireshark-common dnsmasq-base bind9-dnsutils isc-dhcp-client snmpd snmp chrony \
#     ntpsec-ntpdate samba smbclient avahi-daemon openssh-server vsftpd tftpd-hpa \
#     tftp-hpa telnetd-ssl curl openssl python3
# Times, ports and random values differ from run to run.
. "$(dirname "$0")/wire.sh" office
up 00:50:56:10:00:44 10.77.10.44 f8:bc:12:10:00:61 10.77.10.61
# names
cat > $W/dnsmasq.conf <<X
no-resolv
no-hosts
no-daemon
interface=wire0
address=/historian.plant.example/10.77.10.43
address=/filler.plant.example/10.77.10.21
ptr-record=43.10.77.10.in-addr.arpa,historian.plant.example
txt-record=plant.example,line 7
local=/plant.example/
dhcp-range=10.77.10.150,10.77.10.160,1h
dhcp-leasefile=$W/leases
dhcp-authoritative
X
rm -f $W/leases
srv dnsmasq -C $W/dnsmasq.conf >$W/dnsmasq.log 2>&1 &
sleep 1
rec dns-lookups
for q in "historian.plant.example A" "filler.plant.example A" "nowhere.plant.example A" "filler.plant.example AAAA" "-x 10.77.10.43" "+tcp plant.example TXT"; do cli dig +tries=1 +time=1 @10.77.10.44 $q >/dev/null; done
stop
rec dhcp-lease
ip -n $C link add link wire1 name panel0 type macvlan mode bridge 2>/dev/null; ip -n $C link set panel0 address 00:0e:8c:10:00:77 up
cat > $W/dhclient.conf <<X
send host-name "panel-7";
send vendor-class-identifier "operator panel";
X
printf '#!/bin/sh\n[ -n "$new_ip_address" ] && ip addr add $new_ip_address/24 dev $interface\nexit 0\n' > $W/dhscript; chmod +x $W/dhscript
rm -f $W/dh.leases
cli dhclient -1 -4 -d -cf $W/dhclient.conf -lf $W/dh.leases -pf $W/dh.pid -sf $W/dhscript panel0 > $W/dh.log 2>&1 & DH=$!
sleep 4
stop
kill $DH; ip -n $C link del panel0
# snmp
cat > $W/snmpd.conf <<X
rwcommunity private 10.77.10.0/24
rocommunity public 10.77.10.0/24
rocommunity Gq7pump 10.77.10.0/24
createUser maintenance SHA authpass12 AES privpass12
rouser maintenance priv
sysLocation hall 2, line 7
sysName switch-7
sysDescr Industrial switch, 8 ports
X
SNMP_PERSISTENT_DIR=$W/snmp srv snmpd -C -c $W/snmpd.conf -f -Lf $W/snmpd.log -I system_mib,ifTable,snmp_mib,usmConf,usmUser,vacm_conf udp:10.77.10.44:161 & SN=$!
sleep 5
rec snmp-read-write
export MIBS=
cli snmpget -v2c -c public 10.77.10.44 1.3.6.1.2.1.1.1.0 1.3.6.1.2.1.1.5.0 1.3.6.1.2.1.1.6.0
cli snmpgetnext -v1 -c Gq7pump 10.77.10.44 1.3.6.1.2.1.1.1.0
cli snmpbulkget -v2c -c public -Cr5 10.77.10.44 1.3.6.1.2.1.2.2.1.2
cli snmpset -v2c -c public 10.77.10.44 1.3.6.1.2.1.1.6.0 s "hall 3"
cli snmpset -v2c -c private 10.77.10.44 1.3.6.1.2.1.11.30.0 i 2
cli snmpget -v3 -l authPriv -u maintenance -a SHA -A authpass12 -x AES -X privpass12 10.77.10.44 1.3.6.1.2.1.1.5.0
cli snmptrap -v2c -c public 10.77.10.44 '' 1.3.6.1.6.3.1.1.5.1
cli snmptrap -v1 -c public 10.77.10.44 1.3.6.1.4.1.220 10.77.10.61 2 0 9
stop
kill $SN
# ntp
cat > $W/chrony.conf <<X
local stratum 8
allow 10.77.10.0/24
pidfile $W/chrony.pid
cmdport 0
bindcmdaddress /
X
srv chronyd -x -d -u root -f $W/chrony.conf > $W/chrony.log 2>&1 & CH=$!
sleep 5
rec ntp-poll
cli ntpdig 10.77.10.44; cli ntpdig 10.77.10.44
stop
kill $CH
# netbios and multicast
cat > $W/smb.conf <<X
[global]
netbios name = FILLER-HMI
workgroup = PLANT
interfaces = 10.77.10.44/24
bind interfaces only = yes
lock directory = $W/smb
state directory = $W/smb
cache directory = $W/smb
pid directory = $W/smb
private dir = $W/smb
log file = $W/nmbd.log
X
mkdir -p $W/smb
rec netbios-names
srv nmbd -F --no-process-group -s $W/smb.conf > $W/nmbd.out 2>&1 & NM=$!
sleep 5
cli nmblookup -B 10.77.10.255 FILLER-HMI
cli nmblookup -U 10.77.10.44 -A 10.77.10.44 | head -3; cli nmblookup -A 10.77.10.44 | head
kill $NM; sleep 1
stop
cat > $W/avahi.conf <<X
[server]
host-name=panel-7
use-ipv4=yes
use-ipv6=no
enable-dbus=no
allow-interfaces=wire0
disallow-other-stacks=no
X
rec mdns-announcement
srv avahi-daemon -f $W/avahi.conf --no-drop-root --no-chroot --no-rlimits > $W/avahi.log 2>&1 & AV=$!
sleep 3
cli python3 - <<'P'
import socket,struct
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)
s.bind(("10.77.10.61",5353)); s.setsockopt(socket.IPPROTO_IP,socket.IP_MULTICAST_IF,socket.inet_aton("10.77.10.61"))
q=lambda n,t: b"\0\0\0\0\0\1\0\0\0\0\0\0"+b"".join(bytes([len(l)])+l.encode() for l in n.split("."))+b"\0"+struct.pack(">HH",t,1)
s.sendto(q("panel-7.local",1),("224.0.0.251",5353))
P
sleep 1.5; kill $AV; sleep 1
stop
kill %1 2>/dev/null
D=$W/files; mkdir -p $D/up; echo recipe > $D/recipe.xml; chmod 777 $D/up; chmod 755 $D
# http
cat > $W/web.py <<'P'
from http.server import *
class H(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"])); self.send_response(201 if self.headers.get("Authorization") else 401); self.send_header("Content-Length","0"); self.end_headers()
    do_POST = do_PUT
    def log_message(self,*a): pass
ThreadingHTTPServer(("10.77.10.44",80),H).serve_forever()
P
(cd $D && exec ip netns exec $S python3 $W/web.py) & WB=$!
sleep 1
rec http-pages
cli curl -s http://10.77.10.44/recipe.xml "http://10.77.10.44/status?token=Gq7pump" -o /dev/null -o /dev/null
cli curl -s -T $D/recipe.xml http://10.77.10.44/firmware_20261128.bin
cli curl -s -u operator:Gq7pump -T $D/recipe.xml http://10.77.10.44/firmware_20261128.bin
cli curl -s -u operator:Gq7pump -d start=1 http://10.77.10.44/command
stop; kill $WB
# tls
openssl req -x509 -newkey rsa:2048 -nodes -keyout $W/key.pem -out $W/cert.pem -days 365 -subj "/O=Plant/CN=mes.plant.example" >/dev/null 2>&1
srv openssl s_server -quiet -accept 10.77.10.44:443 -key $W/key.pem -cert $W/cert.pem -www >/dev/null 2>&1 & T1=$!
sleep .7
rec tls-handshakes
echo Q | cli openssl s_client -connect 10.77.10.44:443 -servername mes.plant.example -alpn http/1.1 >/dev/null 2>&1
echo Q | cli openssl s_client -connect 10.77.10.44:443 -servername mes.plant.example -tls1_2 >/dev/null 2>&1
echo Q | cli openssl s_client -connect 10.77.10.44:443 -tls1_1 -cipher DEFAULT@SECLEVEL=0 >/dev/null 2>&1
stop; kill $T1
# ssh
mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f $W/hk 2>/dev/null </dev/null; ssh-keygen -q -t ed25519 -N '' -f $W/ck 2>/dev/null </dev/null
srv /usr/sbin/sshd -D -h $W/hk -o ListenAddress=10.77.10.44 -o PidFile=none -o UsePAM=no -o PasswordAuthentication=no & SD=$!
sleep 1
rec ssh-login
cli ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -i $W/ck operator@10.77.10.44 true 2>/dev/null
stop; kill $SD
# ftp
cat > $W/vsftpd.conf <<X
listen=YES
listen_address=10.77.10.44
anonymous_enable=YES
anon_root=$D
anon_upload_enable=YES
write_enable=YES
local_enable=YES
no_anon_password=NO
background=NO
seccomp_sandbox=NO
secure_chroot_dir=/var/run/vsftpd/empty
X
mkdir -p /var/run/vsftpd/empty; chmod 755 $W
srv vsftpd $W/vsftpd.conf & FT=$!
sleep 1
rec ftp-transfer
cli curl -s ftp://10.77.10.44/recipe.xml -o /dev/null
cli curl -s -T $D/recipe.xml ftp://10.77.10.44/up/BR_20261128_001.csv
cli curl -s -u operator:Gq7pump ftp://10.77.10.44/recipe.xml
cli curl -s ftp://10.77.10.44/absent.bin
stop; kill $FT
# tftp
srv in.tftpd -L -c -a 10.77.10.44:69 -s $D/up & TF=$!
chmod 777 $D/up; cp $D/recipe.xml $D/up/startup.cfg; chmod 666 $D/up/*
sleep .7
rec tftp-transfer
(cd $W; echo x > firmware_20261128.bin; cli tftp -m binary 10.77.10.44 -c get startup.cfg; cli tftp -m binary 10.77.10.44 -c put firmware_20261128.bin)
stop; kill $TF
# telnet
cat > $W/login.sh <<'X'
#!/bin/bash
for i in 1 2 3; do printf 'pump-7 login: '; read u; stty -echo; printf 'Password: '; read p; stty echo; echo
[ "$p" = Gq7pump ] && { echo "Last login: today"; printf '$ '; read x; exit; }; echo 'Login incorrect'; done
X
chmod 755 $W/login.sh
cat > $W/inetd.py <<P
import socket,subprocess
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(("10.77.10.44",23)); s.listen(1)
c,a=s.accept(); subprocess.run(["in.telnetd","-h","-L","$W/login.sh"],stdin=c.fileno(),stdout=c.fileno(),stderr=c.fileno())
P
srv python3 $W/inetd.py 2>$W/telnet.err & TN=$!
sleep .7
rec telnet-login
cli python3 - <<'P'
import socket,time
s=socket.create_connection(("10.77.10.44",23))
import threading
def answer():
    while True:
        try: b=s.recv(4096)
        except OSError: return
        if not b: return
        i=0
        while i+2<len(b)+0:
            if b[i]==255 and b[i+1]==253: s.send(bytes([255,252,b[i+2]])); i+=3
            elif b[i]==255 and b[i+1]==251 : s.send(bytes([255,253 if b[i+2] in (1,3) else 254,b[i+2]])); i+=3
            else: i+=1
threading.Thread(target=answer,daemon=True).start()
time.sleep(1.5)
for line in ["operator","wrong","operator","Gq7pump","exit"]:
    s.send(line.encode()+b"\r\n"); time.sleep(.5)
s.close()
P
stop; kill $TN 2>/dev/null
# smb
cat > $W/smbd.conf <<X
[global]
netbios name = FILLER-HMI
workgroup = PLANT
interfaces = 10.77.10.44/24
bind interfaces only = yes
smb ports = 445
server min protocol = NT1
lock directory = $W/smb
state directory = $W/smb
cache directory = $W/smb
pid directory = $W/smb
private dir = $W/smb
ncalrpc dir = $W/smb/ncalrpc
log file = $W/smbd.log
map to guest = never
passdb backend = tdbsam:$W/smb/passdb.tdb
[recipes]
path = $D/up
writable = yes
X
mkdir -p $W/smb; id office-operator >/dev/null 2>&1 || useradd -M -s /usr/sbin/nologin office-operator
printf 'Gq7pump\nGq7pump\n' | smbpasswd -c $W/smbd.conf -s -a office-operator >/dev/null
srv smbd -F --no-process-group -s $W/smbd.conf >$W/smbd.out 2>&1 & SM=$!
sleep 5
rec smb-share
cd $W
cli smbclient -m SMB3 -U office-operator%wrong //10.77.10.44/recipes -c ls 2>&1 | tail -1
cli smbclient -m SMB3 -U office-operator%Gq7pump //10.77.10.44/recipes -c 'put firmware_20261128.bin; get startup.cfg x.cfg; get absent.xml' 2>&1 | tail -1
cli smbclient -m NT1 --option='client min protocol=NT1' -U office-operator%Gq7pump //10.77.10.44/recipes -c 'get startup.cfg x.cfg' 2>&1 | tail -1
cli smbclient -m SMB3 -U office-operator%Gq7pump //10.77.10.44/secret -c ls 2>&1 | tail -1
stop
rec smb-guessing
for i in $(seq 12); do cli smbclient -m SMB3 -U office-operator%guess$i //10.77.10.44/recipes -c ls >/dev/null 2>&1; sleep .5; done
stop; kill $SM; userdel office-operator
down

#!/usr/bin/env bash
# Records the cases of remote desktops. As root, on Debian 12 with:
#   apt-get install wireshark-common tigervnc-standalone-server tigervnc-tools gvncviewer vncsnapshot xrdp freerdp2-x11 xvfb xauth
# Keys, challenges and times differ from run to run.
. "$(dirname "$0")/wire.sh" desktops
up 00:0e:8c:10:00:41 10.77.10.41 f8:bc:12:10:00:61 10.77.10.61
export HOME=$W
echo Gq7pump | vncpasswd -f >$W/pw; echo wrongone | vncpasswd -f >$W/wrong
openssl req -x509 -newkey rsa:2048 -nodes -keyout $W/key.pem -out $W/cert.pem -days 365 -subj "/O=Plant/CN=filler-hmi" >/dev/null 2>&1
desktop() { srv Xvnc :$1 -geometry 320x200 -depth 24 -rfbport $2 -SecurityTypes $3 -PasswordFile $W/pw -desktop "filler panel" -AlwaysShared >$W/x$1.log 2>&1 & }
desktop 9 5900 VncAuth; desktop 10 5901 TLSVnc
sed -e "s#^port=3389#port=tcp://10.77.10.41:3389#" -e "s#^certificate=.*#certificate=$W/cert.pem#" -e "s#^key_file=.*#key_file=$W/key.pem#" \
  -e "s#^LogFile=.*#LogFile=$W/xrdp.log#" -e 's/^EnableSyslog=.*/EnableSyslog=false/' /etc/xrdp/xrdp.ini >$W/xrdp.ini
srv xrdp --nodaemon --config $W/xrdp.ini >$W/xrdp.out 2>&1 &
sleep 3
typed() { (sleep 1; echo "$1"; sleep 2) | cli timeout 8 script -qec "gvnccapture -q 10.77.10.41:$2 $W/a.png" /dev/null >/dev/null; } # it asks a terminal
rec vnc-panel "tcp port 5900"
typed Gq7pump 0; typed wrongone 0
for pw in pw wrong; do cli timeout 6 vncsnapshot -quiet -passwd $W/$pw 10.77.10.41:0 $W/b.jpg >/dev/null 2>&1; done
stop
rec vnc-tls "tcp port 5901"
typed Gq7pump 1
stop
rec rdp-logon "tcp port 3389"
for sec in tls rdp nla; do
  cli timeout 10 xvfb-run -a xfreerdp /v:10.77.10.41 /u:operator /p:Gq7pump /sec:$sec /cert:ignore +auth-only /client-hostname:engineering-1 >/dev/null 2>&1
done
stop
down

# Answers as devices would, over HART-IP, MMS (a relay of IEC 61850) and PROFINET DCP: just enough for
# the scripts of Nmap to say who is there. What it answers is by the public specifications, not a device's.
import functools
import operator
import socket
import socketserver
import sys
import threading

host, wire = sys.argv[1:3]

class Talk(socketserver.BaseRequestHandler):
    def receive(self):
        try:
            return self.request.recv(4096)
        except ConnectionResetError:  # by which a scan ends
            return b""

    def handle(self):
        had = b""
        for b in iter(self.receive, b""):
            had += b
            while (n := self.length(had)) and len(had) >= n:
                self.request.sendall(self.answer(had[:n]))
                had = had[n:]

class HART(Talk):
    def length(self, b):
        return len(b) >= 8 and int.from_bytes(b[6:8], "big")

    def answer(self, b):
        body = b[8:]
        if b[2] == 3:
            long = 5 if body[0] & 0x80 else 1
            command = body[1 + long]
            said = {0: bytes.fromhex("00 00 fe 11d0 05 07 03 02 01 00 0a0b0c 05 04 0007 00 0011 0011 84"), 20: b"\0\0" + b"Filler 7 temperature".ljust(32, b"\0")}.get(command, b"\x40\0")
            frame = bytes([body[0] | 4]) + body[1:2 + long] + bytes([len(said)]) + said
            body = frame + bytes([functools.reduce(operator.xor, frame)])
        return b[:1] + b"\1" + b[2:6] + (8 + len(body)).to_bytes(2, "big") + body

def ber(tag, *parts):
    b = b"".join(parts)
    size = bytes([len(b)]) if len(b) < 128 else b"\x82" + len(b).to_bytes(2, "big")
    return bytes([tag]) + size + b

class MMS(Talk):
    def length(self, b):
        return len(b) >= 4 and int.from_bytes(b[2:4], "big")

    def answer(self, b):
        if b[5] == 0xE0:
            body = bytes.fromhex("11 d0 0001 0002 00 c0010a c1020000 c2020001")
        elif b[7] == 0x0D:
            body = b"\2\xf0\x80" + self.accepted()
        else:
            body = b"\2\xf0\x80\1\0\1\0" + ber(0x61, ber(0x30, b"\2\1\3", ber(0xA0, self.service(b))))
        return b"\3\0" + (4 + len(body)).to_bytes(2, "big") + body

    def accepted(self):
        detail = bytes.fromhex("8003 00fde8 8101 0a 8201 0a 8301 05") + ber(0xA4, bytes.fromhex("8001 01 8103 05f100 820c 03ee1c000002000000 00ed18"))
        external = ber(0x28, bytes.fromhex("0602 5101 0201 03"), ber(0xA0, ber(0xA9, detail)))
        aare = ber(0x61, ber(0xA1, bytes.fromhex("0605 28ca220203")), ber(0xA2, bytes.fromhex("0201 00")), ber(0xA3, ber(0xA1, bytes.fromhex("0201 00"))), ber(0xBE, external))
        results = ber(0xA5, *[ber(0x30, bytes.fromhex("8001 00 8102 5101"))] * 2)
        cpa = ber(0x31, ber(0xA0, bytes.fromhex("8001 01")), ber(0xA2, bytes.fromhex("8304 00000001"), results, ber(0x61, ber(0x30, b"\2\1\1", ber(0xA0, aare)))))
        head = bytes.fromhex("0506 130100160102 1402 0002 3402 0001") + b"\xc1" + bytes([len(cpa)]) + cpa
        return b"\x0e" + bytes([len(head)]) + head

    def service(self, b):  # identify, which is all that Nmap 7.95 comes to ask
        invoke = b[b.index(b"\2\1\3") + 7:][:3]
        return ber(0xA1, invoke, ber(0xA2, ber(0x80, b"Relay maker"), ber(0x81, b"REL 7"), ber(0x82, b"3.2.1")))

def dcp():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x8892))
    s.bind((wire, 0x8892))
    block = lambda option, kind, b: bytes([option, kind]) + (2 + len(b)).to_bytes(2, "big") + b"\0\0" + b + b"\0" * (len(b) & 1)
    blocks = block(2, 1, b"ET200SP") + block(2, 2, b"filler-io") + block(2, 3, bytes.fromhex("002a 0313")) + block(2, 4, b"\1\0") + block(1, 2, socket.inet_aton(host) + bytes.fromhex("ffffff00 00000000"))
    while True:
        b = s.recv(1600)
        if b[14:18] == b"\xfe\xfe\5\0":
            s.send(b[6:12] + s.getsockname()[4] + b"\x88\x92\xfe\xff\5\1" + b[18:22] + b"\0\0" + len(blocks).to_bytes(2, "big") + blocks)

socketserver.ThreadingTCPServer.allow_reuse_address = True
for port, talk in ((5094, HART), (102, MMS)):
    threading.Thread(target=socketserver.ThreadingTCPServer((host, port), talk).serve_forever, daemon=True).start()
dcp()

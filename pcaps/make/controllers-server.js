// Answers as a controller would, over FINS (UDP, TCP), SLMP and ADS: just enough for
// the clients of controllers-client.js to go on. What it answers is by the public manuals, not a controller's.
const net = require("net"), dgram = require("dgram");
const address = process.argv[2];
const u16 = (...n) => Buffer.from(n.flatMap((v) => [v >> 8 & 255, v & 255])), u16le = (...n) => Buffer.from(n.flatMap((v) => [v & 255, v >> 8 & 255]));
const u32le = (...n) => { const b = Buffer.alloc(4 * n.length); n.forEach((v, i) => b.writeUInt32LE(v >>> 0, 4 * i)); return b; };
const text = (s, n) => { const b = Buffer.alloc(n); b.write(s); return b; };
const serve = (port, length, answer) => net.createServer((s) => {
  let had = Buffer.alloc(0);
  s.on("error", () => {});
  s.on("data", (b) => {
    had = Buffer.concat([had, b]);
    for (let n; (n = length(had)) && had.length >= n; had = had.subarray(n)) for (const a of answer(had.subarray(0, n), s)) s.write(a);
  });
}).listen(port, address);

// FINS: what a command (MRC << 8 | SRC) gives behind its end code.
const fins = (code, b) => {
  switch (code) {
    case 0x101: return b[0] < 0x80 ? Buffer.alloc(b.readUInt16BE(4), 1) : Buffer.alloc(2 * b.readUInt16BE(4), 7);
    case 0x104: return Buffer.concat(Array.from({ length: b.length / 4 }, (_, i) => b[4 * i] < 0x80 ? Buffer.from([b[4 * i], 1]) : Buffer.concat([b.subarray(4 * i, 4 * i + 1), u16(7)])));
    case 0x501: return Buffer.concat([text("CJ2M-CPU31", 20), text("02.01", 20), Buffer.alloc(40), u16(40), Buffer.from([0]), u16(0x7fff), Buffer.from([8, 0]), u16(0), Buffer.from([0]), u16(0), Buffer.alloc(20)]);
    case 0x601: return Buffer.concat([Buffer.from([1, 4]), Buffer.alloc(8), Buffer.alloc(16)]);
    case 0x701: return Buffer.from([0x26, 0x11, 0x28, 0x09, 0x30, 0x00, 6]);
  }
  return Buffer.alloc(0);
};
const finsAnswer = (b) => {
  const code = b.readUInt16BE(10), refused = code === 0x102 && b[12] === 0xB2;
  return Buffer.concat([Buffer.from([0xC0, 0, 2, b[6], b[7], b[8], b[3], b[4], b[5], b[9]]), u16(code, refused ? 0x2101 : 0), refused ? Buffer.alloc(0) : fins(code, b.subarray(12))]);
};
const finsFrame = (command, body) => Buffer.concat([Buffer.from("FINS"), Buffer.from([0, 0, 0, body.length + 8, 0, 0, 0, command, 0, 0, 0, 0]), body]);
const udp = dgram.createSocket("udp4");
udp.on("message", (b, from) => udp.send(finsAnswer(b), from.port, from.address));
udp.bind(9600, address);
serve(9600, (b) => b.length >= 8 && 8 + b.readUInt32BE(4), (b) =>
  [b[11] === 0 ? finsFrame(1, Buffer.from([0, 0, 0, 43, 0, 0, 0, 1])) : finsFrame(2, finsAnswer(b.subarray(16)))]);

// SLMP: read and write of devices, by word (subcommand 0) and by bit (1).
serve(5007, (b) => b.length >= 9 && 9 + b.readUInt16LE(7), (b) => {
  const [command, sub, points] = [b.readUInt16LE(11), b.readUInt16LE(13), b.readUInt16LE(19)], end = b[18] === 0xAF ? 0xC056 : 0;
  const body = end ? Buffer.concat([b.subarray(2, 7), b.subarray(11, 15)]) : command === 0x401 ? Buffer.alloc(sub ? (points + 1) >> 1 : 2 * points, 0x11) : Buffer.alloc(0);
  return [Buffer.concat([Buffer.from([0xD0, 0]), b.subarray(2, 7), u16le(body.length + 2, end), body])];
});

// ADS: what a command gives behind its result, and what it has the controller send besides.
let pushed = 0;
const ads = (command, b) => {
  const [group, offset, size] = [0, 4, 8].map((at) => b.length >= at + 4 ? b.readUInt32LE(at) : 0);
  const value = (n) => Buffer.concat([u32le(0, Math.min(n, 16)), Buffer.alloc(Math.min(n, 16), 5)]);
  switch (command) {
    case 1: return Buffer.concat([u32le(0), Buffer.from([3, 1]), u16le(4024), text("Filler PLC", 16)]);
    case 2: return group === 0x4040 ? u32le(0x702) : value(size);
    case 4: return Buffer.concat([u32le(0), u16le(5, 0)]);
    case 6: return u32le(0, 21);
    case 9: return group === 0xF009 ? Buffer.concat([u32le(0, 57, 57, 0x4020, 100, 2, 18, 8), u16le(11, 3, 0), Buffer.from("Main.Volume\0INT\0\0"), Buffer.alloc(10)]) : value(size);
  }
  return u32le(0);
};
const amsFrame = (to, from, command, flags, invoke, body) =>
  Buffer.concat([u16le(0), u32le(32 + body.length), to, from, u16le(command, flags), u32le(body.length, 0), invoke, body]);
serve(48898, (b) => b.length >= 6 && 6 + b.readUInt32LE(2), (b) => {
  const [to, from, command, invoke] = [b.subarray(14, 22), b.subarray(6, 14), b.readUInt16LE(22), b.subarray(34, 38)];
  const answers = [amsFrame(to, from, command, 5, invoke, ads(command, b.subarray(38)))];
  if (command === 6) { // one stamp with one sample of two bytes
    const sample = Buffer.concat([u32le(1), u32le(0x5C0A2000, 0x01DC8F00), u32le(1), u32le(21, 2), u16le(++pushed)]);
    answers.push(amsFrame(to, from, 8, 4, u32le(0), Buffer.concat([u32le(sample.length), sample])));
  }
  return answers;
});

// Clients of three makers of controllers: each reads, writes, asks for what its library offers, and is refused once.
const fins = require("omron-fins"), mc = require("mcprotocol"), ads = require("ads-client");
const [what, host] = process.argv.slice(2);
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const tryTo = async (act) => { try { await act(); } catch (e) { console.log(e.message); } };

const overFINS = async (protocol) => {
  const c = fins.FinsClient(9600, host, { timeout: 2000, SA1: 43, DA1: 1, protocol });
  c.on("error", (e) => console.log(e)); await wait(400);
  const acts = [() => c.read("D00100", 4), () => c.read("D100.0", 3), () => c.write("D00100", [503, 497]), () => c.write("W10.0", [true, false]), () => c.write("H0", 1),
    () => c.fill("D200", 0, 8), () => c.readMultiple("D10", "CIO100", "W0.0"), () => c.transfer("D10", "CIO20", 4),
    () => c.status(), () => c.cpuUnitDataRead(), () => c.clockRead(), () => c.clockWrite({ year: 26, month: 11, day: 28, hour: 9, minute: 30, second: 0, day_of_week: 6 }),
    () => c.stop(), () => c.run()];
  for (const act of acts) { await tryTo(act); await wait(60); }
  c.disconnect(); await wait(100);
};

const overMC = () => new Promise((done) => {
  const c = new mc(), tags = { words: "D100,6", bits: "M20,12", filler: "R10,2", input: "X0,4", set: "D120,2", bit: "M40", counter: "CN10,2" };
  c.initiateConnection({ host, port: 5007, ascii: false, frame: "3E" }, async () => {
    c.setTranslationCB((tag) => tags[tag]);
    c.addItems(["words", "bits", "input", "counter"]);
    await new Promise((r) => c.readAllItems(r));
    await new Promise((r) => c.writeItems("set", [503, 497], r));
    await new Promise((r) => c.writeItems("bit", true, r));
    c.addItems(["filler"]); c.readAllItems(() => {}); await wait(700);
    c.dropConnection(); await wait(100); done();
  });
});

const overADS = async () => {
  const c = new ads.Client({ targetAmsNetId: "10.77.10.82.1.1", targetAdsPort: 851, routerAddress: host, routerTcpPort: 48898, localAmsNetId: "10.77.10.43.1.1", localAdsPort: 32750, rawClient: true, timeoutDelay: 2000 });
  await c.connect();
  await c.readState(); await c.readDeviceInfo();
  await c.readRaw(0x4020, 100, 2); await c.writeRaw(0x4020, 100, Buffer.from([7, 0]));
  await tryTo(() => c.readRaw(0x4040, 0, 4));
  await tryTo(() => c.readRawByPath("Main.Volume")); await tryTo(() => c.writeRawByPath("Main.Volume", Buffer.from([9, 0])));
  await tryTo(() => c.readPlcSymbolVersion());
  await tryTo(async () => { const h = await c.createVariableHandle("Main.Volume"); await c.readRawByHandle(h, 2); await c.writeRawByHandle(h, Buffer.from([3, 0])); await c.deleteVariableHandle(h); });
  await tryTo(async () => { const s = await c.subscribeRaw(0x4020, 100, 2, () => {}, 200); await wait(300); await c.unsubscribe(s); });
  await tryTo(() => c.readRawMulti([{ indexGroup: 0x4020, indexOffset: 100, size: 2 }, { indexGroup: 0x4020, indexOffset: 102, size: 2 }]));
  await tryTo(() => c.writeControl("Stop")); await tryTo(() => c.writeControl("Run")); await tryTo(() => c.writeControl("Reset"));
  await c.disconnect();
};

(async () => {
  const acts = { fins: async () => { await overFINS("udp"); await overFINS("tcp"); }, slmp: overMC, ads: overADS };
  await acts[what](); process.exit(0);
})();

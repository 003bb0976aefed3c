// A historian's client: looks who is there, reads, writes, calls, subscribes; then logs on wrongly, and under a security policy.
const ua = require("node-opcua");
const [dir, url] = process.argv.slice(2);
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const client = (more) => ua.OPCUAClient.create({
  applicationName: "Historian", applicationUri: "urn:plant.example:historian", endpointMustExist: false, connectionStrategy: { maxRetry: 0 }, keepSessionAlive: false,
  clientCertificateManager: new ua.OPCUACertificateManager({ rootFolder: dir + "/pki-client", automaticallyAcceptUnknownCertificate: true }), ...more });
const tryTo = async (what) => { try { await what(); } catch (e) { console.log(e.message); } };
(async () => {
  const c = client({});
  await c.connect(url);
  await c.findServers();
  await c.getEndpoints();
  const s = await c.createSession();
  await s.browse("i=85");
  await s.read([{ nodeId: "i=2256", attributeId: 13 }]);
  await s.read([2261, 2262, 2263, 2264, 2265].map((n) => ({ nodeId: "i=" + n, attributeId: 13 })));
  await s.translateBrowsePath(ua.makeBrowsePath("i=84", "/Objects/Server"));
  await s.read([{ nodeId: "ns=1;s=Filler.Volume", attributeId: 13 }, { nodeId: "ns=1;s=Filler.Count", attributeId: 13 }, { nodeId: "ns=1;s=Filler.Nothing", attributeId: 13 }]);
  const value = (n) => ({ value: { dataType: ua.DataType.Double, value: n } });
  await s.write({ nodeId: "ns=1;s=Filler.Volume", attributeId: 13, value: value(503) });
  await tryTo(() => s.write({ nodeId: "ns=1;s=Filler.Count", attributeId: 13, value: { value: { dataType: ua.DataType.UInt32, value: 0 } } }));
  await s.call({ objectId: "ns=1;i=1000", methodId: "ns=1;s=Filler.Start", inputArguments: [] });
  await tryTo(() => s.call({ objectId: "ns=1;i=1000", methodId: "ns=1;s=Filler.Nothing", inputArguments: [] }));
  const sub = await s.createSubscription2({ requestedPublishingInterval: 200, requestedLifetimeCount: 100, requestedMaxKeepAliveCount: 5, maxNotificationsPerPublish: 10, publishingEnabled: true, priority: 1 });
  const item = await sub.monitor({ nodeId: "ns=1;s=Filler.Volume", attributeId: 13 }, { samplingInterval: 100, discardOldest: true, queueSize: 2 }, ua.TimestampsToReturn.Both);
  await wait(300);
  await s.write({ nodeId: "ns=1;s=Filler.Volume", attributeId: 13, value: value(497) });
  await wait(600);
  await item.modify({ samplingInterval: 300, queueSize: 2 });
  await item.setMonitoringMode(ua.MonitoringMode.Disabled);
  await sub.setPublishingMode(false);
  await sub.modify({ requestedPublishingInterval: 500 });
  await item.terminate();
  await sub.terminate();
  await tryTo(() => s.registerNodes(["ns=1;s=Filler.Volume"]));
  await tryTo(() => s.unregisterNodes(["ns=1;s=Filler.Volume"]));
  await s.close();
  await tryTo(() => c.createSession({ type: ua.UserTokenType.UserName, userName: "operator", password: "wrong" }));
  await c.disconnect();
  const d = client({ securityMode: ua.MessageSecurityMode.SignAndEncrypt, securityPolicy: ua.SecurityPolicy.Basic256Sha256 });
  await d.connect(url);
  const t = await d.createSession({ type: ua.UserTokenType.UserName, userName: "operator", password: "Gq7pump" });
  await t.read([{ nodeId: "i=2259", attributeId: 13 }]);
  await t.close();
  await d.disconnect();
  process.exit(0);
})().catch((e) => { console.log(e); process.exit(1); });

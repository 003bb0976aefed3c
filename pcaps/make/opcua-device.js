// A server with a device of the device integration model (argument "server") and who takes its
// inventory ("client"): looks for servers on the network, browses the device and reads who it is.
const ua = require("node-opcua");
const [role, dir, host] = process.argv.slice(2);
const certificates = () => new ua.OPCUACertificateManager({ rootFolder: dir + "/pki-" + role, automaticallyAcceptUnknownCertificate: true });
const nameplate = { Manufacturer: "Pump maker", Model: "DP 40", SerialNumber: "A-471108", HardwareRevision: "C", SoftwareRevision: "1.9.2", ProductCode: "DP40-2", DeviceClass: "Dosing pump" };

const server = async () => {
  const url = "opc.tcp://" + host + ":4840";
  const known = new ua.OPCUADiscoveryServer({ port: 4840, hostname: host, alternateHostname: [host], serverCertificateManager: certificates(), serverInfo: { applicationUri: "urn:plant.example:discovery", applicationName: { text: "Discovery" } } });
  await known.start();
  const s = new ua.OPCUAServer({ port: 4841, hostname: host, alternateHostname: [host], serverCertificateManager: certificates(), nodeset_filename: [ua.nodesets.standard, ua.nodesets.di],
    serverInfo: { applicationUri: "urn:plant.example:dosing", productUri: "urn:maker.example:gateway", applicationName: { text: "Dosing" } },
    registerServerMethod: ua.RegisterServerMethod.LDS, discoveryServerEndpointUrl: url });
  await s.initialize();
  const space = s.engine.addressSpace, own = space.getOwnNamespace(), di = space.getNamespaceIndex("http://opcfoundation.org/UA/DI/");
  const set = space.rootFolder.objects.deviceSet;
  const pump = own.addObject({ componentOf: set, nodeId: "s=Pump7", browseName: "Pump7" });
  Object.entries(nameplate).forEach(([name, text], i) => own.addVariable({ propertyOf: pump, nodeId: "i=" + (6001 + i), browseName: { name, namespaceIndex: di },
    dataType: name === "Manufacturer" || name === "Model" ? "LocalizedText" : "String",
    value: new ua.Variant(name === "Manufacturer" || name === "Model" ? { dataType: ua.DataType.LocalizedText, value: { text } } : { dataType: ua.DataType.String, value: text }) }));
  own.addVariable({ componentOf: pump, nodeId: "s=Pump7.Speed", browseName: "Speed", dataType: "Double", value: new ua.Variant({ dataType: ua.DataType.Double, value: 12.5 }) });
  await s.start();
  setTimeout(() => console.log("ready"), 3000);
};

const client = async () => {
  const of = () => ua.OPCUAClient.create({ applicationName: "Inventory", endpointMustExist: false, connectionStrategy: { maxRetry: 0 }, keepSessionAlive: false, clientCertificateManager: certificates() });
  const d = of();
  await d.connect("opc.tcp://" + host + ":4840");
  await d.findServers();
  console.log((await d.findServersOnNetwork()).length, "on the network");
  await d.disconnect();
  const c = of();
  await c.connect("opc.tcp://" + host + ":4841");
  const s = await c.createSession();
  const ns = (await s.readNamespaceArray()).length - 1;
  for (let n = 1; n <= ns; n++) {
    const found = await s.browse({ nodeId: "ns=" + n + ";s=Pump7", resultMask: 63, includeSubtypes: true, browseDirection: 0 });
    const held = (found.references || []).map((r) => ({ nodeId: r.nodeId, attributeId: 13 }));
    if (held.length) { await s.read(held); await s.read(held.slice(0, 2)); }
  }
  await s.close();
  await c.disconnect();
  process.exit(0);
};
({ server, client })[role]().catch((e) => { console.log(e); process.exit(1); });

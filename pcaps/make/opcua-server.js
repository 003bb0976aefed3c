// An OPC UA server of a filler: a variable that may be written, one that may not, a method.
const ua = require("node-opcua");
const [dir, host] = process.argv.slice(2);
(async () => {
  const server = new ua.OPCUAServer({
    port: 4840, hostname: host, alternateHostname: [host],
    serverCertificateManager: new ua.OPCUACertificateManager({ rootFolder: dir + "/pki", automaticallyAcceptUnknownCertificate: true }),
    serverInfo: { applicationUri: "urn:plant.example:filler", productUri: "urn:maker.example:fillserver", applicationName: { text: "Filler 7", locale: "en" } },
    buildInfo: { productName: "FillServer", manufacturerName: "Maker", productUri: "urn:maker.example:fillserver", softwareVersion: "4.2.1", buildNumber: "4711", buildDate: new Date(2026, 1, 3) },
    allowAnonymous: true,
    userManager: { isValidUser: (user, password) => user === "operator" && password === "Gq7pump" },
    securityPolicies: [ua.SecurityPolicy.None, ua.SecurityPolicy.Basic256Sha256],
    securityModes: [ua.MessageSecurityMode.None, ua.MessageSecurityMode.SignAndEncrypt],
  });
  await server.initialize();
  const space = server.engine.addressSpace, own = space.getOwnNamespace();
  const filler = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Filler" });
  let volume = 500;
  own.addVariable({ componentOf: filler, nodeId: "s=Filler.Volume", browseName: "Volume", dataType: "Double",
    value: { get: () => new ua.Variant({ dataType: ua.DataType.Double, value: volume }), set: (v) => { volume = v.value; return ua.StatusCodes.Good; } } });
  own.addVariable({ componentOf: filler, nodeId: "s=Filler.Count", browseName: "Count", dataType: "UInt32", accessLevel: "CurrentRead",
    value: { get: () => new ua.Variant({ dataType: ua.DataType.UInt32, value: 1234 }) } });
  const start = own.addMethod(filler, { nodeId: "s=Filler.Start", browseName: "Start", inputArguments: [], outputArguments: [] });
  start.bindMethod((inputs, context, done) => done(null, { statusCode: ua.StatusCodes.Good, outputArguments: [] }));
  await server.start();
  console.log("ready");
  process.on("SIGTERM", async () => { await server.shutdown(100); process.exit(0); });
})();

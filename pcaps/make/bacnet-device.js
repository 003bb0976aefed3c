// A BACnet device: an air handling controller with an analogue value.
const b = require("node-bacnet");

const device = 1234, e = b.enum;
const c = new b({ port: 47808, broadcastAddress: "10.77.10.255" });
const facts = { [e.PropertyIdentifier.OBJECT_NAME]: "AHU-3", [e.PropertyIdentifier.VENDOR_NAME]: "Maker", [e.PropertyIdentifier.MODEL_NAME]: "AHC 40",
  [e.PropertyIdentifier.FIRMWARE_REVISION]: "3.2", [e.PropertyIdentifier.APPLICATION_SOFTWARE_VERSION]: "7.1", [e.PropertyIdentifier.LOCATION]: "hall 2" };
let value = 21.5;
const valueOf = (id, property) => id.type === 8 && facts[property] !== undefined ? [{ type: 7, value: facts[property] }]
  : id.type === 2 && property === e.PropertyIdentifier.PRESENT_VALUE ? [{ type: 4, value }] : null;
c.on("whoIs", (m) => c.iAmResponse(null, device, e.Segmentation.NO_SEGMENTATION, 42));
c.on("readProperty", (m) => {
  const p = m.payload, v = valueOf(p.objectId, p.property.id);
  if (v) c.readPropertyResponse(m.header.sender, m.invokeId, p.objectId, p.property, v);
  else c.errorResponse(m.header.sender, e.ConfirmedServiceChoice.READ_PROPERTY, m.invokeId, e.ErrorClass.PROPERTY, e.ErrorCode.UNKNOWN_PROPERTY);
});
c.on("readPropertyMultiple", (m) => c.readPropertyMultipleResponse(m.header.sender, m.invokeId, m.payload.properties.map((o) =>
  ({ objectId: o.objectId, values: o.properties.map((p) => ({ property: p, value: valueOf(o.objectId, p.id) || [] })) }))));
c.on("writeProperty", (m) => {
  if (m.payload.objectId.type !== 2) return c.errorResponse(m.header.sender, e.ConfirmedServiceChoice.WRITE_PROPERTY, m.invokeId, e.ErrorClass.PROPERTY, e.ErrorCode.WRITE_ACCESS_DENIED);
  value = m.payload.value.value[0].value;
  c.simpleAckResponse(m.header.sender, e.ConfirmedServiceChoice.WRITE_PROPERTY, m.invokeId);
});
for (const [event, service] of [["subscribeCov", "SUBSCRIBE_COV"], ["deviceCommunicationControl", "DEVICE_COMMUNICATION_CONTROL"], ["addListElement", "ADD_LIST_ELEMENT"],
  ["removeListElement", "REMOVE_LIST_ELEMENT"], ["alarmAcknowledge", "ACKNOWLEDGE_ALARM"], ["confirmedCOVNotification", "CONFIRMED_COV_NOTIFICATION"], ["subscribeProperty", "SUBSCRIBE_COV_PROPERTY"]])
  c.on(event, (m) => c.simpleAckResponse(m.header.sender, e.ConfirmedServiceChoice[service], m.invokeId));
c.on("reinitializeDevice", (m) => c.errorResponse(m.header.sender, e.ConfirmedServiceChoice.REINITIALIZE_DEVICE, m.invokeId, e.ErrorClass.SECURITY, e.ErrorCode.PASSWORD_FAILURE));
console.log("ready");

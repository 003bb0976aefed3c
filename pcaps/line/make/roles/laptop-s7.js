// The unknown laptop's S7 acts (npm node-snap7, connected as a programming
// device): laptop-s7.js look|write|stop|download FILLER.
const snap7 = require('node-snap7')

const [act, filler] = process.argv.slice(2)
const client = new snap7.S7Client()
client.SetConnectionType(client.CONNTYPE_PG)
const must = (ok) => { if (!ok) throw new Error(client.ErrorText(client.LastError())) }

// A function block 17 of 600 bytes code in the layout that snap7 asks of a block:
// header of 36 bytes, code, footer of 48 bytes.
const block = () => {
  const code = 600
  const b = Buffer.alloc(36 + code + 48)
  b.write('pp', 0)
  b[2] = 1
  b[3] = 1
  b[4] = 1 // language: statement list
  b[5] = 0x0C // a function (FC)
  b.writeUInt16BE(17, 6)
  b.writeUInt32BE(b.length, 8)
  b.writeUInt16BE(code, 34)
  for (let i = 0; i < code; i += 4) b.writeUInt32BE(0x30030000 + i, 36 + i) // load constant
  b.write('LAPTOP  ', 36 + code + 20)
  return b
}

const acts = {
  look: () => {
    must(client.ReadSZLList())
    must(client.ReadSZL(0x0011, 0))
    must(client.ReadSZL(0x001C, 0))
    client.GetProtection()
    must(client.ListBlocks())
    client.ListBlocksOfType(client.Block_DB)
    client.GetAgBlockInfo(client.Block_DB, 20)
  },
  write: () => {
    const volume = Buffer.alloc(2)
    volume.writeInt16BE(650) // fill volume: 6.50 ml instead of about 5.00
    must(client.DBWrite(20, 0, 2, volume))
  },
  stop: () => must(client.PlcStop()),
  download: () => must(client.Download(17, block()))
}

must(client.ConnectTo(filler, 0, 2))
acts[act]()
client.Disconnect()

"""One end of a recorded Modbus conversation: role, framing, address, port, folder of certificates."""
import asyncio, ssl, sys
from pymodbus.client import ModbusTcpClient, ModbusTlsClient
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncTcpServer, StartAsyncTlsServer
from pymodbus.transaction import ModbusAsciiFramer, ModbusRtuFramer, ModbusTlsFramer

role, framing, host, port, folder = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
framer = {"rtu": ModbusRtuFramer, "ascii": ModbusAsciiFramer, "tls": ModbusTlsFramer}[framing]


def context(name, side, peer):
    c = ssl.SSLContext(side)
    c.maximum_version = ssl.TLSVersion.TLSv1_2  # certificates stand in clear
    c.check_hostname, c.verify_mode = False, ssl.CERT_REQUIRED
    c.load_cert_chain(f"{folder}/{name}.crt", f"{folder}/{name}.key")
    c.load_verify_locations(f"{folder}/{peer}.crt")
    return c


async def serve():
    block = lambda: ModbusSequentialDataBlock(0, [17, 4, 0, 1] * 32)
    store = ModbusServerContext(ModbusSlaveContext(di=block(), co=block(), hr=block(), ir=block()), single=True)
    if framing == "tls":
        await StartAsyncTlsServer(context=store, address=(host, port), framer=framer,
                                  sslctx=context("filler", ssl.PROTOCOL_TLS_SERVER, "engineering-1"))
    else:
        await StartAsyncTcpServer(context=store, address=(host, port), framer=framer)


def ask():
    if framing == "tls":
        c = ModbusTlsClient(host, port=port, framer=framer, sslctx=context("engineering-1", ssl.PROTOCOL_TLS_CLIENT, "filler"))
    else:
        c = ModbusTcpClient(host, port=port, framer=framer)
    c.connect()
    for i in range(4):
        c.read_holding_registers(10 * i, 4, slave=1)
    c.read_coils(0, 12, slave=1)
    c.read_discrete_inputs(3, 5, slave=1)
    c.read_input_registers(20, 2, slave=1)
    c.write_coil(5, True, slave=1)
    c.write_register(7, 1234, slave=1)
    c.write_registers(30, [1, 2, 3], slave=1)
    c.write_coils(8, [True, False, True], slave=1)
    c.mask_write_register(7, 0xF2, 0x25, slave=1)
    c.readwrite_registers(read_address=1, read_count=2, write_address=40, write_registers=[9], slave=1)
    c.read_holding_registers(5000, 4, slave=1)  # beyond what there is
    c.close()


asyncio.run(serve()) if role == "server" else ask()

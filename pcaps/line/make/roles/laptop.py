"""The unknown laptop's Modbus acts (pymodbus): laptop.py identify|probe|write AIR PRESSURE."""
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.mei_message import ReadDeviceInformationRequest

act = sys.argv[1]
air, pressure = (ModbusTcpClient(host, port=502, timeout=2, retries=0) for host in sys.argv[2:4])
air.connect()
pressure.connect()
if act == "identify":
    for code in (1, 2):
        air.execute(ReadDeviceInformationRequest(code, 0, unit=1))
        pressure.execute(ReadDeviceInformationRequest(code, 0, unit=17))
elif act == "probe":  # who else answers, and how far do the registers reach
    for unit in range(1, 13):
        air.read_holding_registers(0, 1, slave=unit)
    for address in range(0, 120, 10):
        air.read_holding_registers(address, 10, slave=1)
elif act == "write":
    air.write_register(2, 20, slave=1)  # room overpressure: 2.0 Pa instead of about 22
    pressure.write_registers(0, [50, 300, 150, 100], slave=17)  # filling room: 5 Pa instead of 45
air.close()
pressure.close()

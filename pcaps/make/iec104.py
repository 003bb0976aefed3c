# A station (argument "station") and a control centre ("centre") of lib60870-C over IEC 60870-5-104.
# The station says each type of the monitoring direction; the centre commands, sets parameters, fetches a file.
import ctypes as c
import sys
import time

L = c.CDLL("liblib60870.so.2")
STATION, TIME, SHORT = 7, bytes([0, 0, 30, 9, 28, 11, 26]), bytes([0, 0, 30])  # 2026-11-28 09:30, and its minute
ELAPSED, COUNTER, CHANGED = bytes([100, 0]), bytes([42, 0, 0, 0, 1]), bytes([5, 0, 4, 0])
PERIODIC, SPONTANEOUS, INITIALIZED, REQUEST, ACTIVATION, DEACTIVATION, FILE, INTERROGATED, COUNTERS = 1, 3, 4, 5, 6, 8, 13, 20, 37

def call(name, *args, gives=c.c_void_p):
    f = getattr(L, name)
    f.restype = gives
    got = f(*[c.c_float(a) if isinstance(a, float) else a for a in args])
    return c.c_void_p(got) if gives is c.c_void_p else got

def make(kind, *args):
    return call(kind + "_create", None, *args)

def asdu(parameters, cause, *objects):
    a = call("CS101_ASDU_create", parameters, c.c_bool(False), cause, 0, STATION, c.c_bool(False), c.c_bool(False))
    for o in objects:
        call("CS101_ASDU_addInformationObject", a, o, gives=c.c_bool)
    return a

def state(i):  # what an interrogation asks for
    return [
        make("SinglePointInformation", 100 + i, True, 0), make("DoublePointInformation", 110 + i, 2, 0), make("StepPositionInformation", 120 + i, -3, False, 0),
        make("BitString32", 130 + i, 0xA5), make("MeasuredValueNormalized", 140 + i, 0.5, 0), make("MeasuredValueScaled", 150 + i, -120, 0),
        make("MeasuredValueShort", 160 + i, 37.5, 0), make("PackedSinglePointWithSCD", 170 + i, CHANGED, 0), make("MeasuredValueNormalizedWithoutQuality", 180 + i, -0.25)]

def news():  # what a station says on its own
    return [
        make("SinglePointWithCP24Time2a", 200, True, 0, SHORT), make("DoublePointWithCP24Time2a", 201, 1, 0, SHORT), make("StepPositionWithCP24Time2a", 202, 4, False, 0, SHORT),
        make("Bitstring32WithCP24Time2a", 203, 7, SHORT), make("MeasuredValueNormalizedWithCP24Time2a", 204, 0.75, 0, SHORT), make("MeasuredValueScaledWithCP24Time2a", 205, 9, 0, SHORT),
        make("MeasuredValueShortWithCP24Time2a", 206, 1.5, 0, SHORT), make("IntegratedTotalsWithCP24Time2a", 207, COUNTER, SHORT),
        make("EventOfProtectionEquipment", 208, b"\x02", ELAPSED, SHORT), make("PackedStartEventsOfProtectionEquipment", 209, 1, 0, ELAPSED, SHORT),
        make("PackedOutputCircuitInfo", 210, 1, 0, ELAPSED, SHORT),
        make("SinglePointWithCP56Time2a", 220, True, 0, TIME), make("DoublePointWithCP56Time2a", 221, 1, 0, TIME), make("StepPositionWithCP56Time2a", 222, 4, False, 0, TIME),
        make("Bitstring32WithCP56Time2a", 223, 7, TIME), make("MeasuredValueNormalizedWithCP56Time2a", 224, 0.75, 0, TIME), make("MeasuredValueScaledWithCP56Time2a", 225, 9, 0, TIME),
        make("MeasuredValueShortWithCP56Time2a", 226, 1.5, 0, TIME), make("IntegratedTotalsWithCP56Time2a", 227, COUNTER, TIME),
        make("EventOfProtectionEquipmentWithCP56Time2a", 228, b"\x02", ELAPSED, TIME), make("PackedStartEventsOfProtectionEquipmentWithCP56Time2a", 229, 1, 0, ELAPSED, TIME),
        make("PackedOutputCircuitInfoWithCP56Time2a", 230, 1, 0, ELAPSED, TIME)]

class Station:
    ABSENT = 666  # an object the station does not have

    def __init__(self, address):
        self.slave = call("CS104_Slave_create", 100, 100)
        call("CS104_Slave_setLocalAddress", self.slave, address.encode(), gives=None)
        self.parameters = call("CS104_Slave_getAppLayerParameters", self.slave)
        three = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_void_p, c.c_void_p)
        four = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_void_p, c.c_void_p, c.c_int)
        clock = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p)
        self.kept = [four(self.interrogated), four(self.counted), four(self.read), clock(lambda *_: True), three(self.heard)]
        for name, h in zip(("Interrogation", "CounterInterrogation", "Read", "ClockSync", "ASDU"), self.kept):
            call("CS104_Slave_set%sHandler" % name, self.slave, h, None, gives=None)
        call("CS104_Slave_start", self.slave, gives=None)

    def send(self, link, cause, *objects):
        call("IMasterConnection_sendASDU", c.c_void_p(link), asdu(self.parameters, cause, *objects), gives=c.c_bool)

    def confirm(self, link, a, refused=False):
        call("IMasterConnection_sendACT_CON", c.c_void_p(link), c.c_void_p(a), c.c_bool(refused), gives=c.c_bool)

    def ended(self, link, a):
        call("IMasterConnection_sendACT_TERM", c.c_void_p(link), c.c_void_p(a), gives=c.c_bool)

    def interrogated(self, _, link, a, group):
        self.confirm(link, a)
        for o, second in zip(state(0), state(1)):
            self.send(link, INTERROGATED, o, second)
        self.ended(link, a)
        return True

    def counted(self, _, link, a, qualifier):
        self.confirm(link, a)
        self.send(link, COUNTERS, make("IntegratedTotals", 240, COUNTER))
        self.ended(link, a)
        return True

    def read(self, _, link, a, address):
        if address != self.ABSENT:
            self.send(link, REQUEST, make("MeasuredValueScaled", address, 21, 0))
        return address != self.ABSENT

    def heard(self, _, link, a):
        kind = call("CS101_ASDU_getTypeID", c.c_void_p(a), gives=c.c_int)
        if kind == 127:
            return False  # the station keeps no log
        if kind == 122:
            return self.called(link, a)
        if kind in (120, 121, 123, 124, 125):
            return self.next_of_file(link, a, kind)
        element = call("CS101_ASDU_getElement", c.c_void_p(a), 0)
        refused = call("InformationObject_getObjectAddress", element, gives=c.c_int) == self.ABSENT
        if call("CS101_ASDU_getCOT", c.c_void_p(a), gives=c.c_int) == DEACTIVATION:
            call("CS101_ASDU_setCOT", c.c_void_p(a), DEACTIVATION + 1, gives=None)
            return call("IMasterConnection_sendASDU", c.c_void_p(link), c.c_void_p(a), gives=c.c_bool)
        self.confirm(link, a, refused)
        selected = kind == 45 and call("SingleCommand_isSelect", element, gives=c.c_bool)
        if not refused and not selected and 45 <= kind <= 64:
            self.ended(link, a)
        if not refused and kind == 105:
            self.send(link, INITIALIZED, make("EndOfInitialization", 1))
        return True

    def called(self, link, a):  # select, then call the file, then its section
        element = call("CS101_ASDU_getElement", c.c_void_p(a), 0)
        what, section = [call("FileCallOrSelect_get" + n, element, gives=c.c_uint8) for n in ("SCQ", "NameOfSection")]
        if what == 1:
            self.send(link, FILE, make("FileReady", 300, 1, 6, c.c_bool(True)))
        elif what == 2:
            self.send(link, FILE, make("SectionReady", 300, 1, 1, 6, c.c_bool(False)))
        else:
            self.send(link, FILE, make("FileSegment", 300, 1, section, b"recipe", 6))
            self.send(link, FILE, make("FileLastSegmentOrSection", 300, 1, section, 3, sum(b"recipe") & 255))
        return True

    def next_of_file(self, link, a, kind):
        if kind == 124:
            self.send(link, FILE, make("FileLastSegmentOrSection", 300, 1, 1, 1, sum(b"recipe") & 255))
            self.send(link, SPONTANEOUS, make("FileDirectory", 300, 1, 6, 0x20, TIME))
        return True

    def report(self):
        for o in news():
            call("CS104_Slave_enqueueASDU", self.slave, asdu(self.parameters, SPONTANEOUS, o), gives=None)

def centre(address):
    link = call("CS104_Connection_create", address.encode(), 2404)
    parameters = call("CS104_Connection_getAppLayerParameters", link)
    call("CS104_Connection_connect", link, gives=c.c_bool)
    wait = lambda: time.sleep(.15)
    def send(name, *args):
        call("CS104_Connection_" + name, link, *args, gives=c.c_bool)
        wait()
    def command(o, cause=ACTIVATION):
        send("sendProcessCommandEx", cause, STATION, o)
    send("sendStartDT")
    send("sendInterrogationCommand", ACTIVATION, STATION, 20)
    send("sendCounterInterrogationCommand", ACTIVATION, STATION, 5)
    send("sendReadCommand", STATION, 150)
    send("sendReadCommand", STATION, Station.ABSENT)
    send("sendClockSyncCommand", STATION, TIME)
    send("sendTestCommand", STATION)
    send("sendTestCommandWithTimestamp", STATION, 77, TIME)
    command(make("SingleCommand", 500, True, True, 0))
    command(make("SingleCommand", 500, True, False, 0))
    command(make("SingleCommand", 501, True, True, 0))
    command(make("SingleCommand", 501, True, True, 0), DEACTIVATION)
    command(make("SingleCommand", Station.ABSENT, True, False, 0))
    for o in (make("DoubleCommand", 502, 2, False, 0), make("StepCommand", 503, 1, False, 0), make("SetpointCommandNormalized", 504, 0.5, False, 0),
              make("SetpointCommandScaled", 505, 480, False, 0), make("SetpointCommandShort", 506, 36.5, False, 0), make("Bitstring32Command", 507, 0xFF),
              make("SingleCommandWithCP56Time2a", 510, True, False, 0, TIME), make("DoubleCommandWithCP56Time2a", 511, 2, False, 0, TIME),
              make("StepCommandWithCP56Time2a", 512, 1, False, 0, TIME), make("SetpointCommandNormalizedWithCP56Time2a", 513, 0.5, False, 0, TIME),
              make("SetpointCommandScaledWithCP56Time2a", 514, 480, False, 0, TIME), make("SetpointCommandShortWithCP56Time2a", 515, 36.5, False, 0, TIME),
              make("Bitstring32CommandWithCP56Time2a", 516, 0xFF, TIME), make("ParameterNormalizedValue", 520, 0.9, 1), make("ParameterScaledValue", 521, 90, 1),
              make("ParameterFloatValue", 522, 90.5, 1), make("ParameterActivation", 523, 1), make("DelayAcquisitionCommand", 0, ELAPSED), make("ResetProcessCommand", 0, 1)):
        command(o)
    for o in (make("FileCallOrSelect", 300, 1, 0, 1), make("FileCallOrSelect", 300, 1, 0, 2), make("FileCallOrSelect", 300, 1, 1, 6), make("FileACK", 300, 1, 1, 3),
              make("QueryLog", 300, 2, TIME, TIME)):
        send("sendASDU", asdu(parameters, FILE, o))
    time.sleep(1.5)
    send("sendStopDT")
    call("CS104_Connection_close", link, gives=None)
    wait()

if __name__ == "__main__":
    if sys.argv[1] == "centre":
        centre(sys.argv[2])
    else:
        station = Station(sys.argv[2])
        time.sleep(9)
        station.report()
        time.sleep(60)

"""A client of Pulsar's protocol in a few lines: entries as the broker gives them, and entries as someone else made them.

raw.py capture HOST:PORT TOPIC...    prints {"topic", "id", "hex"} for each entry of each topic
raw.py send HOST:PORT TOPIC          writes the entries of standard input, one JSON object a line: {"hex", "numMessages", "sequenceId", "marker"}
"""
import json, socket, struct, sys

def varint(n):
    out = b""
    while n > 0x7f:
        out += bytes([n & 0x7f | 0x80]); n >>= 7
    return out + bytes([n])

def field(number, value):
    if isinstance(value, int): return varint(number << 3) + varint(value)
    if isinstance(value, str): value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value

def parse(data):
    at, out = 0, {}
    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]; at += 1
            value |= (byte & 0x7f) << shift; shift += 7
            if byte < 0x80: return value
    while at < len(data):
        tag = number()
        if tag & 7 == 0: value = number()
        elif tag & 7 == 2:
            size = number(); value = data[at:at + size]; at += size
        else: raise ValueError(tag)
        out[tag >> 3] = value
    return out

class Connection:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=5)
        flags = field(1, 1) + field(2, 1) + field(3, 1)
        # CONNECT: client version, protocol version, feature flags (field 10: broker entry metadata is number 2)
        self.command(2, 2, field(1, "vectors") + field(4, 19) + field(10, flags))
        self.expect(3)

    def command(self, kind, number, body, extra=b""):
        command = field(1, kind) + field(number, body)
        self.socket.sendall(struct.pack(">II", 4 + len(command) + len(extra), len(command)) + command + extra)

    def read(self):
        def exactly(n):
            out = b""
            while len(out) < n:
                piece = self.socket.recv(n - len(out))
                if not piece: raise EOFError
                out += piece
            return out
        frame = exactly(struct.unpack(">I", exactly(4))[0])
        size = struct.unpack(">I", frame[:4])[0]
        command = parse(frame[4:4 + size])
        if command[1] == 18: self.command(19, 19, b"")
        return command, frame[4 + size:]

    def expect(self, kind):
        while True:
            command, rest = self.read()
            if command[1] == kind: return command, rest
            if command[1] in (8, 14, 15): raise RuntimeError(command)

    def lookup(self, topic):
        self.command(23, 23, field(1, topic) + field(2, 1) + field(3, 0))
        self.expect(24)

def capture(address, topics):
    for topic in topics:
        connection = Connection(address)
        connection.lookup(topic)
        # SUBSCRIBE: topic, subscription, exclusive, consumer, request, durable no, initial position earliest
        connection.command(4, 4, field(1, topic) + field(2, "vectors") + field(3, 0) + field(4, 1) + field(5, 2) + field(8, 0) + field(13, 1))
        connection.expect(13)
        connection.command(11, 11, field(1, 1) + field(2, 10_000))
        connection.socket.settimeout(2)
        try:
            while True:
                command, rest = connection.expect(9)
                position = parse(parse(command[9])[2])
                print(json.dumps({"topic": topic, "id": f"{position.get(1, 0)}:{position.get(2, 0)}", "hex": rest.hex()}), flush=True)
        except TimeoutError:
            pass

def send(address, topic):
    connection = Connection(address)
    connection.lookup(topic)
    connection.command(5, 5, field(1, topic) + field(2, 1) + field(3, 2))
    connection.expect(17)
    for line in sys.stdin:
        entry = json.loads(line)
        body = field(1, 1) + field(2, entry["sequenceId"]) + field(3, entry["numMessages"])
        if entry.get("marker"): body += field(8, 1)
        connection.command(6, 6, body, bytes.fromhex(entry["hex"]))
        command, _ = connection.expect(7)
        print(command)

if sys.argv[1] == "capture": capture(sys.argv[2], sys.argv[3:])
else: send(sys.argv[2], sys.argv[3])

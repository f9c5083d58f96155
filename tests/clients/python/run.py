"""The steps of tests/clients/README.md: run.py CLIENT before|after BOOTSTRAP NAME COUNT."""

import importlib
import json
import sys
import time
import traceback

import data

DEADLINE = 60.0


class Program:
    def __init__(self, client, name: str, count: int):
        self.client = client
        self.topic = name
        self.group = f"{name}-group"
        self.count = count
        self.start = int(time.time() * 1000)
        self.first = None

    def before(self):
        return [
            ("create", lambda: self.create(self.topic)),
            ("produce", self.produce),
            ("consume", lambda: self.expect_all(True)),
            ("group", self.join),
            ("commit", self.commit),
            ("idempotent", lambda: self.create(f"{self.topic}-idem") + ", " + self.idempotent(1)),
        ]

    def after(self):
        return [
            ("committed", self.committed),
            ("resume", self.resume),
            ("reread", lambda: self.expect_all(False)),
            ("idempotent", lambda: self.idempotent(2)),
        ]

    def create(self, topic: str) -> str:
        self.client.create(topic, 2)
        return f"{topic} with 2 partitions"

    def produce(self) -> str:
        for codec in data.CODECS:
            records = [data.record(codec, i, self.start, self.client.NULL_HEADERS) for i in range(self.count)]
            self.client.produce(self.topic, codec, records, idempotent=False)
        return f"{len(data.CODECS) * self.count} records, codecs {data.CODECS}"

    def wanted(self) -> list:
        return [data.partition(p, self.count, self.start, self.client.NULL_HEADERS) for p in range(2)]

    def expect_all(self, timestamps: bool) -> str:
        wanted = self.wanted()
        reader = self.client.reader(self.topic)
        detail = expect(reader, wanted, [0, 0], timestamps)
        reader.close()
        return detail

    def join(self) -> str:
        self.first = first = self.client.member(self.group, self.topic)
        await_(lambda: len(first.assigned()) == 2, "the first member has both", first)
        second = self.client.member(self.group, self.topic)

        def shared():
            return len(first.assigned()) == len(second.assigned()) == 1 and first.assigned() != second.assigned()

        await_(shared, "each has one", first, second)
        second.close()
        await_(lambda: len(first.assigned()) == 2, "the first has both again", first)
        return "2, then 1 and 1, then 2"

    def commits(self) -> dict:
        size = len(data.CODECS) * self.count // 2
        return {0: (size // 2, "at 0"), 1: (size // 4, "at 1")}

    def commit(self) -> str:
        self.first.commit(self.commits())
        self.first.close()
        return self.committed()

    def committed(self) -> str:
        got = self.client.committed(self.group, self.topic)
        assert got == self.commits(), f"committed is {got} instead of {self.commits()}"
        return str(got)

    def resume(self) -> str:
        wanted = self.wanted()
        member = self.client.member(self.group, self.topic)
        detail = expect(member, wanted, [self.commits()[p][0] for p in range(2)], False)
        member.close()
        return detail

    def idempotent(self, rounds: int) -> str:
        topic = f"{self.topic}-idem"
        records = [data.Record(i % 2, None, f"idem-{rounds}-{i}".encode()) for i in range(self.count)]
        for record in records:
            record.timestamp = self.start
        self.client.produce(topic, "none", records, idempotent=True)
        reader = self.client.reader(topic)
        detail = expect(reader, [data.idempotent(p, rounds, self.count) for p in range(2)], [0, 0], False)
        reader.close()
        return detail


def expect(consumer, wanted: list, start: list[int], timestamps: bool) -> str:
    """Polls until both partitions are read to their ends and compares every record on the way."""
    following = list(start)
    deadline = time.monotonic() + DEADLINE
    while any(following[p] < len(wanted[p]) for p in range(2)):
        assert time.monotonic() < deadline, f"stuck at offsets {following}"
        for got in consumer.poll(0.1):
            p = got.partition
            assert got.offset == following[p], f"partition {p}: offset {got.offset} instead of {following[p]}"
            assert got.offset < len(wanted[p]), f"partition {p}: a record too many: {got}"
            want = wanted[p][got.offset]
            assert got.content() == want.content(), f"{got} instead of {want}"
            assert not timestamps or got.timestamp == want.timestamp, f"{got} instead of {want}"
            following[p] += 1
    assert not consumer.poll(0.3), "there are more records than were sent"
    return f"{sum(following) - sum(start)} records from {start}"


def await_(done, what: str, *members):
    deadline = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < deadline, f"in vain: {what}"
        for member in members:
            member.poll(0.05)


def say(step: str, ok: bool, detail: str):
    print(json.dumps({"step": step, "ok": ok, "detail": detail}), flush=True)


def main():
    if len(sys.argv) != 6 or sys.argv[2] not in ("before", "after"):
        sys.exit("usage: run.py CLIENT before|after BOOTSTRAP NAME COUNT")
    _, library, verb, bootstrap, name, count = sys.argv
    client = importlib.import_module(f"client_{library}").Client(bootstrap)
    program = Program(client, name, int(count))
    for step, body in getattr(program, verb)():
        try:
            say(step, True, body())
        except Exception as error:
            traceback.print_exc()
            say(step, False, f"{type(error).__name__}: {error}")
            sys.exit(1)


if __name__ == "__main__":
    main()

"""The data set that every client program writes and expects (see tests/clients/README.md)."""

from dataclasses import dataclass, field

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


@dataclass
class Record:
    """One record as it was sent, or as it came back."""

    partition: int
    key: bytes | None
    value: bytes | None
    headers: list = field(default_factory=list)
    timestamp: int = 0
    offset: int = -1

    def content(self):
        """What must be the same after the way through the server."""
        return self.partition, self.key, self.value, [(k, v) for k, v in self.headers]


def record(codec: str, i: int, start: int, null_headers: bool) -> Record:
    key = None if i % 5 == 0 else f"key-{i}".encode()
    value = None if i % 7 == 3 and key is not None else f"value-{codec}-{i}-{'x' * (i % 100)}".encode()
    headers = []
    if i % 3 != 0:
        headers = [("codec", codec.encode()), ("i", str(i).encode()), ("twice", b"1"), ("twice", b"2")]
    if i % 3 == 2 and null_headers:
        headers.append(("null", None))
    return Record(i % 2, key, value, headers, start + i)


def partition(number: int, count: int, start: int, null_headers: bool) -> list[Record]:
    """What a partition holds after all codecs were produced."""
    return [record(codec, i, start, null_headers) for codec in CODECS for i in range(number, count, 2)]


def idempotent(number: int, rounds: int, count: int) -> list[Record]:
    """What a partition of the idempotent topic holds after so many rounds."""
    return [
        Record(number, None, f"idem-{turn}-{i}".encode())
        for turn in range(1, rounds + 1)
        for i in range(number, count, 2)
    ]

"""Pulsar's Python client, which is the C++ client; see tests/clients/README.md, "Pulsar's clients"."""

import base64
import sys

import pulsar

CODECS = {
    "NONE": pulsar.CompressionType.NONE,
    "ZLIB": pulsar.CompressionType.ZLib,
    "SNAPPY": pulsar.CompressionType.SNAPPY,
    "LZ4": pulsar.CompressionType.LZ4,
    "ZSTD": pulsar.CompressionType.ZSTD,
}


def produce(client: pulsar.Client):
    """A line: topic, codec, batched or single, key, hex of the value, time, then name and value of each property."""
    producers, failed = {}, []

    def done(result, _):
        if result != pulsar.Result.Ok:
            failed.append(result)

    for line in sys.stdin.buffer:
        topic, codec, batched, key, value, time, *properties = line.decode().rstrip("\n").split("\t")
        name = topic, codec, batched
        if name not in producers:
            producers[name] = client.create_producer(
                topic,
                compression_type=CODECS[codec],
                batching_enabled=batched == "batched",
                batching_max_publish_delay_ms=20,
                batching_max_messages=40,
                block_if_queue_full=True,
            )
        producers[name].send_async(
            b"" if value == "-" else bytes.fromhex(value),
            done,
            partition_key=None if key == "-" else key,
            event_timestamp=int(time),
            properties=dict(zip(properties[::2], properties[1::2])),
        )
    for producer in producers.values():
        producer.flush()
    if failed:
        sys.exit(f"{len(failed)} messages were not written: {failed[0]}")


def consume(client: pulsar.Client, count: int, topics: list[str]):
    """Prints lines as produce reads them."""
    for topic in topics:
        consumer = client.subscribe(topic, "matrix-python", initial_position=pulsar.InitialPosition.Earliest)
        for _ in range(count):
            try:
                message = consumer.receive(20_000)
            except pulsar.Timeout:
                break
            key = message.partition_key()
            if is_base64(message):
                key = base64.b64decode(key).decode()
            value = "-" if message.has_null_value() else message.data().hex()
            line = [topic, "-", "-", key or "-", value, str(message.event_timestamp())]
            for pair in sorted(message.properties().items()):
                line.extend(pair)
            print("\t".join(line))
            consumer.acknowledge(message)
        consumer.close()


def is_base64(message: pulsar.Message) -> bool:
    """The client does not tell that a key is in base64: only the ordering key, which has the same bytes, gives it away."""
    try:
        decoded = base64.b64decode(message.partition_key(), validate=True)
    except ValueError:
        return False
    return decoded.decode("utf-8", "replace") == message.ordering_key()


def main():
    client = pulsar.Client(sys.argv[2], logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))
    if sys.argv[1] == "produce":
        produce(client)
    else:
        consume(client, int(sys.argv[3]), sys.argv[5:])
    client.close()


if __name__ == "__main__":
    main()

"""Produces the messages of the Python client (which is the C++ client): write.py URL NAMESPACE"""
import random, sys
import pulsar

client = pulsar.Client(sys.argv[1], logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))
noise = lambda n, seed: random.Random(seed).randbytes(n)

def messages(p):
    ignore = lambda *_: None
    p.send_async(b"one", ignore, partition_key="text key", properties={"a": "b", "ü": ""}, event_timestamp=1_600_000_000_001)
    p.send_async(b"no key", ignore)
    p.send_async(b"", ignore, partition_key="empty")
    p.send_async(noise(100, 1), ignore, partition_key="k", ordering_key="ordering")
    p.send_async(b"z" * 3000, ignore)
    p.flush()

def producer(topic, **options):
    return client.create_producer(f"{sys.argv[2]}/{topic}", producer_name=f"vectors-{topic}", **options)

for codec in ("NONE", "LZ4", "ZLib", "ZSTD", "SNAPPY"):
    kind = getattr(pulsar.CompressionType, codec)
    messages(producer(f"python-batched-{codec.lower()}", compression_type=kind, batching_enabled=True, batching_max_publish_delay_ms=2000))
    messages(producer(f"python-single-{codec.lower()}", compression_type=kind))
client.close()

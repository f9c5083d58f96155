"""confluent-kafka (librdkafka) behind the interface that run.py uses."""

import os
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from data import Record


class Client:
    NULL_HEADERS = True

    def __init__(self, bootstrap: str):
        self.common = {"bootstrap.servers": bootstrap}

    def create(self, topic: str, partitions: int):
        admin = AdminClient(self.common)
        for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
            future.result(30)
        # All topics: librdkafka 2.16 sends three bytes too many with this, and Kafka does not mind.
        partitions_of = admin.list_topics(timeout=30).topics[topic].partitions
        if len(partitions_of) != partitions:
            raise RuntimeError(f"{topic} has partitions {partitions_of}")

    def produce(self, topic: str, codec: str, records: list, idempotent: bool):
        failed = []
        producer = Producer(
            self.common
            | {"compression.type": codec, "acks": "all", "linger.ms": 5, "enable.idempotence": idempotent}
        )
        for r in records:
            producer.produce(
                topic,
                partition=r.partition,
                key=r.key,
                value=r.value,
                headers=r.headers,
                timestamp=r.timestamp,
                on_delivery=lambda error, _: error and failed.append(error),
            )
        assert producer.flush(60) == 0, "records are left in the queue"
        assert not failed, f"not delivered: {failed[0]}"

    def reader(self, topic: str):
        consumer = self._consumer(f"{topic}-reader")
        consumer.assign([TopicPartition(topic, p, 0) for p in range(2)])
        return Polled(consumer)

    def member(self, group: str, topic: str):
        consumer = self._consumer(group)
        consumer.subscribe([topic])
        return Polled(consumer, topic)

    def committed(self, group: str, topic: str) -> dict:
        consumer = self._consumer(group)
        wanted = [TopicPartition(topic, p) for p in range(2)]
        deadline = time.monotonic() + 60
        while True:
            # Unlike other clients, librdkafka does not try again while the coordinator comes back.
            try:
                got = consumer.committed(wanted, timeout=30)
                break
            except KafkaException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        consumer.close()
        return {tp.partition: (tp.offset, tp.metadata) for tp in got}

    def _consumer(self, group: str) -> Consumer:
        return Consumer(
            self.common
            | {
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
            | GROUP_PROTOCOL
        )


# With the consumer protocol the server says how often heartbeats come.
GROUP_PROTOCOL = (
    {"group.protocol": os.environ["KOP_GROUP_PROTOCOL"]}
    if "KOP_GROUP_PROTOCOL" in os.environ
    else {"session.timeout.ms": 10000, "heartbeat.interval.ms": 500}
)


class Polled:
    def __init__(self, consumer: Consumer, topic: str | None = None):
        self.consumer = consumer
        self.topic = topic

    def poll(self, seconds: float) -> list:
        records = []
        for m in self.consumer.consume(500, seconds):
            assert not m.error(), f"consume: {m.error()}"
            headers = m.headers() or []
            records.append(Record(m.partition(), m.key(), m.value(), headers, m.timestamp()[1], m.offset()))
        return records

    def assigned(self) -> set:
        return {tp.partition for tp in self.consumer.assignment()}

    def commit(self, offsets: dict):
        wanted = [TopicPartition(self.topic, p, offset, metadata) for p, (offset, metadata) in offsets.items()]
        for tp in self.consumer.commit(offsets=wanted, asynchronous=False):
            assert tp.error is None, f"commit: {tp.error}"

    def close(self):
        self.consumer.close()

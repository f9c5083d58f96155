"""kafka-python behind the interface that run.py uses."""

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.structs import OffsetAndMetadata

from data import Record


class Client:
    # send() refuses a header without a value.
    NULL_HEADERS = False

    def __init__(self, bootstrap: str):
        self.bootstrap = bootstrap

    def create(self, topic: str, partitions: int):
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics([NewTopic(topic, partitions, 1)])
        admin.close()

    def produce(self, topic: str, codec: str, records: list, idempotent: bool):
        producer = KafkaProducer(
            bootstrap_servers=self.bootstrap,
            compression_type=None if codec == "none" else codec,
            acks="all",
            linger_ms=5,
            enable_idempotence=idempotent,
        )
        sent = [
            producer.send(topic, r.value, r.key, r.headers, r.partition, r.timestamp) for r in records
        ]
        producer.flush(60)
        for future in sent:
            future.get(30)
        producer.close()

    def reader(self, topic: str):
        consumer = self._consumer(None)
        consumer.assign([TopicPartition(topic, p) for p in range(2)])
        return Polled(consumer)

    def member(self, group: str, topic: str):
        consumer = self._consumer(group)
        consumer.subscribe([topic])
        return Polled(consumer, topic)

    def committed(self, group: str, topic: str) -> dict:
        consumer = self._consumer(group)
        got = {p: consumer.committed(TopicPartition(topic, p), metadata=True) for p in range(2)}
        consumer.close()
        return {p: (found.offset, found.metadata) for p, found in got.items() if found}

    def _consumer(self, group: str | None) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=10000,
            heartbeat_interval_ms=500,
        )


class Polled:
    def __init__(self, consumer: KafkaConsumer, topic: str | None = None):
        self.consumer = consumer
        self.topic = topic

    def poll(self, seconds: float) -> list:
        if self.topic and not self.consumer.assignment():
            # kafka-python 3.0 loses an assignment for good when a poll ends while the member joins again because it has
            # learned of the topic's partitions: need_rejoin() is false by then and nobody takes the answer.
            seconds = max(seconds, 2)
        batches = self.consumer.poll(timeout_ms=int(seconds * 1000)).values()
        return [
            Record(m.partition, m.key, m.value, m.headers, m.timestamp, m.offset) for ms in batches for m in ms
        ]

    def assigned(self) -> set:
        return {tp.partition for tp in self.consumer.assignment()}

    def commit(self, offsets: dict):
        self.consumer.commit(
            {TopicPartition(self.topic, p): OffsetAndMetadata(offset, text, -1) for p, (offset, text) in offsets.items()}
        )

    def close(self):
        self.consumer.close()

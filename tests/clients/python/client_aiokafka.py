"""aiokafka behind the interface that run.py uses; one event loop runs while somebody polls."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from data import Record


class Client:
    NULL_HEADERS = True

    def __init__(self, bootstrap: str):
        self.bootstrap = bootstrap
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)

    def create(self, topic: str, partitions: int):
        async def body():
            admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
            await admin.start()
            answer = await admin.create_topics([NewTopic(topic, partitions, 1)])
            await admin.close()
            for name, code, *_ in answer.topic_errors:
                assert code == 0, f"create {name}: error {code}"

        self.loop.run_until_complete(body())

    def produce(self, topic: str, codec: str, records: list, idempotent: bool):
        async def body():
            producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap,
                compression_type=None if codec == "none" else codec,
                acks="all",
                linger_ms=5,
                enable_idempotence=idempotent,
            )
            await producer.start()
            sent = [
                await producer.send(
                    topic,
                    value=r.value,
                    key=r.key,
                    partition=r.partition,
                    timestamp_ms=r.timestamp,
                    headers=r.headers,
                )
                for r in records
            ]
            await asyncio.gather(*sent)
            await producer.stop()

        self.loop.run_until_complete(asyncio.wait_for(body(), 60))

    def reader(self, topic: str):
        partitions = [TopicPartition(topic, p) for p in range(2)]
        consumer = self._consumer(None, lambda made: made.assign(partitions))
        return Polled(self.loop, consumer)

    def member(self, group: str, topic: str):
        consumer = self._consumer(group, lambda made: made.subscribe([topic]))
        return Polled(self.loop, consumer, topic)

    def committed(self, group: str, topic: str) -> dict:
        async def body():
            admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
            await admin.start()
            got = await admin.list_consumer_group_offsets(group)
            await admin.close()
            return {tp.partition: (found.offset, found.metadata) for tp, found in got.items() if tp.topic == topic}

        return self.loop.run_until_complete(body())

    def _consumer(self, group: str | None, prepare) -> AIOKafkaConsumer:
        async def make():
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self.bootstrap,
                group_id=group,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                session_timeout_ms=10000,
                heartbeat_interval_ms=500,
                metadata_max_age_ms=1000,
            )
            prepare(consumer)
            return consumer

        return self.loop.run_until_complete(make())


class Polled:
    def __init__(self, loop, consumer: AIOKafkaConsumer, topic: str | None = None):
        self.loop = loop
        self.consumer = consumer
        self.topic = topic
        # start() of a member waits until the group has settled, so the other members must go on meanwhile.
        self.started = loop.create_task(consumer.start())

    def poll(self, seconds: float) -> list:
        return self.loop.run_until_complete(self._poll(seconds))

    async def _poll(self, seconds: float) -> list:
        if not self.started.done():
            await asyncio.sleep(seconds)
            return []
        self.started.result()
        batches = (await self.consumer.getmany(timeout_ms=int(seconds * 1000))).values()
        return [
            Record(m.partition, m.key, m.value, list(m.headers), m.timestamp, m.offset) for ms in batches for m in ms
        ]

    def assigned(self) -> set:
        return {tp.partition for tp in self.consumer.assignment()}

    def commit(self, offsets: dict):
        wanted = {TopicPartition(self.topic, p): value for p, value in offsets.items()}
        self.loop.run_until_complete(self.consumer.commit(wanted))

    def close(self):
        self.loop.run_until_complete(self.consumer.stop())
